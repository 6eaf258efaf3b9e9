use proptest::prelude::*;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::*;
use crate::http::testing::THING;
use crate::http::{FieldError, Place};

fn create(body: &str) -> Result<Vec<Arg>, BodyError> {
    read_new(&THING, &Conventions::DEFAULT, &[], body.as_bytes())
}

fn patch(body: &str) -> Result<Vec<Option<Vec<Arg>>>, BodyError> {
    read_patch(&THING, &Conventions::DEFAULT, &[], body.as_bytes())
}

/// The errors as `pointer code`, or what else it is.
fn errors<T: std::fmt::Debug>(result: Result<T, BodyError>) -> Vec<String> {
    match result {
        Err(BodyError::Invalid(errors)) => errors.iter().map(|error| format!("{} {}", pointer(error), error.code())).collect(),
        other => vec![format!("{other:?}")],
    }
}

fn pointer(error: &FieldError) -> &str {
    match error.place() {
        Place::Pointer(pointer) => pointer,
        Place::Parameter(_) => panic!("a body has no parameters"),
    }
}

/// The errors of a create with the one required field and that member.
fn with(member: &str) -> Vec<String> {
    errors(create(&format!(r#"{{"code":"a",{member}}}"#)))
}

#[test]
fn what_is_absent_has_its_default_or_is_null() {
    let args = create(r#"{"code":"a"}"#).unwrap();
    let text = |text: &str| Arg::Text(Some(text.to_owned()));
    let expected = [
        text("a"),
        Arg::Text(None),
        Arg::Bool(Some(true)),
        Arg::I32(Some(7)),
        Arg::I64(None),
        Arg::I64(None),
        Arg::Text(None),
        Arg::Date(None),
        Arg::Timestamp(None),
        Arg::Uuid(None),
        text("open"),
        Arg::Uuid(None),
        Arg::I64(None),
        Arg::Text(None),
        Arg::Text(None),
        Arg::I64(None),
        Arg::Text(None),
    ];
    assert_eq!(args, expected);
}

#[test]
fn every_kind_is_read_in_any_order_and_bound_in_the_order_of_the_model() {
    let id = Uuid::from_u128(7);
    let body = json!({
        "hidden": "h", "parent": id, "status": "closed", "token": id, "at": "2026-11-24T09:15:30.25+01:00", "day": "2026-11-24",
        "price": {"currency": "EUR", "amount": -1999}, "total": 9_007_199_254_740_991_i64, "count": -2_147_483_648_i64,
        "active": false, "note": "ünï\u{1F980}", "code": "abcde", "password": "p", "offer": {"amount": 1, "currency": "EUR"},
    });
    let text = |text: &str| Arg::Text(Some(text.to_owned()));
    let expected = [
        text("abcde"),
        text("ünï\u{1F980}"),
        Arg::Bool(Some(false)),
        Arg::I32(Some(i32::MIN)),
        Arg::I64(Some(9_007_199_254_740_991)),
        Arg::I64(Some(-1999)),
        text("EUR"),
        Arg::Date(Some("2026-11-24".parse().unwrap())),
        Arg::Timestamp(Some("2026-11-24T08:15:30.25Z".parse().unwrap())),
        Arg::Uuid(Some(id)),
        text("closed"),
        Arg::Uuid(Some(id)),
        Arg::I64(None),
        text("h"),
        text("p"),
        Arg::I64(Some(1)),
        text("EUR"),
    ];
    assert_eq!(create(&body.to_string()).unwrap(), expected);
}

#[test]
fn a_patch_tells_absent_from_null_and_from_a_value() {
    let changes = patch(r#"{"note":null,"price":null,"count":1}"#).unwrap();
    let updatable: Vec<&str> = THING.updatable().map(|column| column.name).collect();
    assert_eq!(changes.len(), updatable.len());
    for (name, change) in updatable.into_iter().zip(changes) {
        let expected = match name {
            "note" => Some(vec![Arg::Text(None)]),
            "price" => Some(vec![Arg::I64(None), Arg::Text(None)]),
            "count" => Some(vec![Arg::I32(Some(1))]),
            _ => None,
        };
        assert_eq!(change, expected, "{name}");
    }
    assert!(patch("{}").unwrap().iter().all(Option::is_none));
}

#[test]
fn every_error_is_reported_at_once_in_the_order_of_the_body() {
    let body = r#"{"zzz":1,"count":"1","id":"x","tenant_id":"y","version":3,"balance":0,"price":{"amount":1.5,"x":0},"count":2}"#;
    assert_eq!(
        errors(create(body)),
        [
            "/zzz unknown",
            "/count type",
            "/id id",
            "/tenant_id tenant",
            "/version managed",
            "/balance readonly",
            "/price/amount type",
            "/price/x unknown",
            "/price/currency required",
            "/count duplicate",
            "/code required",
        ]
    );
}

#[test]
fn a_patch_requires_nothing_and_refuses_the_same() {
    assert_eq!(
        errors(patch(r#"{"id":null,"tenant_id":null,"created_at":null,"balance":null,"code":null,"x":null}"#)),
        ["/id id", "/tenant_id tenant", "/created_at managed", "/balance readonly", "/code null", "/x unknown"]
    );
}

#[test]
fn values_out_of_range_or_form_are_refused() {
    for (member, error) in [
        (r#""count":2147483648"#, "/count range"),
        (r#""count":-2147483649"#, "/count range"),
        (r#""count":1.0"#, "/count type"),
        (r#""count":1e3"#, "/count type"),
        (r#""count":null"#, "/count null"),
        (r#""total":9007199254740992"#, "/total range"),
        (r#""total":-9007199254740992"#, "/total range"),
        (r#""total":9223372036854775808"#, "/total range"),
        (r#""total":18446744073709551616"#, "/total range"),
        (r#""total":"5""#, "/total type"),
        (r#""total":[5]"#, "/total type"),
        (r#""total":{"a":5}"#, "/total type"),
        (r#""active":1"#, "/active type"),
        (r#""active":"true""#, "/active type"),
        (r#""note":5"#, "/note type"),
        (r#""note":"a\u0000b""#, "/note nul"),
        (r#""day":"2026-02-30""#, "/day date"),
        (r#""day":"20261124""#, "/day date"),
        (r#""day":20261124"#, "/day type"),
        (r#""at":"2026-11-24T08:15:30""#, "/at timestamp"),
        (r#""at":"2026-11-24T08:15:30.1234567Z""#, "/at timestamp"),
        (r#""at":"infinity""#, "/at timestamp"),
        (r#""token":"{00000000-0000-0000-0000-000000000000}""#, "/token uuid"),
        (r#""token":"00000000000000000000000000000000""#, "/token uuid"),
        (r#""parent":"nobody""#, "/parent uuid"),
        (r#""status":"Open""#, "/status word"),
        (r#""price":5"#, "/price type"),
        (r#""price":{"amount":9007199254740992,"currency":"EUR"}"#, "/price/amount range"),
        (r#""price":{"amount":null,"currency":"EUR"}"#, "/price/amount null"),
        (r#""price":{"amount":1,"currency":"eur"}"#, "/price/currency currency"),
        (r#""price":{"amount":1,"currency":"EUR","currency":"EUR"}"#, "/price/currency duplicate"),
        (r#""price":{"currency":"EUR"}"#, "/price/amount required"),
    ] {
        assert_eq!(with(member), [error], "{member}");
    }
}

#[test]
fn an_enum_error_lists_the_words() {
    let Err(BodyError::Invalid(errors)) = create(r#"{"code":"a","status":"x"}"#) else { panic!("x is no word") };
    assert_eq!(errors.iter().next().unwrap().detail(), "must be one of open, closed");
}

#[test]
fn length_is_counted_in_characters() {
    assert!(create(r#"{"code":"ääääÄ"}"#).is_ok());
    assert_eq!(errors(create(r#"{"code":"ääääÄä"}"#)), ["/code length"]);
}

#[test]
fn keys_are_escaped_and_long_ones_are_cut() {
    assert_eq!(with(r#""a/b~c":1"#), ["/a~1b~0c unknown"]);
    assert_eq!(with(&format!(r#""{}":1"#, "k".repeat(10_000))), [" unknown"]);
    assert_eq!(with(&format!(r#""price":{{"amount":1,"currency":"EUR","{}":1}}"#, "k".repeat(10_000))), ["/price unknown"]);
    let Err(BodyError::Invalid(errors)) = create(&format!(r#"{{"code":"a","{}":1}}"#, "k".repeat(10_000))) else { panic!("unknown key") };
    assert!(errors.iter().all(|error| error.detail().len() < 200));
}

#[test]
fn the_number_of_errors_is_bounded() {
    let members: Vec<String> = (0..100).map(|n| format!(r#""x{n}":0"#)).collect();
    let Err(BodyError::Invalid(errors)) = create(&format!(r#"{{"code":"a",{}}}"#, members.join(","))) else { panic!("unknown keys") };
    assert_eq!((errors.iter().count(), errors.more()), (32, 68));
}

#[test]
fn a_root_that_is_no_object_is_one_error() {
    for body in ["null", "[]", "5", "\"a\"", "true", "[{\"code\":\"a\"}]"] {
        assert_eq!(errors(create(body)), [" type"], "{body}");
        assert_eq!(errors(patch(body)), [" type"], "{body}");
    }
}

#[test]
fn what_is_not_json_is_told_from_what_the_model_does_not_take() {
    for body in ["", " ", "{", "{}x", "{}{}", "{'code':1}", r#"{"code":"a",}"#, r#"{"code":"\ud800"}"#, "\u{feff}{}", "{\"code\":\"\n\"}"] {
        assert!(matches!(create(body), Err(BodyError::Syntax { .. })), "{body}");
    }
    for body in [&b"\xff"[..], b"{\"zzz\":\"\xff\"}", b"{\"code\":\"\xc3\"}"] {
        assert_eq!(read_new(&THING, &Conventions::DEFAULT, &[], body), Err(BodyError::NotUtf8));
    }
}

#[test]
fn deep_nesting_is_refused_without_a_deep_stack() {
    let deep = |open: &str, close: &str| format!(r#"{{"code":"a","zzz":{}{}}}"#, open.repeat(200_000), close.repeat(200_000));
    for body in [deep("[", "]"), deep("{\"a\":", "}").replace(":}", ":0}"), "[".repeat(200_000)] {
        assert!(create(&body).is_err());
    }
}

#[test]
fn problems_have_the_right_status_and_repeat_no_value() {
    let problem = crate::http::Problem::from(create(r#"{"code":"a","count":"canary"}"#).unwrap_err());
    assert_eq!(problem.status(), 422);
    assert!(!serde_json::to_string(&problem).unwrap().contains("canary"));
    assert_eq!(crate::http::Problem::from(create("{").unwrap_err()).status(), 400);
}

/// JSON with the keys of the model, and values of every shape.
fn body() -> impl Strategy<Value = Json> {
    let names: Vec<&str> = THING.columns.iter().map(|column| column.name).chain(["tenant_id", "zzz", ""]).collect();
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        (-10_i64..10).prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        prop::sample::select(vec!["open", "a", "2026-11-24", "2026-11-24T00:00:00Z", "00000000-0000-0000-0000-000000000000"])
            .prop_map(Json::from),
        (-10_i64..10, "[A-Z]{3}").prop_map(|(amount, currency)| json!({"amount": amount, "currency": currency})),
        prop::collection::vec(any::<i64>(), 0..3).prop_map(Json::from),
    ];
    prop::collection::vec((prop::sample::select(names), leaf), 0..8)
        .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>().into())
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    match read_new(&THING, &Conventions::DEFAULT, &[], bytes) {
        // Fifteen columns, of which two are two.
        Ok(args) => prop_assert_eq!(args.len(), 17),
        Err(BodyError::Invalid(errors)) => prop_assert!(!errors.is_empty()),
        Err(_) => {}
    }
    match read_patch(&THING, &Conventions::DEFAULT, &[], bytes) {
        Ok(changes) => prop_assert_eq!(changes.len(), 15),
        Err(BodyError::Invalid(errors)) => prop_assert!(!errors.is_empty()),
        Err(_) => {}
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_arguments_or_errors(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes)?;
    }

    #[test]
    fn any_text_is_arguments_or_errors(text in r#"[\[\]{}",:0-9a-z\\ ]{0,60}"#) {
        check(text.as_bytes())?;
    }

    #[test]
    fn any_object_is_arguments_or_errors(body in body(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = body.to_string().into_bytes();
        check(&bytes)?;
        let at = at.index(bytes.len());
        bytes[at] = byte;
        check(&bytes)?;
    }

    #[test]
    fn syntax_is_what_serde_json_says_it_is(text in r#"\{"code":[\[\]{}",:0-9a-z\\ ]{0,12}\}"#) {
        let json = serde_json::from_str::<Json>(&text).is_ok();
        prop_assert_eq!(matches!(create(&text), Err(BodyError::Syntax { .. })), !json);
    }
}

//! A secret goes in and does not come out: every byte of every answer is looked at, and every line of the log.

use serde_json::{Value, json};
use tenantry::Field;

use crate::log::Log;
use crate::models::{Account, AccountPatch};
use crate::service::{Answer, Caller, Service, path};

const PASSWORD: &str = "canary-of-the-password";
const HINT: &str = "canary-of-the-hint";
const PIN: i64 = 710_477_712_345;
const TOKEN: &str = "0badcafe-0bad-4bad-8bad-0badcafecafe";
const AMOUNT: i64 = 710_477_754_321;
const CURRENCY: &str = "XTS";

/// The values in every form in which they could be written.
fn marks() -> Vec<String> {
    vec!["canary".to_owned(), PIN.to_string(), TOKEN.to_owned(), TOKEN.replace('-', ""), AMOUNT.to_string(), CURRENCY.to_owned()]
}

/// Nothing of a secret is in the text.
#[track_caller]
fn free(what: &str, text: &str) {
    for mark in marks() {
        assert!(!text.contains(&mark), "{what} carries {mark}: {text}");
    }
}

/// An answer of that status, of which every byte and every header is free of secrets.
#[track_caller]
fn silent(status: u16, answer: &Answer) {
    assert_eq!(answer.status, status, "{answer:?}");
    free("the answer", &format!("{:?} {}", answer.headers, answer.body));
}

fn body(login: &str) -> Value {
    json!({"login": login, "password": PASSWORD, "pin": PIN, "token": TOKEN, "offer": {"amount": AMOUNT, "currency": CURRENCY}})
}

/// The columns that an answer shows.
fn keys(row: &Value) -> Vec<&String> {
    row.as_object().unwrap().keys().collect()
}

/// A row that a rule has given a hint, too.
async fn account(tenant: &Caller<'_>, login: &str) -> Value {
    let answer = tenant.send("POST", "/accounts", body(login).to_string()).await;
    silent(201, &answer);
    let row = answer.json();
    let patch = AccountPatch { hint: Some(HINT.to_owned()).into(), ..AccountPatch::default() };
    let id = row["id"].as_str().unwrap().parse().unwrap();
    tenant.db().run(Account::repo().update(id, &patch)).await.unwrap();
    row
}

#[tokio::test]
async fn what_is_written_is_there_for_rules_and_in_no_answer() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let row = account(&tenant, "ada").await;
    assert_eq!(keys(&row), ["created_at", "id", "login", "updated_at", "version"]);
    let place = path("accounts", &row);
    let id = row["id"].as_str().unwrap().parse().unwrap();
    let found = tenant.db().run(Account::repo().find(id)).await.unwrap();
    assert_eq!((found.password.as_str(), found.pin, found.hint.as_deref()), (PASSWORD, Some(PIN), Some(HINT)));
    assert_eq!((found.token.unwrap().to_string(), found.offer.unwrap().amount()), (TOKEN.to_owned(), AMOUNT));

    let answer = tenant.get(&place).await;
    silent(200, &answer);
    assert_eq!(serde_json::to_string(&found).unwrap(), answer.body, "the struct in JSON is the answer");
    for patch in [json!({"login": "eve"}), json!({"password": "canary-2", "pin": null}), json!({})] {
        let answer = tenant.send("PATCH", &place, patch.to_string()).await;
        silent(200, &answer);
        assert_eq!(keys(&answer.json()), keys(&row));
    }
    let found = tenant.db().run(Account::repo().find(id)).await.unwrap();
    assert_eq!((found.login.as_str(), found.password.as_str(), found.pin), ("eve", "canary-2", None));
    silent(204, &tenant.send("DELETE", &place, "").await);
    silent(404, &tenant.get(&place).await);
}

#[tokio::test]
async fn lists_and_their_cursors_have_nothing_of_it() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    for login in ["ada", "bob", "eve"] {
        account(&tenant, login).await;
    }
    let mut query = "/accounts?limit=1&sort=-login".to_owned();
    for login in ["eve", "bob", "ada"] {
        let page = tenant.get(&query).await;
        silent(200, &page);
        let json = page.json();
        assert_eq!((keys(&json["items"][0]).len(), &json["items"][0]["login"]), (5, &json!(login)));
        if let Some(next) = json["next"].as_str() {
            // A cursor is bytes; what it holds of the row is as it is.
            let bytes = base64_of(next);
            free("the cursor", &String::from_utf8_lossy(&bytes));
            assert!(!bytes.windows(8).any(|window| window == PIN.to_be_bytes() || window == AMOUNT.to_be_bytes()));
            query = format!("/accounts?limit=1&sort=-login&after={next}");
        }
    }
    silent(200, &tenant.get("/accounts?login=ada").await);
}

#[tokio::test]
async fn no_question_finds_it_out() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    account(&tenant, "ada").await;
    for column in ["password", "pin", "token", "offer", "hint"] {
        for query in [format!("{column}=1"), format!("{column}[prefix]=a"), format!("{column}[gt]=1"), format!("{column}[null]=true")] {
            let answer = tenant.get(&format!("/accounts?{query}")).await;
            silent(400, &answer);
            assert_eq!(answer.errors().1, [format!("{} unknown", query.split_once('=').unwrap().0)]);
        }
        let answer = tenant.get(&format!("/accounts?sort={column}")).await;
        silent(400, &answer);
        assert!(answer.body.contains("sorted by: login"), "{answer:?}");
    }
    let answer = tenant.get(&format!("/accounts?password={PASSWORD}&pin={PIN}&token={TOKEN}")).await;
    silent(400, &answer);
}

/// The refusals of bodies that hold secrets, before the database is asked and by it.
async fn refused(tenant: &Caller<'_>, row: &Value) {
    let with = |key: &str, value: Value| {
        let mut body = body("new");
        body[key] = value;
        body.to_string()
    };
    for (body, error) in [
        (with("password", json!(PIN)), "/password type"),
        (with("password", json!(null)), "/password null"),
        (with("password", json!(PASSWORD.repeat(200))), "/password length"),
        (with("password", json!("canary\u{0}")), "/password nul"),
        (with("pin", json!(9_107_104_777_123_456_789_u64)), "/pin range"),
        (with("token", json!(PASSWORD)), "/token uuid"),
        (with("offer", json!({"amount": AMOUNT, "currency": "canary"})), "/offer/currency currency"),
        (with("hint", json!(HINT)), "/hint readonly"),
        (format!(r#"{{"login":"x","password":"{PASSWORD}","password":"{PASSWORD}"}}"#), "/password duplicate"),
    ] {
        let answer = tenant.send("POST", "/accounts", body).await;
        silent(422, &answer);
        assert_eq!(answer.errors().1, [error]);
    }
    silent(400, &tenant.send("POST", "/accounts", format!(r#"{{"password":"{PASSWORD}" "#)).await);
    let taken = tenant.send("POST", "/accounts", body("ada").to_string()).await;
    silent(409, &taken);
    assert_eq!(taken.errors().1, ["/login unique"]);
    // Beyond what an index holds: the server's message is about the row that is refused.
    let unlike: String = (1..600_u32).map(|n| format!("{:x}", n.wrapping_mul(2_654_435_761))).collect();
    let large: String = "canary".chars().chain(unlike.chars()).take(3_999).collect();
    silent(422, &tenant.send("PATCH", &path("accounts", row), json!({"password": large}).to_string()).await);
}

#[tokio::test]
async fn no_refusal_repeats_it() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let row = account(&tenant, "ada").await;
    refused(&tenant, &row).await;
}

/// On one thread, so that all that the service logs is heard.
#[tokio::test]
async fn no_line_of_the_log_has_it() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    // Beside a second one that listens, a line is not taken for unwanted because another test's thread came to it first, where nobody listens.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let log = Log::default();
    let listening = log.listen();
    let row = account(&tenant, "ada").await;
    refused(&tenant, &row).await;
    silent(200, &tenant.get("/accounts?sort=login").await);
    let id = row["id"].as_str().unwrap().parse().unwrap();
    let found = tenant.db().run(Account::repo().find(id)).await.unwrap();
    let patch = AccountPatch { password: Field::Set(PASSWORD.to_owned()), pin: Some(PIN).into(), ..AccountPatch::default() };
    tracing::info!(?found, ?patch, "a rule says what it does");
    drop(listening);
    let text = log.text();
    assert!(text.contains("insert into") && text.contains(r#"password: "…""#), "something was heard: {text}");
    free("the log", &text);
}

#[tokio::test]
async fn debug_output_shows_no_secret() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let id = account(&tenant, "ada").await["id"].as_str().unwrap().parse().unwrap();
    let found = tenant.db().run(Account::repo().find(id)).await.unwrap();
    let page = tenant.db().run(Account::repo().list().unit()).await.unwrap();
    let values = tenant.db().run(tenantry::repo::Erased::of(<Account as tenantry::Model>::DEF).find(id.uuid())).await.unwrap();
    let new = tenantry_testkit::draft::<Account>();
    let new = crate::models::NewAccount { password: PASSWORD.to_owned(), hint: Some(HINT.to_owned()), ..new };
    let patch = AccountPatch { offer: found.offer.into(), token: found.token.into(), pin: found.pin.into(), ..AccountPatch::default() };
    for shown in
        [format!("{found:?}"), format!("{found:#?}"), format!("{page:?}"), format!("{values:?}"), format!("{new:?}"), format!("{patch:#?}")]
    {
        free("Debug", &shown);
    }
    assert!(format!("{found:?}").contains(r#"login: "ada", password: "…", pin: "…""#));
}

fn base64_of(cursor: &str) -> Vec<u8> {
    let digit =
        |byte: u8| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".iter().position(|known| *known == byte).unwrap();
    let bits: String = cursor.bytes().map(|byte| format!("{:06b}", digit(byte))).collect();
    bits.as_bytes().chunks_exact(8).map(|bits| u8::from_str_radix(std::str::from_utf8(bits).unwrap(), 2).unwrap()).collect()
}

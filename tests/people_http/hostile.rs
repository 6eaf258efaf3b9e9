//! Every route with what it must not take.

use serde_json::{Value, json};
use tenantry_tests::Answer;

use crate::service::{OWN_PAGE, PASSWORD, Town, text};

/// A route that takes a body, and one that is well-formed.
struct Taker {
    path: &'static str,
    method: &'static str,
    body: Value,
    /// Members that may be left out.
    optional: &'static [&'static str],
    /// What the well-formed one is answered with.
    status: u16,
}

fn takers() -> Vec<Taker> {
    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    let taker = |method, path, body, optional, status| Taker { path, method, body, optional, status };
    let token = "rt_x";
    vec![
        taker("POST", "/auth/login", json!({ "email": "x@example.com", "password": "p", "cookie": false }), &["cookie"], 401),
        taker("POST", "/auth/refresh", json!({ "refresh_token": token, "cookie": false }), &["cookie"], 401),
        taker("POST", "/auth/logout", json!({ "refresh_token": token, "cookie": false }), &["cookie"], 204),
        taker("POST", "/auth/reset", json!({ "email": "x@example.com" }), &[], 202),
        taker("POST", "/auth/reset/finish", json!({ "token": token, "password": PASSWORD }), &[], 401),
        taker("POST", "/auth/accept", json!({ "token": token, "name": "N", "password": PASSWORD, "cookie": false }), &["cookie"], 401),
        taker("POST", "/auth/switch", json!({ "tenant": "nobody", "cookie": false }), &["cookie"], 404),
        taker("POST", "/auth/password", json!({ "old": "p", "new": PASSWORD }), &[], 422),
        taker("POST", "/api-keys", json!({ "name": "k", "scopes": ["*"], "expires": "2999-01-01T00:00:00Z" }), &["expires"], 201),
        taker("PATCH", "/users/01890a5d-ac96-774b-bcce-b302099a8057", json!({ "is_active": true }), &[], 404),
        taker("POST", "/invitations", json!({ "email": "x@example.com", "role": ID }), &[], 404),
        taker("POST", "/roles", json!({ "name": "new", "grants": ["*:read"], "readonly": [] }), &["readonly"], 201),
    ]
}

/// Somebody who may use all of them, so that nothing but the body is to blame.
async fn open() -> (Town, Value) {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    (town, session)
}

async fn send(town: &Town, session: &Value, taker: &Taker, body: impl Into<axum::body::Body>) -> Answer {
    town.ask("a", taker.method, taker.path).of(session).header(("content-type", "application/json")).bytes(body).await
}

#[tokio::test]
async fn each_takes_what_it_says() {
    let (town, session) = open().await;
    for taker in takers() {
        let answer = send(&town, &session, &taker, taker.body.to_string()).await;
        assert_eq!(answer.status, taker.status, "{} {}: {answer:?}", taker.method, taker.path);
        for member in taker.optional {
            let mut body = taker.body.clone();
            body.as_object_mut().unwrap().remove(*member);
            if let Some(name) = body.get_mut("name") {
                *name = json!("another");
            }
            let answer = send(&town, &session, &taker, body.to_string()).await;
            assert_eq!(answer.status, taker.status, "{} without {member}: {answer:?}", taker.path);
        }
    }
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let (town, session) = open().await;
    for taker in takers() {
        let whole = taker.body.to_string();
        let cut = &whole[..whole.len() - 1];
        let (twice, spoilt) = (format!("{whole}{whole}"), whole.replacen('"', "\"\u{1}", 1));
        let first = taker.body.as_object().unwrap().keys().next().unwrap();
        let [lone, unknown] = [r"\ud800", r"\x"].map(|escape| format!("{{\"{first}\":\"{escape}\"}}"));
        let texts = ["", " ", "{", "x", "email=x&password=y", "<a/>", cut, &twice, &spoilt, &lone, &unknown];
        for text in texts {
            let answer = send(&town, &session, &taker, text.to_owned()).await;
            assert_eq!((answer.status, answer.code().as_str()), (400, "malformed"), "{} {text:?}: {answer:?}", taker.path);
        }
        for bytes in [&b"\xff\xfe"[..], b"{\"\xc3\":1}", b"\xef\xbb\xbf{}"] {
            assert_eq!(send(&town, &session, &taker, bytes.to_vec()).await.status, 400, "{} {bytes:?}", taker.path);
        }
        let mut broken = whole.replacen(':', ":\"\u{0}", 1).into_bytes();
        broken.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = 0xff);
        assert_eq!(send(&town, &session, &taker, broken).await.status, 400, "{}: a text that is no UTF-8", taker.path);
    }
}

#[tokio::test]
async fn what_is_another_json_is_refused_with_its_place() {
    let (town, session) = open().await;
    for taker in takers() {
        let refused = async |body: String, place: &str| {
            let answer = send(&town, &session, &taker, body.clone()).await;
            let (status, errors) = answer.errors();
            assert_eq!((status, errors.len()), (422, 1), "{} {body}: {answer:?}", taker.path);
            assert!(errors[0].starts_with(place), "{} {body}: {errors:?} is not at {place}", taker.path);
            answer
        };
        for text in ["null", "true", "[]", "\"x\"", "1"] {
            refused(text.to_owned(), "").await;
        }
        let members = taker.body.as_object().unwrap();
        for (name, value) in members {
            let mut without = members.clone();
            without.remove(name);
            if !taker.optional.contains(&name.as_str()) {
                refused(Value::Object(without.clone()).to_string(), "").await;
            }
            let rest = Value::Object(without).to_string();
            let rest = rest.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
            let comma = if rest.is_empty() { "" } else { "," };
            let twice = refused(format!("{{\"{name}\":{value},\"{name}\":{value}{comma}{rest}}}"), "").await;
            assert!(twice.body.contains(&format!("duplicate field `{name}`")), "{twice:?}");
            for wrong in ["4711", "-4711", "47.11", "{\"a\":4711}", "[[4711]]"] {
                let body = format!("{{\"{name}\":{wrong}{comma}{rest}}}");
                let answer = refused(body, &format!("/{name}")).await;
                let is_secret = ["password", "token", "refresh_token", "old", "new"].contains(&name.as_str());
                assert!(!is_secret || !answer.body.contains("4711"), "{name}: {answer:?}");
            }
        }
        // Nobody is sent anywhere, and nothing is taken that nobody reads.
        for more in ["redirect_uri", "next", "return_to", "tenant_id", "is_admin", "__proto__", "Email", ""] {
            let mut body = members.clone();
            body.insert(more.to_owned(), json!("https://evil.example/"));
            let answer = refused(Value::Object(body).to_string(), &format!("/{more}")).await;
            assert!(answer.headers.get("location").is_none() && !answer.body.contains("evil"), "{more}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_body_is_small_and_says_that_it_is_json() {
    let (town, session) = open().await;
    for taker in takers() {
        let whole = taker.body.to_string();
        let fits = format!("{whole}{}", " ".repeat(16 * 1024 - whole.len()));
        let answer = send(&town, &session, &taker, fits.clone()).await;
        assert_eq!(answer.status, taker.status, "{}: {answer:?}", taker.path);
        assert_eq!(send(&town, &session, &taker, format!("{fits} ")).await.status, 413, "{}", taker.path);
        let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(vec![b' '; 10_000]), Ok(vec![b' '; 10_000])]);
        let unsaid = send(&town, &session, &taker, axum::body::Body::from_stream(chunks)).await;
        assert_eq!(unsaid.status, 413, "{}", taker.path);
        for kind in
            ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json, text/plain"]
        {
            let answer = town.ask("a", taker.method, taker.path).of(&session).header(("content-type", kind)).bytes(whole.clone()).await;
            assert_eq!(answer.status, 415, "{} {kind}", taker.path);
        }
        assert_eq!(town.ask("a", taker.method, taker.path).of(&session).bytes(whole).await.status, 415, "{}", taker.path);
    }
}

/// A URL gets into logs and histories, so that no secret stands in one; and a query could say where to go next.
#[tokio::test]
async fn nothing_stands_in_a_query() {
    let (town, session) = open().await;
    let more = [("GET", "/users"), ("GET", "/roles"), ("GET", "/api-keys")].map(|(method, path)| (method, path, Value::Null));
    let takers = takers().into_iter().map(|taker| (taker.method, taker.path, taker.body));
    for (method, path, body) in takers.chain(more) {
        let token = text(&session, "access_token");
        for query in [
            "x",
            "email=x@example.com&password=p",
            "redirect_uri=https://evil.example/",
            &format!("access_token={token}"),
            "%ff",
            "next=//evil.example",
        ] {
            let answer = town.ask("a", method, &format!("{path}?{query}")).of(&session).header(OWN_PAGE).json(body.clone()).await;
            assert_eq!((answer.status, answer.code().as_str()), (400, "invalid-query"), "{method} {path}?{query}: {answer:?}");
            assert!(answer.headers.get("location").is_none() && answer.headers.get("set-cookie").is_none());
            assert!(!answer.body.contains("evil") && !answer.body.contains(token));
        }
    }
    let in_query = format!("/customers?access_token={}", text(&session, "access_token"));
    assert_eq!(town.ask("a", "GET", &in_query).empty().await.status, 401, "a token in a query is none");
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let (town, session) = open().await;
    for (method, path, allow) in [
        ("GET", "/auth/login", "POST"),
        ("GET", "/auth/logout", "POST"),
        ("HEAD", "/auth/switch", "POST"),
        ("PUT", "/auth/refresh", "POST"),
        ("DELETE", "/invitations", "POST"),
    ] {
        let answer = town.ask("a", method, path).of(&session).empty().await;
        assert_eq!((answer.status, answer.header("allow")), (405, allow), "{method} {path}");
    }
    assert_eq!(town.ask("a", "POST", "/auth").json(json!({})).await.status, 404);
    assert_eq!(town.ask("a", "POST", "/auth/login/").json(json!({})).await.status, 404);
}

/// What the layer in front says of a credential, it says before a login, too.
#[tokio::test]
async fn a_login_with_a_bad_credential_is_refused_by_the_layer() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let stale = town.ask("a", "POST", "/auth/login").bearer("a.b.c").json(body.clone()).await;
    assert_eq!((stale.status, stale.header("www-authenticate")), (401, r#"Bearer realm="shop", error="invalid_token""#));
    let twice = town.ask("a", "POST", "/auth/login").bearer("a.b.c").bearer("a.b.c").json(body.clone()).await;
    assert_eq!(twice.status, 400);
    let basic = town.ask("a", "POST", "/auth/login").header(("authorization", "Basic YTpi")).json(body).await;
    assert_eq!(basic.status, 200, "another scheme is none of ours");
}

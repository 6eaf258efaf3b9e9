//! Logging in, staying in, and out, without a browser.

use serde_json::{Value, json};
use tenantry::auth::AttemptLimits;
use tenantry_tests::Answer;
use uuid::Uuid;

use crate::service::{PASSWORD, Town, admin, text};

const CHALLENGE: &str = r#"Bearer realm="shop""#;

#[tokio::test]
async fn a_login_is_answered_with_a_session() {
    let town = Town::open().await;
    let ada = town.person("a", "ada@example.com", &["*"]).await;
    for email in ["ada@example.com", " Ada@Example.COM "] {
        let answer = town.post("a", "/auth/login", json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!((answer.status, answer.header("cache-control"), answer.header("content-type")), (200, "no-store", "application/json"));
        assert!(answer.headers.get("set-cookie").is_none() && answer.headers.get("location").is_none(), "{answer:?}");
        let session = answer.json();
        let names: Vec<&str> = session.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["access_token", "expires_in", "refresh_token", "token_type", "user"]);
        assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("Bearer"), &json!(600)));
        assert_eq!(session["user"], json!({ "id": ada, "name": "Somebody", "email": "ada@example.com" }));
        assert_eq!(town.ask("a", "GET", "/customers").of(&session).empty().await.status, 200);
        assert!(text(&session, "refresh_token").starts_with("rt_"));
    }
}

/// Of an answer everything that a client sees.
fn seen(answer: &Answer) -> (u16, Vec<(String, Vec<u8>)>, String) {
    let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    (answer.status, headers.collect(), answer.body.clone())
}

#[tokio::test]
async fn whoever_is_not_let_in_gets_one_answer() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    town.person("b", "bob@example.com", &["*"]).await;
    let eve = town.person("a", "eve@example.com", &["*"]).await;
    town.people.set_active(town.bed.a, &admin(), eve, false).await.unwrap();
    town.invited("a", "new@example.com", &["*"]).await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("ada@example.com", "wrong horse battery staple"),
        ("ada@example.com", ""),
        ("ada@example.com", "\u{0}"),
        ("ada@example.com", "Correct horse battery staple"),
        ("nobody@example.com", PASSWORD),
        ("bob@example.com", PASSWORD),
        ("eve@example.com", PASSWORD),
        ("new@example.com", PASSWORD),
        ("", PASSWORD),
        ("no address", PASSWORD),
        ("ada@example.com\r\nx: y", PASSWORD),
        ("ada@example.com' or true --", PASSWORD),
        ("%@example.com", PASSWORD),
    ] {
        for cookie in [false, true] {
            let body = json!({ "email": email, "password": password, "cookie": cookie });
            let answer = town.ask("a", "POST", "/auth/login").header(crate::service::OWN_PAGE).json(body).await;
            answers.push((email, seen(&answer)));
        }
    }
    let (status, headers, body) = answers[0].1.clone();
    assert_eq!(
        (status, body),
        (
            401,
            concat!(r#"{"type":"urn:tenantry:problem:credentials","title":"The credentials are not right","#, r#""status":401}"#)
                .to_owned()
        )
    );
    assert!(headers.contains(&("www-authenticate".to_owned(), CHALLENGE.as_bytes().to_vec())), "{headers:?}");
    assert!(headers.contains(&("cache-control".to_owned(), b"no-store".to_vec())), "{headers:?}");
    for (email, answer) in &answers {
        assert_eq!(answer, &answers[0].1, "{email}");
    }
    assert_eq!(town.login("b", "bob@example.com").await["user"]["email"], "bob@example.com");
}

#[tokio::test]
async fn a_session_is_for_the_tenant_of_its_host() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let there = town.ask("b", "GET", "/customers").of(&session).empty().await;
    let nobody = town.ask("nobody", "GET", "/customers").of(&session).empty().await;
    assert_eq!((there.status, &there.body), (404, &nobody.body));
    let at_nobodys = town.post("nobody", "/auth/login", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    assert_eq!((at_nobodys.status, &at_nobodys.body), (404, &nobody.body));
}

#[tokio::test]
async fn too_many_attempts_wait_whether_there_is_such_a_person_or_not() {
    let mut limits = AttemptLimits::DEFAULT;
    limits.of_an_identity = 3;
    let town = Town::limited(limits).await;
    town.person("a", "ada@example.com", &["*"]).await;
    town.person("b", "bob@example.com", &["*"]).await;
    let eve = town.person("a", "eve@example.com", &["*"]).await;
    town.people.set_active(town.bed.a, &admin(), eve, false).await.unwrap();
    town.invited("a", "new@example.com", &["*"]).await;
    let attempt = async |email: &str, password: &str| town.post("a", "/auth/login", json!({ "email": email, "password": password })).await;
    let mut all = Vec::new();
    for email in ["ada@example.com", "bob@example.com", "eve@example.com", "new@example.com", "nobody@example.com"] {
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(seen(&attempt(email, "wrong password").await));
            assert_eq!(answers.last().unwrap().0, 401, "{email}");
        }
        let mut answer = attempt(email, PASSWORD).await;
        assert_eq!((answer.status, answer.code().as_str()), (429, "too-many"), "{answer:?}");
        // The one thing that depends on when they asked.
        let wait = answer.headers.remove("retry-after").expect("how long to wait");
        assert!((1..=60).contains(&wait.to_str().unwrap().parse::<u64>().unwrap()), "{wait:?}");
        answers.push(seen(&answer));
        all.push((email, answers));
    }
    for (email, answers) in &all {
        assert_eq!(answers, &all[0].1, "{email}");
    }
    // The same mailbox in another spelling, and at another tenant, is the same person.
    assert_eq!(attempt("ADA@example.com", PASSWORD).await.status, 429);
    assert_eq!(town.post("b", "/auth/login", json!({ "email": "ada@example.com", "password": PASSWORD })).await.status, 429);
}

async fn refreshed(town: &Town, slug: &str, token: &str) -> Answer {
    town.post(slug, "/auth/refresh", json!({ "refresh_token": token })).await
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_another_time_ends_the_login() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let first = town.login("a", "ada@example.com").await;
    let other = town.login("a", "ada@example.com").await;
    let second = refreshed(&town, "a", text(&first, "refresh_token")).await;
    assert_eq!((second.status, second.header("cache-control")), (200, "no-store"));
    let second = second.json();
    assert_ne!((&second["refresh_token"], &second["access_token"]), (&first["refresh_token"], &first["access_token"]));
    assert_eq!(second["user"], first["user"]);
    assert_eq!(town.ask("a", "GET", "/customers").of(&second).empty().await.status, 200);

    let replayed = refreshed(&town, "a", text(&first, "refresh_token")).await;
    assert_eq!((replayed.status, replayed.code().as_str(), replayed.header("www-authenticate")), (401, "credentials", CHALLENGE));
    assert_eq!(refreshed(&town, "a", text(&second, "refresh_token")).await, replayed, "neither the thief's nor the owner's is good");
    assert_eq!(refreshed(&town, "a", text(&other, "refresh_token")).await.status, 200, "another login goes on");
}

#[tokio::test]
async fn a_refresh_token_is_good_at_its_tenants_host_alone() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    town.person("b", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let token = text(&session, "refresh_token");
    let refused = refreshed(&town, "b", token).await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "credentials"));
    assert_eq!(town.post("b", "/auth/logout", json!({ "refresh_token": token })).await.status, 204);
    assert_eq!(refreshed(&town, "a", token).await.status, 200, "the other tenant has ended nothing");
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused_like_one_that_was_used() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let real = text(&session, "refresh_token");
    let (upper, cut, long) = (real.to_uppercase(), &real[..real.len() - 1], format!("{real}0"));
    let forged = format!("{}{}", &real[..real.len() - 64], "0".repeat(64));
    let replayed = refreshed(&town, "b", real).await;
    for token in ["", "x", "rt_", "\u{0}", text(&session, "access_token"), &upper, cut, &long, &"rt_".repeat(5_000)] {
        assert_eq!(refreshed(&town, "a", token).await, replayed, "{token}");
    }
    // It has the family's secret, so that whoever presents it has had a token of it.
    assert_eq!(refreshed(&town, "a", &forged).await, replayed);
    assert_eq!(refreshed(&town, "a", real).await.status, 401);
}

#[tokio::test]
async fn after_a_logout_the_refresh_token_is_worth_nothing() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    let token = text(&session, "refresh_token");
    let out = town.post("a", "/auth/logout", json!({ "refresh_token": token })).await;
    assert_eq!((out.status, &*out.body, out.header("cache-control")), (204, "", "no-store"));
    assert!(out.headers.get("set-cookie").is_none());
    assert_eq!(refreshed(&town, "a", token).await.status, 401);
    for again in [token, "x"] {
        assert_eq!(town.post("a", "/auth/logout", json!({ "refresh_token": again })).await.status, 204, "there is nothing left to end");
    }
}

#[tokio::test]
async fn an_invitation_is_accepted_once() {
    let town = Town::open().await;
    let token = town.invited("a", "ada@example.com", &["*"]).await;
    let body = |token: &str| json!({ "token": token, "name": "Ada", "password": PASSWORD });
    for wrong in ["", "iv_x", &format!("{token}0")] {
        let refused = town.post("a", "/auth/accept", body(wrong)).await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "credentials"), "{wrong}");
    }
    assert_eq!(town.post("b", "/auth/accept", body(&token)).await.status, 401, "another tenant's");
    let short = town.post("a", "/auth/accept", json!({ "token": token, "name": "Ada", "password": "7 chars" })).await;
    assert_eq!(short.errors(), (422, vec!["/password too-short".to_owned()]));
    let unnamed = town.post("a", "/auth/accept", json!({ "token": token, "name": " ", "password": PASSWORD })).await;
    assert_eq!(unnamed.errors(), (422, vec!["/name invalid".to_owned()]));
    let accepted = town.post("a", "/auth/accept", body(&token)).await;
    assert_eq!((accepted.status, accepted.header("cache-control")), (200, "no-store"), "{accepted:?}");
    let session = accepted.json();
    assert_eq!((&session["user"]["name"], &session["user"]["email"]), (&json!("Ada"), &json!("ada@example.com")));
    assert_eq!(town.ask("a", "GET", "/customers").of(&session).empty().await.status, 200);
    assert_eq!(town.post("a", "/auth/accept", body(&token)).await.status, 401);
    town.login("a", "ada@example.com").await;
}

#[tokio::test]
async fn whoever_has_a_password_accepts_with_it() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let token = town.invited("b", "ada@example.com", &["*"]).await;
    let accept = async |password: &str| town.post("b", "/auth/accept", json!({ "token": token, "name": "A.", "password": password })).await;
    assert_eq!(accept("another password").await.code(), "credentials");
    assert_eq!(accept(PASSWORD).await.status, 200);
    town.login("b", "ada@example.com").await;
    assert_eq!(town.login("a", "ada@example.com").await["user"]["name"], "Somebody");
}

#[tokio::test]
async fn a_reset_is_answered_alike_and_mailed_to_those_who_are_here() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    town.person("b", "bob@example.com", &["*"]).await;
    let mut answers = Vec::new();
    for email in ["ada@example.com", "bob@example.com", "nobody@example.com"] {
        answers.push(town.post("a", "/auth/reset", json!({ "email": email })).await);
    }
    assert_eq!((answers[0].status, &*answers[0].body, answers[0].header("cache-control")), (202, "", "no-store"));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    town.people.settled().await;
    let resets = |email: &str| town.mailbox.of(email).into_iter().filter(|(kind, _)| *kind == "reset").count();
    assert_eq!((resets("ada@example.com"), resets("bob@example.com"), resets("nobody@example.com")), (1, 0, 0));
    assert_eq!(town.post("a", "/auth/reset", json!({ "email": "no address" })).await.errors(), (422, vec!["/email email".to_owned()]));
}

#[tokio::test]
async fn a_reset_sets_a_password_once_and_ends_the_logins() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    town.post("a", "/auth/reset", json!({ "email": "ada@example.com" })).await;
    town.people.settled().await;
    let (kind, token) = town.mailbox.of("ada@example.com").pop().unwrap();
    assert_eq!(kind, "reset");
    let finish = async |slug: &str, token: &str, password: &str| {
        town.post(slug, "/auth/reset/finish", json!({ "token": token, "password": password })).await
    };
    assert_eq!(finish("b", &token, "another password").await.code(), "credentials");
    assert_eq!(finish("a", "x", "another password").await.code(), "credentials");
    assert_eq!(finish("a", &token, "short").await.errors(), (422, vec!["/password too-short".to_owned()]));
    let done = finish("a", &token, "another password").await;
    assert_eq!((done.status, &*done.body), (204, ""), "{done:?}");
    assert!(done.headers.get("set-cookie").is_none(), "a reset logs nobody in");
    assert_eq!(finish("a", &token, "a third password").await.status, 401);
    assert_eq!(refreshed(&town, "a", text(&session, "refresh_token")).await.status, 401);
    let login =
        async |password: &str| town.post("a", "/auth/login", json!({ "email": "ada@example.com", "password": password })).await.status;
    assert_eq!((login(PASSWORD).await, login("another password").await), (401, 200));
}

/// Nothing of a session is kept from one login to the next.
#[tokio::test]
async fn each_login_is_another_one() {
    let town = Town::open().await;
    town.person("a", "ada@example.com", &["*"]).await;
    let sessions = [town.login("a", "ada@example.com").await, town.login("a", "ada@example.com").await];
    let family = |session: &Value| text(session, "refresh_token").split('_').nth(2).map(|id| Uuid::try_parse(id).unwrap()).unwrap();
    assert_ne!(family(&sessions[0]), family(&sessions[1]));
    assert_ne!(sessions[0]["access_token"], sessions[1]["access_token"]);
}

//! What the log has of a person: no password, no token, no address.

#[path = "../db/log.rs"]
mod log;

use serde_json::{Value, json};

use self::log::Log;
use crate::service::{OWN_PAGE, PASSWORD, Town, text};

/// Everything once, rightly and wrongly, and what was secret in it.
async fn tour(town: &Town) -> Vec<String> {
    let mut secret = vec![PASSWORD.to_owned(), "a guessed password".to_owned(), "a new password".to_owned()];
    let invited = town.invited("a", "ada@example.com", &["*"]).await;
    let body = json!({ "token": invited, "name": "Ada", "password": PASSWORD });
    assert_eq!(town.post("a", "/auth/accept", body).await.status, 200);
    secret.push(invited);
    let wrong = json!({ "email": "ada@example.com", "password": "a guessed password" });
    assert_eq!(town.post("a", "/auth/login", wrong).await.status, 401);
    let misspelt = json!({ "email": "ada@example.com", "password": ["a guessed password"] });
    assert_eq!(town.post("a", "/auth/login", misspelt).await.status, 422);
    let session = town.login("a", "ada@example.com").await;
    let refreshed = town.post("a", "/auth/refresh", json!({ "refresh_token": session["refresh_token"] })).await.json();
    assert_eq!(town.post("a", "/auth/refresh", json!({ "refresh_token": session["refresh_token"] })).await.status, 401);
    for session in [&session, &refreshed] {
        secret.extend([text(session, "access_token").to_owned(), text(session, "refresh_token").to_owned()]);
    }
    let jar = town.browser("a", "ada@example.com").await;
    let out = town.ask("a", "POST", "/auth/logout").header(OWN_PAGE).header(("cookie", &jar.header()));
    assert_eq!(out.json(json!({ "cookie": true })).await.status, 204);
    secret.extend([jar.session, jar.refresh]);
    let made = town.ask("a", "POST", "/api-keys").of(&session).json(json!({ "name": "key", "scopes": ["*"] })).await.json();
    let key = text(&made, "key").to_owned();
    assert_eq!(town.ask("a", "GET", "/customers").bearer(&key).empty().await.status, 200);
    secret.push(key);
    assert_eq!(town.post("a", "/auth/reset", json!({ "email": "ada@example.com" })).await.status, 202);
    town.people.settled().await;
    let (_, token) = town.mailbox.of("ada@example.com").pop().unwrap();
    let finish = async |password: &str| town.post("a", "/auth/reset/finish", json!({ "token": token, "password": password })).await.status;
    assert_eq!((finish("short").await, finish("a new password").await, finish("a new password").await), (422, 204, 401));
    secret.push(token.clone());
    let change: Value = json!({ "old": "a guessed password", "new": "a new password" });
    assert_eq!(town.ask("a", "POST", "/auth/password").of(&session).json(change).await.status, 422);
    secret
}

#[tokio::test]
async fn no_secret_is_in_the_log() {
    let town = Town::open().await;
    let log = Log::default();
    let secret = {
        let _listening = log.listen();
        tour(&town).await
    };
    let text = log.text();
    assert!(text.contains("a refresh token came again"), "the log is listened to: {text}");
    for secret in secret {
        assert!(!text.contains(&secret), "{secret} is in the log");
        // What makes it one, should the log have cut it.
        let tail: String = secret.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
        assert!(!text.contains(&tail), "{tail} is in the log");
    }
    assert!(!text.contains("ada@example.com"), "an address is in the log");
}

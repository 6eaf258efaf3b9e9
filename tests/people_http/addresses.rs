//! Whose attempts count: the client's, behind proxies too, and nobody's choice.

use serde_json::json;
use tenantry::auth::AttemptLimits;
use tenantry_tests::Answer;

use crate::service::Town;

async fn town() -> Town {
    let mut limits = AttemptLimits::DEFAULT;
    (limits.of_an_identity, limits.of_an_address) = (1_000, 3);
    Town::limited(limits).await
}

/// An attempt to be somebody new each time, so that the address alone counts.
async fn attempt(town: &Town, number: usize, peer: Option<&'static str>, forwarded: &[&str]) -> Answer {
    let mut ask = town.ask("a", "POST", "/auth/login").from(peer);
    for value in forwarded {
        ask = ask.header(("x-forwarded-for", value));
    }
    ask.json(json!({ "email": format!("{number}@example.com"), "password": "guessed" })).await
}

#[tokio::test]
async fn a_peer_that_guesses_waits_and_the_next_does_not() {
    let town = town().await;
    for number in 0..3 {
        assert_eq!(attempt(&town, number, Some("192.0.2.1"), &[]).await.status, 401);
    }
    let refused = attempt(&town, 3, Some("192.0.2.1"), &[]).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "too-many"));
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(attempt(&town, 4, Some("192.0.2.2"), &[]).await.status, 401);
}

/// Whoever could choose would have as many attempts as there are addresses.
#[tokio::test]
async fn a_stranger_does_not_choose_its_address() {
    let town = town().await;
    let mut last = 0;
    for number in 0..4 {
        let chosen = format!("203.0.113.{number}");
        last = attempt(&town, number, Some("192.0.2.1"), &[&chosen]).await.status;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn the_clients_of_a_proxy_are_counted_one_by_one() {
    let town = town().await;
    for number in 0..4 {
        let chosen = format!("198.51.100.{number}, 203.0.113.9");
        let expected = if number < 3 { 401 } else { 429 };
        assert_eq!(attempt(&town, number, Some("10.0.0.1"), &[&chosen]).await.status, expected, "{number}");
    }
    assert_eq!(attempt(&town, 4, Some("10.0.0.1"), &["203.0.113.10"]).await.status, 401);
    assert_eq!(attempt(&town, 5, Some("10.0.0.2"), &["203.0.113.9", "10.0.0.1"]).await.status, 429, "the same by another way");
    for number in 6..10 {
        let expected = if number < 9 { 401 } else { 429 };
        assert_eq!(attempt(&town, number, Some("10.0.0.3"), &["not an address"]).await.status, expected, "then it is the proxy");
    }
}

/// Not the loopback's, and not for free.
#[tokio::test]
async fn without_an_address_all_are_counted_as_one() {
    let town = town().await;
    for number in 0..4 {
        let expected = if number < 3 { 401 } else { 429 };
        assert_eq!(attempt(&town, number, None, &["203.0.113.9"]).await.status, expected, "{number}");
    }
    assert_eq!(attempt(&town, 4, Some("127.0.0.1"), &[]).await.status, 401);
    assert_eq!(attempt(&town, 5, Some("::1"), &[]).await.status, 401);
}

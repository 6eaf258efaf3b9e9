//! Tokens and keys of somebody else.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey};
use proptest::prelude::*;
use serde_json::{Value, json};
use tenantry::auth::token::{FetchKeys, KeySet, KeySetError, OutsideIssuer, SigningKey, TokenError, TokenType};

use crate::forging::{AUDIENCE, Clock, ISSUER, RSA, b64, claims, der, ed25519, grant, header, ring, rsa, signed_by, with, without};
use crate::jwks::published;

async fn set_of(key: SigningKey) -> Value {
    serde_json::from_slice(&published(ring(key, &Clock::new())).await).unwrap()
}

fn parse(set: &Value) -> Result<KeySet, KeySetError> {
    KeySet::parse(set.to_string().as_bytes())
}

/// The set with a member of its first key set.
fn key_with(set: &Value, name: &str, value: Value) -> Value {
    json!({"keys": [with(set["keys"][0].clone(), name, value)]})
}

/// The set with a member of its first key taken out.
fn key_without(set: &Value, name: &str) -> Value {
    json!({"keys": [without(set["keys"][0].clone(), name)]})
}

#[tokio::test]
async fn a_private_key_in_a_set_refuses_the_whole() {
    for key in [ed25519("one"), rsa("one")] {
        let set = set_of(key).await;
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert_eq!(parse(&key_with(&set, name, json!("AAAA"))).unwrap_err(), KeySetError::Private, "{name}");
            assert_eq!(parse(&key_with(&set, name, json!(null))).unwrap_err(), KeySetError::Private, "{name}");
        }
    }
    let secret = json!({"keys": [{"kty": "oct", "kid": "one", "alg": "HS256", "k": b64([7; 32])}]});
    assert_eq!(parse(&secret).unwrap_err(), KeySetError::Private);
}

#[tokio::test]
async fn a_name_stands_for_one_key_of_a_set() {
    let (one, other) = (set_of(ed25519("one")).await, set_of(rsa("one")).await);
    assert_eq!(parse(&json!({"keys": [one["keys"][0], other["keys"][0]]})).unwrap_err(), KeySetError::SameId);
    for name in [Value::Null, json!(""), json!("a b"), json!("x".repeat(129))] {
        let expected = if name.is_null() { KeySetError::Form } else { KeySetError::Id };
        assert_eq!(parse(&key_with(&one, "kid", name)).unwrap_err(), expected);
    }
    assert_eq!(parse(&key_without(&one, "kid")).unwrap_err(), KeySetError::Id);
}

#[tokio::test]
async fn keys_for_something_else_are_passed_over() {
    let set = set_of(rsa("one")).await;
    let curve = json!({"kty": "EC", "crv": "P-256", "kid": "ec", "x": "AA", "y": "AA"});
    let mixed = json!({"keys": [curve, set["keys"][0], {"kty": "new", "kid": "x"}]});
    assert_eq!(parse(&mixed).unwrap().iter().map(|key| key.id().as_str()).collect::<Vec<_>>(), ["one"]);
    for (name, value) in
        [("use", json!("enc")), ("alg", json!("RS512")), ("alg", json!("none")), ("kty", json!("EC")), ("key_ops", json!(["sign"]))]
    {
        assert_eq!(parse(&key_with(&set, name, value)).unwrap_err(), KeySetError::Empty, "{name}");
    }
    assert!(parse(&key_with(&set, "key_ops", json!(["verify"]))).is_ok() && parse(&key_without(&set, "use")).is_ok());
    assert_eq!(parse(&key_without(&set, "alg")).unwrap().find("one").unwrap().algorithm().name(), "RS256");
}

#[tokio::test]
async fn what_is_no_set_is_refused() {
    let (small, large) = (set_of(ed25519("one")).await, set_of(rsa("one")).await);
    for text in
        ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[1]}"#, r#"{"keys":[{}]}"#, r#"{"keys":[{"kty":1}]}"#, "\u{feff}{\"keys\":[]}"]
    {
        assert_eq!(KeySet::parse(text.as_bytes()).unwrap_err(), KeySetError::Form, "{text}");
    }
    assert_eq!(KeySet::parse(b"{\"keys\":[\"\xff\"]}").unwrap_err(), KeySetError::Form);
    assert_eq!(KeySet::parse(br#"{"keys":[]}"#).unwrap_err(), KeySetError::Empty);
    assert_eq!(KeySet::parse(br#"{"keys":[],"keys":[]}"#).unwrap_err(), KeySetError::Twice);
    assert_eq!(KeySet::parse(br#"{"keys":[{"kty":"OKP","kty":"RSA"}]}"#).unwrap_err(), KeySetError::Twice);
    for x in [json!(""), json!("AA"), json!(b64([1; 31])), json!(b64([1; 33])), json!("=="), json!("é")] {
        assert_eq!(parse(&key_with(&small, "x", x.clone())).unwrap_err(), KeySetError::Key, "{x}");
    }
    for (name, value) in [("n", json!(b64([0xff; 128]))), ("n", json!("")), ("e", json!("AA")), ("e", json!(b64([2])))] {
        assert_eq!(parse(&key_with(&large, name, value)).unwrap_err(), KeySetError::Key, "{name}");
    }
    let many = json!({"keys": vec![json!({"kty": "new"}); 65]});
    assert_eq!(parse(&many).unwrap_err(), KeySetError::TooLarge);
    assert_eq!(KeySet::parse(&vec![b' '; 64 * 1024 + 1]).unwrap_err(), KeySetError::TooLarge);
}

#[tokio::test]
async fn a_set_is_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    assert_eq!(KeySet::file(&path).unwrap_err(), KeySetError::File);
    std::fs::write(&path, set_of(ed25519("one")).await.to_string()).unwrap();
    assert!(KeySet::file(&path).unwrap().find("one").is_some());
    std::fs::write(&path, vec![b' '; 70_000]).unwrap();
    assert_eq!(KeySet::file(&path).unwrap_err(), KeySetError::TooLarge);
    assert_eq!(KeySet::file(folder.path()).unwrap_err(), KeySetError::File);
}

/// RS256 and `typ: JWT`, as many outside issuers have it.
#[tokio::test]
async fn a_token_of_an_outside_issuer_is_held_against_its_own_keys() {
    let clock = Clock::new();
    let keys = KeySet::parse(&published(ring(rsa("theirs"), &clock)).await).unwrap();
    let moved = clock.clone();
    let issuer = OutsideIssuer::with_keys(ISSUER, AUDIENCE, keys).token_type(TokenType::Jwt).clock(move || moved.now()).build().unwrap();
    let key = EncodingKey::from_rsa_der(&der(RSA));
    let head = json!({"alg": "RS256", "typ": "JWT", "kid": "theirs"});
    let claims = with(claims(&clock), "sub", json!("ada@example.com"));
    let token = |head: &Value, claims: &Value| signed_by(&key, Algorithm::RS256, &head.to_string(), claims.to_string().as_bytes());
    assert_eq!(issuer.verify(token(&head, &claims)).await.unwrap().subject, "ada@example.com");
    assert!(issuer.verify(token(&without(head.clone(), "typ"), &claims)).await.is_ok());
    let of = async |head: Value, claims: Value| issuer.verify(token(&head, &claims)).await.unwrap_err();
    assert_eq!(of(with(head.clone(), "typ", json!("at+jwt")), claims.clone()).await, TokenError::Type);
    assert_eq!(of(with(head.clone(), "alg", json!("EdDSA")), claims.clone()).await, TokenError::Algorithm);
    assert_eq!(of(with(head.clone(), "kid", json!("ours")), claims.clone()).await, TokenError::UnknownKey);
    assert_eq!(of(head.clone(), with(claims.clone(), "iss", json!("https://other.example"))).await, TokenError::Issuer);
    assert_eq!(of(head.clone(), with(claims.clone(), "aud", json!("other"))).await, TokenError::Audience);
    assert_eq!(of(head.clone(), with(claims.clone(), "jti", json!(1))).await, TokenError::Claim("jti"));
    assert_eq!(of(header(), claims.clone()).await, TokenError::UnknownKey);
    let own = ring(ed25519("one"), &clock);
    assert_eq!(own.verify(token(&head, &claims)), Err(TokenError::UnknownKey), "our own ring knows none of their keys");
}

/// An issuer whose answer a test sets, and which counts how often it was asked.
#[derive(Clone, Default)]
struct Theirs {
    answer: Arc<Mutex<Option<Vec<u8>>>>,
    asked: Arc<AtomicUsize>,
}

impl Theirs {
    fn answers(&self, answer: Option<Vec<u8>>) {
        *self.answer.lock().unwrap() = answer;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl FetchKeys for Theirs {
    async fn fetch(&self) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.answer.lock().unwrap().clone().ok_or_else(|| "they do not answer".into())
    }
}

fn fetched(theirs: &Theirs, clock: &Clock) -> OutsideIssuer {
    let clock = clock.clone();
    OutsideIssuer::with_fetched_keys(ISSUER, AUDIENCE, theirs.clone()).clock(move || clock.now()).build().unwrap()
}

#[tokio::test]
async fn keys_are_fetched_once_however_many_ask_and_whatever_they_name() {
    let (clock, theirs) = (Clock::new(), Theirs::default());
    let (issuer, ring) = (fetched(&theirs, &clock), ring(ed25519("one"), &clock));
    theirs.answers(Some(published(ring.clone()).await));
    let token = ring.issue(&grant()).unwrap();
    let all = futures_util::future::join_all((0..50).map(|_| issuer.verify(token.expose()))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(theirs.asked(), 1);
    // Names that nobody has, as many as anybody likes: within 30 seconds they ask nothing.
    let stranger = crate::forging::ring(rsa("nobodys"), &clock);
    for _ in 0..100 {
        assert_eq!(issuer.verify(stranger.issue(&grant()).unwrap().expose()).await, Err(TokenError::UnknownKey));
    }
    assert_eq!(theirs.asked(), 1);
    clock.pass(30);
    for _ in 0..100 {
        assert_eq!(issuer.verify(stranger.issue(&grant()).unwrap().expose()).await, Err(TokenError::UnknownKey));
    }
    assert_eq!(theirs.asked(), 2);
}

#[tokio::test]
async fn a_new_key_is_known_within_half_a_minute() {
    let (clock, theirs) = (Clock::new(), Theirs::default());
    let (issuer, ring) = (fetched(&theirs, &clock), ring(ed25519("one"), &clock));
    theirs.answers(Some(published(ring.clone()).await));
    assert!(issuer.verify(ring.issue(&grant()).unwrap().expose()).await.is_ok());
    ring.rotate(rsa("two")).unwrap();
    theirs.answers(Some(published(ring.clone()).await));
    clock.pass(30);
    assert!(issuer.verify(ring.issue(&grant()).unwrap().expose()).await.is_ok());
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_anew_are_believed_for_a_day() {
    let (clock, theirs) = (Clock::new(), Theirs::default());
    let (issuer, ring) = (fetched(&theirs, &clock), ring(ed25519("one"), &clock));
    let of_now = async || issuer.verify(ring.issue(&grant()).unwrap().expose()).await.map(drop);
    assert_eq!(of_now().await, Err(TokenError::KeysUnavailable));
    theirs.answers(Some(published(ring.clone()).await));
    assert_eq!(of_now().await, Err(TokenError::KeysUnavailable), "not within 30 seconds of the last attempt");
    clock.pass(30);
    assert_eq!(of_now().await, Ok(()));
    // No answer, and answers that are none.
    for answer in [None, Some(b"<html>".to_vec()), Some(vec![b' '; 1 << 20])] {
        theirs.answers(answer);
        clock.pass(7 * 60 * 60);
        assert_eq!(of_now().await, Ok(()));
    }
    clock.pass(3 * 60 * 60);
    assert_eq!(of_now().await, Err(TokenError::KeysUnavailable));
}

/// Somebody asks, and goes before there is an answer.
#[tokio::test]
async fn whoever_goes_takes_no_attempt_with_them() {
    let (clock, theirs) = (Clock::new(), Theirs::default());
    let (issuer, ring) = (fetched(&theirs, &clock), ring(ed25519("one"), &clock));
    theirs.answers(Some(published(ring.clone()).await));
    let token = ring.issue(&grant()).unwrap();
    assert!(futures_util::FutureExt::now_or_never(issuer.verify(token.expose())).is_none());
    assert!(issuer.verify(token.expose()).await.is_ok());
    assert_eq!(theirs.asked(), 1);
}

#[test]
fn what_would_believe_for_too_long_is_refused() {
    let of = |issuer: &str| OutsideIssuer::with_fetched_keys(issuer, AUDIENCE, Theirs::default());
    assert!(of("").build().is_err() && of(ISSUER).leeway(Duration::from_secs(301)).build().is_err() && of(ISSUER).build().is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_no_set(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(KeySet::parse(&bytes).is_err());
    }

    #[test]
    fn any_key_is_read_or_refused(members in proptest::collection::btree_map(
        "(kty|crv|alg|kid|use|x|n|e|d|key_ops)", "(OKP|RSA|EC|Ed25519|EdDSA|RS256|sig|[A-Za-z0-9_-]{0,60})", 0..9,
    )) {
        let private = members.contains_key("d");
        let set = json!({"keys": [members]});
        prop_assert!(!private || parse(&set).unwrap_err() == KeySetError::Private);
    }
}

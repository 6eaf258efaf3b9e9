//! The keys that this service tells others.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tenantry::auth::token::{KeyRing, KeySet, SigningKey, endpoint};
use tower::ServiceExt;

use crate::forging::{Clock, builder, ed25519, ring, rsa};

async fn asked(ring: KeyRing, method: &str) -> axum::response::Response {
    let request = Request::builder().method(method).uri(endpoint::PATH).body(Body::empty()).unwrap();
    endpoint::routes(ring).oneshot(request).await.unwrap()
}

/// What the endpoint says.
pub(crate) async fn published(ring: KeyRing) -> Vec<u8> {
    axum::body::to_bytes(asked(ring, "GET").await.into_body(), 1 << 20).await.unwrap().to_vec()
}

fn names(set: &Value) -> Vec<&str> {
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_endpoint_tells_public_keys_and_no_secret() {
    let clock = Clock::new();
    let secret = SigningKey::secret("secret".parse().unwrap(), vec![7; 32]).unwrap();
    let ring =
        builder(secret, &clock).announced(ed25519("ed").verifying().clone()).announced(rsa("rsa").verifying().clone()).build().unwrap();
    let text = published(ring).await;
    let set: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(names(&set), ["ed", "rsa"]);
    for (key, members) in [(0, "alg crv kid kty use x"), (1, "alg e kid kty n use")] {
        let mut found: Vec<&str> = set["keys"][key].as_object().unwrap().keys().map(String::as_str).collect();
        found.sort_unstable();
        assert_eq!(found.join(" "), members);
    }
    assert_eq!((set["keys"][0]["alg"].as_str(), set["keys"][1]["alg"].as_str()), (Some("EdDSA"), Some("RS256")));
    assert_eq!(KeySet::parse(&text).unwrap().iter().count(), 2, "what we publish we read");
}

#[tokio::test]
async fn the_endpoint_says_how_long_it_may_be_remembered() {
    let clock = Clock::new();
    let response = asked(ring(ed25519("ed"), &clock), "GET").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    assert_eq!(response.headers()["content-type"], "application/jwk-set+json");
    assert_eq!(asked(ring(ed25519("ed"), &clock), "HEAD").await.status(), StatusCode::OK);
    assert_eq!(asked(ring(ed25519("ed"), &clock), "POST").await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_endpoint_follows_rotation() {
    let clock = Clock::new();
    let ring = ring(ed25519("one"), &clock);
    ring.rotate(rsa("two")).unwrap();
    let both = published(ring.clone()).await;
    assert_eq!(names(&serde_json::from_slice(&both).unwrap()), ["two", "one"]);
    clock.pass(630);
    assert_eq!(names(&serde_json::from_slice(&published(ring).await).unwrap()), ["two"]);
}

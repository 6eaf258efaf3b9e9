//! A ring, and tokens that it has not made: signed rightly, with whatever in them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tenantry::TenantId;
use tenantry::auth::token::{Grant, KeyRing, KeyRingBuilder, SigningKey};
use uuid::Uuid;

pub(crate) const RSA: &[u8] = include_bytes!("keys/rsa.pem");
pub(crate) const ED25519: &[u8] = include_bytes!("keys/ed25519.pem");
pub(crate) const ISSUER: &str = "https://api.example.com";
pub(crate) const AUDIENCE: &str = "orders";

/// A clock that a test moves.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(1_790_000_000)))
    }

    pub(crate) fn seconds(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.seconds())
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

pub(crate) fn ed25519(id: &str) -> SigningKey {
    SigningKey::pem(id.parse().expect("a name"), ED25519).expect("a key of Ed25519")
}

pub(crate) fn rsa(id: &str) -> SigningKey {
    SigningKey::pem(id.parse().expect("a name"), RSA).expect("a key of RSA")
}

pub(crate) fn builder(key: SigningKey, clock: &Clock) -> KeyRingBuilder {
    let clock = clock.clone();
    KeyRing::builder(ISSUER, AUDIENCE, key).clock(move || clock.now())
}

pub(crate) fn ring(key: SigningKey, clock: &Clock) -> KeyRing {
    builder(key, clock).build().expect("a ring")
}

pub(crate) fn grant() -> Grant {
    Grant { tenant: TenantId::generate(), subject: Uuid::now_v7(), scopes: "orders:read".parse().expect("scopes") }
}

/// The bytes of a PEM file, which jsonwebtoken takes without its own reader of PEM.
pub(crate) fn der(pem: &[u8]) -> Vec<u8> {
    let text: String = std::str::from_utf8(pem).expect("PEM").lines().filter(|line| !line.starts_with("---")).collect();
    base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
}

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whatever it says, signed by the key of Ed25519.
pub(crate) fn signed(header: &str, claims: &str) -> String {
    signed_by(&EncodingKey::from_ed_der(&der(ED25519)), Algorithm::EdDSA, header, claims.as_bytes())
}

pub(crate) fn signed_by(key: &EncodingKey, algorithm: Algorithm, header: &str, claims: &[u8]) -> String {
    let message = format!("{}.{}", b64(header), b64(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).expect("a signature");
    format!("{message}.{signature}")
}

pub(crate) fn header() -> Value {
    json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "one"})
}

pub(crate) fn claims(clock: &Clock) -> Value {
    let now = clock.seconds();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::now_v7(), "tenant": Uuid::now_v7(), "jti": Uuid::now_v7(),
        "iat": now, "nbf": now, "exp": now + 600, "scope": "orders:read",
    })
}

/// With a member set to something else.
pub(crate) fn with(mut object: Value, name: &str, value: Value) -> Value {
    object.as_object_mut().expect("an object").insert(name.to_owned(), value);
    object
}

/// With a member taken out.
pub(crate) fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().expect("an object").remove(name);
    object
}

//! Keys come and go while tokens live.

use std::time::Duration;

use tenantry::auth::token::{KeyError, KeyId, KeyRingError, SigningKey, TokenError, VerifyingKey};

use crate::forging::{Clock, ED25519, RSA, builder, der, ed25519, grant, ring, rsa};

fn key(id: &str) -> SigningKey {
    SigningKey::generate(id.parse().unwrap()).unwrap()
}

#[test]
fn a_key_that_has_signed_verifies_until_its_last_token_has_expired() {
    let clock = Clock::new();
    let ring = ring(key("one"), &clock);
    let first = ring.issue(&grant()).unwrap();
    ring.rotate(rsa("two")).unwrap();
    let second = ring.issue(&grant()).unwrap();
    assert!(ring.verify(first.expose()).is_ok() && ring.verify(second.expose()).is_ok());
    clock.pass(600 + 30);
    assert_eq!(ring.verify(first.expose()), Err(TokenError::UnknownKey), "the key has gone, not the token alone");
    assert_eq!(ring.rotate(key("two")), Err(KeyRingError::SameId));
    ring.rotate(key("three")).unwrap();
}

/// Whoever has stolen a key that has retired makes tokens that have not expired.
#[test]
fn a_retired_key_verifies_nothing() {
    let clock = Clock::new();
    let old = ed25519("old");
    let stolen = ring(ed25519("old"), &clock);
    let now = builder(key("new"), &clock).retiring(old.verifying().clone(), clock.now() + Duration::from_secs(60)).build().unwrap();
    clock.pass(59);
    assert!(now.verify(stolen.issue(&grant()).unwrap().expose()).is_ok());
    clock.pass(1);
    assert_eq!(now.verify(stolen.issue(&grant()).unwrap().expose()), Err(TokenError::UnknownKey));
}

#[test]
fn a_key_is_announced_before_it_signs() {
    let clock = Clock::new();
    let next = key("next");
    let ring = builder(key("one"), &clock).announced(next.verifying().clone()).build().unwrap();
    ring.rotate(next).unwrap();
    assert!(ring.verify(ring.issue(&grant()).unwrap().expose()).is_ok());
}

#[test]
fn a_name_stands_for_one_key() {
    let clock = Clock::new();
    let twice = builder(key("one"), &clock).announced(key("one").verifying().clone());
    assert_eq!(twice.build().unwrap_err(), KeyRingError::SameId);
    let mut many = builder(key("one"), &clock);
    for number in 0..16 {
        many = many.announced(key(&number.to_string()).verifying().clone());
    }
    assert_eq!(many.build().unwrap_err(), KeyRingError::TooMany);
    let seconds = Duration::from_secs;
    for lifetime in [seconds(0), seconds(24 * 60 * 60 + 1), Duration::from_millis(999)] {
        assert_eq!(builder(key("one"), &clock).lifetime(lifetime).build().unwrap_err(), KeyRingError::Lifetime);
    }
    assert_eq!(builder(key("one"), &clock).leeway(seconds(301)).build().unwrap_err(), KeyRingError::Leeway);
    let long = "x".repeat(256);
    for (issuer, audience) in [("", "a"), ("a", ""), (&*long, "a")] {
        assert_eq!(tenantry::auth::token::KeyRing::builder(issuer, audience, key("one")).build().unwrap_err(), KeyRingError::Name);
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let id = || "one".parse::<KeyId>().unwrap();
    let p256 = include_bytes!("keys/p256.pem");
    let two = [ED25519, RSA].concat();
    let large = vec![b'x'; 64 * 1024];
    for pem in [p256.as_slice(), b"", b"-----BEGIN PRIVATE KEY-----\n", b"\xff\xfe", &two, &large, &RSA[..RSA.len() / 2]] {
        assert_eq!(SigningKey::pem(id(), pem).unwrap_err(), KeyError::Form);
    }
    assert_eq!(SigningKey::der(id(), &der(RSA)[..40]).unwrap_err(), KeyError::Form);
    assert_eq!(SigningKey::secret(id(), vec![1; 31]).unwrap_err(), KeyError::ShortSecret);
    let long = "x".repeat(129);
    for name in ["", "a b", "ä", "a\n", &long] {
        assert_eq!(name.parse::<KeyId>().unwrap_err(), KeyError::Id, "{name:?}");
    }
    let small = [0xff; 128];
    let large = [0xff; 1_025];
    let good = [0xff; 256];
    for (modulus, exponent) in [
        (&small[..], &[1, 0, 1][..]),
        (&large, &[1, 0, 1]),
        (&good, &[]),
        (&good, &[1]),
        (&good, &[2]),
        (&good, &[0, 1, 0, 1]),
        (&[], &[3]),
    ] {
        assert_eq!(VerifyingKey::rsa(id(), modulus, exponent).unwrap_err(), KeyError::Form);
    }
}

#[test]
fn no_key_shows_itself() {
    let secret = SigningKey::secret("one".parse().unwrap(), b"an-unguessable-secret-of-32-bytes".to_vec()).unwrap();
    for key in [ed25519("one"), rsa("one"), secret] {
        assert_eq!(format!("{key:?}").matches(['[', '"']).count(), 2, "{key:?}: its name and nothing else is a text");
        assert!(!format!("{:?}", key.verifying()).contains("unguessable"));
    }
}

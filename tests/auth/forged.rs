//! Tokens that are not what they say.

use jsonwebtoken::{Algorithm, EncodingKey};
use proptest::prelude::*;
use serde_json::{Value, json};
use tenantry::auth::token::{KeyRing, SigningKey, TokenError};

use crate::forging::{AUDIENCE, Clock, ED25519, b64, claims, der, ed25519, grant, header, ring, rsa, signed, signed_by, with, without};

fn here() -> (Clock, KeyRing) {
    let clock = Clock::new();
    let ring = ring(ed25519("one"), &clock);
    (clock, ring)
}

/// Why a token with that header is refused.
fn of_header(header: &Value) -> Result<(), TokenError> {
    let (clock, ring) = here();
    ring.verify(signed(&header.to_string(), &claims(&clock).to_string())).map(drop)
}

/// Why a token with these claims is refused.
fn of_claims(change: impl FnOnce(Value, u64) -> Value) -> Result<(), TokenError> {
    let (clock, ring) = here();
    let claims = change(claims(&clock), clock.seconds());
    ring.verify(signed(&header().to_string(), &claims.to_string())).map(drop)
}

#[test]
fn what_a_ring_has_issued_it_verifies() {
    let secret = SigningKey::secret("one".parse().unwrap(), vec![7; 32]).unwrap();
    for key in [ed25519("one"), rsa("one"), secret, SigningKey::generate("one".parse().unwrap()).unwrap()] {
        let clock = Clock::new();
        let (ring, grant) = (ring(key, &clock), grant());
        let token = ring.issue(&grant).unwrap();
        let claims = ring.verify(token.expose()).unwrap();
        assert_eq!((claims.tenant, claims.subject, &claims.scopes), (grant.tenant, grant.subject, &grant.scopes));
        assert_eq!((claims.issued, claims.expires), (clock.now(), clock.now() + token.lifetime()));
        for shown in [format!("{ring:?}"), format!("{token:?}")] {
            assert!(!shown.contains(token.expose()) && !shown.contains("[7") && !shown.contains("7, 7"), "{shown}");
        }
    }
    assert_eq!((of_header(&header()), of_claims(|claims, _| claims)), (Ok(()), Ok(())), "what is forged below differs in one thing each");
}

/// The public key as a secret, other algorithms, and another key by this one's name.
#[test]
fn the_key_says_by_which_algorithm() {
    let (clock, ring) = here();
    let public = ring_public();
    let confused = with(header(), "alg", json!("HS256")).to_string();
    let secret = EncodingKey::from_secret(&public).unwrap();
    let token = signed_by(&secret, Algorithm::HS256, &confused, claims(&clock).to_string().as_bytes());
    assert_eq!(ring.verify(token), Err(TokenError::Algorithm));
    for algorithm in ["RS256", "HS256", "ES256", "eddsa", "Ed25519", ""] {
        assert_eq!(of_header(&with(header(), "alg", json!(algorithm))), Err(TokenError::Algorithm), "{algorithm}");
    }
    // And a key of RSA by another key's name.
    let rsa = EncodingKey::from_rsa_der(&der(crate::forging::RSA));
    let token = signed_by(&rsa, Algorithm::RS256, &header().to_string(), claims(&clock).to_string().as_bytes());
    assert_eq!(ring.verify(token), Err(TokenError::Signature));
}

/// The 32 bytes that the endpoint tells everybody.
fn ring_public() -> Vec<u8> {
    use base64::Engine as _;
    let key: Value = serde_json::from_slice(
        &futures_util::FutureExt::now_or_never(crate::jwks::published(ring(ed25519("one"), &Clock::new()))).unwrap(),
    )
    .unwrap();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(key["keys"][0]["x"].as_str().unwrap()).unwrap()
}

#[test]
fn what_is_not_signed_is_refused() {
    let (clock, ring) = here();
    for none in ["none", "None", "NONE", "nOnE"] {
        let header = with(header(), "alg", json!(none)).to_string();
        let message = format!("{}.{}", b64(&header), b64(claims(&clock).to_string()));
        for signature in ["", "AAAA"] {
            assert_eq!(ring.verify(format!("{message}.{signature}")), Err(TokenError::Unsigned), "{none}");
        }
    }
}

#[test]
fn a_token_that_was_changed_is_refused() {
    let (clock, ring) = here();
    let token = signed(&header().to_string(), &claims(&clock).to_string());
    let mut parts = token.split('.');
    let (head, _, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let other = b64(with(claims(&clock), "tenant", json!(uuid::Uuid::now_v7())).to_string());
    assert_eq!(ring.verify(format!("{head}.{other}.{signature}")), Err(TokenError::Signature));
    assert_eq!(ring.verify(format!("{head}.{other}.")), Err(TokenError::Signature));
    // Another key by the same name.
    let stranger = crate::forging::ring(SigningKey::generate("one".parse().unwrap()).unwrap(), &clock);
    assert_eq!(ring.verify(stranger.issue(&grant()).unwrap().expose()), Err(TokenError::Signature));
}

#[test]
fn a_key_is_named_and_known() {
    assert_eq!(of_header(&without(header(), "kid")), Err(TokenError::NoKey));
    let long = "x".repeat(500);
    for name in ["two", "", "ONE", "one ", "one\0", "../../../../dev/null", "one' or '1'='1", "http://evil.example/key", "$(id)", &long] {
        assert_eq!(of_header(&with(header(), "kid", json!(name))), Err(TokenError::UnknownKey), "{name}");
    }
    for name in [json!(1), json!(null), json!(["one"]), json!({"one": 1})] {
        assert_eq!(of_header(&with(header(), "kid", name.clone())), Err(TokenError::Header), "{name}");
    }
}

#[test]
fn a_token_brings_no_key() {
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": b64([1; 32])});
    for (name, value) in
        [("jwk", key), ("jku", json!("https://evil.example/")), ("x5u", json!("https://evil.example/")), ("x5c", json!(["AA"]))]
    {
        assert_eq!(of_header(&with(header(), name, value)), Err(TokenError::BringsKey), "{name}");
    }
}

#[test]
fn an_extension_that_must_be_understood_is_not() {
    for crit in [json!(["exp"]), json!([]), json!(["b64"]), json!("b64"), json!(null)] {
        assert_eq!(of_header(&with(header(), "crit", crit.clone())), Err(TokenError::Critical), "{crit}");
    }
    assert_eq!(of_header(&with(header(), "b64", json!(false))), Err(TokenError::Critical));
    assert_eq!(of_header(&with(header(), "enc", json!("A256GCM"))), Err(TokenError::Encrypted));
    assert_eq!(of_header(&with(header(), "zip", json!("DEF"))), Err(TokenError::Encrypted));
}

#[test]
fn nothing_stands_in_a_token_twice() {
    let (clock, ring) = here();
    let (head, claimed) = (header().to_string(), claims(&clock).to_string());
    let twice = |text: &str, member: &str| format!("{},{member}}}", text.strip_suffix('}').unwrap());
    for member in [r#""alg":"EdDSA""#, r#""kid":"one""#, r#""\u006bid":"one""#] {
        assert_eq!(ring.verify(signed(&twice(&head, member), &claimed)), Err(TokenError::Twice), "{member}");
    }
    let audience = format!(r#""aud":"{AUDIENCE}""#);
    for member in [&audience, r#""exp":9999999999"#, r#""tenant":"x""#, r#""\u0073ub":"x""#, r#""more":{"a":1,"a":2}"#] {
        assert_eq!(ring.verify(signed(&head, &twice(&claimed, member))), Err(TokenError::Twice), "{member}");
    }
}

#[test]
fn another_type_of_token_is_refused() {
    for kind in [json!("JWT"), json!("id+jwt"), json!("logout+jwt"), json!("at"), json!("")] {
        assert_eq!(of_header(&with(header(), "typ", kind.clone())), Err(TokenError::Type), "{kind}");
    }
    assert_eq!(of_header(&without(header(), "typ")), Err(TokenError::Type));
    for kind in ["AT+JWT", "application/at+jwt"] {
        assert_eq!(of_header(&with(header(), "typ", json!(kind))), Ok(()), "{kind}");
    }
}

#[test]
fn a_token_is_for_this_audience() {
    let of = |audience: Value| of_claims(|claims, _| with(claims, "aud", audience));
    assert_eq!((of(json!([AUDIENCE])), of(json!(["billing", AUDIENCE]))), (Ok(()), Ok(())));
    for audience in [json!("billing"), json!([]), json!(["billing"]), json!(""), json!("Orders"), json!("orders "), json!("orders,billing")]
    {
        assert_eq!(of(audience.clone()), Err(TokenError::Audience), "{audience}");
    }
    for audience in [json!(1), json!(null), json!({"orders": 1}), json!([AUDIENCE, 1]), json!(vec![AUDIENCE; 17])] {
        assert_eq!(of(audience.clone()), Err(TokenError::Claim("aud")), "{audience}");
    }
    assert_eq!(of_claims(|claims, _| without(claims, "aud")), Err(TokenError::Missing("aud")));
}

#[test]
fn a_token_is_of_this_issuer() {
    let of = |issuer: Value| of_claims(|claims, _| with(claims, "iss", issuer));
    for issuer in ["https://evil.example", "https://api.example.com/", "https://API.example.com", "api.example.com"] {
        assert_eq!(of(json!(issuer)), Err(TokenError::Issuer), "{issuer}");
    }
    for issuer in [json!(""), json!(1), json!(["https://api.example.com"]), json!("x".repeat(256))] {
        assert_eq!(of(issuer.clone()), Err(TokenError::Claim("iss")), "{issuer}");
    }
    assert_eq!(of_claims(|claims, _| without(claims, "iss")), Err(TokenError::Missing("iss")));
}

#[test]
fn a_token_expires_and_clocks_may_differ_by_a_little() {
    let (clock, ring) = here();
    let token = ring.issue(&grant()).unwrap();
    clock.pass(600 + 29);
    assert!(ring.verify(token.expose()).is_ok());
    clock.pass(1);
    assert_eq!(ring.verify(token.expose()), Err(TokenError::Expired));
}

#[test]
fn a_token_is_not_used_before_its_time() {
    assert_eq!(of_claims(|claims, now| with(claims, "nbf", json!(now + 30))), Ok(()));
    assert_eq!(of_claims(|claims, now| with(claims, "nbf", json!(now + 31))), Err(TokenError::Early));
    assert_eq!(of_claims(|claims, _| without(claims, "nbf")), Ok(()));
}

#[test]
fn a_token_was_not_made_in_the_future() {
    assert_eq!(of_claims(|claims, now| with(claims, "iat", json!(now + 30))), Ok(()));
    assert_eq!(of_claims(|claims, now| with(claims, "iat", json!(now + 31))), Err(TokenError::Future));
    assert_eq!(
        of_claims(|claims, now| with(claims, "exp", json!(now - 1))),
        Err(TokenError::Claim("exp")),
        "it expired before it was made"
    );
}

#[test]
fn a_token_does_not_live_for_ever() {
    assert_eq!(of_claims(|claims, now| with(claims, "exp", json!(now + 24 * 60 * 60))), Ok(()));
    assert_eq!(of_claims(|claims, now| with(claims, "exp", json!(now + 24 * 60 * 60 + 1))), Err(TokenError::Lifetime));
    assert_eq!(of_claims(|claims, _| with(claims, "exp", json!(u64::MAX))), Err(TokenError::Lifetime));
}

#[test]
fn a_claim_holds_what_it_should() {
    for name in ["exp", "iat", "sub", "tenant", "jti"] {
        assert_eq!(of_claims(|claims, _| without(claims, name)), Err(TokenError::Missing(name)), "{name}");
    }
    for name in ["exp", "iat", "nbf"] {
        for value in [json!("1790000000"), json!(1.5e9), json!(-1), json!(null), json!([1])] {
            assert_eq!(of_claims(|claims, _| with(claims, name, value.clone())), Err(TokenError::Claim(name)), "{name} {value}");
        }
    }
    let uuid = uuid::Uuid::now_v7();
    let (simple, braced, upper) = (uuid.simple().to_string(), uuid.braced().to_string(), "018F0000-0000-7000-8000-00000000000A");
    for name in ["sub", "tenant", "jti"] {
        for value in [json!(""), json!("acme"), json!(simple), json!(braced), json!(upper), json!(1), json!(null)] {
            assert_eq!(of_claims(|claims, _| with(claims, name, value.clone())), Err(TokenError::Claim(name)), "{name} {value}");
        }
    }
    for scope in [json!("a  b"), json!(["a"]), json!(" ")] {
        assert_eq!(of_claims(|claims, _| with(claims, "scope", scope.clone())), Err(TokenError::Claim("scope")), "{scope}");
    }
    assert_eq!(of_claims(|claims, _| without(claims, "scope")), Ok(()), "without a scope it may do what asks for none");
}

#[test]
fn what_has_no_form_is_refused() {
    let (clock, ring) = here();
    let token = signed(&header().to_string(), &claims(&clock).to_string());
    for text in
        ["", ".", "..", "...", "a", "a.b", "a.b.c.d", "a.b.c.d.e.f", "é.b.c", "a b.c.d", &format!(" {token}"), &format!("{token}\n")]
    {
        assert_eq!(ring.verify(text), Err(TokenError::Form), "{text:?}");
    }
    assert_eq!(ring.verify(b"\xff\xfe.a.b"), Err(TokenError::Form));
    assert_eq!(ring.verify("a.b.c.d.e"), Err(TokenError::Encrypted), "five parts are a JWE");
    assert_eq!(ring.verify(format!("{token}=")), Err(TokenError::Form), "padding");
    assert_eq!(ring.verify(format!("{token}.")), Err(TokenError::Form));
    assert_eq!(ring.verify(token.repeat(40)), Err(TokenError::TooLong));
    assert_eq!(of_header(&with(header(), "more", json!("x".repeat(1_024)))), Err(TokenError::TooLong));
    for header in ["", "[]", "1", "{", "null", r#"{"alg":1,"kid":"one"}"#, r#"{"kid":"one"}"#] {
        let refused = ring.verify(signed(header, &claims(&clock).to_string())).unwrap_err();
        assert!(matches!(refused, TokenError::Header | TokenError::Form), "{header}: {refused:?}");
    }
    for claims in ["[]", "1", "{", "null", "\"x\"", "{} {}"] {
        assert_eq!(ring.verify(signed(&header().to_string(), claims)), Err(TokenError::Claims), "{claims}");
    }
    let key = EncodingKey::from_ed_der(&der(ED25519));
    let token = signed_by(&key, Algorithm::EdDSA, &header().to_string(), b"{\"iss\":\"\xff\"}");
    assert_eq!(ring.verify(token), Err(TokenError::Claims), "what is signed is no UTF-8");
}

/// Of the last character of a signature of 64 bytes four bits count, and two are nothing: were they not looked at, a token had four
/// spellings.
#[test]
fn a_token_has_one_spelling() {
    let (clock, ring) = here();
    let token = signed(&header().to_string(), &claims(&clock).to_string());
    let alphabet: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']).collect();
    let accepted = alphabet.iter().filter(|last| ring.verify(format!("{}{last}", &token[..token.len() - 1])).is_ok()).count();
    assert_eq!(accepted, 1);
}

proptest! {
    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(here().1.verify(&bytes).is_err());
    }

    /// Signed rightly, with anything in it: it is refused and nothing panics.
    #[test]
    fn any_claims_are_refused(header in "\\{(\"(alg|kid|typ|crit)\":(\"(EdDSA|one|at\\+jwt)\"|1|null|\\[\\]),?){0,4}\\}", text in "\\PC{0,80}") {
        prop_assert!(here().1.verify(signed(&header, &text)).is_err());
    }

    #[test]
    fn one_character_changed_is_another_token(place in any::<prop::sample::Index>(), other in "[A-Za-z0-9_.-]") {
        let (clock, ring) = here();
        let token = signed(&self::header().to_string(), &claims(&clock).to_string());
        let at = place.index(token.len());
        let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
        prop_assert!(changed == token || ring.verify(changed).is_err());
    }
}

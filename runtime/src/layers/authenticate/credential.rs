//! The one credential of a request.

use axum::http::header;
use axum::http::request::Parts;

use super::cookie::SessionCookie;
use crate::auth::key::{self, ApiKey};
use crate::mutants::mutant;

/// What a request presents.
#[derive(Debug)]
pub(super) enum Credential {
    Token(Presented),
    Key(ApiKey),
    Cookie(Presented),
}

/// A text that may be a token.
pub(super) struct Presented(pub(super) Box<str>);

/// The request does not present one credential in the way that it should.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Misshapen {
    #[error("the request has more than one credential")]
    Several,
    #[error("the header Authorization is no scheme with a token behind it")]
    Form,
}

/// Why there is no credential to verify.
#[derive(Debug)]
pub(super) enum Nothing {
    /// None is there, or one of a scheme that is not known here.
    Absent,
    /// It can be none, as its form shows.
    Unbelieved,
    Misshapen(Misshapen),
}

/// Reads the credential, and marks the headers that could hold one as sensitive.
pub(super) fn read(parts: &mut Parts, cookie: Option<&SessionCookie>) -> Result<Credential, Nothing> {
    for name in [header::AUTHORIZATION, header::COOKIE] {
        if let header::Entry::Occupied(mut values) = parts.headers.entry(name) {
            values.iter_mut().for_each(|value| value.set_sensitive(true));
        }
    }
    let mut bearers = parts.headers.get_all(header::AUTHORIZATION).iter();
    let mut cookies = cookie.into_iter().flat_map(|cookie| cookie.values(&parts.headers));
    match (bearers.next(), bearers.next(), cookies.next(), cookies.next()) {
        (None, _, None, _) => Err(Nothing::Absent),
        (Some(value), None, None, _) => bearer(value.as_bytes()),
        (None, _, Some(value), None) => Ok(Credential::Cookie(presented(value)?)),
        (Some(value), ..) if mutant!("authenticate_first_of_two") => bearer(value.as_bytes()),
        _ => Err(Nothing::Misshapen(Misshapen::Several)),
    }
}

/// `Bearer`, in any case (RFC 9110, section 11.1), a space, and a token of certain characters (RFC 6750, section 2.1).
fn bearer(value: &[u8]) -> Result<Credential, Nothing> {
    let malformed = || Nothing::Misshapen(Misshapen::Form);
    let scheme = value.split(|byte| *byte == b' ').next().unwrap_or_default();
    if scheme.is_empty() || !scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._+".contains(byte)) {
        return Err(malformed());
    }
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(Nothing::Absent);
    }
    let token = value.get(scheme.len()..).unwrap_or_default().trim_ascii_start();
    let is_token = !token.is_empty() && token.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte));
    if !is_token {
        return Err(malformed());
    }
    let is_key = token.strip_prefix(key::KIND.as_bytes()).is_some_and(|rest| rest.starts_with(b"_"));
    if is_key {
        return ApiKey::read(token).map(Credential::Key).map_err(|_| Nothing::Unbelieved);
    }
    Ok(Credential::Token(presented(token)?))
}

/// As text. What is none in UTF-8 is no token.
fn presented(value: &[u8]) -> Result<Presented, Nothing> {
    std::str::from_utf8(value).map(|text| Presented(text.into())).map_err(|_| Nothing::Unbelieved)
}

impl std::fmt::Debug for Presented {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Presented(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bearer_is_a_scheme_and_a_token() {
        let token = |value: &str| matches!(bearer(value.as_bytes()), Ok(Credential::Token(token)) if &*token.0 == "a.b.c");
        assert!(["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c"].iter().all(|value| token(value)));
        for malformed in
            ["", " ", "Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer a, Bearer b", "Bearer \"a\"", "a\tb", "Bearer=a"]
        {
            assert!(matches!(bearer(malformed.as_bytes()), Err(Nothing::Misshapen(Misshapen::Form))), "{malformed:?}");
        }
        assert!(matches!(bearer(b"Bearer \xff"), Err(Nothing::Misshapen(Misshapen::Form))));
        assert!(["Basic YTpi", "Digest x", "Bearers a"].iter().all(|other| matches!(bearer(other.as_bytes()), Err(Nothing::Absent))));
        assert!(matches!(bearer(b"Bearer tk_x"), Err(Nothing::Unbelieved)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_credential_or_none(value in proptest::collection::vec(any::<u8>(), 0..64)) {
            let with_scheme = [b"Bearer ".as_slice(), &value].concat();
            for value in [value, with_scheme] {
                if let Ok(Credential::Token(token)) = bearer(&value) {
                    prop_assert!(value.ends_with(token.0.as_bytes()));
                }
            }
        }
    }
}

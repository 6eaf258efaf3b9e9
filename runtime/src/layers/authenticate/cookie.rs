//! The browser's cookie.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

use crate::auth::token::AccessToken;

/// What the name begins with.
const PREFIX: &str = "__Host-";
/// The most bytes of a name.
const LONGEST: usize = 64;

/// The cookie that holds the access token: `Secure`, `HttpOnly`, `SameSite=Lax`, of this host alone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionCookie(Box<str>);

/// The name is none that a sibling domain cannot set.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the cookie's name begins with {PREFIX} and goes on with letters, digits, `-` and `_`, {LONGEST} bytes at most")]
pub struct CookieNameError;

impl SessionCookie {
    /// A cookie of that name.
    ///
    /// # Errors
    /// When the name does not begin with `__Host-`, or has other characters than letters, digits, `-` and `_` after that.
    pub fn new(name: &str) -> Result<Self, CookieNameError> {
        let rest = name.strip_prefix(PREFIX).filter(|_| name.len() <= LONGEST).unwrap_or_default();
        let fits = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if fits { Ok(Self(name.into())) } else { Err(CookieNameError) }
    }

    /// The value of `Set-Cookie` that gives the browser a token, for as long as it is valid.
    #[must_use]
    pub fn set(&self, token: &AccessToken) -> HeaderValue {
        self.header(token.expose(), token.lifetime())
    }

    /// The value of `Set-Cookie` that takes it away.
    #[must_use]
    pub fn clear(&self) -> HeaderValue {
        self.header("", Duration::ZERO)
    }

    fn header(&self, value: &str, age: Duration) -> HeaderValue {
        let text = format!("{}={value}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Lax", self.0, age.as_secs());
        // A name, a token and a number are characters that every header takes.
        let mut value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The values that a request has for it.
    pub(super) fn values<'h>(&self, headers: &'h HeaderMap) -> impl Iterator<Item = &'h [u8]> {
        values_of(&self.0, headers)
    }
}

/// The values that a request has for the cookie of that name. HTTP/2 may spread cookies over several headers.
pub(crate) fn values_of<'h>(name: &str, headers: &'h HeaderMap) -> impl Iterator<Item = &'h [u8]> {
    let pairs = headers.get_all(header::COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_a_sibling_cannot_set() {
        assert!(["__Host-session", "__Host-a_b-1"].iter().all(|name| SessionCookie::new(name).is_ok()));
        let long = format!("__Host-{}", "x".repeat(60));
        for name in
            ["", "session", "__Host-", "__host-session", "__Secure-session", "__Host-a=b", "__Host-a b", "__Host-a;b", "__Host-ä", &long]
        {
            assert_eq!(SessionCookie::new(name), Err(CookieNameError), "{name}");
        }
    }

    #[test]
    fn a_value_is_found_wherever_it_stands() {
        let cookie = SessionCookie::new("__Host-s").unwrap();
        let values = |headers: &[&[u8]]| {
            let headers: HeaderMap = headers.iter().map(|value| (header::COOKIE, HeaderValue::from_bytes(value).unwrap())).collect();
            cookie.values(&headers).map(|value| String::from_utf8_lossy(value).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(values(&[b"a=b; __Host-s=x; c=d"]), ["x"]);
        assert_eq!(values(&[b"a=b", b"__Host-s=x"]), ["x"]);
        assert_eq!(values(&[b"__Host-s=x;__Host-s=y"]), ["x", "y"]);
        assert_eq!(values(&[b"__Host-s=x=y"]), ["x=y"]);
        assert_eq!(values(&[b"__Host-s"]), Vec::<String>::new());
        assert_eq!(values(&[b"x__Host-s=1; __Host-st=2; __host-s=3; \xff=4"]), Vec::<String>::new());
    }
}

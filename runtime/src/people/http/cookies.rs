//! The two cookies of a browser's session.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use zeroize::Zeroizing;

use crate::layers::authenticate::{CookieNameError, SessionCookie, values_of};
use crate::mutants::mutant;
use crate::people::Session;

/// The cookie of the refresh token. Unlike the one of the access token it is `SameSite=Strict`: no link from elsewhere needs it.
pub const REFRESH: &str = "__Host-refresh";

/// The cookies: the access token in the [`SessionCookie`] that [`Authenticate`](crate::layers::Authenticate) reads, and the refresh token in
/// [`REFRESH`].
#[derive(Clone, Debug)]
pub struct Cookies {
    session: SessionCookie,
}

impl Cookies {
    /// Beside that cookie.
    ///
    /// # Errors
    /// When it is called [`REFRESH`] itself.
    pub fn new(session: SessionCookie) -> Result<Self, CookieNameError> {
        if session.name() == REFRESH { Err(CookieNameError) } else { Ok(Self { session }) }
    }

    /// The values of `Set-Cookie` that give both to the browser, in the place of what it had. The refresh token is good for so long.
    pub(super) fn set(&self, session: &Session, idle: Duration) -> [HeaderValue; 2] {
        [self.session.set(&session.access), of_refresh(&session.refresh.expose(), idle.as_secs())]
    }

    /// The values that take both away.
    pub(super) fn clear(&self) -> [HeaderValue; 2] {
        [self.session.clear(), of_refresh("", 0)]
    }
}

fn of_refresh(value: &str, age: u64) -> HeaderValue {
    let site = if mutant!("login_refresh_lax") { "None" } else { "Strict" };
    let text = Zeroizing::new(format!("{REFRESH}={value}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite={site}"));
    // A name, a token and a number are characters that every header takes.
    let mut value = HeaderValue::try_from(text.as_str()).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// What a request has in the cookie of refresh tokens; nothing when it is there twice: nobody knows who has put the other one there.
pub(super) fn presented(headers: &HeaderMap) -> Zeroizing<Vec<u8>> {
    let mut values = values_of(REFRESH, headers);
    let first = values.next().unwrap_or_default();
    let is_only = values.next().is_none() || mutant!("login_first_of_two");
    Zeroizing::new(if is_only { first.to_vec() } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    #[test]
    fn a_refresh_token_is_there_once() {
        let read = |lines: &[&str]| {
            let headers = lines.iter().map(|line| (header::COOKIE, HeaderValue::from_str(line).unwrap())).collect();
            String::from_utf8(presented(&headers).to_vec()).unwrap()
        };
        assert_eq!(read(&["__Host-session=a; __Host-refresh=rt_x"]), "rt_x");
        assert_eq!(read(&["__Host-refresh=rt_x; __Host-refresh=rt_x"]), "");
        assert_eq!(read(&["__Host-refresh=rt_x", "__Host-refresh=rt_y"]), "");
        assert_eq!(read(&["refresh=a; __host-refresh=b; __Host-refresher=c"]), "");
        assert_eq!(read(&[]), "");
    }

    #[test]
    fn the_cookies_have_names_of_their_own() {
        assert!(Cookies::new(SessionCookie::new("__Host-session").unwrap()).is_ok());
        assert!(Cookies::new(SessionCookie::new(REFRESH).unwrap()).is_err());
    }

    #[test]
    fn the_refresh_token_is_of_this_host_alone_and_no_scripts() {
        let value = of_refresh("rt_x", 60);
        assert_eq!(value, "__Host-refresh=rt_x; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict");
        assert!(!format!("{value:?}").contains("rt_x"));
    }
}

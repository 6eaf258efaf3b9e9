//! A session as it is answered: in the body, or in cookies.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use uuid::Uuid;

use super::visit::Visit;
use super::{Cookies, Door};
use crate::http::{FieldError, Json, Place, Problem};
use crate::mutants::mutant;
use crate::people::{Session, User};

/// Where the tokens of a session go. In a browser the refresh token is kept for as long as a login lives without a rotation.
pub(super) enum Carrier {
    Body,
    Cookies(Cookies, Duration),
}

/// RFC 6749, section 5.1.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    tokens: Option<Tokens<'a>>,
    expires_in: u64,
    user: UserAnswer<'a>,
}

#[derive(Serialize)]
struct Tokens<'a> {
    access_token: &'a str,
    token_type: &'static str,
    refresh_token: &'a str,
}

#[derive(Serialize)]
pub(super) struct UserAnswer<'a> {
    id: Uuid,
    name: &'a str,
    email: &'a str,
}

impl<'a> From<&'a User> for UserAnswer<'a> {
    fn from(user: &'a User) -> Self {
        Self { id: user.id, name: &user.name, email: &user.email }
    }
}

impl Door {
    /// Where the tokens of this request are and go. A page of another origin gets no cookie set: it could log a browser in as somebody else.
    pub(super) fn carrier(&self, visit: &Visit, wants_cookies: bool) -> Result<Carrier, Problem> {
        if !wants_cookies {
            return Ok(Carrier::Body);
        }
        visit.same_origin()?;
        let cookies = self.cookies.clone().ok_or_else(|| invalid("cookie", "cookie", "this service gives no cookies"))?;
        Ok(Carrier::Cookies(cookies, self.people.idle()))
    }
}

impl Carrier {
    /// The session, whose tokens stand in one place alone.
    pub(super) fn session(&self, session: &Session) -> Response {
        let refresh = session.refresh.expose();
        let tokens = Tokens { access_token: session.access.expose(), token_type: "Bearer", refresh_token: &refresh };
        let is_shown = matches!(self, Self::Body) || mutant!("login_cookie_shown");
        let (tokens, expires_in) = (is_shown.then_some(tokens), session.expires_in.as_secs());
        let mut response = Json(Answer { tokens, expires_in, user: (&session.user).into() }).into_response();
        if let Self::Cookies(cookies, idle) = self {
            append(&mut response, cookies.set(session, *idle));
        }
        if mutant!("login_cached") {
            response.headers_mut().remove(header::CACHE_CONTROL);
        }
        response
    }

    /// That nothing is left of a session.
    pub(super) fn ended(&self) -> Response {
        self.without(no_content())
    }

    /// The refusal. Tokens that are not believed are of no use to a browser.
    pub(super) fn refused(&self, problem: Problem) -> Response {
        let is_over = problem.status() == StatusCode::UNAUTHORIZED && !mutant!("login_dead_cookie_kept");
        let response = problem.into_response();
        if is_over { self.without(response) } else { response }
    }

    fn without(&self, mut response: Response) -> Response {
        if let Self::Cookies(cookies, _) = self {
            append(&mut response, cookies.clear());
        }
        response
    }
}

fn append(response: &mut Response, cookies: [HeaderValue; 2]) {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// 204, which no cache keeps.
pub(super) fn no_content() -> Response {
    (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

/// 422 for one member of the body.
pub(super) fn invalid(member: &str, code: &'static str, detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::invalid(FieldError::new(Place::pointer([member]), code, detail).into())
}

//! Who calls: the bearer token of an operator, looked at before anything else of the request.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Operators;
use crate::db::Act;
use crate::http::Problem;
use crate::mutants::mutant;

/// The longest token that is hashed, in bytes.
const LONGEST: usize = 512;

/// The operator who sends the request.
#[derive(Clone)]
pub(super) struct Who(Arc<str>);

impl Who {
    /// What they do, for that reason.
    pub(super) fn acts<'a>(&'a self, reason: &'a str) -> Act<'a> {
        Act { operator: &self.0, reason }
    }
}

/// Lets a request through that has an operator's token, and no other one, whatever its path.
pub(super) async fn check(State(operators): State<Operators>, mut request: Request, next: Next) -> Response {
    if let header::Entry::Occupied(mut values) = request.headers_mut().entry(header::AUTHORIZATION) {
        values.iter_mut().for_each(|value| value.set_sensitive(true));
    }
    let whose = token(request.headers()).and_then(|token| operators.whose(token).cloned());
    let Some(name) = whose else {
        if mutant!("operator_path_before_token") && !request.uri().path().starts_with("/tenants") {
            return Problem::not_found().into_response();
        }
        return unauthenticated().into_response();
    };
    request.extensions_mut().insert(Who(name));
    next.run(request).await
}

/// The token of the one header that there is: `Bearer`, in any case (RFC 9110, section 11.1), a space, and a token of certain characters
/// (RFC 6750, section 2.1).
fn token(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (values.next()?, values.next());
    if second.is_some() && !mutant!("operator_first_of_two") {
        return None;
    }
    let (scheme, token) = first.as_bytes().split_at_checked("Bearer ".len())?;
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    let is_bearer = scheme.eq_ignore_ascii_case(b"Bearer ");
    (is_bearer && !token.is_empty() && token.len() <= LONGEST && token.iter().all(is_token)).then_some(token)
}

/// One answer, whether there is no token, none that can be one, or nobody's.
fn unauthenticated() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "The request needs an operator's token")
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer realm="operator""#))
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or_else(unauthenticated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&[u8]]) -> HeaderMap {
        values.iter().map(|value| (header::AUTHORIZATION, HeaderValue::from_bytes(value).unwrap())).collect()
    }

    #[test]
    fn a_token_stands_in_one_header_behind_its_scheme() {
        for value in ["Bearer abc", "bearer abc", "BEARER abc"] {
            assert_eq!(token(&headers(&[value.as_bytes()])), Some(b"abc".as_slice()), "{value}");
        }
        let long = format!("Bearer {}", "a".repeat(LONGEST + 1));
        for value in ["", "Bearer", "Bearer ", "Bearer  abc", "Bearer a b", "Bearer a,b", "Basic abc", "Bearers abc", "abc", long.as_str()]
        {
            assert_eq!(token(&headers(&[value.as_bytes()])), None, "{value}");
        }
        assert_eq!(token(&headers(&[b"Bearer \xff"])), None);
        assert_eq!(token(&headers(&[])), None);
        assert_eq!(token(&headers(&[b"Bearer abc", b"Bearer abc"])), None);
    }
}

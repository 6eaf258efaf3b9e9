//! Problem bodies (RFC 9457): every refusal of the service, in one shape.
//!
//! A problem says what the caller can mend and nothing else: no name of a constraint, no text of the database, no echo of the path or of a
//! value. A row of another tenant and a row that does not exist give the same bytes.

use std::borrow::Cow;
use std::fmt::Write as _;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::challenge::Challenge;
use crate::permissions::Permission;

/// How many errors a body lists; the rest are counted.
const MAX_ERRORS: usize = 32;

/// A refusal: a status, a code that programs can rely on, and the errors of the fields.
///
/// ```
/// use axum::http::StatusCode;
/// use tenantry::http::Problem;
///
/// let problem = Problem::new(StatusCode::CONFLICT, "posted", "A posted entry cannot be changed");
/// assert_eq!(problem.status(), StatusCode::CONFLICT);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<Cow<'static, str>>,
    errors: FieldErrors,
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

impl Problem {
    /// A problem of that status. The code is the end of its `type`, a URN; the title is the same for every problem of that code.
    #[must_use]
    pub const fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, detail: None, errors: FieldErrors::new(), header: None }
    }

    /// The row does not exist, or is another tenant's, or its id is none; or there is no such path. All of these are the same bytes.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found")
    }

    /// The request carries no tenant that the service knows.
    #[must_use]
    pub const fn no_tenant() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "no-tenant", "The request names no tenant")
    }

    /// Nobody has found out who asks; the challenge says how to be believed.
    #[must_use]
    pub fn no_caller() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "no-caller", "The request does not say who asks")
            .with_header(header::WWW_AUTHENTICATE, Challenge::anywhere())
    }

    /// The caller lacks that permission, whatever the rows are.
    #[must_use]
    pub fn forbidden(permission: &Permission) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "The caller lacks a permission")
            .with_detail(format!("the request needs the permission {permission}"))
    }

    /// A fault of the service. What it was stands in the log only.
    #[must_use]
    pub const fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error")
    }

    /// The service cannot answer now; the caller may try again after so many seconds.
    #[must_use]
    pub fn unavailable(retry_after: u32) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The service cannot answer at the moment")
            .with_header(header::RETRY_AFTER, HeaderValue::from(retry_after))
    }

    /// The path has no such method.
    #[must_use]
    pub const fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed")
    }

    /// The body is JSON, but not what the model takes.
    #[must_use]
    pub fn invalid(errors: FieldErrors) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is not valid").with_errors(errors)
    }

    /// The query string is not one that the route takes.
    #[must_use]
    pub fn invalid_query(errors: FieldErrors) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid-query", "The query string is not valid").with_errors(errors)
    }

    /// Adds a sentence about this occurrence.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds the errors of the fields.
    #[must_use]
    pub fn with_errors(mut self, errors: FieldErrors) -> Self {
        self.errors = errors;
        self
    }

    /// Adds the one header that some problems need, such as `Retry-After`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some(Box::new((name, value)));
        self
    }

    /// The status of the response.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The code: the last part of `type`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The errors of the fields.
    #[must_use]
    pub const fn errors(&self) -> &FieldErrors {
        &self.errors
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &format_args!("urn:tenantry:problem:{}", self.code))?;
        map.serialize_entry("title", self.title)?;
        map.serialize_entry("status", &self.status.as_u16())?;
        if let Some(detail) = &self.detail {
            map.serialize_entry("detail", detail)?;
        }
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors.list)?;
        }
        if self.errors.more > 0 {
            map.serialize_entry("more_errors", &self.errors.more)?;
        }
        map.end()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // A map of strings and numbers always has a JSON form; were that ever untrue, the status still tells.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let fixed = [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (self.status, fixed, body).into_response();
        if let Some((name, value)) = self.header.map(|header| *header) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// The errors of the fields of a request: up to 32 of them, and how many more there were, so that a hostile body cannot make a large
/// answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldErrors {
    list: Vec<FieldError>,
    more: usize,
}

impl FieldErrors {
    /// No error yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new(), more: 0 }
    }

    /// Adds an error, or only counts it when the list is full.
    pub fn push(&mut self, error: FieldError) {
        if self.list.len() < MAX_ERRORS {
            self.list.push(error);
        } else {
            self.more += 1;
        }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many more there were than the list holds.
    #[must_use]
    pub const fn more(&self) -> usize {
        self.more
    }

    /// The errors that the body lists.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.list.iter()
    }
}

impl From<FieldError> for FieldErrors {
    fn from(error: FieldError) -> Self {
        Self { list: vec![error], more: 0 }
    }
}

/// What is wrong in one place of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    place: Place,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
}

impl FieldError {
    /// An error at that place; the code is for programs, the detail for people. Neither may hold what another tenant wrote.
    pub fn new(place: Place, code: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { place, code: code.into(), detail: detail.into() }
    }

    /// Where it is.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// What it is, for programs.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What it is, for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl Serialize for FieldError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        match &self.place {
            Place::Pointer(pointer) => map.serialize_entry("pointer", pointer)?,
            Place::Parameter(name) => map.serialize_entry("parameter", name)?,
        }
        map.serialize_entry("code", &self.code)?;
        map.serialize_entry("detail", &self.detail)?;
        map.end()
    }
}

/// The place of an error.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// In the body: a JSON pointer (RFC 6901), `/price/amount`; the whole body is the empty one.
    Pointer(String),
    /// In the query string: the name of the parameter, `total[gte]`.
    Parameter(String),
}

impl Place {
    /// The pointer to the value that these keys lead to.
    #[must_use]
    pub fn pointer<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        let mut pointer = String::new();
        for key in keys {
            // The order matters: a `~` that comes from `/` must not be escaped again (RFC 6901, section 3).
            let _ = write!(pointer, "/{}", key.replace('~', "~0").replace('/', "~1"));
        }
        Self::Pointer(pointer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(problem: &Problem) -> String {
        serde_json::to_string(problem).unwrap()
    }

    #[test]
    fn a_body_has_the_members_of_rfc_9457() {
        let mut errors = FieldErrors::new();
        errors.push(FieldError::new(Place::pointer(["price", "amount"]), "range", "is too large"));
        errors.push(FieldError::new(Place::Parameter("limit".to_owned()), "range", "must be within 1 and 200"));
        assert_eq!(
            text(&Problem::invalid(errors)),
            concat!(
                r#"{"type":"urn:tenantry:problem:invalid","title":"The request is not valid","status":422,"errors":["#,
                r#"{"pointer":"/price/amount","code":"range","detail":"is too large"},"#,
                r#"{"parameter":"limit","code":"range","detail":"must be within 1 and 200"}]}"#
            )
        );
    }

    #[test]
    fn pointers_escape_tilde_and_slash() {
        assert_eq!(Place::pointer(["a/b", "m~n", "~1"]), Place::Pointer("/a~1b/m~0n/~01".to_owned()));
        assert_eq!(Place::pointer([]), Place::Pointer(String::new()));
    }

    #[test]
    fn errors_beyond_the_limit_are_counted() {
        let mut errors = FieldErrors::new();
        for _ in 0..MAX_ERRORS + 5 {
            errors.push(FieldError::new(Place::pointer([]), "x", "y"));
        }
        assert_eq!((errors.iter().count(), errors.more()), (32, 5));
        assert!(text(&Problem::invalid(errors)).ends_with(r#""more_errors":5}"#));
    }

    #[test]
    fn a_response_says_what_it_is_and_is_not_cached() {
        let response = Problem::unavailable(3).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[header::RETRY_AFTER], "3");
    }
}

//! Which failure becomes which answer: the one place where an [`Error`] of the database becomes a [`Problem`].
//!
//! | failure | answer |
//! |---|---|
//! | no such row, or another tenant's | 404 |
//! | a unique key is taken | 409, with the pointers of its fields |
//! | a reference to a row that does not exist for this tenant | 422, with its pointer |
//! | a row that is deleted and still referenced | 409, with the name of what refers to it |
//! | a value that a constraint refuses | 422, with its pointer |
//! | a business rule refuses | 422, with its code, pointer and sentence |
//! | time is up, no connection, another transaction in the way | 503 with `Retry-After` |
//! | the tenant does not exist | 401, as for a request without one |
//! | everything else | 500 without a word of what it was; the log has that |

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{FieldError, FieldErrors, Place, Problem};
use crate::db::{Error, ErrorKind, Rule};
use crate::mutants::mutant;

/// After how many seconds a caller may try again.
const RETRY_AFTER: u32 = 1;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let constraint = error.constraint().filter(|_| mutant!("http_constraint_told")).map(str::to_owned);
        let problem = Self::of(&error);
        match constraint {
            Some(name) => problem.with_detail(name),
            None => problem,
        }
    }
}

impl Problem {
    fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::not_found(),
            ErrorKind::Unique { columns } => {
                let mut errors = FieldErrors::new();
                columns.iter().for_each(|column| errors.push(at(column, "unique", "is taken already")));
                Self::new(StatusCode::CONFLICT, "unique", "A value is taken already").with_errors(errors)
            }
            ErrorKind::Reference { column } => Self::invalid(of(*column, "reference", "refers to a row that does not exist")),
            ErrorKind::Referenced { by } => {
                let problem = Self::new(StatusCode::CONFLICT, "referenced", "The row is still referenced");
                match by {
                    Some(table) => problem.with_detail(format!("the row is still referenced by {table}")),
                    None => problem,
                }
            }
            ErrorKind::Check { column } => Self::invalid(of(*column, "check", "is not a value that the column takes")),
            ErrorKind::Rule(_) if mutant!("http_rule_hidden") => Self::internal(),
            ErrorKind::Rule(rule) => Self::invalid(refused(rule).into()),
            ErrorKind::UnknownTenant => Self::no_tenant(),
            ErrorKind::Timeout | ErrorKind::Conflict | ErrorKind::Unavailable => {
                tracing::warn!(%error, "a request could not be served");
                Self::unavailable(RETRY_AFTER)
            }
            ErrorKind::Statement(_) | ErrorKind::Poisoned | ErrorKind::Internal => {
                tracing::error!(%error, constraint = error.constraint(), "a request failed");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

fn at(column: &str, code: &'static str, detail: &'static str) -> FieldError {
    FieldError::new(Place::pointer([column]), code, detail)
}

/// The error of a column, or of the whole body where the column is not known.
fn of(column: Option<&str>, code: &'static str, detail: &'static str) -> FieldErrors {
    FieldError::new(Place::pointer(column), code, detail).into()
}

fn refused(rule: &Rule) -> FieldError {
    let owned = |text: &Cow<'static, str>| text.clone();
    FieldError::new(Place::Pointer(rule.pointer.clone().into_owned()), owned(&rule.code), owned(&rule.detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(kind: ErrorKind) -> (u16, String) {
        let problem = Problem::from(Error::from(kind));
        (problem.status().as_u16(), serde_json::to_string(&problem).unwrap())
    }

    #[test]
    fn every_kind_has_its_status_and_its_pointers() {
        let unique = ErrorKind::Unique { columns: vec!["code", "day"] };
        assert_eq!(
            body(unique),
            (
                409,
                concat!(
                    r#"{"type":"urn:tenantry:problem:unique","title":"A value is taken already","status":409,"errors":["#,
                    r#"{"pointer":"/code","code":"unique","detail":"is taken already"},"#,
                    r#"{"pointer":"/day","code":"unique","detail":"is taken already"}]}"#
                )
                .to_owned()
            )
        );
        for (kind, status, part) in [
            (ErrorKind::Reference { column: Some("parent") }, 422, r#"{"pointer":"/parent","code":"reference""#),
            (ErrorKind::Reference { column: None }, 422, r#"{"pointer":"","code":"reference""#),
            (ErrorKind::Referenced { by: Some("orders") }, 409, "still referenced by orders"),
            (ErrorKind::Referenced { by: None }, 409, "referenced"),
            (ErrorKind::Check { column: Some("total") }, 422, r#"{"pointer":"/total","code":"check""#),
            (ErrorKind::UnknownTenant, 401, "no-tenant"),
        ] {
            let (got, text) = body(kind);
            assert_eq!(got, status, "{text}");
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn a_rule_is_answered_like_a_field_that_is_not_valid() {
        let problem = Problem::from(Error::rule("posted", "/status", "a posted entry does not change"));
        assert_eq!(problem.status(), 422);
        let text = serde_json::to_string(&problem).unwrap();
        assert!(text.contains(r#"{"pointer":"/status","code":"posted","detail":"a posted entry does not change"}"#), "{text}");
    }

    #[test]
    fn faults_of_the_service_say_nothing() {
        let refusals = tenantry_sqlcheck::statement("select 1; select name from app.customers").unwrap_err();
        let refused = ErrorKind::Statement(tenantry_sqlcheck::Refusals::from(refusals).into());
        for kind in [ErrorKind::Internal, ErrorKind::Poisoned, refused] {
            let expected = r#"{"type":"urn:tenantry:problem:internal","title":"Internal error","status":500}"#;
            assert_eq!(body(kind), (500, expected.to_owned()));
        }
        for kind in [ErrorKind::Timeout, ErrorKind::Conflict, ErrorKind::Unavailable] {
            let response = Error::from(kind).into_response();
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()["retry-after"], "1");
        }
    }
}

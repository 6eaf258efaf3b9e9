//! What a request is refused with.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tenantry::ErrorKind;
use tenantry::http::Problem;

/// Why a request has no other answer.
#[derive(Debug)]
pub enum Failure {
    /// It does not say for which account it is.
    NoAccount,
    /// There is no such row.
    NotFound,
    /// Whatever else: a value that its column does not take, no connection, a fault of ours.
    Other(Problem),
}

impl From<tenantry::Error> for Failure {
    fn from(error: tenantry::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::Reference { .. } => Self::NotFound,
            _ => Self::Other(error.into()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::NoAccount => (StatusCode::UNAUTHORIZED, "no account"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not found"),
            Self::Other(problem) => return problem.into_response(),
        };
        (status, Json(json!({ "error": error }))).into_response()
    }
}

//! What a request is refused with.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request has no other answer.
#[derive(Debug)]
pub enum Failure {
    /// It does not say for which account it is.
    NoAccount,
    /// There is no such row.
    NotFound,
    /// Something that is not the caller's fault.
    Internal,
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Database(database) if database.is_foreign_key_violation() => Self::NotFound,
            _ => {
                eprintln!("a request failed: {error}");
                Self::Internal
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::NoAccount => (StatusCode::UNAUTHORIZED, "no account"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not found"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal error"),
        };
        (status, Json(json!({ "error": error }))).into_response()
    }
}

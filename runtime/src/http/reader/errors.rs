//! Why a body is refused.

use std::borrow::Cow;

use axum::http::StatusCode;

use crate::http::scalar::Refusal;
use crate::http::{FieldError, FieldErrors, Place, Problem};

/// The longest key of the body that an error repeats, in characters.
const MAX_ECHO: usize = 64;

/// Why a body is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// Not UTF-8, which JSON is (RFC 8259, section 8.1).
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// Not JSON, at that line and column, both counted from 1.
    #[error("the body is not JSON: line {line}, column {column}")]
    Syntax {
        /// The line.
        line: usize,
        /// The column, in bytes.
        column: usize,
    },
    /// JSON that the model does not take, with every error.
    #[error("the body has errors")]
    Invalid(FieldErrors),
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Invalid(errors) => Self::invalid(errors),
            BodyError::NotUtf8 | BodyError::Syntax { .. } => {
                Self::new(StatusCode::BAD_REQUEST, "malformed", "The body is not JSON").with_detail(error.to_string())
            }
        }
    }
}

/// Adds the refusal of the value that these keys lead to.
pub(super) fn refuse<'a>(errors: &mut FieldErrors, keys: impl IntoIterator<Item = &'a str>, refusal: Refusal) {
    errors.push(FieldError::new(Place::pointer(keys), refusal.code, refusal.detail));
}

/// Adds the refusal of an unknown key below `parent`. A key too long to be repeated is named by its beginning, at the object that holds
/// it: a cut pointer would point elsewhere.
pub(super) fn unknown(errors: &mut FieldErrors, parent: Option<&str>, key: &Echo) {
    match key {
        Echo::Whole(key) => refuse(errors, parent.into_iter().chain([key.as_str()]), Refusal::new("unknown", "is not a field")),
        Echo::Cut(start) => refuse(errors, parent, Refusal::new("unknown", format!("has an unknown field that begins with {start:?}"))),
    }
}

/// The refusal of a key that came before.
pub(super) fn duplicate() -> Refusal {
    Refusal::new("duplicate", "is given more than once")
}

/// The refusal of a field that is not there.
pub(super) fn required() -> Refusal {
    Refusal::new("required", "is required")
}

/// A key of the body as an error may repeat it.
#[derive(Debug)]
pub(super) enum Echo {
    Whole(String),
    Cut(String),
}

impl From<&str> for Echo {
    fn from(key: &str) -> Self {
        match key.char_indices().nth(MAX_ECHO) {
            None => Self::Whole(key.to_owned()),
            Some((end, _)) => Self::Cut(key.get(..end).unwrap_or_default().to_owned()),
        }
    }
}

/// The refusal of a field that the caller may not give.
pub(super) fn closed(code: &'static str, detail: &'static str) -> Refusal {
    Refusal { code, detail: Cow::Borrowed(detail) }
}

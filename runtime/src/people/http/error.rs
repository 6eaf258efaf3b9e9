//! Which failure becomes which answer.

use axum::http::{HeaderValue, StatusCode, header};

use crate::auth::PasswordRefusal;
use crate::http::{FieldError, Place, Problem};
use crate::people::PeopleError;

/// After how many seconds a client may try again where passwords wait to be compared.
const RETRY_AFTER: u32 = 1;

/// Credentials that are not believed, whichever they are and whyever: one answer.
pub(super) fn wrong() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "credentials", "The credentials are not right")
}

/// A password that is none, with the member of the body that has it.
pub(super) fn password(member: &str, refusal: PasswordRefusal) -> Problem {
    let code = if refusal == PasswordRefusal::TooShort { "too-short" } else { "too-long" };
    super::session::invalid(member, code, refusal.to_string())
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Wrong => wrong(),
            PeopleError::TooMany(too_many) => Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "There were too many attempts")
                .with_header(header::RETRY_AFTER, HeaderValue::from(too_many.seconds())),
            PeopleError::Busy => Self::unavailable(RETRY_AFTER),
            PeopleError::NotFound => Self::not_found(),
            PeopleError::NotGiven => Self::new(StatusCode::FORBIDDEN, "not-given", "Nobody gives what they do not have"),
            PeopleError::Password(refusal) => password("password", refusal),
            PeopleError::Email(error) => super::session::invalid("email", "email", error.to_string()),
            PeopleError::Invalid { pointer, detail } => Self::invalid(at(pointer, "invalid", detail).into()),
            PeopleError::Taken { pointer } => Self::new(StatusCode::CONFLICT, "unique", "A value is taken already")
                .with_errors(at(pointer, "unique", "is taken already").into()),
            PeopleError::Limit { .. } => Self::new(StatusCode::CONFLICT, "limit", "The plan allows no more").with_detail(error.to_string()),
            PeopleError::InUse => Self::new(StatusCode::CONFLICT, "referenced", "The row is still referenced"),
            PeopleError::Db(error) => error.into(),
            PeopleError::Internal => Self::internal(),
        }
    }
}

fn at(
    pointer: impl Into<std::borrow::Cow<'static, str>>,
    code: &'static str,
    detail: impl Into<std::borrow::Cow<'static, str>>,
) -> FieldError {
    FieldError::new(Place::Pointer(pointer.into().into_owned()), code, detail)
}

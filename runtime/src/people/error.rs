//! Why something of people is refused, and which refusal is which answer.

use crate::auth::token::IssueError;
use crate::auth::{EmailError, HashingError, PasswordRefusal, RandomnessError, TooMany};
use crate::db::Error;

/// Why something is refused. What a client may see of it is made from the kind alone.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleError {
    /// Nobody is let in: an unknown person, a wrong password, no user here or an inactive one, a token that is not taken. 401, one answer for
    /// all of them.
    #[error("the credentials are not right")]
    Wrong,
    /// Too many attempts. 429 with `Retry-After`.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Too much is in work already. 503 with `Retry-After`.
    #[error("too much is in work already: try again in a few seconds")]
    Busy,
    /// There is no such row in the tenant, or no such tenant for this person. 404.
    #[error("there is no such thing here")]
    NotFound,
    /// The caller would give, or take from somebody, what it has not itself; or it is not there in person where it must be. 403.
    #[error("the caller cannot give what it has not")]
    NotGiven,
    /// The password cannot be chosen. 422.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// No e-mail address. 422.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// A value that is not taken. 422.
    #[error("{pointer}: {detail}")]
    Invalid {
        /// The JSON pointer (RFC 6901) of the value.
        pointer: &'static str,
        /// A sentence for people.
        detail: &'static str,
    },
    /// A value that is somebody's already. 409.
    #[error("{pointer} is taken already")]
    Taken {
        /// The JSON pointer of the value.
        pointer: &'static str,
    },
    /// The tenant's plan allows no more of that. 409.
    #[error("the plan of the tenant allows no more {what}")]
    Limit {
        /// Of what, for people: `users`, `API keys`.
        what: &'static str,
    },
    /// Somebody has the role still. 409.
    #[error("it is in use")]
    InUse,
    /// The database. What the [error](Error) says.
    #[error(transparent)]
    Db(#[from] Error),
    /// A fault of the service, of which the log has the reason. 500.
    #[error("internal error")]
    Internal,
}

impl PeopleError {
    /// A fault of the service itself, which is logged here.
    pub(super) fn internal(reason: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(reason, "something of people failed that should not");
        Self::Internal
    }
}

impl From<HashingError> for PeopleError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::Busy,
            error => Self::internal(&error),
        }
    }
}

impl From<RandomnessError> for PeopleError {
    fn from(error: RandomnessError) -> Self {
        Self::internal(&error)
    }
}

impl From<IssueError> for PeopleError {
    fn from(error: IssueError) -> Self {
        Self::internal(&error)
    }
}

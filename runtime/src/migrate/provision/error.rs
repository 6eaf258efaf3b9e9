//! Why a database could not be provisioned.

use super::{NameError, PasswordError};

/// Why a database could not be provisioned, or the provision not be taken back. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvisionError {
    /// A name of the conventions cannot be used.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A password, or the file of passwords, cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The server did not answer.
    #[error("the server did not answer within {seconds} seconds")]
    #[non_exhaustive]
    Unreachable {
        /// How long was waited.
        seconds: u64,
    },
    /// The server or the database is not suited; the text says what is needed.
    #[error("{0}")]
    Unsuited(String),
    /// Level `hardened` needs a superuser.
    #[error("`{login}` is no superuser, which level hardened needs once: connect as one, or let a DBA run what `provision --print` prints")]
    #[non_exhaustive]
    NotSuperuser {
        /// The login.
        login: String,
    },
    /// What was to be achieved was not; one text for each fault.
    #[error("the database does not come out as it should:\n  {}", .0.join("\n  "))]
    Faults(Vec<String>),
    /// There is nothing to take back.
    #[error("nothing to take back: role `{role}` does not exist")]
    #[non_exhaustive]
    NotProvisioned {
        /// The first role that is missing.
        role: String,
    },
    /// Tables hold rows, and taking the provision back would drop them.
    #[error("these tables hold rows, and would be dropped: {}; use --force if that is meant", .0.join(", "))]
    Rows(Vec<String>),
    /// The server refused.
    #[error("cannot {what}")]
    #[non_exhaustive]
    Server {
        /// What was to be done.
        what: &'static str,
        /// What the driver said.
        source: sqlx::Error,
    },
}

impl ProvisionError {
    pub(super) fn server(what: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Server { what, source }
    }
}

//! Why a database could not be provisioned.

use super::{NameError, PasswordError, ScriptError};

/// Why a database could not be provisioned, or the provision not be taken back. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvisionError {
    /// A name of the conventions cannot be used.
    #[error(transparent)]
    Name(#[from] NameError),
    /// What is asked for cannot be had at the level.
    #[error(transparent)]
    Script(#[from] ScriptError),
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
    #[error(
        "`{login}` is no superuser, which level hardened needs once: connect as one, let a DBA run what `provision --print` prints, or take \
         `--level managed`, which says what it leaves open"
    )]
    #[non_exhaustive]
    NotSuperuser {
        /// The login.
        login: String,
    },
    /// Level `managed` needs a login that may make roles.
    #[error("`{login}` may not make roles, which level managed needs: `alter role {login} createrole`, or connect as another login")]
    #[non_exhaustive]
    NotCreateRole {
        /// The login.
        login: String,
    },
    /// Level `managed` needs the owner of the database.
    #[error(
        "database `{database}` belongs to `{owner}` and not to `{login}`, which level managed needs: `alter database {database} owner to \
         {login}`, or connect as its owner"
    )]
    #[non_exhaustive]
    NotDatabaseOwner {
        /// The login.
        login: String,
        /// The database.
        database: String,
        /// Its owner.
        owner: String,
    },
    /// From PostgreSQL 16 on, a role is administered by the login that made it.
    #[error(
        "these roles were made by another login, and `{login}` may not administer them: {}; connect as that login, or let it, or a \
         superuser, `grant {} to {login} with admin option`", .roles.join(", "), .roles.join(", ")
    )]
    #[non_exhaustive]
    OthersRoles {
        /// The login.
        login: String,
        /// The roles.
        roles: Vec<String>,
    },
    /// What a superuser has provisioned is a superuser's.
    #[error("database `{database}` is provisioned at level hardened, which `{login}` cannot change: connect as a superuser")]
    #[non_exhaustive]
    Hardened {
        /// The login.
        login: String,
        /// The database.
        database: String,
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
    /// Whether another provision was in the way, which may change the same roles from another database: nothing is left behind then, and
    /// the next attempt finds what the other one has made.
    pub(super) fn is_collision(&self) -> bool {
        let Self::Server { source, .. } = self else { return false };
        let Some(error) = source.as_database_error() else { return false };
        match error.code().as_deref() {
            // unique_violation and duplicate_object: both made the same role or membership; deadlock_detected.
            Some("23505" | "42710" | "40P01") => true,
            // internal_error, under which PostgreSQL also files this one.
            Some("XX000") => error.message().starts_with("tuple concurrently "),
            _ => false,
        }
    }

    pub(super) fn server(what: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Server { what, source }
    }
}

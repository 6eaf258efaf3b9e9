//! The PostgreSQL finder: a server that is named, or else one that is started for the time being.
//!
//! In this order: the server that `ADMIN_DATABASE_URL` names; the server binaries of this machine, run as a private cluster. Two further
//! sources, a container and a package, have their names and their place here and come later. `TENANTRY_POSTGRES` chooses one source.

mod account;
mod binaries;
mod cluster;
mod database;
mod pgbouncer;
mod source;
mod url;

use std::env;
use std::fmt;
use std::sync::Arc;

pub use self::database::{Database, DatabaseError};
pub use self::pgbouncer::PgBouncer;
pub use self::source::Source;
pub use self::url::{DatabaseUrl, UrlError};

use self::cluster::Cluster;

/// The variable that names a server and its administrator.
pub(crate) const ADMIN_VARIABLE: &str = "ADMIN_DATABASE_URL";
/// The variable that chooses a source.
pub(crate) const SOURCE_VARIABLE: &str = "TENANTRY_POSTGRES";

/// A PostgreSQL server with an administrator's login. A private cluster is stopped, and its directory removed, when the last clone and the
/// last [`Database`] are gone, and also when this process dies.
#[derive(Clone)]
pub struct Postgres {
    admin: DatabaseUrl,
    cluster: Option<Arc<Cluster>>,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// A variable holds something else than it should.
    #[error("{variable}: {problem}")]
    #[non_exhaustive]
    Variable {
        /// The name of the variable.
        variable: &'static str,
        /// What is wrong with its value; never the value of a URL.
        problem: String,
    },
    /// The source has been chosen by name, and it comes with a later version.
    #[error("{SOURCE_VARIABLE}={0} is not available yet; use {SOURCE_VARIABLE}=local or set {ADMIN_VARIABLE}")]
    NotYet(Source),
    /// No server is named, and no server binaries are on this machine.
    #[error(
        "no PostgreSQL found: {ADMIN_VARIABLE} is not set, and neither PATH nor the usual folders hold `initdb` and `postgres`; \
         install the server (Debian and Ubuntu: `apt-get install postgresql`, Fedora: `dnf install postgresql-server`, \
         macOS: `brew install postgresql@18`), or set {ADMIN_VARIABLE}=postgres://user:password@host/database"
    )]
    Nothing,
    /// The pooler is not on this machine.
    #[error(
        "no PgBouncer found: neither PATH nor the usual folders hold `pgbouncer`; install it (Debian and Ubuntu: `apt-get install pgbouncer`)"
    )]
    NoPooler,
    /// PostgreSQL refuses to run as root, and there is no other account.
    #[error("PostgreSQL does not run as root, and this machine has neither an account `postgres` nor `nobody` to run it as")]
    NoAccount,
    /// No directory for temporary files can be entered by the account that runs the server.
    #[error("no directory for temporary files can be entered by `{account}`; set TMPDIR to one that everybody may enter")]
    #[non_exhaustive]
    NoDirectory {
        /// The account that runs the server.
        account: String,
    },
    /// A program of the server failed.
    #[error("{what} failed: {output}")]
    #[non_exhaustive]
    Failed {
        /// Which program, and what it was to do.
        what: String,
        /// The end of what it printed.
        output: String,
    },
    /// A file or a process could not be made.
    #[error("{what}")]
    #[non_exhaustive]
    Io {
        /// What was to be done.
        what: String,
        /// Why it was not.
        source: std::io::Error,
    },
}

impl FindError {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        |source| Self::Io { what, source }
    }
}

impl Postgres {
    /// Finds a server, or starts one, which takes about a second. It blocks, also inside an async function; a server is found once for
    /// a whole process.
    ///
    /// # Errors
    /// When there is none, with what to install; when a variable is malformed; when a server does not start, with the end of its log.
    pub fn find() -> Result<Self, FindError> {
        let chosen = source::chosen(env::var_os(SOURCE_VARIABLE))?;
        if chosen.is_none()
            && let Some(admin) = named(env::var_os(ADMIN_VARIABLE))?
        {
            return Ok(Self { admin, cluster: None });
        }
        match chosen {
            None | Some(Source::Local) => Self::local(),
            Some(later @ (Source::Container | Source::Package)) => Err(FindError::NotYet(later)),
        }
    }

    /// Starts a private cluster from the server binaries of this machine.
    fn local() -> Result<Self, FindError> {
        let binaries = binaries::find(account::drops_privileges()).ok_or(FindError::Nothing)?;
        let cluster = Cluster::start(&binaries)?;
        Ok(Self { admin: cluster.admin_url().clone(), cluster: Some(Arc::new(cluster)) })
    }

    /// The administrator's login: a superuser of a private cluster, else whoever `ADMIN_DATABASE_URL` names.
    #[must_use]
    pub const fn admin_url(&self) -> &DatabaseUrl {
        &self.admin
    }

    /// Whether the server was started here, and ends with this process.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        self.cluster.is_some()
    }

    /// What the server has logged so far; nothing when it was not started here.
    #[must_use]
    pub fn log(&self) -> String {
        self.cluster.as_ref().map(|cluster| cluster.log()).unwrap_or_default()
    }

    /// Makes a database with a name of its own: the prefix and eight random hexadecimal digits. It is dropped with the returned value.
    /// Blocks for some tens of milliseconds.
    ///
    /// # Errors
    /// When the server cannot be reached, or the login may not create databases.
    pub fn create_database(&self, name_prefix: &str) -> Result<Database, DatabaseError> {
        Database::create(self, name_prefix)
    }

    /// A database to live in, for the demo: the one that `ADMIN_DATABASE_URL` names as long as it is empty (it is not dropped), else a
    /// new one (which is).
    ///
    /// # Errors
    /// As [`create_database`](Self::create_database).
    pub fn own_database(&self) -> Result<Database, DatabaseError> {
        Database::own(self)
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("admin", &self.admin).field("private", &self.is_private()).finish()
    }
}

/// The server that `ADMIN_DATABASE_URL` names. An empty value counts as none: that is how a CI job unsets a variable.
fn named(value: Option<std::ffi::OsString>) -> Result<Option<DatabaseUrl>, FindError> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    let wrong = |problem: String| FindError::Variable { variable: ADMIN_VARIABLE, problem };
    let text = value.to_str().ok_or_else(|| wrong("is not UTF-8".to_owned()))?;
    text.parse().map(Some).map_err(|error: UrlError| wrong(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_admin_url_counts_as_none() {
        assert!(named(Some("".into())).expect("is fine").is_none());
        assert!(named(None).expect("is fine").is_none());
    }

    #[test]
    fn a_malformed_admin_url_is_refused_without_being_shown() {
        let error = named(Some("mysql://u:geheim@h/d".into())).expect_err("another database").to_string();
        assert!(error.starts_with("ADMIN_DATABASE_URL: ") && !error.contains("geheim"), "{error}");
    }
}

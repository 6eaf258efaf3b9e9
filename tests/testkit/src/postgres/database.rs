//! Databases that live as long as the value that stands for them.

use std::fmt;
use std::io;
use std::thread;

use sqlx::{ConnectOptions, Connection, PgConnection};

use super::{DatabaseUrl, Postgres, Server};

/// A database. One that [`Postgres::create_database`] made is dropped with this value, whoever is still connected; it keeps its server
/// alive until then.
pub struct Database {
    url: DatabaseUrl,
    name: String,
    /// What the sessions are called that make and drop it.
    session: String,
    dropped_at_end: bool,
    server: Postgres,
}

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The prefix is no plain identifier.
    #[error("`{0}` cannot begin a database's name: use up to 30 lower-case letters, digits and underscores")]
    Prefix(String),
    /// The server refused.
    #[error("cannot make a database at {server}")]
    #[non_exhaustive]
    Server {
        /// The administrator's URL, without the password.
        server: String,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// No randomness, or no thread.
    #[error("cannot make a database")]
    System(#[from] io::Error),
}

impl DatabaseError {
    /// Whether the login lacks a privilege.
    fn is_denied(&self) -> bool {
        matches!(self, Self::Server { source: sqlx::Error::Database(error), .. } if error.code().as_deref() == Some("42501"))
    }
}

impl Database {
    pub(super) fn create(server: &Postgres, prefix: &str) -> Result<Self, DatabaseError> {
        // From template0: template1 may hold what somebody once left there, and cannot be copied while someone is connected to it.
        Self::create_from(server, prefix, "template0 encoding 'UTF8'")
    }

    /// Makes a copy, with a name of its own, which takes some tens of milliseconds. Nobody may be connected to the original meanwhile. What the
    /// copy lacks are the privileges on the database itself, which PostgreSQL does not copy.
    ///
    /// # Errors
    /// When someone is connected, or the server cannot be reached.
    pub fn copy(&self, prefix: &str) -> Result<Self, DatabaseError> {
        Self::create_from(&self.server, prefix, &self.name)
    }

    fn create_from(server: &Postgres, prefix: &str, template: &str) -> Result<Self, DatabaseError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if prefix.len() > 30 || !prefix.starts_with(|first: char| first.is_ascii_lowercase()) || !prefix.bytes().all(plain) {
            return Err(DatabaseError::Prefix(prefix.escape_debug().to_string()));
        }
        let (name, session) = match &server.server {
            Server::Named(claims) => claims.name(server.admin_url(), prefix)?,
            // It ends with this process, and everything in it.
            _ => (format!("{prefix}_{}", random_hex(4)?), session_name("")),
        };
        run(server.admin_url(), &session, format!("create database {name} template {template}"))?;
        Ok(Self { url: server.admin_url().with_database(&name), name, session, dropped_at_end: true, server: server.clone() })
    }

    pub(super) fn own(server: &Postgres) -> Result<Self, DatabaseError> {
        if server.is_private() || !is_to_be_had(server.admin_url())? {
            return Self::create(server, "tenantry");
        }
        let url = server.admin_url().clone();
        let options = url.options().map_err(|error| refused(&url)(sqlx::Error::Configuration(error.into())))?;
        // Without a database in the URL it is the one that is called like the user.
        let name = options.get_database().unwrap_or(options.get_username()).to_owned();
        Ok(Self { url, name, session: session_name(""), dropped_at_end: false, server: server.clone() })
    }

    /// The administrator's login in this database.
    #[must_use]
    pub const fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server.
    #[must_use]
    pub const fn server(&self) -> &Postgres {
        &self.server
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("url", &self.url).field("dropped_at_end", &self.dropped_at_end).finish_non_exhaustive()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.dropped_at_end {
            let drop = |how| run(self.server.admin_url(), &self.session, format!("drop database if exists {}{how}", self.name));
            // A login that is no superuser may not end the sessions of other roles, nor autovacuum's. Then the server is asked to wait some
            // seconds for them to end by themselves. It may fail when the server has died; then there is nothing left to drop.
            if drop(" with (force)").is_err_and(|error| error.is_denied()) {
                let _ = drop("");
            }
        }
    }
}

/// Whether the login may do there what the owner may, and nobody has made a schema or a relation.
fn is_to_be_had(url: &DatabaseUrl) -> Result<bool, DatabaseError> {
    let found = blocking(url, &session_name(""), async |connection| {
        sqlx::query_scalar(
            "select not exists (select from pg_namespace where nspname <> 'public' and nspname !~ '^(pg_|information_schema$)') \
             and not exists (select from pg_class where relnamespace = to_regnamespace('public')) \
             and pg_has_role(datdba, 'usage') from pg_database where datname = current_database()",
        )
        .fetch_one(connection)
        .await
    });
    found?.map_err(refused(url))
}

/// Runs one statement that this module has put together from plain identifiers.
fn run(url: &DatabaseUrl, session: &str, statement: String) -> Result<(), DatabaseError> {
    #[expect(clippy::disallowed_methods, reason = "put together from plain identifiers")]
    let statement = sqlx::query(sqlx::AssertSqlSafe(statement));
    let done = blocking(url, session, async |connection| statement.execute(connection).await);
    done?.map(drop).map_err(refused(url))
}

pub(super) fn refused(url: &DatabaseUrl) -> impl FnOnce(sqlx::Error) -> DatabaseError {
    let server = url.to_string();
    |source| DatabaseError::Server { server, source }
}

/// What a session of this module calls itself, with the number of its run where that counts.
pub(super) fn session_name(run: &str) -> String {
    format!("tenantry {run}").trim_end().to_owned()
}

/// Does the work on a connection of its own.
pub(super) fn blocking<T: Send>(
    url: &DatabaseUrl,
    session: &str,
    work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error> + Send,
) -> Result<Result<T, sqlx::Error>, io::Error> {
    on_a_thread(async || {
        let mut connection = open(url, session).await?;
        let result = work(&mut connection).await?;
        connection.close().await?;
        Ok(result)
    })
}

/// Does the work and hands the connection over. It can be held and dropped, not used: what it needs for that has ended.
pub(super) fn connect(
    url: &DatabaseUrl,
    session: &str,
    work: impl AsyncFnOnce(&mut PgConnection) -> Result<(), sqlx::Error> + Send,
) -> Result<Result<PgConnection, sqlx::Error>, io::Error> {
    on_a_thread(async || {
        let mut connection = open(url, session).await?;
        work(&mut connection).await?;
        Ok(connection)
    })
}

async fn open(url: &DatabaseUrl, session: &str) -> Result<PgConnection, sqlx::Error> {
    let options = url.options().map_err(|error| sqlx::Error::Configuration(error.into()))?;
    options.application_name(session).connect().await
}

/// Does the work on a thread with a runtime of its own, so that blocking callers, async callers and `Drop` may all wait for it.
fn on_a_thread<T: Send>(work: impl AsyncFnOnce() -> Result<T, sqlx::Error> + Send) -> Result<Result<T, sqlx::Error>, io::Error> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("tenantry-database".to_owned()).spawn_scoped(scope, || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(work()))
        })?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// So many random bytes, as hexadecimal digits.
pub(super) fn random_hex(bytes: usize) -> io::Result<String> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

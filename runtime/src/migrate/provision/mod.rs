//! Provision: the roles, schemas and privileges of a database, made by a superuser, once and again.
//!
//! Everything happens in one transaction, which ends with a look at the outcome: a fault that is left over is named, and nothing has
//! changed. Running it again changes nothing, so it is also the check after a restore.

mod error;
mod passwords;
mod remove;
mod scram;

use std::fmt;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

pub use self::error::ProvisionError;
pub use self::passwords::{Password, PasswordError, PasswordOrigin, Passwords};
pub use self::remove::{Removed, deprovision};
pub use crate::sql::provision::{Level, NameError, Removal, Script, UnknownLevel};

use crate::schema::Conventions;
use crate::sql::provision::LOGINS;
use crate::sql::server;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// What provision is to do.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How far the fences go.
    pub level: Level,
    /// Takes the statistics views and the size functions from everybody but monitoring and the operators, too.
    pub quiet_stats: bool,
    /// Where the passwords of the login roles come from.
    pub passwords: Passwords,
}

/// What provision has done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The database.
    pub database: String,
    /// The level.
    pub level: Level,
    /// The login roles, and where each one's password came from.
    pub logins: Vec<(String, PasswordOrigin)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database {} is provisioned, level {}", self.database, self.level)?;
        for (role, origin) in &self.logins {
            write!(f, "\n  {role}: {origin}")?;
        }
        Ok(())
    }
}

/// Provisions the database that `admin` connects to.
///
/// A login role takes the password that `options` gives it, else the one in the password file, else it keeps the one it has, else one is
/// made and written to the file. Passwords reach the server as SCRAM-SHA-256 verifiers only, so that no log and no statistics view of the
/// server can hold one.
///
/// # Errors
/// When `admin` is no superuser or the server is not suited, when a name or a password cannot be used, when a role would be left without
/// a password, and when the outcome has faults, each one named. Nothing has changed then.
pub async fn provision(admin: &PgConnectOptions, conventions: &Conventions, options: &Options) -> Result<Report, ProvisionError> {
    let script = Script::new(conventions, options.level, options.quiet_stats)?;
    let mut connection = connect(admin).await?;
    let database = suited(&mut connection).await?;
    begin(&mut connection).await?;
    send(&mut connection, script.body(), "make roles, schemas and privileges").await?;
    let logins = set_passwords(&mut connection, conventions, &options.passwords).await?;
    #[expect(clippy::disallowed_methods, reason = "rendered from checked names")]
    let outcome = sqlx::query_scalar(sqlx::AssertSqlSafe(script.outcome().to_owned()));
    let faults: Vec<String> = outcome.fetch_all(&mut connection).await.map_err(ProvisionError::server("look at the outcome"))?;
    if !faults.is_empty() {
        return Err(ProvisionError::Faults(faults));
    }
    commit(connection).await?;
    Ok(Report { database, level: options.level, logins })
}

/// Connects without ever logging a statement. A connection that is dropped without a commit leaves nothing behind.
async fn connect(admin: &PgConnectOptions) -> Result<PgConnection, ProvisionError> {
    let options = admin.clone().disable_statement_logging();
    let connecting = tokio::time::timeout(CONNECT_TIMEOUT, options.connect());
    let connected = connecting.await.map_err(|_| ProvisionError::Unreachable { seconds: CONNECT_TIMEOUT.as_secs() })?;
    connected.map_err(ProvisionError::server("connect as the administrator"))
}

/// Whether login, server and database are suited; the database's name.
async fn suited(connection: &mut PgConnection) -> Result<String, ProvisionError> {
    let (login, superuser, version, encoding, database): (String, bool, i32, String, String) = sqlx::query_as(
        "select current_user::text, (select rolsuper from pg_roles where rolname = current_user),
                current_setting('server_version_num')::int, current_setting('server_encoding'), current_database()::text",
    )
    .fetch_one(connection)
    .await
    .map_err(ProvisionError::server("look at the server"))?;
    if let Some(refusal) = server::refusal(u32::try_from(version).unwrap_or(0)) {
        return Err(ProvisionError::Unsuited(refusal));
    }
    if encoding != "UTF8" {
        let text = format!("database {database} is encoded as {encoding}: create it with `encoding 'UTF8' template template0`");
        return Err(ProvisionError::Unsuited(text));
    }
    if !superuser {
        return Err(ProvisionError::NotSuperuser { login });
    }
    Ok(database)
}

/// Begins a transaction that waits for another provision, but not for ever, and of which the server logs nothing.
async fn begin(connection: &mut PgConnection) -> Result<(), ProvisionError> {
    let text = "begin; set local lock_timeout = '30s'; set local log_statement = 'none'; set local log_min_duration_statement = -1; \
                set local log_min_error_statement = panic; set local client_min_messages = warning";
    send(connection, text, "begin").await
}

async fn commit(mut connection: PgConnection) -> Result<(), ProvisionError> {
    send(&mut connection, "commit", "commit").await?;
    // What matters is done; a server that does not say goodbye changes nothing.
    let _ = connection.close().await;
    Ok(())
}

/// Sends statements that the pure half has rendered from checked names.
async fn send(connection: &mut PgConnection, text: &str, what: &'static str) -> Result<(), ProvisionError> {
    #[expect(clippy::disallowed_methods, reason = "rendered from checked names; several statements, so over the simple protocol")]
    let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned()));
    statements.execute(connection).await.map(drop).map_err(ProvisionError::server(what))
}

async fn set_passwords(
    connection: &mut PgConnection,
    conventions: &Conventions,
    passwords: &Passwords,
) -> Result<Vec<(String, PasswordOrigin)>, ProvisionError> {
    let mut stored = Vec::new();
    for suffix in LOGINS {
        let role = conventions.role(suffix);
        let verifier: Option<String> = sqlx::query_scalar("select rolpassword from pg_authid where rolname = $1")
            .bind(&role)
            .fetch_one(&mut *connection)
            .await
            .map_err(ProvisionError::server("look at the roles' passwords"))?;
        stored.push((suffix, role, verifier));
    }
    let without: Vec<&str> = stored.iter().filter(|(_, _, verifier)| verifier.is_none()).map(|(suffix, _, _)| *suffix).collect();
    let chosen = passwords.choose(conventions, &without)?;
    let mut logins = Vec::new();
    for (suffix, role, verifier) in stored {
        let Some((password, origin)) = chosen.get(suffix) else {
            logins.push((role, PasswordOrigin::Kept));
            continue;
        };
        let same = verifier.is_some_and(|verifier| scram::matches(&verifier, password.expose()));
        if !same {
            let verifier = scram::verifier(password.expose(), &passwords::random::<16>()?)?;
            // The role is a checked name, the verifier is base64: neither needs quoting.
            send(connection, &format!("alter role {role} password '{verifier}'"), "set a password").await?;
        }
        logins.push((role, *origin));
    }
    Ok(logins)
}

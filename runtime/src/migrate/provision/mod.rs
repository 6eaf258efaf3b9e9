//! Provision: the roles, schemas and privileges of a database, made by an administrator, once and again.
//!
//! Everything happens in one transaction, which ends with a look at the outcome: a fault that is left over is named, and nothing has
//! changed. Running it again changes nothing, so it is also the check after a restore.

mod error;
mod login;
mod passwords;
mod remove;
mod scram;

use std::fmt;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

pub use self::error::ProvisionError;
pub use self::login::Chosen;
pub use self::passwords::{Password, PasswordError, PasswordOrigin, Passwords};
pub use self::remove::{Removed, deprovision};
pub use crate::sql::provision::{Level, NameError, Opening, Removal, Script, ScriptError, UnknownLevel};

use self::login::Login;
use crate::schema::Conventions;
use crate::sql::provision::LOGINS;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How often a provision that meets another one is tried, and how long it waits in between, by the number of the attempt.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// What provision is to do.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How far the fences go. When none is named, it is [`Level::Hardened`] for a superuser, else [`Level::Managed`].
    pub level: Option<Level>,
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
    /// Why it is that one.
    pub chosen: Chosen,
    /// What the level leaves open in this database, in comparison with `hardened`.
    pub openings: Vec<&'static Opening>,
    /// The login roles, and where each one's password came from.
    pub logins: Vec<(String, PasswordOrigin)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database {} is provisioned, level {} ({})", self.database, self.level, self.chosen)?;
        for (role, origin) in &self.logins {
            write!(f, "\n  {role}: {origin}")?;
        }
        if !self.openings.is_empty() {
            write!(f, "\nwhat level {} cannot have, and leaves open:", self.level)?;
        }
        for opening in &self.openings {
            write!(f, "\n  - {opening}")?;
        }
        Ok(())
    }
}

/// Provisions the database that `admin` connects to.
///
/// A login role takes the password that `options` gives it, else the one in the password file, else it keeps the one it has, else one is
/// made and written to the file. Passwords reach the server as SCRAM-SHA-256 verifiers only, so that no log and no statistics view of the
/// server can hold one. Only a superuser sees whether a role has a password: for another login a role that was there before has one.
///
/// # Errors
/// When `admin` may not do what the level needs or the server is not suited, when a name or a password cannot be used, when a role would be
/// left without a password, and when the outcome has faults, each one named. Nothing has changed then.
pub async fn provision(admin: &PgConnectOptions, conventions: &Conventions, options: &Options) -> Result<Report, ProvisionError> {
    let mut attempt = 1;
    loop {
        match provision_once(admin, conventions, options).await {
            // A superuser locks the roles; nobody else can.
            Err(error) if attempt < ATTEMPTS && error.is_collision() => tokio::time::sleep(PAUSE * attempt).await,
            result => return result,
        }
        attempt += 1;
    }
}

async fn provision_once(admin: &PgConnectOptions, conventions: &Conventions, options: &Options) -> Result<Report, ProvisionError> {
    // Names are looked at before anybody connects.
    Script::new(conventions, options.level.unwrap_or(Level::Hardened), options.quiet_stats)?;
    let mut connection = connect(admin).await?;
    let login = Login::of(&mut connection).await?;
    let (level, chosen) = login.level(options.level)?;
    let script = Script::new(conventions, level, options.quiet_stats)?;
    if level == Level::Managed {
        login.manages(&mut connection, conventions).await?;
    }
    begin(&mut connection, &login).await?;
    let roles_before = login::roles(&mut connection, conventions).await?;
    send(&mut connection, script.body(), "make roles, schemas and privileges").await?;
    let stored = if login.superuser { verifiers(&mut connection, conventions).await? } else { unseen(conventions, &roles_before) };
    let logins = set_passwords(&mut connection, conventions, &options.passwords, stored).await?;
    #[expect(clippy::disallowed_methods, reason = "rendered from checked names")]
    let outcome = sqlx::query_scalar(sqlx::AssertSqlSafe(script.outcome().to_owned()));
    let faults: Vec<String> = outcome.fetch_all(&mut connection).await.map_err(ProvisionError::server("look at the outcome"))?;
    if !faults.is_empty() {
        return Err(ProvisionError::Faults(faults));
    }
    let openings = openings(&mut connection, conventions, level).await?;
    commit(connection).await?;
    Ok(Report { database: login.database, level, chosen, openings, logins })
}

/// What the level leaves open in this database.
async fn openings(connection: &mut PgConnection, conventions: &Conventions, level: Level) -> Result<Vec<&'static Opening>, ProvisionError> {
    #[expect(clippy::disallowed_methods, reason = "rendered from checked names")]
    let question = sqlx::query_scalar(sqlx::AssertSqlSafe(level.question(conventions)?));
    let places: Vec<i32> = question.fetch_all(connection).await.map_err(ProvisionError::server("look at what stays open"))?;
    Ok(level.at(&places))
}

/// Connects without ever logging a statement. A connection that is dropped without a commit leaves nothing behind.
async fn connect(admin: &PgConnectOptions) -> Result<PgConnection, ProvisionError> {
    let options = admin.clone().disable_statement_logging();
    let connecting = tokio::time::timeout(CONNECT_TIMEOUT, options.connect());
    let connected = connecting.await.map_err(|_| ProvisionError::Unreachable { seconds: CONNECT_TIMEOUT.as_secs() })?;
    connected.map_err(ProvisionError::server("connect as the administrator"))
}

/// Begins a transaction that waits for another provision, but not for ever. Of a superuser's the server logs nothing; nobody else can tell it
/// so, and verifiers are all that it could log.
async fn begin(connection: &mut PgConnection, login: &Login) -> Result<(), ProvisionError> {
    send(connection, "begin; set local lock_timeout = '30s'; set local client_min_messages = warning", "begin").await?;
    if !login.superuser {
        return Ok(());
    }
    let quiet = "set local log_statement = 'none'; set local log_min_duration_statement = -1; set local log_min_error_statement = panic";
    send(connection, quiet, "begin").await
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

/// A login role by its suffix, and what is known of its password.
type Stored = (&'static str, String, Known);

/// What is known of a password.
enum Known {
    /// There is none.
    None,
    /// There is one with this verifier.
    Verifier(String),
    /// Nobody but a superuser could see it.
    Unseen,
}

async fn verifiers(connection: &mut PgConnection, conventions: &Conventions) -> Result<Vec<Stored>, ProvisionError> {
    let mut stored = Vec::new();
    for suffix in LOGINS {
        let role = conventions.role(suffix);
        let verifier: Option<String> = sqlx::query_scalar("select rolpassword from pg_authid where rolname = $1")
            .bind(&role)
            .fetch_one(&mut *connection)
            .await
            .map_err(ProvisionError::server("look at the roles' passwords"))?;
        stored.push((suffix, role, verifier.map_or(Known::None, Known::Verifier)));
    }
    Ok(stored)
}

/// A role that has just been made has no password; the others' are not to be seen.
fn unseen(conventions: &Conventions, before: &[String]) -> Vec<Stored> {
    let stored = LOGINS.iter().map(|suffix| {
        let role = conventions.role(suffix);
        let known = if before.contains(&role) { Known::Unseen } else { Known::None };
        (*suffix, role, known)
    });
    stored.collect()
}

async fn set_passwords(
    connection: &mut PgConnection,
    conventions: &Conventions,
    passwords: &Passwords,
    stored: Vec<Stored>,
) -> Result<Vec<(String, PasswordOrigin)>, ProvisionError> {
    let without: Vec<&str> = stored.iter().filter(|(_, _, known)| matches!(known, Known::None)).map(|(suffix, _, _)| *suffix).collect();
    let chosen = passwords.choose(conventions, &without)?;
    let mut logins = Vec::new();
    for (suffix, role, known) in stored {
        let Some((password, origin)) = chosen.get(suffix) else {
            logins.push((role, PasswordOrigin::Kept));
            continue;
        };
        let same = matches!(known, Known::Verifier(verifier) if scram::matches(&verifier, password.expose()));
        if !same {
            let verifier = scram::verifier(password.expose(), &passwords::random::<16>()?)?;
            // The role is a checked name, the verifier is base64: neither needs quoting.
            send(connection, &format!("alter role {role} password '{verifier}'"), "set a password").await?;
        }
        logins.push((role, *origin));
    }
    Ok(logins)
}

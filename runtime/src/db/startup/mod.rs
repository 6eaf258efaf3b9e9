//! What must hold before a service serves: the role, the privileges, the settings, the server, the fence of every table, and what
//! hand-written statements may name.
//!
//! Each fault has a name and a remedy, and all of them are told at once. The questions are fixed texts with bound values; the answers come
//! from the server's own catalogue, as the application's role sees it.

mod level;
mod lookups;
mod names;
mod pooler;
mod role;
mod tables;

use std::fmt;

use sqlx::{Connection, PgConnection};

use super::Config;
use crate::schema::ir::{Schema, Table};
use crate::schema::{Conventions, Registry};
pub use crate::sql::provision::{Level, Opening};
use crate::sql::server;

pub use self::names::Unlisted;
pub(super) use pooler::refused as refused_by_a_pooler;

/// What is wrong with the database or with the login, and what mends it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// What is wrong, in one sentence without a full stop.
    pub what: String,
    /// A command, a statement or a setting.
    pub remedy: String,
}

impl Fault {
    fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }

    fn unread(error: &sqlx::Error) -> Self {
        Self::new(format!("the catalogue could not be read: {error}"), "see whether the database answers, then start again")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (remedy: {})", self.what, self.remedy)
    }
}

/// The remedy for roles and privileges.
const PROVISION: &str = "run `cargo xtask provision --admin-url …`";
/// The remedy for tables.
const MIGRATE: &str = "run `cargo xtask migrate --admin-url …`";

/// The level at which a database was provisioned, what that leaves open, and which functions hand-written statements may not call.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Standing {
    /// The level, as the comment on the platform's schema has it. A database without one is held to `hardened`.
    pub level: Level,
    /// What is open in comparison with `hardened`; nothing at `hardened` itself.
    pub openings: Vec<&'static Opening>,
    /// The functions that a hand-written statement is refused for calling.
    pub unlisted: Unlisted,
}

/// Looks at everything, through a connection of the service's own login. What the database's level cannot have is no fault; it is told.
///
/// # Errors
/// Every fault; also that the catalogue could not be read.
pub async fn check(connection: &mut PgConnection, registry: &Registry) -> Result<Standing, Vec<Fault>> {
    let mut faults = Vec::new();
    match look(connection, registry, &mut faults).await {
        Ok(standing) if faults.is_empty() => return Ok(standing),
        Ok(_) => {}
        Err(error) => faults.push(Fault::unread(&error)),
    }
    Err(faults)
}

/// The same for a service with that configuration: what stands between it and the server comes first, since the answers to everything else
/// depend on it.
pub(crate) async fn check_service(connection: &mut PgConnection, config: &Config, registry: &Registry) -> Result<Standing, Vec<Fault>> {
    told(pooler::look(connection, config).await.unwrap_or_else(|error| vec![Fault::unread(&error)]))?;
    check(connection, registry).await
}

/// Whether the login is the platform's: anything stronger would see every tenant's rows through the operator's door.
pub(crate) async fn check_platform(connection: &mut PgConnection, config: &Config, conventions: &Conventions) -> Result<(), Vec<Fault>> {
    check_login(connection, config, &conventions.role("platform")).await
}

/// Whether the login is that of identities: an application's that could read them would show every e-mail to an injected statement.
pub(crate) async fn check_identities(connection: &mut PgConnection, config: &Config, conventions: &Conventions) -> Result<(), Vec<Fault>> {
    check_login(connection, config, &conventions.role("identity")).await
}

/// Whether the login is the application's: one that only listens needs nothing more.
pub(crate) async fn check_listener(connection: &mut PgConnection, config: &Config, conventions: &Conventions) -> Result<(), Vec<Fault>> {
    check_login(connection, config, &conventions.role("app")).await
}

async fn check_login(connection: &mut PgConnection, config: &Config, role: &str) -> Result<(), Vec<Fault>> {
    told(pooler::look(connection, config).await.unwrap_or_else(|error| vec![Fault::unread(&error)]))?;
    let mut faults = Vec::new();
    let look = async {
        let mut transaction = connection.begin().await?;
        role::look_at_login(&mut transaction, role, &mut faults).await?;
        transaction.rollback().await
    };
    if let Err(error) = look.await {
        faults.push(Fault::unread(&error));
    }
    told(faults)
}

fn told(faults: Vec<Fault>) -> Result<(), Vec<Fault>> {
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The policies of a table that are not the model's, for a migration that has just been applied.
pub(crate) async fn check_policies(
    connection: &mut PgConnection,
    table: &Table,
    conventions: &Conventions,
) -> Result<Vec<Fault>, sqlx::Error> {
    let mut faults = Vec::new();
    tables::policies(connection, table, conventions, &mut faults).await?;
    Ok(faults)
}

async fn look(connection: &mut PgConnection, registry: &Registry, faults: &mut Vec<Fault>) -> Result<Standing, sqlx::Error> {
    // In one transaction, and without a statement that is kept: behind a pooler the next one would be on another of the server's connections.
    let mut transaction = connection.begin().await?;
    look_at_server(&mut transaction, faults).await?;
    let (level, openings) = level::look(&mut transaction, registry.conventions(), faults).await?;
    let schema = Schema::of(registry);
    role::look(&mut transaction, &schema, registry.conventions(), level, faults).await?;
    lookups::look(&mut transaction, &schema, registry.conventions(), faults).await?;
    tables::look(&mut transaction, &schema, registry.conventions(), faults).await?;
    let unlisted = names::look(&mut transaction, &schema, registry.conventions(), faults).await?;
    transaction.rollback().await?;
    Ok(Standing { level, openings, unlisted })
}

async fn look_at_server(connection: &mut PgConnection, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let (version, encoding): (i32, String) =
        sqlx::query_as("select current_setting('server_version_num')::int, current_setting('server_encoding')")
            .persistent(false)
            .fetch_one(connection)
            .await?;
    if let Some(refusal) = server::refusal(u32::try_from(version).unwrap_or(0)) {
        faults.push(Fault::new(refusal, "update the server"));
    }
    if encoding != "UTF8" {
        let remedy = "create the database with `encoding 'UTF8' template template0` and move the data";
        faults.push(Fault::new(format!("the database is encoded as {encoding} and not as UTF8"), remedy));
    }
    Ok(())
}

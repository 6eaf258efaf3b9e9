//! The login that provisions: what it is, and whether that is enough.

use std::fmt;

use sqlx::PgConnection;

use super::{Level, ProvisionError};
use crate::schema::Conventions;
use crate::sql::provision::MADE;
use crate::sql::server;

/// Why a level was taken.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Chosen {
    /// The caller named it.
    Named,
    /// Nobody named one, and this login is a superuser.
    Superuser(String),
    /// Nobody named one, and this login is no superuser.
    NoSuperuser(String),
}

impl fmt::Display for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named => f.write_str("as asked for"),
            Self::Superuser(login) => write!(f, "no level was named, and {login} is a superuser"),
            Self::NoSuperuser(login) => write!(f, "no level was named, and {login} is no superuser"),
        }
    }
}

/// The login of a connection, and the database that it is in.
pub(super) struct Login {
    name: String,
    pub(super) superuser: bool,
    create_role: bool,
    version: i32,
    pub(super) database: String,
    database_owner: String,
    owns_database: bool,
}

impl Login {
    /// Looks at login, server and database.
    ///
    /// # Errors
    /// When the server is too old, or the database is not encoded as UTF8.
    pub(super) async fn of(connection: &mut PgConnection) -> Result<Self, ProvisionError> {
        let look = ProvisionError::server("look at the server");
        let (name, superuser, create_role): (String, bool, bool) =
            sqlx::query_as("select rolname::text, rolsuper, rolcreaterole from pg_roles where rolname = current_user")
                .fetch_one(&mut *connection)
                .await
                .map_err(look)?;
        let (version, encoding, database, database_owner, owns_database): (i32, String, String, String, bool) = sqlx::query_as(
            "select current_setting('server_version_num')::int, current_setting('server_encoding'), datname::text,
                    pg_get_userbyid(datdba)::text, pg_has_role(datdba, 'usage') from pg_database where datname = current_database()",
        )
        .fetch_one(connection)
        .await
        .map_err(ProvisionError::server("look at the database"))?;
        if let Some(refusal) = server::refusal(u32::try_from(version).unwrap_or(0)) {
            return Err(ProvisionError::Unsuited(refusal));
        }
        if encoding != "UTF8" {
            let text = format!("database {database} is encoded as {encoding}: create it with `encoding 'UTF8' template template0`");
            return Err(ProvisionError::Unsuited(text));
        }
        Ok(Self { name, superuser, create_role, version, database, database_owner, owns_database })
    }

    /// The level that is named, or else the one that the login is good for.
    ///
    /// # Errors
    /// When `hardened` is named, and the login is no superuser.
    pub(super) fn level(&self, named: Option<Level>) -> Result<(Level, Chosen), ProvisionError> {
        match named {
            Some(Level::Hardened) if !self.superuser => Err(ProvisionError::NotSuperuser { login: self.name.clone() }),
            Some(level) => Ok((level, Chosen::Named)),
            None if self.superuser => Ok((Level::Hardened, Chosen::Superuser(self.name.clone()))),
            None => Ok((Level::Managed, Chosen::NoSuperuser(self.name.clone()))),
        }
    }

    /// Whether the login may provision, or take back, at level `managed`.
    ///
    /// # Errors
    /// What it lacks, with what gives it that.
    pub(super) async fn manages(&self, connection: &mut PgConnection, conventions: &Conventions) -> Result<(), ProvisionError> {
        let (login, database) = (self.name.clone(), self.database.clone());
        if self.has_event_trigger(connection, conventions).await? {
            return Err(ProvisionError::Hardened { login, database });
        }
        if self.superuser {
            return Ok(());
        }
        if !self.create_role {
            return Err(ProvisionError::NotCreateRole { login });
        }
        if !self.owns_database {
            return Err(ProvisionError::NotDatabaseOwner { login, database, owner: self.database_owner.clone() });
        }
        let roles = self.roles_of_others(connection, conventions).await?;
        if !roles.is_empty() {
            return Err(ProvisionError::OthersRoles { login, roles });
        }
        let faults = schemas_of_others(connection, conventions).await?;
        if faults.is_empty() { Ok(()) } else { Err(ProvisionError::Faults(faults)) }
    }

    /// The roles that are there and that the login may not alter. Until 15, CREATEROLE is enough for all but superusers and replication.
    async fn roles_of_others(&self, connection: &mut PgConnection, conventions: &Conventions) -> Result<Vec<String>, ProvisionError> {
        sqlx::query_scalar(
            "select rolname::text from pg_roles
              where rolname = any($1) and (rolsuper or rolreplication or $2 and not pg_has_role(oid, 'usage with admin option')) order by 1",
        )
        .bind(MADE.map(|suffix| conventions.role(suffix)).as_slice())
        .bind(self.version >= 160_000)
        .fetch_all(connection)
        .await
        .map_err(ProvisionError::server("look at the roles"))
    }

    async fn has_event_trigger(&self, connection: &mut PgConnection, conventions: &Conventions) -> Result<bool, ProvisionError> {
        sqlx::query_scalar("select exists (select from pg_event_trigger where evtname = $1)")
            .bind(conventions.role("enable_row_security"))
            .fetch_one(connection)
            .await
            .map_err(ProvisionError::server("look for the event trigger"))
    }
}

/// The schemas that are there and belong to another role: the owner could not give privileges on them, which the server's own message does not
/// say.
async fn schemas_of_others(connection: &mut PgConnection, conventions: &Conventions) -> Result<Vec<String>, ProvisionError> {
    sqlx::query_scalar(
        "select format('schema %s belongs to %s and not to %s: `alter schema %1$s owner to %3$s`', nspname, pg_get_userbyid(nspowner), $3)
           from pg_namespace where nspname in ($1, $2) and pg_get_userbyid(nspowner) <> $3 order by 1",
    )
    .bind(conventions.schema)
    .bind(conventions.platform_schema)
    .bind(conventions.role("owner"))
    .fetch_all(connection)
    .await
    .map_err(ProvisionError::server("look at the schemas"))
}

/// The roles of the conventions that are there.
pub(super) async fn roles(connection: &mut PgConnection, conventions: &Conventions) -> Result<Vec<String>, ProvisionError> {
    sqlx::query_scalar("select rolname::text from pg_roles where rolname = any($1)")
        .bind(MADE.map(|suffix| conventions.role(suffix)).as_slice())
        .fetch_all(connection)
        .await
        .map_err(ProvisionError::server("look at the roles"))
}

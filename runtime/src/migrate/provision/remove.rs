//! Deprovision: what provision did, taken back.

use std::fmt;

use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;

use super::login::Login;
use super::{Level, ProvisionError, Removal, begin, commit, connect, send};
use crate::schema::Conventions;
use crate::sql::provision::MADE;

/// What deprovision has done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Removed {
    /// The database.
    pub database: String,
    /// Other databases that know the roles, which therefore stay; when there are none, the roles are gone.
    pub roles_kept_for: Vec<String>,
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the provision of database {} is taken back; ", self.database)?;
        match self.roles_kept_for.as_slice() {
            [] => write!(f, "the roles are gone, too"),
            others => write!(f, "the roles stay, since these databases know them: {}", others.join(", ")),
        }
    }
}

/// Takes the provision of the database that `admin` connects to back: the schemas with everything in them, the privileges, and the roles
/// when no other database knows them.
///
/// # Errors
/// When `admin` may not do what the level needs, when nothing is provisioned, and, unless `force` is set, when a table holds rows (the ledger of the
/// migrations does not count), each one named. Nothing has changed then.
pub async fn deprovision(admin: &PgConnectOptions, conventions: &Conventions, force: bool) -> Result<Removed, ProvisionError> {
    // Names are looked at before anybody connects.
    Removal::new(conventions, Level::Hardened)?;
    let mut connection = connect(admin).await?;
    let login = Login::of(&mut connection).await?;
    let (level, _) = login.level(None)?;
    let removal = Removal::new(conventions, level)?;
    let roles: Vec<String> = MADE.iter().map(|suffix| conventions.role(suffix)).collect();
    let missing: Option<String> = sqlx::query_scalar("select r from unnest($1::text[]) r where to_regrole(r) is null limit 1")
        .bind(&roles)
        .fetch_optional(&mut connection)
        .await
        .map_err(ProvisionError::server("look at the roles"))?;
    if let Some(role) = missing {
        return Err(ProvisionError::NotProvisioned { role });
    }
    if level == Level::Managed {
        login.manages(&mut connection, conventions).await?;
    }
    begin(&mut connection, &login).await?;
    if !force {
        let tables = tables_with_rows(&mut connection, conventions, level).await?;
        if !tables.is_empty() {
            return Err(ProvisionError::Rows(tables));
        }
    }
    send(&mut connection, removal.body(), "take schemas and privileges back").await?;
    let roles_kept_for = other_databases(&mut connection, &roles).await?;
    if roles_kept_for.is_empty() {
        send(&mut connection, removal.drop_roles(), "drop the roles").await?;
    }
    commit(connection).await?;
    Ok(Removed { database: login.database, roles_kept_for })
}

/// The tables of both schemas that hold a row, locked, so that none is added before they are dropped.
async fn tables_with_rows(connection: &mut PgConnection, conventions: &Conventions, level: Level) -> Result<Vec<String>, ProvisionError> {
    let look = "look for rows";
    if level == Level::Managed {
        // The owner's name is checked.
        let owner = conventions.role("owner");
        send(connection, &format!("grant {owner} to current_user; set local role {owner}"), "become the owner of the tables").await?;
    }
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname in ($1, $2) and c.relkind = 'r' and not (n.nspname = $2 and c.relname = '_sqlx_migrations') order by 1",
    )
    .bind(conventions.schema)
    .bind(conventions.platform_schema)
    .fetch_all(&mut *connection)
    .await
    .map_err(ProvisionError::server(look))?;
    let mut holding = Vec::new();
    for table in tables {
        // The server has quoted the name.
        send(connection, &format!("lock table only {table} in access exclusive mode"), "lock a table").await?;
        if level == Level::Managed {
            // Under FORCE the owner sees no row, so a full table would count as empty. Who breaks off here leaves it forced.
            send(connection, &format!("alter table {table} no force row level security"), "see the rows of a table").await?;
        }
        #[expect(clippy::disallowed_methods, reason = "the server has quoted the name")]
        let select = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select exists (select from only {table})")));
        let holds: bool = select.fetch_one(&mut *connection).await.map_err(ProvisionError::server(look))?;
        if holds {
            holding.push(table);
        }
    }
    if level == Level::Managed {
        send(connection, "reset role", "become the login again").await?;
    }
    Ok(holding)
}

/// The other databases that know one of the roles: by an object, a privilege, or a privilege on the database itself.
async fn other_databases(connection: &mut PgConnection, roles: &[String]) -> Result<Vec<String>, ProvisionError> {
    sqlx::query_scalar(
        "select distinct d.datname::text from pg_shdepend s
           join pg_database d on d.oid = s.dbid or s.dbid = 0 and s.classid = 'pg_database'::regclass and d.oid = s.objid
          where s.refclassid = 'pg_authid'::regclass and s.refobjid in (select oid from pg_roles where rolname = any($1))
            and d.datname <> current_database() order by 1",
    )
    .bind(roles)
    .fetch_all(connection)
    .await
    .map_err(ProvisionError::server("look for other databases"))
}

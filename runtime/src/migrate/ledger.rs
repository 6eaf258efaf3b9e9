//! What the database says: which migrations are applied, and whether the tables are fenced.

use sqlx::PgConnection;

use super::error::{Kind, MigrateError};
use crate::db::startup;
use crate::schema::ir::{Schema, Type};
use crate::schema::{Conventions, quoted};

/// A line of the ledger.
#[derive(Clone, Debug)]
pub(super) struct Applied {
    pub(super) version: i64,
    pub(super) description: String,
    pub(super) checksum: Vec<u8>,
}

/// The ledger's table.
pub(super) fn table(conventions: &Conventions) -> String {
    format!("{}._sqlx_migrations", quoted(conventions.platform_schema))
}

/// Whether row security is enabled on the ledger.
pub(super) async fn is_fenced(connection: &mut PgConnection, table: &str) -> Result<bool, MigrateError> {
    let enabled = sqlx::query_scalar("select relrowsecurity from pg_class where oid = to_regclass($1)");
    Ok(enabled.bind(table).fetch_one(connection).await.map_err(Kind::Database)?)
}

/// What is applied, in order; nothing where there is no ledger yet.
pub(super) async fn read(connection: &mut PgConnection, conventions: &Conventions) -> Result<Vec<Applied>, MigrateError> {
    let table = table(conventions);
    let there: bool =
        sqlx::query_scalar("select to_regclass($1) is not null").bind(&table).fetch_one(&mut *connection).await.map_err(Kind::Database)?;
    if !there {
        return Ok(Vec::new());
    }
    #[expect(clippy::disallowed_methods, reason = "made of the conventions, whose names the manifest has checked, and quoted")]
    let select = sqlx::AssertSqlSafe(format!("select version, description, checksum from {table} order by version"));
    let rows: Vec<(i64, String, Vec<u8>)> = sqlx::query_as(select).fetch_all(connection).await.map_err(Kind::Database)?;
    Ok(rows.into_iter().map(|(version, description, checksum)| Applied { version, description, checksum }).collect())
}

/// Row security is enabled and forced on every table of the snapshot, and it has exactly the policies of the snapshot, word by word.
pub(super) async fn assert_fences(connection: &mut PgConnection, schema: &Schema, conventions: &Conventions) -> Result<(), MigrateError> {
    let faults = open_fences(connection, schema, conventions).await?;
    if faults.is_empty() { Ok(()) } else { Err(Kind::Fence(faults).into()) }
}

pub(super) async fn open_fences(
    connection: &mut PgConnection,
    schema: &Schema,
    conventions: &Conventions,
) -> Result<Vec<String>, MigrateError> {
    let mut faults = Vec::new();
    for table in &schema.tables {
        let found: Option<(bool, bool, Vec<String>)> = sqlx::query_as(
            "select relrowsecurity, relforcerowsecurity, \
                    array(select polname::text from pg_policy where polrelid = c.oid order by polname collate \"C\") \
               from pg_class c join pg_namespace n on n.oid = c.relnamespace \
              where n.nspname = $1 and c.relname = $2",
        )
        .bind(&table.name.schema)
        .bind(&table.name.name)
        .fetch_optional(&mut *connection)
        .await
        .map_err(Kind::Database)?;
        let mut policies: Vec<String> = table.policies.iter().map(|policy| policy.name.clone()).collect();
        policies.sort();
        let name = &table.name;
        match found {
            None => faults.push(format!("{name} is in the snapshot and not in the database")),
            Some((false, _, _)) => faults.push(format!("{name} has no row level security (alter table {name} enable row level security)")),
            Some((_, false, _)) => faults.push(format!("{name} lets its owner pass (alter table {name} force row level security)")),
            Some((_, _, found)) if found != policies => {
                faults.push(format!("{name} has the policies {} instead of {}", found.join(", "), policies.join(", ")));
            }
            Some(_) => {
                let others = startup::check_policies(connection, table, conventions).await.map_err(Kind::Database)?;
                faults.extend(others.iter().map(ToString::to_string));
            }
        }
    }
    Ok(faults)
}

/// The columns of the snapshot that the database does not have, or has otherwise. A column more is none: hand-written migrations may add
/// some.
pub(super) async fn other_columns(connection: &mut PgConnection, schema: &Schema) -> Result<Vec<String>, MigrateError> {
    let mut faults = Vec::new();
    for table in &schema.tables {
        let found: Vec<(String, String, bool)> = sqlx::query_as(
            "select a.attname::text, format_type(a.atttypid, a.atttypmod), not a.attnotnull \
               from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace \
              where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped",
        )
        .bind(&table.name.schema)
        .bind(&table.name.name)
        .fetch_all(&mut *connection)
        .await
        .map_err(Kind::Database)?;
        for column in table.columns.iter().filter(|_| !found.is_empty()) {
            let wanted = described(catalogue_name(column.ty), column.nullable);
            let name = format!("{}.{}", table.name, quoted(&column.name));
            match found.iter().find(|(name, _, _)| *name == column.name) {
                None => faults.push(format!("{name} is in the snapshot and not in the database")),
                Some((_, ty, nullable)) if described(ty, *nullable) != wanted => {
                    faults.push(format!("{name} is {} in the database and {wanted} in the snapshot", described(ty, *nullable)));
                }
                Some(_) => {}
            }
        }
    }
    Ok(faults)
}

/// The constraints, indexes and triggers that the snapshot has and the database has not, has not validated or has switched off. What the
/// database has besides may come from a hand-written migration.
pub(super) async fn other_objects(connection: &mut PgConnection, schema: &Schema) -> Result<Vec<String>, MigrateError> {
    let mut faults = Vec::new();
    for table in &schema.tables {
        let found: Vec<String> = sqlx::query_scalar(
            "select 'constraint ' || conname from pg_constraint where conrelid = to_regclass($1) and convalidated \
             union all \
             select 'trigger ' || tgname from pg_trigger where tgrelid = to_regclass($1) and not tgisinternal and tgenabled <> 'D' \
             union all \
             select 'index ' || c.relname from pg_index i join pg_class c on c.oid = i.indexrelid \
              where i.indrelid = to_regclass($1) and i.indisvalid",
        )
        .bind(table.name.to_string())
        .fetch_all(&mut *connection)
        .await
        .map_err(Kind::Database)?;
        let constraints = table.constraints.iter().map(|constraint| format!("constraint {}", constraint.name));
        let indexes = table.indexes.iter().map(|index| format!("index {}", index.name));
        let triggers = table.triggers.iter().map(|trigger| format!("trigger {}", trigger.name));
        let wanted = constraints.chain(indexes).chain(triggers);
        // A table that is not there is told as one whose fence is open.
        for object in wanted.filter(|object| !found.is_empty() && !found.contains(object)) {
            faults.push(format!("{object} of {} is in the snapshot and not, or not in force, in the database", table.name));
        }
    }
    Ok(faults)
}

fn described(ty: &str, nullable: bool) -> String {
    if nullable { ty.to_owned() } else { format!("{ty} not null") }
}

/// The name that `format_type` gives.
const fn catalogue_name(ty: Type) -> &'static str {
    match ty {
        Type::Timestamptz => "timestamp with time zone",
        other => other.sql(),
    }
}

pub(super) fn is_lock_timeout(error: &sqlx::Error) -> bool {
    // lock_not_available (PostgreSQL manual, appendix A).
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "55P03")
}

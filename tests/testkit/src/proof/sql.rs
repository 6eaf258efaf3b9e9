//! As an attacker who can write SQL: the application's role over a connection of its own, and no predicate anywhere. Only row security,
//! keys and privileges stand between it and the other tenants.

use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};
use tenantry::TenantId;
use tenantry::schema::ModelDef;
use uuid::Uuid;

use super::executor::{Lane, Seen};
use super::model::{Outcome, Row, World, completed};
use super::operation::{Act, Deed};
use super::value::{literals, of_json, quoted};
use crate::execute;

pub(super) async fn perform(lane: &mut Lane<'_>, act: &Act) -> Seen {
    if let Deed::Attack(assault) = &act.deed {
        return assault.perform(lane.connection, lane.world, lane.tenant).await;
    }
    let result = run(lane, act).await;
    match result {
        Ok(seen) => seen,
        Err(error) => {
            // Whatever failed, the next act begins a transaction of its own.
            let ended = execute(lane.connection, "rollback").await;
            ended.map_or_else(|error| Seen::fault(error.to_string()), |()| refused(&error, matches!(act.deed, Deed::Delete(_))))
        }
    }
}

async fn run(lane: &mut Lane<'_>, act: &Act) -> Result<Seen, sqlx::Error> {
    let (world, tenant) = (lane.world, lane.tenant);
    let table = world.table(act.model);
    let def = world.models[act.model];
    enter(lane.connection, world, tenant).await?;
    let seen = match &act.deed {
        // Without RETURNING, which the policy for SELECT would guard, too.
        Deed::Create(row) => {
            let row = completed(def, row);
            let id = Uuid::now_v7();
            affected(lane.connection, &insert(world, act.model, tenant.uuid(), id, &row)).await?;
            Seen::done(vec![Row::from([("id".to_owned(), Value::String(id.to_string()))])])
        }
        Deed::Get(id) => found(select(lane, act.model, &format!("where id = '{id}'")).await?),
        Deed::Patch(id, row) if row.is_empty() => found(select(lane, act.model, &format!("where id = '{id}'")).await?),
        Deed::Patch(id, row) => {
            let columns = def.updatable().filter_map(|column| Some(literals(column, row.get(column.name)?)));
            let sets: Vec<String> = columns.flatten().map(|(name, value)| format!("{name} = {value}")).collect();
            counted(affected(lane.connection, &format!("update {table} set {} where id = '{id}'", sets.join(", "))).await?)
        }
        Deed::Delete(id) => counted(affected(lane.connection, &format!("delete from {table} where id = '{id}'")).await?),
        // In full, whatever the query says: a filter would be a predicate.
        Deed::List(_) => Seen::done(select(lane, act.model, "order by id").await?),
        Deed::Attack(_) => Seen::fault("attacks have texts of their own"),
    };
    execute(lane.connection, "commit").await?;
    Ok(seen)
}

/// Every row of every table, in one statement without a predicate.
pub(super) async fn view(lane: &mut Lane<'_>) -> Result<Vec<Option<Vec<Row>>>, String> {
    let parts =
        (0..lane.world.models.len()).map(|model| format!("select {model}, id, to_jsonb(t)::text from {} t", lane.world.table(model)));
    let text = format!("{} order by 1, 2", parts.collect::<Vec<_>>().join(" union all "));
    let read = async {
        enter(lane.connection, lane.world, lane.tenant).await?;
        // The text is the same each time, so it is prepared once per connection.
        let rows = sqlx::query(crate::made(text)).fetch_all(&mut *lane.connection).await?;
        execute(lane.connection, "commit").await?;
        Ok::<_, sqlx::Error>(rows)
    };
    let rows = read.await.map_err(|error| error.to_string())?;
    let mut tables: Vec<Option<Vec<Row>>> = vec![Some(Vec::new()); lane.world.models.len()];
    for row in &rows {
        let model: i32 = row.try_get(0).map_err(|error| error.to_string())?;
        let value = json(row, 2).map_err(|error| error.to_string())?;
        let model = usize::try_from(model).map_err(|error| error.to_string())?;
        let row = own_row(lane.world, model, &value, lane.tenant);
        tables[model].get_or_insert_default().push(row);
    }
    Ok(tables)
}

pub(super) async fn enter(connection: &mut PgConnection, world: &World, tenant: TenantId) -> Result<(), sqlx::Error> {
    execute(connection, &format!("begin; set local {} = '{tenant}'", world.conventions.tenant_setting())).await
}

pub(super) fn insert(world: &World, model: usize, tenant: Uuid, id: Uuid, row: &Row) -> String {
    let (columns, values) = columns(world, model, tenant, id, row);
    format!("insert into {} ({columns}) values ({values})", world.table(model))
}

/// The columns and the literals of a new row.
pub(super) fn columns(world: &World, model: usize, tenant: Uuid, id: Uuid, row: &Row) -> (String, String) {
    let def = world.models[model];
    let mut columns = vec![format!("\"{}\"", world.conventions.tenant_column), "id".to_owned()];
    let mut values = vec![quoted(&tenant.to_string()), quoted(&id.to_string())];
    for (column, value) in def.insertable().filter_map(|column| Some((column, row.get(column.name)?))) {
        let (names, literals): (Vec<String>, Vec<String>) = literals(column, value).into_iter().unzip();
        columns.extend(names);
        values.extend(literals);
    }
    (columns.join(", "), values.join(", "))
}

/// An assignment that changes no value.
pub(super) fn itself(def: &'static ModelDef) -> String {
    let column = def.updatable().next().map_or("id", |column| column.name);
    format!("\"{column}\" = \"{column}\"")
}

fn counted(affected: u64) -> Seen {
    match affected {
        0 => Seen::refused(Outcome::NotFound, String::new()),
        1 => Seen::done(Vec::new()),
        many => Seen::fault(format!("{many} rows have one id")),
    }
}

fn found(rows: Vec<Row>) -> Seen {
    if rows.is_empty() { Seen::refused(Outcome::NotFound, String::new()) } else { Seen::done(rows) }
}

async fn select(lane: &mut Lane<'_>, model: usize, rest: &str) -> Result<Vec<Row>, sqlx::Error> {
    let text = format!("select to_jsonb(t)::text from {} t {rest}", lane.world.table(model));
    let rows = fetch(lane.connection, &text).await?;
    rows.iter().map(|row| Ok(own_row(lane.world, model, &json(row, 0)?, lane.tenant))).collect()
}

pub(super) fn json(row: &PgRow, column: usize) -> Result<Value, sqlx::Error> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// A row as the model has it. One of another tenant keeps its tenant as a column, so that it equals no row of the model.
pub(super) fn own_row(world: &World, model: usize, row: &Value, tenant: TenantId) -> Row {
    let column = world.conventions.tenant_column;
    let mut values: Row = world.models[model].columns.iter().map(|column| (column.name.to_owned(), of_json(column, row))).collect();
    if row[column].as_str() != Some(tenant.to_string().as_str()) {
        values.insert(column.to_owned(), row[column].clone());
    }
    values
}

#[expect(clippy::disallowed_methods, reason = "a test's own text, of literals that it has quoted")]
pub(super) async fn affected(connection: &mut PgConnection, text: &str) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query(sqlx::AssertSqlSafe(text.to_owned())).persistent(false).execute(connection).await?.rows_affected())
}

#[expect(clippy::disallowed_methods, reason = "a test's own text, of literals that it has quoted")]
pub(super) async fn fetch(connection: &mut PgConnection, text: &str) -> Result<Vec<PgRow>, sqlx::Error> {
    sqlx::query(sqlx::AssertSqlSafe(text.to_owned())).persistent(false).fetch_all(connection).await
}

pub(super) fn code(error: &sqlx::Error) -> String {
    error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned()
}

fn refused(error: &sqlx::Error, deletes: bool) -> Seen {
    let outcome = match code(error).as_str() {
        "23505" => Outcome::Unique,
        "23503" if deletes => Outcome::Referenced,
        "23503" => Outcome::Reference,
        "23514" | "23502" | "22P02" | "22003" => Outcome::Invalid,
        "42501" => Outcome::Denied,
        _ => Outcome::Fault(error.to_string()),
    };
    // The constraint's name is the same for every tenant; the DETAIL quotes the key, which differs between two ids.
    let constraint = error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default().to_owned();
    Seen::refused(outcome, format!("{} {constraint}", code(error)))
}

/// The observer's digests: per table and tenant the number of rows and a digest over all of them.
pub(super) async fn digests(
    connection: &mut PgConnection,
    world: &World,
    tenants: &[TenantId],
) -> Result<Vec<(i32, Uuid, i64, String)>, sqlx::Error> {
    let column = world.conventions.tenant_column;
    let parts = (0..world.models.len()).map(|model| {
        format!(
            "select {model}, \"{column}\", count(*), md5(string_agg(t::text, chr(10) order by id)) from {} t where \"{column}\" = any($1) group by 2",
            world.table(model),
        )
    });
    let text = parts.collect::<Vec<_>>().join(" union all ");
    let ids: Vec<Uuid> = tenants.iter().map(|tenant| tenant.uuid()).collect();
    sqlx::query_as(crate::made(text)).bind(ids).fetch_all(connection).await
}

/// The same where no login passes row security by: the application's role, in the context of one tenant after the other.
pub(super) async fn digests_one_by_one(
    connection: &mut PgConnection,
    world: &World,
    tenants: &[TenantId],
) -> Result<Vec<(i32, Uuid, i64, String)>, sqlx::Error> {
    let mut all = Vec::new();
    for tenant in tenants {
        enter(connection, world, *tenant).await?;
        all.extend(digests(connection, world, &[*tenant]).await?);
        execute(connection, "commit").await?;
    }
    Ok(all)
}

/// Deletes every row of the tenants: with a login that passes row security by in one go, else in the context of one after the other.
pub(super) async fn clear(connection: &mut PgConnection, world: &World, tenants: &[TenantId], bypasses: bool) -> Result<(), sqlx::Error> {
    let column = world.conventions.tenant_column;
    let delete = |ids: &str| {
        let statement = |model| format!("delete from {} where \"{column}\" in ({ids})", world.table(model));
        world.by_dependency().into_iter().rev().map(statement).collect::<Vec<_>>().join("; ")
    };
    let ids: Vec<String> = tenants.iter().map(|tenant| quoted(&tenant.to_string())).collect();
    if bypasses {
        return execute(connection, &delete(&ids.join(", "))).await;
    }
    for (tenant, id) in tenants.iter().zip(&ids) {
        enter(connection, world, *tenant).await?;
        execute(connection, &delete(id)).await?;
        execute(connection, "commit").await?;
    }
    Ok(())
}

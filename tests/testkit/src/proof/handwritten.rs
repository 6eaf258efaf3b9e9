//! SQL as people write it: plain sqlx over a tenant transaction, with the tenant as `$1` of every statement.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query as Statement;
use sqlx::{Postgres, Row as _};
use tenantry::schema::Arg;
use tenantry::{Error, ErrorKind, TenantTx};
use uuid::Uuid;

use super::executor::{Lane, Seen};
use super::model::{Outcome, Row, World, completed};
use super::operation::{Act, Deed};
use super::repository::outcome;
use super::sql::own_row;
use super::value::args;
use crate::made;

pub(super) async fn perform(lane: &mut Lane<'_>, act: &Act) -> Seen {
    let world = lane.world;
    let result = lane.db.transaction(async |tx| on(tx, world, act).await).await;
    result.map_or_else(|error| Seen::refused(ended(act, &error), format!("{error} {error:?}")), Seen::done)
}

/// How it ended. The keys of the application's models are known at the end of a transaction alone, and the platform's not there either, so an
/// error about a reference is read here.
pub(super) fn ended(act: &Act, error: &Error) -> Outcome {
    match (&act.deed, outcome(error)) {
        (Deed::Delete(_), Outcome::Reference) => Outcome::Referenced,
        (_, outcome) => outcome,
    }
}

/// The act in a transaction that is open.
pub(super) async fn on(tx: &mut TenantTx<'_>, world: &World, act: &Act) -> Result<Vec<Row>, Error> {
    let (def, table) = (world.models[act.model], world.table(act.model));
    let tenant = format!("\"{}\" = $1", world.conventions.tenant_column);
    let read = |rest: &str| format!("select to_jsonb(t)::text from {table} t where t.{tenant}{rest}");
    match &act.deed {
        Deed::Create(row) => {
            let row = completed(def, row);
            let id = Uuid::now_v7();
            let mut columns = vec![format!("\"{}\"", world.conventions.tenant_column), "id".to_owned()];
            let mut values = vec![Arg::Uuid(Some(id))];
            for column in def.insertable() {
                columns.extend(names(column));
                values.extend(args(column, &row[column.name]));
            }
            let places: Vec<String> = (1..=columns.len()).map(|place| format!("${place}")).collect();
            let text = format!("insert into {table} ({}) values ({})", columns.join(", "), places.join(", "));
            execute(tx, &text, values).await?;
            Ok(vec![Row::from([("id".to_owned(), serde_json::json!(id))])])
        }
        Deed::Get(id) => found(fetch(tx, world, act.model, &read(" and id = $2"), vec![Arg::Uuid(Some(*id))]).await?),
        Deed::Patch(id, row) if row.is_empty() => {
            found(fetch(tx, world, act.model, &read(" and id = $2"), vec![Arg::Uuid(Some(*id))]).await?)
        }
        Deed::Patch(id, row) => {
            let (mut sets, mut values) = (Vec::new(), vec![Arg::Uuid(Some(*id))]);
            for (column, value) in def.updatable().filter_map(|column| Some((column, row.get(column.name)?))) {
                for (name, arg) in names(column).into_iter().zip(args(column, value)) {
                    values.push(arg);
                    sets.push(format!("{name} = ${}", values.len() + 1));
                }
            }
            let text = format!("update {table} set {} where {tenant} and id = $2", sets.join(", "));
            one(execute(tx, &text, values).await?)
        }
        Deed::Delete(id) => one(execute(tx, &format!("delete from {table} where {tenant} and id = $2"), vec![Arg::Uuid(Some(*id))]).await?),
        Deed::List(_) => fetch(tx, world, act.model, &read(" order by id"), Vec::new()).await,
        Deed::Attack(..) => Err(ErrorKind::Internal.into()),
    }
}

/// Every row of every table.
pub(super) async fn view(lane: &mut Lane<'_>) -> Result<Vec<Option<Vec<Row>>>, String> {
    let world = lane.world;
    let read = async |tx: &mut TenantTx<'_>| {
        let mut tables = Vec::new();
        for model in 0..world.models.len() {
            let text =
                format!("select to_jsonb(t)::text from {} t where t.\"{}\" = $1", world.table(model), world.conventions.tenant_column);
            tables.push(Some(fetch(tx, world, model, &text, Vec::new()).await?));
        }
        Ok(tables)
    };
    lane.db.transaction(read).await.map_err(|error| error.to_string())
}

fn names(column: &tenantry::schema::ColumnDef) -> Vec<String> {
    let name = format!("\"{}\"", column.name);
    match column.kind {
        tenantry::schema::Kind::Money => vec![name, format!("\"{}_currency\"", column.name)],
        _ => vec![name],
    }
}

fn found(rows: Vec<Row>) -> Result<Vec<Row>, Error> {
    if rows.is_empty() { Err(Error::not_found()) } else { Ok(rows) }
}

fn one(affected: u64) -> Result<Vec<Row>, Error> {
    match affected {
        0 => Err(Error::not_found()),
        1 => Ok(Vec::new()),
        _ => Err(ErrorKind::Internal.into()),
    }
}

async fn fetch(tx: &mut TenantTx<'_>, world: &World, model: usize, text: &str, values: Vec<Arg>) -> Result<Vec<Row>, Error> {
    let tenant = tx.tenant();
    let rows: Vec<PgRow> = bound(sqlx::query(made(text)).bind(tenant), values).fetch_all(tx).await?;
    let row = |row: &PgRow| {
        let text: String = row.try_get(0)?;
        let value = serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(own_row(world, model, &value, tenant.into()))
    };
    rows.iter().map(row).collect()
}

/// What a statement over shared tables reads: one column of text.
pub(super) async fn texts(tx: &mut TenantTx<'_>, text: &str) -> Result<Vec<String>, Error> {
    let tenant = tx.tenant();
    Ok(sqlx::query_scalar(made(text)).bind(tenant).fetch_all(tx).await?)
}

async fn execute(tx: &mut TenantTx<'_>, text: &str, values: Vec<Arg>) -> Result<u64, Error> {
    let tenant = tx.tenant();
    Ok(bound(sqlx::query(made(text)).bind(tenant), values).execute(tx).await?.rows_affected())
}

fn bound(query: Statement<'_, Postgres, PgArguments>, values: Vec<Arg>) -> Statement<'_, Postgres, PgArguments> {
    values.into_iter().fold(query, |query, value| match value {
        Arg::Uuid(value) => query.bind(value),
        Arg::Text(value) => query.bind(value),
        Arg::Bool(value) => query.bind(value),
        Arg::I32(value) => query.bind(value),
        Arg::I64(value) => query.bind(value),
        Arg::Date(value) => query.bind(value),
        Arg::Timestamp(value) => query.bind(value),
    })
}

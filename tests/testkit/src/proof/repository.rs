//! Through the repository: the statements that business code sends, in tenant transactions.

use serde_json::Value;
use tenantry::repo::{Erased, Filter, ListQuery, Sort, Values};
use tenantry::schema::{ModelDef, Scope};
use tenantry::{Error, ErrorKind, TenantDb, TenantId, TenantTx, Unit};

use super::executor::{Lane, Seen};
use super::model::{Outcome, Row, World, completed};
use super::operation::{Act, Deed, Query};
use super::value::{args, of_args};

/// Where a unit runs: alone, or in a transaction that is open.
pub(super) enum Door<'a, 'c> {
    Alone(&'a TenantDb),
    Within(&'a mut TenantTx<'c>),
}

impl Door<'_, '_> {
    async fn run<T>(&mut self, unit: Unit<T>) -> Result<T, Error> {
        match self {
            Self::Alone(db) => db.run(unit).await,
            Self::Within(tx) => tx.run(unit).await,
        }
    }

    fn tenant(&self) -> TenantId {
        match self {
            Self::Alone(db) => db.tenant(),
            Self::Within(tx) => tx.tenant().into(),
        }
    }
}

pub(super) async fn perform(lane: &Lane<'_>, act: &Act) -> Seen {
    match through(&mut Door::Alone(&lane.db), lane.world, act).await {
        Ok(rows) => rows.map_or_else(Seen::fault, Seen::done),
        Err(error) => Seen::refused(outcome(&error), format!("{error} {error:?}")),
    }
}

/// The act through that door. The inner error is a row that should not have been seen.
pub(super) async fn through(door: &mut Door<'_, '_>, world: &World, act: &Act) -> Result<Result<Vec<Row>, String>, Error> {
    let def = world.models[act.model];
    let repo = Erased::of(def);
    let rows = match &act.deed {
        Deed::Create(row) => {
            let row = completed(def, row);
            let values = def.insertable().map(|column| args(column, &row[column.name])).collect();
            vec![door.run(repo.create(values)).await?]
        }
        Deed::Get(id) => vec![door.run(repo.find(*id)).await?],
        Deed::Patch(id, row) => {
            let changes = def.updatable().map(|column| row.get(column.name).map(|value| args(column, value))).collect();
            vec![door.run(repo.update(*id, changes)).await?]
        }
        Deed::Delete(id) => {
            door.run(repo.delete(*id)).await?;
            Vec::new()
        }
        Deed::List(query) => list(door, def, query).await?,
        Deed::Attack(..) => return Ok(Err("attacks go over SQL".to_owned())),
    };
    Ok(rows_of(def, door.tenant(), &rows))
}

pub(super) async fn view(lane: &Lane<'_>) -> Result<Vec<Option<Vec<Row>>>, String> {
    let mut tables = Vec::new();
    for def in &lane.world.models {
        if def.scope != Scope::Tenant {
            tables.push(None);
            continue;
        }
        let query = Query { limit: 200, ..Query::default() };
        let rows = list(&mut Door::Alone(&lane.db), def, &query).await.map_err(|error| error.to_string())?;
        tables.push(Some(rows_of(def, lane.tenant, &rows)?));
    }
    Ok(tables)
}

pub(super) async fn list(door: &mut Door<'_, '_>, def: &'static ModelDef, query: &Query) -> Result<Vec<Values>, Error> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let filters = query.filters.iter().map(|(column, op, value)| {
            let arg = value.as_ref().and_then(|value| args(column, value).pop());
            Filter { column, op: *op, arg }
        });
        let sorts = query.sorts.iter().map(|(column, descending)| Sort { column, descending: *descending });
        let page = ListQuery { filters: filters.collect(), sorts: sorts.collect(), limit: query.limit, after: after.take() };
        let page = door.run(Erased::of(def).list(page)).await?;
        rows.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(rows),
        }
    }
}

pub(super) fn rows_of(def: &'static ModelDef, tenant: TenantId, rows: &[Values]) -> Result<Vec<Row>, String> {
    let row = |values: &Values| -> Result<Row, String> {
        let pairs = def.columns.iter().zip(&values.columns);
        let row: Row = pairs.map(|(column, args)| (column.name.to_owned(), of_args(args))).collect();
        let id = row.get("id").unwrap_or(&Value::Null);
        if values.tenant == tenant { Ok(row) } else { Err(format!("the row {id} of {} belongs to tenant {}", def.table, values.tenant)) }
    };
    rows.iter().map(row).collect()
}

/// How it ended, by the error.
pub(super) fn outcome(error: &Error) -> Outcome {
    match error.kind() {
        ErrorKind::NotFound => Outcome::NotFound,
        ErrorKind::Unique { .. } => Outcome::Unique,
        ErrorKind::Reference { .. } => Outcome::Reference,
        ErrorKind::Referenced { .. } => Outcome::Referenced,
        ErrorKind::Check { .. } => Outcome::Invalid,
        _ => Outcome::Fault(error.to_string()),
    }
}

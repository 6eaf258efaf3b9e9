//! Through the repository: the statements that business code sends, in tenant transactions.

use serde_json::Value;
use tenantry::repo::{Erased, Filter, ListQuery, Sort, Values};
use tenantry::schema::ModelDef;
use tenantry::{Error, ErrorKind, TenantDb, TenantId};

use super::executor::{Lane, Seen};
use super::model::{Outcome, Row, completed};
use super::operation::{Act, Deed, Query};
use super::value::{args, of_args};

pub(super) async fn perform(lane: &Lane<'_>, act: &Act) -> Seen {
    let def = lane.world.models[act.model];
    let repo = Erased::of(def);
    let result = match &act.deed {
        Deed::Create(row) => {
            let row = completed(def, row);
            let values = def.insertable().map(|column| args(column, &row[column.name])).collect();
            lane.db.run(repo.create(values)).await.map(|row| vec![row])
        }
        Deed::Get(id) => lane.db.run(repo.find(*id)).await.map(|row| vec![row]),
        Deed::Patch(id, row) => {
            let changes = def.updatable().map(|column| row.get(column.name).map(|value| args(column, value))).collect();
            lane.db.run(repo.update(*id, changes)).await.map(|row| vec![row])
        }
        Deed::Delete(id) => lane.db.run(repo.delete(*id)).await.map(|()| Vec::new()),
        Deed::List(query) => list(&lane.db, def, query).await,
        Deed::Attack(..) => return Seen::fault("attacks go over SQL"),
    };
    match result {
        Ok(rows) => rows_of(def, lane.tenant, &rows).map_or_else(Seen::fault, Seen::done),
        Err(error) => Seen::refused(outcome(&error), format!("{error:?}")),
    }
}

pub(super) async fn view(lane: &Lane<'_>) -> Result<Vec<Option<Vec<Row>>>, String> {
    let mut tables = Vec::new();
    for def in &lane.world.models {
        let rows = list(&lane.db, def, &Query { limit: 200, ..Query::default() }).await.map_err(|error| error.to_string())?;
        tables.push(Some(rows_of(def, lane.tenant, &rows)?));
    }
    Ok(tables)
}

async fn list(db: &TenantDb, def: &'static ModelDef, query: &Query) -> Result<Vec<Values>, Error> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let filters = query.filters.iter().map(|(column, op, value)| {
            let arg = value.as_ref().and_then(|value| args(column, value).pop());
            Filter { column, op: *op, arg }
        });
        let sorts = query.sorts.iter().map(|(column, descending)| Sort { column, descending: *descending });
        let page = ListQuery { filters: filters.collect(), sorts: sorts.collect(), limit: query.limit, after: after.take() };
        let page = db.run(Erased::of(def).list(page)).await?;
        rows.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(rows),
        }
    }
}

fn rows_of(def: &'static ModelDef, tenant: TenantId, rows: &[Values]) -> Result<Vec<Row>, String> {
    let row = |values: &Values| -> Result<Row, String> {
        let pairs = def.columns.iter().zip(&values.columns);
        let row: Row = pairs.map(|(column, args)| (column.name.to_owned(), of_args(args))).collect();
        let id = row.get("id").unwrap_or(&Value::Null);
        if values.tenant == tenant { Ok(row) } else { Err(format!("the row {id} of {} belongs to tenant {}", def.table, values.tenant)) }
    };
    rows.iter().map(row).collect()
}

fn outcome(error: &Error) -> Outcome {
    match error.kind() {
        ErrorKind::NotFound => Outcome::NotFound,
        ErrorKind::Unique { .. } => Outcome::Unique,
        ErrorKind::Reference { .. } => Outcome::Reference,
        ErrorKind::Referenced { .. } => Outcome::Referenced,
        ErrorKind::Check { .. } => Outcome::Invalid,
        _ => Outcome::Fault(error.to_string()),
    }
}

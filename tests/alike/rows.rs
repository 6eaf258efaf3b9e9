//! A row of every model, drafted from its definition and made through the repository, since a model need not have a route to create one.

use std::collections::BTreeMap;

use tenantry::TenantDb;
use tenantry::repo::Erased;
use tenantry::schema::{Arg, ModelDef};
use tenantry_testkit::draft;
use uuid::Uuid;

/// The keys of a tenant's rows, by table: one of each.
pub(crate) type Rows = BTreeMap<&'static str, Uuid>;

/// Makes the rows, each after those that it must refer to.
pub(crate) async fn fill(db: &TenantDb, models: &[&'static ModelDef]) -> Rows {
    let (mut rows, mut waiting) = (Rows::new(), models.to_vec());
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|def| is_ready(def, &rows)).expect("models must not refer to each other in a circle");
        let def = waiting.remove(ready);
        let id = one(db, def, &rows, 1).await;
        rows.insert(def.table, id);
    }
    rows
}

fn is_ready(def: &ModelDef, rows: &Rows) -> bool {
    let required = def.insertable().filter(|column| !column.nullable).filter_map(|column| column.reference());
    required.into_iter().all(|reference| rows.contains_key(reference.table))
}

/// One more row, whose unique keys go by the number, and to which nothing refers.
pub(crate) async fn one(db: &TenantDb, def: &'static ModelDef, rows: &Rows, number: u64) -> Uuid {
    let mut values = draft::values(def, number);
    for (column, value) in def.insertable().zip(&mut values) {
        if let Some(reference) = column.reference() {
            *value = vec![Arg::Uuid(rows.get(reference.table).copied())];
        }
    }
    let row = db.run(Erased::of(def).create(values)).await.unwrap_or_else(|error| panic!("a row of {}: {error}", def.table));
    let key = def.columns.iter().position(|column| column.is_key()).expect("a model has a key");
    match row.columns[key][..] {
        [Arg::Uuid(Some(id))] => id,
        _ => panic!("the key of {} is no uuid", def.table),
    }
}

//! Data for the demo of an application that has none: rows drafted from the definitions, each model after those that it must refer to.

use std::collections::BTreeMap;

use tenantry::repo::Erased;
use tenantry::schema::{Arg, ModelDef};
use tenantry::{Actor, ErrorKind, Tenancy, TenantDb, TenantId};
use tenantry_testkit::draft;
use uuid::Uuid;

/// How many rows of each model a tenant gets, and one that gets half.
const ROWS: (u64, u64) = (24, 12);

/// The rows that are there, by table.
type Made = BTreeMap<&'static str, Vec<Uuid>>;

/// Makes the rows, and says how many of each model. They go through the repository: a model need not have a route to create it.
pub(crate) async fn load(tenancy: &Tenancy, tenant: TenantId, half: bool, progress: &dyn Fn(u64, u64)) -> anyhow::Result<String> {
    let rows = if half { ROWS.1 } else { ROWS.0 };
    let db = tenancy.tenant(tenant, Actor::System);
    let models = tenancy.registry().models();
    let (mut made, mut waiting) = (Made::new(), models.to_vec());
    while let Some(place) = waiting.iter().position(|def| is_ready(def, &made)) {
        let def = waiting.remove(place);
        let ids = table(&db, def, rows, &made).await?;
        made.insert(def.table, ids);
        progress(made.len() as u64 * rows, models.len() as u64 * rows);
    }
    let mut told: Vec<String> = models.iter().filter_map(|def| Some(format!("{} {}", made.get(def.table)?.len(), def.table))).collect();
    // Models that must refer to each other, or to themselves, have no first row that a draft could make.
    told.extend(waiting.iter().map(|def| format!("no {}, which must refer to rows that are not there", def.table)));
    Ok(told.join(", "))
}

/// Whether every row that one of this model must refer to can be there.
fn is_ready(def: &ModelDef, made: &Made) -> bool {
    let required = def.insertable().filter(|column| !column.nullable).filter_map(|column| column.reference());
    required.into_iter().all(|reference| made.get(reference.table).is_some_and(|ids| !ids.is_empty()))
}

async fn table(db: &TenantDb, def: &'static ModelDef, rows: u64, made: &Made) -> anyhow::Result<Vec<Uuid>> {
    let mut ids: Vec<Uuid> = Vec::new();
    for seed in 1..=rows {
        let mut values = draft::values(def, seed);
        for (column, value) in def.insertable().zip(&mut values) {
            let Some(reference) = column.reference() else { continue };
            // A row may refer to those of its own model that are there before it.
            let targets = if reference.table == def.table { Some(&ids) } else { made.get(reference.table) };
            *value = vec![Arg::Uuid(targets.and_then(|targets| target(targets, seed, column.nullable)))];
        }
        match db.run(Erased::of(def).create(values)).await {
            Ok(row) => ids.extend(id(def, &row.columns)),
            // Drafts of a key with few values, such as that of an enum, meet.
            Err(error) if matches!(error.kind(), ErrorKind::Unique { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(ids)
}

/// One of the rows, so that all of them are referred to in turn; where null is taken, every third stays null.
fn target(targets: &[Uuid], seed: u64, nullable: bool) -> Option<Uuid> {
    let count = u64::try_from(targets.len()).ok()?;
    let place = usize::try_from(seed.wrapping_mul(7).checked_rem(count)?).ok()?;
    targets.get(place).copied().filter(|_| !(nullable && seed.is_multiple_of(3)))
}

fn id(def: &ModelDef, columns: &[Vec<Arg>]) -> Option<Uuid> {
    let key = def.columns.iter().position(|column| column.is_key())?;
    match columns.get(key)?.first()? {
        Arg::Uuid(id) => *id,
        _ => None,
    }
}

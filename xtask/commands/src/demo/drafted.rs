//! Data for the demo of an application that has none: rows drafted from the definitions, each model after those that it must refer to.

use std::collections::BTreeMap;

use tenantry::repo::{Erased, ListQuery, MAX_LIMIT};
use tenantry::schema::{Arg, ModelDef, Scope};
use tenantry::{Act, Actor, Entry, Error, ErrorKind, Platform, Tenancy, TenantId};
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
    let (shared, models): (Vec<_>, Vec<_>) = tenancy.registry().models().iter().partition(|def| def.scope == Scope::Shared);
    let (mut made, mut waiting) = (Made::new(), models.clone());
    for def in shared {
        let page = db.run(Erased::of(def).list(ListQuery { limit: MAX_LIMIT, ..ListQuery::default() })).await?;
        made.insert(def.table, page.items.iter().filter_map(|row| id(def, &row.columns)).collect());
    }
    let mut tables = 0;
    while let Some(place) = waiting.iter().position(|def| is_ready(def, &made)) {
        let def = waiting.remove(place);
        let ids = table(def, rows, &made, async |values| Ok(db.run(Erased::of(def).create(values)).await?.columns)).await?;
        made.insert(def.table, ids);
        tables += 1;
        progress(tables * rows, models.len() as u64 * rows);
    }
    let mut told: Vec<String> = models.iter().filter_map(|def| Some(format!("{} {}", made.get(def.table)?.len(), def.table))).collect();
    // Models that must refer to each other, or to themselves, have no first row that a draft could make.
    told.extend(waiting.iter().map(|def| format!("no {}, which must refer to rows that are not there", def.table)));
    Ok(told.join(", "))
}

/// Makes the rows that all tenants share, as the platform does. Without a row to lead to, a model that must refer to one has none.
pub(crate) async fn share(platform: &Platform, models: &[Entry], act: Act<'_>) -> anyhow::Result<()> {
    let mut waiting: Vec<_> = models.iter().map(|entry| entry.def()).filter(|def| def.scope == Scope::Shared).collect();
    let mut made = Made::new();
    while let Some(place) = waiting.iter().position(|def| is_ready(def, &made)) {
        let def = waiting.remove(place);
        let Some(door) = platform.shared_values(def) else { continue };
        let ids = table(def, ROWS.1, &made, async |values| Ok(door.create(values, act).await?.columns)).await?;
        made.insert(def.table, ids);
    }
    Ok(())
}

/// Whether every row that one of this model must refer to can be there.
fn is_ready(def: &ModelDef, made: &Made) -> bool {
    let required = def.insertable().filter(|column| !column.nullable).filter_map(|column| column.reference());
    required.into_iter().all(|reference| made.get(reference.table).is_some_and(|ids| !ids.is_empty()))
}

/// Makes the rows of a table, each by `create`, which answers with its columns.
async fn table(
    def: &'static ModelDef,
    rows: u64,
    made: &Made,
    create: impl AsyncFn(Vec<Vec<Arg>>) -> Result<Vec<Vec<Arg>>, Error>,
) -> anyhow::Result<Vec<Uuid>> {
    let mut ids: Vec<Uuid> = Vec::new();
    for seed in 1..=rows {
        let mut values = draft::values(def, seed);
        for (column, value) in def.insertable().zip(&mut values) {
            let Some(reference) = column.reference() else { continue };
            // A row may refer to those of its own model that are there before it; where one alone may do so, each to the last.
            let targets = match made.get(reference.table) {
                _ if reference.table == def.table => &ids[if column.unique { ids.len().saturating_sub(1) } else { 0 }..],
                targets => targets.map_or(&[][..], Vec::as_slice),
            };
            *value = vec![Arg::Uuid(target(targets, seed, column.nullable))];
        }
        match create(values).await {
            Ok(columns) => ids.extend(id(def, &columns)),
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

//! Rows whose keys are references, alone and in a row of them.

use std::collections::HashSet;

use tenantry::{Conventions, Entry, Id, tenant_model};

use super::{FRESH, Plan, Tenant};

#[tenant_model(table = "flags", shared)]
struct Flag {
    id: Id<Flag>,
    #[model(unique, max_len = 1)]
    letter: String,
}

#[tenant_model(table = "ships")]
struct Ship {
    id: Id<Ship>,
    #[model(unique, references(on_delete = "restrict"))]
    flag: Id<Flag>,
    #[model(unique, references(on_delete = "set null"))]
    tug: Option<Id<Ship>>,
}

#[tenant_model(table = "captains")]
struct Captain {
    id: Id<Captain>,
    #[model(unique, references(on_delete = "cascade"))]
    ship: Id<Ship>,
}

const MODELS: &[Entry] = &[Entry::of::<Captain>(), Entry::of::<Flag>(), Entry::of::<Ship>()];

#[test]
fn a_row_that_is_not_there_yet_has_a_key_that_is_free() {
    let plan = Plan::new(MODELS, Conventions { shared: &["tenancy.flags"], ..Conventions::DEFAULT }).expect("a plan");
    let mut tables = 0;
    for table in plan.tables() {
        for tenant in [Tenant::A, Tenant::B] {
            for (_, columns) in plan.uniques(table) {
                let mut seen = HashSet::new();
                for row in (1..=plan.rows(table)).chain([FRESH]) {
                    let values = plan.row(table, tenant, row);
                    let key: Vec<_> = values.into_iter().filter(|(name, _)| columns.contains(&name.as_str())).collect();
                    assert!(key.len() < columns.len() || seen.insert(key.clone()), "{}, row {row}: {key:?}", table.name);
                    tables += 1;
                }
            }
        }
    }
    assert!(tables > 15, "{tables}");
    let rows = |name: &str| plan.schema.tables.iter().find(|table| table.name.name == name).map(|table| plan.rows(table));
    assert_eq!([rows("captains"), rows("ships"), rows("flags")], [Some(2), Some(3), Some(4)]);
}

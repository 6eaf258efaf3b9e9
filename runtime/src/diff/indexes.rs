//! Indexes of tables that stay. Those of new tables come with them.

use super::{Compared, Plan, Step, subject};
use crate::schema::ir::Name;

pub(super) fn drop(compared: &Compared<'_>, plan: &mut Plan) {
    for (old, new) in &compared.kept {
        for index in old.indexes.iter().filter(|index| !new.indexes.contains(index)) {
            // An index goes with a column of its own.
            if index.columns.iter().all(|column| new.column(column).is_some()) {
                if !new.indexes.iter().any(|other| other.name == index.name) {
                    plan.change(subject(new, &index.columns, &compared.next.names.tenant_column), "index goes");
                }
                plan.steps.push(Step::DropIndex(Name::new(&old.name.schema, &index.name)));
            }
        }
    }
}

pub(super) fn create(compared: &Compared<'_>, plan: &mut Plan) {
    for (old, new) in &compared.kept {
        for index in new.indexes.iter().filter(|index| !old.indexes.contains(index)) {
            if index.columns.iter().all(|column| old.column(column).is_some()) {
                plan.change(subject(new, &index.columns, &compared.next.names.tenant_column), "index");
            }
            plan.steps.push(Step::CreateIndex { table: new.name.clone(), index: index.clone() });
        }
    }
}

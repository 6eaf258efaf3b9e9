//! Indexes of tables that stay. Those of new tables come with them.

use super::{Compared, Plan, Step, subject};
use crate::schema::ir::{Index, Name};

pub(super) fn drop(compared: &Compared<'_>, plan: &mut Plan) {
    for (old, new) in &compared.kept {
        for index in old.indexes.iter().filter(|index| !new.indexes.contains(index)) {
            // An index goes with a column of its own.
            if index.columns.iter().all(|column| new.column(column).is_some()) {
                if !new.indexes.iter().any(|other| other.name == index.name) {
                    let what = format!("index {} goes", index.name);
                    plan.change(subject(new, about(index), &compared.next.names.tenant_column), what);
                }
                plan.steps.push(Step::DropIndex(Name::new(&old.name.schema, &index.name)));
            }
        }
    }
}

pub(super) fn create(compared: &Compared<'_>, plan: &mut Plan) {
    for (old, new) in &compared.kept {
        for index in new.indexes.iter().filter(|index| !old.indexes.contains(index)) {
            let what = format!("index {}", index.name);
            plan.change(subject(new, about(index), &compared.next.names.tenant_column), what);
            plan.steps.push(Step::CreateIndex { table: new.name.clone(), index: index.clone() });
        }
    }
}

/// The columns that the index is for: without the key, which only ends an order.
fn about(index: &Index) -> &[String] {
    match index.columns.as_slice() {
        [columns @ .., last] if last == "id" => columns,
        columns => columns,
    }
}

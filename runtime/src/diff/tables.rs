//! Whole tables.

use super::{Compared, Plan, Step};
use crate::schema::ir::Name;

pub(super) fn changes(compared: &Compared<'_>, plan: &mut Plan) {
    for table in &compared.added {
        plan.change(&table.model, format!("new table {}", table.name));
    }
    for table in &compared.removed {
        plan.change(&table.model, format!("table {} goes, with its rows", table.name));
    }
}

pub(super) fn create(compared: &Compared<'_>, plan: &mut Plan) {
    for table in &compared.added {
        let mut table = (*table).clone();
        let name = table.name.clone();
        table.constraints.retain(|constraint| !compared.closing.contains(&(&name, constraint.name.as_str())));
        plan.steps.push(Step::CreateTable(Box::new(table)));
    }
}

pub(super) fn drop(compared: &Compared<'_>, plan: &mut Plan) {
    plan.steps.extend(compared.removed.iter().map(|table| Step::DropTable(table.name.clone())));
}

pub(super) fn force(compared: &Compared<'_>, plan: &mut Plan) {
    let names: Vec<Name> = compared.added.iter().map(|table| table.name.clone()).collect();
    if !names.is_empty() {
        plan.steps.push(Step::Force(names));
    }
}

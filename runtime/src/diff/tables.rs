//! Whole tables.

use super::{Compared, Direction, Plan, Step};
use crate::schema::ir::Name;

pub(super) fn changes(compared: &Compared<'_>, direction: Direction, plan: &mut Plan) {
    for table in &compared.added {
        let name = &table.name;
        let what = match direction {
            Direction::Up => format!("new table {name}"),
            Direction::Down => format!("table {name} comes back, without its rows"),
        };
        plan.change(&table.model, what);
    }
    for table in &compared.removed {
        let name = &table.name;
        let what = match direction {
            Direction::Up => format!("table {name} goes, with its rows"),
            Direction::Down => format!("drops table {name}, with its rows"),
        };
        plan.change(&table.model, what);
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

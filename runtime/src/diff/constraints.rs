//! Unique keys, checks and foreign keys of tables that stay, and the keys that close a circle among new ones.

use super::{Action, Compared, Plan, Step, subject};
use crate::schema::ir::{Constraint, ForeignKey, Name, OnDelete, Rule, Table};

/// Foreign keys go first, so that the tables and keys that they refer to can go, too. A key on a column that goes needs no word of its own,
/// unless its target goes before that.
pub(super) fn drop_keys(compared: &Compared<'_>, plan: &mut Plan) {
    for (old, new) in &compared.kept {
        for (constraint, key) in foreign_keys(old) {
            let gone = !new.constraints.contains(constraint);
            let with_its_column = columns_gone(&key.columns, new) && !compared.is_removed(&key.table);
            if gone && !with_its_column {
                if !columns_gone(&key.columns, new) && !has(new, &constraint.name) {
                    plan.change(reference(new, key, compared), format!("no reference to {} any more", key.table));
                }
                plan.steps.push(drop(&old.name, constraint));
            }
        }
    }
    for table in &compared.removed {
        for (constraint, _) in foreign_keys(table) {
            if compared.opening.contains(&(&table.name, constraint.name.as_str())) {
                plan.steps.push(drop(&table.name, constraint));
            }
        }
    }
}

/// Keys that close a circle among new tables come before FORCE. A key of a table that was there is checked against its rows: FORCE is
/// lifted on both sides, or the check would be an error, and without `row_security = off` would pass over dangling rows.
pub(super) fn add_keys(compared: &Compared<'_>, plan: &mut Plan) {
    for table in &compared.added {
        for (constraint, _) in foreign_keys(table) {
            if compared.closing.contains(&(&table.name, constraint.name.as_str())) {
                plan.steps.push(add(&table.name, constraint));
            }
        }
    }
    let (mut lifted, mut keys): (Vec<Name>, Vec<Step>) = (Vec::new(), Vec::new());
    for (old, new) in &compared.kept {
        for (constraint, key) in foreign_keys(new).filter(|(constraint, _)| !old.constraints.contains(constraint)) {
            let deletes = match &key.on_delete {
                None => "keeps it from being deleted",
                Some(OnDelete::Cascade) => "is deleted with it",
                Some(OnDelete::SetNull(_)) => "becomes null when it is deleted",
            };
            plan.change(reference(new, key, compared), format!("refers to {}, {deletes}", key.table));
            lifted.push(new.name.clone());
            if !compared.is_added(&key.table) {
                lifted.push(key.table.clone());
            }
            keys.push(add(&new.name, constraint));
        }
    }
    if keys.is_empty() {
        return;
    }
    lifted.sort();
    lifted.dedup();
    plan.steps.push(Step::Lift(lifted.clone()));
    plan.steps.append(&mut keys);
    plan.steps.push(Step::Restore(lifted));
}

/// Unique keys and checks that go from a table that stays.
pub(super) fn dropped(old: &Table, new: &Table, plan: &mut Plan) -> Vec<Action> {
    let mut actions = Vec::new();
    for constraint in local(old).filter(|constraint| !new.constraints.contains(constraint)) {
        if columns_gone(constraint.rule.columns(), new) {
            continue;
        }
        if !has(new, &constraint.name) {
            let what = match &constraint.rule {
                Rule::Unique(_) => "not unique any more".to_owned(),
                Rule::Check(check) => format!("no check any more: {}", check.expression),
                Rule::PrimaryKey(_) | Rule::ForeignKey(_) => continue,
            };
            plan.change(about(new, constraint), what);
        }
        actions.push(Action::DropConstraint(constraint.name.clone()));
    }
    actions
}

/// Unique keys and checks that come to a table that stays. Both see all rows, also under FORCE.
pub(super) fn added(old: &Table, new: &Table, plan: &mut Plan) -> Vec<Action> {
    let mut actions = Vec::new();
    for constraint in local(new).filter(|constraint| !old.constraints.contains(constraint)) {
        let of_old_columns = constraint.rule.columns().iter().all(|column| old.column(column).is_some());
        let what = match &constraint.rule {
            Rule::Unique(_) => "unique".to_owned(),
            Rule::Check(check) => check.expression.clone(),
            Rule::PrimaryKey(_) | Rule::ForeignKey(_) => continue,
        };
        if of_old_columns || matches!(constraint.rule, Rule::Unique(_)) {
            plan.change(about(new, constraint), what);
        }
        actions.push(Action::AddConstraint(constraint.clone()));
    }
    actions
}

fn foreign_keys(table: &Table) -> impl Iterator<Item = (&Constraint, &ForeignKey)> {
    table.constraints.iter().filter_map(|constraint| match &constraint.rule {
        Rule::ForeignKey(key) => Some((constraint, key)),
        _ => None,
    })
}

fn local(table: &Table) -> impl Iterator<Item = &Constraint> {
    table.constraints.iter().filter(|constraint| !matches!(constraint.rule, Rule::ForeignKey(_)))
}

fn has(table: &Table, constraint: &str) -> bool {
    table.constraints.iter().any(|other| other.name == constraint)
}

fn columns_gone(columns: &[String], table: &Table) -> bool {
    columns.iter().any(|column| table.column(column).is_none())
}

fn drop(table: &Name, constraint: &Constraint) -> Step {
    Step::Alter { table: table.clone(), actions: vec![Action::DropConstraint(constraint.name.clone())] }
}

fn add(table: &Name, constraint: &Constraint) -> Step {
    Step::Alter { table: table.clone(), actions: vec![Action::AddConstraint(constraint.clone())] }
}

fn about(table: &Table, constraint: &Constraint) -> String {
    // The tenant column leads the primary key of every table but the tenants', whose unique keys have no tenant column.
    let tenant = match table.constraints.first().map(|constraint| &constraint.rule) {
        Some(Rule::PrimaryKey(columns)) if columns.len() > 1 => columns.first().map_or("", String::as_str),
        _ => "",
    };
    subject(table, constraint.rule.columns(), tenant)
}

fn reference(table: &Table, key: &ForeignKey, compared: &Compared<'_>) -> String {
    subject(table, &key.columns, &compared.next.names.tenant_column)
}

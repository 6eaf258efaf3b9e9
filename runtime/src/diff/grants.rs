//! What roles may do with tables that stay.

use super::{Compared, Permission, Plan, Step};
use crate::schema::ir::{Grant, Table};

pub(super) fn steps(compared: &Compared<'_>, plan: &mut Plan) {
    for (old, new) in &compared.kept {
        for grant in &old.grants {
            let less = missing(grant, grant_of(new, &grant.role));
            // The grants on a column go with it.
            let there = |columns: Vec<String>| columns.into_iter().filter(|column| new.column(column).is_some()).collect();
            let less = Grant { select: there(less.select), update: there(less.update), ..less };
            push(plan, Step::Revoke, new, less);
        }
        for grant in &new.grants {
            let more = missing(grant, grant_of(old, &grant.role));
            push(plan, Step::Grant, new, more);
        }
    }
}

fn grant_of<'a>(table: &'a Table, role: &str) -> Option<&'a Grant> {
    table.grants.iter().find(|grant| grant.role == role)
}

/// What is in the one and not in the other: privileges on the table, and columns.
fn missing(grant: &Grant, other: Option<&Grant>) -> Grant {
    let without = |mine: &[String], theirs: Option<&[String]>| -> Vec<String> {
        mine.iter().filter(|item| !theirs.is_some_and(|theirs| theirs.contains(item))).cloned().collect()
    };
    Grant {
        role: grant.role.clone(),
        table: without(&grant.table, other.map(|other| other.table.as_slice())),
        select: without(&grant.select, other.map(|other| other.select.as_slice())),
        update: without(&grant.update, other.map(|other| other.update.as_slice())),
    }
}

fn push(plan: &mut Plan, step: fn(Permission) -> Step, table: &Table, grant: Grant) {
    let Grant { role, table: privileges, select, update } = grant;
    if !privileges.is_empty() || !select.is_empty() || !update.is_empty() {
        plan.steps.push(step(Permission { table: table.name.clone(), role, privileges, select, update }));
    }
}

//! What roles may do with tables that stay.

use super::{Compared, Permission, Plan, Step};
use crate::schema::ir::{Grant, Table};

pub(super) fn steps(compared: &Compared<'_>, plan: &mut Plan) {
    for (old, new) in &compared.kept {
        for grant in &old.grants {
            let less = missing(grant, grant_of(new, &grant.role));
            // The grants on a column go with it.
            let update = less.1.into_iter().filter(|column| new.column(column).is_some()).collect();
            push(plan, Step::Revoke, new, &grant.role, less.0, update);
        }
        for grant in &new.grants {
            let more = missing(grant, grant_of(old, &grant.role));
            push(plan, Step::Grant, new, &grant.role, more.0, more.1);
        }
    }
}

fn grant_of<'a>(table: &'a Table, role: &str) -> Option<&'a Grant> {
    table.grants.iter().find(|grant| grant.role == role)
}

/// What is in the one and not in the other: privileges on the table, and columns.
fn missing(grant: &Grant, other: Option<&Grant>) -> (Vec<String>, Vec<String>) {
    let without = |mine: &[String], theirs: Option<&[String]>| -> Vec<String> {
        mine.iter().filter(|item| !theirs.is_some_and(|theirs| theirs.contains(item))).cloned().collect()
    };
    (without(&grant.table, other.map(|other| other.table.as_slice())), without(&grant.update, other.map(|other| other.update.as_slice())))
}

fn push(plan: &mut Plan, step: fn(Permission) -> Step, table: &Table, role: &str, privileges: Vec<String>, update: Vec<String>) {
    if !privileges.is_empty() || !update.is_empty() {
        plan.steps.push(step(Permission { table: table.name.clone(), role: role.to_owned(), privileges, update }));
    }
}

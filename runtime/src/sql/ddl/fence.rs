//! Policies, triggers, FORCE and grants.

use super::table::list;
use crate::diff::Permission;
use crate::schema::ir::{Name, Policy, Trigger};
use crate::schema::quoted;

/// The widest list of privileges that others are aligned to.
const ALIGNED: usize = 40;
/// The widest line.
const WIDTH: usize = 132;

pub(crate) fn policy(table: &Name, policy: &Policy) -> String {
    let kind = if policy.restrictive { "restrictive" } else { "permissive" };
    let role = if policy.role == "public" { policy.role.clone() } else { quoted(&policy.role) };
    let (name, expression) = (quoted(&policy.name), &policy.expression);
    if policy.reads {
        return format!("create policy {name} on {table} as {kind} for select to {role}\n  using      ({expression});");
    }
    format!("create policy {name} on {table} as {kind} for all to {role}\n  using      ({expression})\n  with check ({expression});")
}

pub(super) fn trigger(table: &Name, trigger: &Trigger) -> String {
    let head = format!("create trigger {} {} on {table}", quoted(&trigger.name), trigger.event);
    match &trigger.when {
        Some(condition) => format!("{head}\n  for each row when ({condition}) execute function {}();", trigger.function),
        None => format!("{head} for each row execute function {}();", trigger.function),
    }
}

/// `verb` is `force` or `no force`.
pub(super) fn force(names: &[Name], verb: &str) -> String {
    let width = names.iter().map(|name| name.to_string().len()).max().unwrap_or_default();
    let lines: Vec<String> =
        names.iter().map(|name| format!("alter table {:width$} {verb} row level security;", name.to_string())).collect();
    lines.join("\n")
}

pub(super) fn permission(verb: &str, preposition: &str, permission: &Permission) -> Vec<String> {
    lines(verb, preposition, std::slice::from_ref(permission))
}

pub(super) fn grants(permissions: &[Permission]) -> Vec<String> {
    lines("grant", "to", permissions)
}

fn lines(verb: &str, preposition: &str, permissions: &[Permission]) -> Vec<String> {
    let mut all: Vec<(String, &Permission)> = Vec::new();
    for permission in permissions {
        if !permission.privileges.is_empty() {
            all.push((permission.privileges.join(", "), permission));
        }
        for (privilege, columns) in [("select", &permission.select), ("update", &permission.update)] {
            if !columns.is_empty() {
                let rest = format!("{verb}  on {} {preposition} {};", permission.table, quoted(&permission.role));
                all.push((on_columns(privilege, columns, WIDTH.saturating_sub(rest.len())), permission));
            }
        }
    }
    let widest = all.iter().map(|(what, _)| what.len()).max().unwrap_or_default();
    // A list that is wide or wrapped would only push the others away.
    let width = if widest <= ALIGNED { widest } else { 0 };
    all.iter().map(|(what, of)| format!("{verb} {what:width$} on {} {preposition} {};", of.table, quoted(&of.role))).collect()
}

/// `update (a, b)`, over several lines where one has no room for it.
fn on_columns(privilege: &str, columns: &[String], room: usize) -> String {
    let one_line = format!("{privilege} ({})", list(columns));
    if one_line.len() <= room {
        return one_line;
    }
    let mut text = format!("{privilege} (");
    let mut width = WIDTH;
    for (at, column) in columns.iter().enumerate() {
        let piece = format!("{}{}", quoted(column), if at + 1 == columns.len() { "" } else { "," });
        if width + 1 + piece.len() > WIDTH {
            text.push_str("\n  ");
            width = 2;
        } else {
            text.push(' ');
            width += 1;
        }
        text.push_str(&piece);
        width += piece.len();
    }
    text.push_str("\n)");
    text
}

//! Policies, triggers, FORCE and grants.

use super::table::list;
use crate::diff::Permission;
use crate::schema::ir::{Name, Policy, Trigger};
use crate::schema::quoted;

/// The widest list of privileges that others are aligned to.
const ALIGNED: usize = 40;
/// The widest line of columns.
const WRAPPED: usize = 130;

pub(super) fn policy(table: &Name, policy: &Policy) -> String {
    let kind = if policy.restrictive { "restrictive" } else { "permissive" };
    let role = if policy.role == "public" { policy.role.clone() } else { quoted(&policy.role) };
    format!(
        "create policy {name} on {table} as {kind} for all to {role}\n  using      ({expression})\n  with check ({expression});",
        name = quoted(&policy.name),
        expression = policy.expression
    )
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
    let lines: Vec<String> = names.iter().map(|name| format!("alter table {:width$} {verb} row level security;", name.to_string())).collect();
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
        if !permission.update.is_empty() {
            all.push((update(&permission.update), permission));
        }
    }
    let widest = all.iter().map(|(what, _)| what.len()).max().unwrap_or_default();
    let width = if widest <= ALIGNED { widest } else { 0 };
    all.iter().map(|(what, of)| format!("{verb} {what:width$} on {} {preposition} {};", of.table, quoted(&of.role))).collect()
}

/// `update (a, b)`, over several lines where it is long.
fn update(columns: &[String]) -> String {
    let one_line = list(columns);
    if one_line.len() <= WRAPPED - "grant update () on  to ".len() - 30 {
        return format!("update ({one_line})");
    }
    let mut lines = vec![String::new()];
    for (at, column) in columns.iter().enumerate() {
        let comma = if at + 1 == columns.len() { "" } else { "," };
        let piece = format!("{}{comma}", quoted(column));
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(&piece),
            Some(line) if line.len() + piece.len() < WRAPPED - 4 => {
                line.push(' ');
                line.push_str(&piece);
            }
            _ => lines.push(piece),
        }
    }
    format!("update (\n  {}\n)", lines.join("\n  "))
}

//! A script that a person can read: what was done, by whom, and what was seen.

use std::fmt::Write as _;

use tenantry::sql::Op;
use uuid::Uuid;

use super::model::{Row, World};
use super::operation::{Act, Deed, Query};

/// The name of a tenant in a script.
pub(super) fn tenant(number: usize) -> String {
    u8::try_from(number)
        .ok()
        .filter(|number| *number < 26)
        .map_or_else(|| format!("tenant {number}"), |number| char::from(b'A' + number).to_string())
}

/// The act in a line.
pub(super) fn line(world: &World, who: usize, act: &Act) -> String {
    let table = world.models[act.model].table;
    let stranger = |id: &Uuid| if act.foreign.contains(id) { " (another tenant's)" } else { "" };
    let what = match &act.deed {
        Deed::Create(row) => format!("creates a row of {table}: {}", values(row)),
        Deed::List(query) => format!("lists {table}{}", asked(query)),
        Deed::Get(id) => format!("gets {table} {id}{}", stranger(id)),
        Deed::Patch(id, row) => format!("patches {table} {id}{}: {}", stranger(id), values(row)),
        Deed::Delete(id) => format!("deletes {table} {id}{}", stranger(id)),
        Deed::Attack(assault) => format!("tries {} on {table} against tenant {}", assault.attack, assault.victim),
    };
    format!("{} {what} [{}]", tenant(who), act.surface)
}

fn values(row: &Row) -> String {
    let shown = |text: String| if text.chars().count() > 40 { format!("{}…", text.chars().take(40).collect::<String>()) } else { text };
    let parts: Vec<String> =
        row.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| format!("{name} {}", shown(value.to_string()))).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

fn asked(query: &Query) -> String {
    let mut text = String::new();
    for (column, op, value) in &query.filters {
        let value = value.as_ref().map(ToString::to_string).unwrap_or_default();
        let _ = write!(text, " where {} {} {value}", column.name, word(*op));
    }
    for (column, descending) in &query.sorts {
        let _ = write!(text, " by {}{}", if *descending { "-" } else { "" }, column.name);
    }
    let _ = write!(text, " in pages of {}", query.limit);
    text
}

/// The operator in a query string; equality has none.
pub(super) const fn word(op: Op) -> &'static str {
    match op {
        Op::Eq => "=",
        Op::Prefix => "prefix",
        Op::Gt => "gt",
        Op::Gte => "gte",
        Op::Lt => "lt",
        Op::Lte => "lte",
        Op::IsNull => "null",
        Op::IsNotNull => "not null",
    }
}

//! `alter table`.

use super::table::{column_inline, constraint_inline};
use super::text::comment;
use crate::diff::{Action, Direction, OWN_VALUE};
use crate::schema::ir::{Column, Constraint, Name, Rule};
use crate::schema::quoted;

/// The widest statement on one line.
const ONE_LINE: usize = 132;

/// The statements for the actions: one, and one more where a placeholder gives way to the column's own default, or to none.
pub(super) fn statements(table: &Name, actions: &[Action]) -> String {
    let parts: Vec<String> = actions.iter().map(action).collect();
    let mut text = match parts.as_slice() {
        [only] if !only.contains('\n') && only.len() + table.to_string().len() < ONE_LINE - 14 => format!("alter table {table} {only};"),
        several => format!("alter table {table}\n  {};", several.join(",\n  ")),
    };
    for action in actions {
        if let Action::AddColumn { column, placeholder: Some(_) } = action {
            let after = column.default.as_ref().map_or_else(|| "drop default".to_owned(), |default| format!("set default {default}"));
            text.push_str(&format!("\nalter table {table} alter column {} {after};", quoted(&column.name)));
        }
    }
    text
}

fn action(action: &Action) -> String {
    match action {
        Action::AddColumn { column, placeholder } => {
            let default = placeholder.clone().or_else(|| column.default.clone());
            format!("add column {}", column_inline(&Column { default, ..column.clone() }))
        }
        Action::DropColumn(name) => format!("drop column {}", quoted(name)),
        Action::SetNotNull(name) => format!("alter column {} set not null", quoted(name)),
        Action::DropNotNull(name) => format!("alter column {} drop not null", quoted(name)),
        Action::SetDefault { column, default } => format!("alter column {} set default {default}", quoted(column)),
        Action::DropDefault(name) => format!("alter column {} drop default", quoted(name)),
        Action::AddConstraint(constraint) => format!("add constraint {}", constraint_inline(constraint)),
        Action::DropConstraint(name) => format!("drop constraint {}", quoted(name)),
    }
}

/// What a reviewer has to know before the statement runs.
pub(super) fn notes(table: &Name, actions: &[Action], direction: Direction) -> Vec<String> {
    let added: Vec<&Action> = actions.iter().filter(|action| matches!(action, Action::AddColumn { .. })).collect();
    let dropped = names(actions, |action| match action {
        Action::DropColumn(name) => Some(name),
        _ => None,
    });
    let loss = loss(&dropped, direction);
    let others = actions.iter().filter_map(|action| note(table, action, &added));
    loss.into_iter().chain(others).map(|text| comment(&text)).collect()
}

fn names<'a>(actions: &'a [Action], name: fn(&'a Action) -> Option<&'a String>) -> Vec<&'a str> {
    actions.iter().filter_map(name).map(String::as_str).collect()
}

fn loss(dropped: &[&str], direction: Direction) -> Option<String> {
    if dropped.is_empty() {
        return None;
    }
    let columns = dropped.join(", ");
    Some(match direction {
        Direction::Up => {
            format!("What {columns} held is lost. A renamed field looks like this, too: then rename its column by hand instead.")
        }
        Direction::Down => format!("What {columns} held is lost; checks, keys, indexes and grants go with it."),
    })
}

fn is_among(added: &[&Action], name: &str) -> bool {
    added.iter().any(|action| matches!(action, Action::AddColumn { column, .. } if column.name == name))
}

/// Whether the rows that are there cannot be equal in that column, because it comes as null, with a placeholder of each row's own, or, on
/// a table with rows, not at all.
fn keeps_apart(added: &[&Action], name: &str) -> bool {
    added.iter().any(|action| match action {
        Action::AddColumn { column, placeholder: Some(value) } => column.name == name && value == OWN_VALUE,
        Action::AddColumn { column, placeholder: None } => column.name == name && column.default.is_none(),
        _ => false,
    })
}

fn note(table: &Name, action: &Action, added: &[&Action]) -> Option<String> {
    match action {
        Action::AddColumn { column, placeholder: Some(value) } if value == OWN_VALUE => {
            Some(format!("What {} held was lost when it went: every row gets a random text of its own, for the key's sake.", column.name))
        }
        Action::AddColumn { column, placeholder: Some(value) } => {
            Some(format!("What {} held was lost when it went: every row gets {value}.", column.name))
        }
        Action::AddColumn { column, placeholder: None } if !column.nullable && column.default.is_none() => {
            Some(format!("What {} held was lost when it went, and nothing can stand in for it: fails while {table} has rows.", column.name))
        }
        Action::SetNotNull(name) => {
            Some(format!("Fails while a row holds no {name}: fill those in a hand-written migration before this one."))
        }
        Action::AddConstraint(Constraint { name, rule: Rule::Unique(columns) })
            if !columns.iter().any(|column| keeps_apart(added, column)) =>
        {
            Some(format!("{name}: fails while two rows of one tenant hold the same."))
        }
        Action::AddConstraint(Constraint { name, rule: Rule::Check(check) })
            if !check.columns.iter().any(|column| is_among(added, column)) =>
        {
            Some(format!("{name}: every row is looked at; fails while one holds anything else."))
        }
        _ => None,
    }
}

//! `alter table`.

use super::table::{column_inline, constraint_inline};
use super::text::comment;
use crate::diff::{Action, Direction};
use crate::schema::ir::{Column, Name, Rule};
use crate::schema::quoted;

/// The widest statement on one line.
const ONE_LINE: usize = 132;

/// The statements for the actions: one, and one more where a placeholder is taken away again.
pub(super) fn statements(table: &Name, actions: &[Action]) -> String {
    let parts: Vec<String> = actions.iter().map(action).collect();
    let mut text = match parts.as_slice() {
        [only] if !only.contains('\n') && only.len() + table.to_string().len() < ONE_LINE - 14 => format!("alter table {table} {only};"),
        several => format!("alter table {table}\n  {};", several.join(",\n  ")),
    };
    for action in actions {
        if let Action::AddColumn { column, placeholder: Some(_) } = action {
            text.push_str(&format!("\nalter table {table} alter column {} drop default;", quoted(&column.name)));
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
    let added = names(actions, |action| match action {
        Action::AddColumn { column, .. } => Some(&column.name),
        _ => None,
    });
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

fn note(table: &Name, action: &Action, added: &[&str]) -> Option<String> {
    match action {
        Action::AddColumn { column, placeholder: Some(value) } => {
            Some(format!("What {} held was lost when it went: every row gets {value}.", column.name))
        }
        Action::AddColumn { column, placeholder: None } if !column.nullable && column.default.is_none() => {
            Some(format!("What {} held was lost when it went, and nothing can stand in for it: fails while {table} has rows.", column.name))
        }
        Action::SetNotNull(name) => {
            Some(format!("Fails while a row holds no {name}: fill those in a hand-written migration before this one."))
        }
        Action::AddConstraint(constraint) if !constraint.rule.columns().iter().any(|column| added.contains(&column.as_str())) => {
            match &constraint.rule {
                Rule::Unique(_) => Some(format!("{}: fails while two rows of one tenant hold the same.", constraint.name)),
                Rule::Check(_) => Some(format!("{}: every row is looked at; fails while one holds anything else.", constraint.name)),
                Rule::ForeignKey(_) | Rule::PrimaryKey(_) => None,
            }
        }
        _ => None,
    }
}

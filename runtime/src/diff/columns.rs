//! Columns of tables that stay.

use super::{Action, Direction, Plan, Refusal};
use crate::schema::ir::{Column, Rule, Table, Type};

pub(super) fn actions(old: &Table, new: &Table, direction: Direction, plan: &mut Plan, refusals: &mut Vec<Refusal>) -> Vec<Action> {
    let mut actions = Vec::new();
    for column in old.columns.iter().filter(|column| new.column(&column.name).is_none()) {
        plan.change(field(new, column), "goes, with what it held");
        actions.push(Action::DropColumn(column.name.clone()));
    }
    for column in &new.columns {
        match old.column(&column.name) {
            None => actions.extend(added(new, column, direction, plan, refusals)),
            Some(before) => actions.extend(changed(new, before, column, plan, refusals)),
        }
    }
    actions
}

fn field(table: &Table, column: &Column) -> String {
    format!("{}.{}", table.model, column.name)
}

/// A column without null and without default has nothing to put into the rows that are there. On the way up that is refused. On the way
/// down the column held something once, which is gone: its rows get a placeholder, where the type has one.
fn added(table: &Table, column: &Column, direction: Direction, plan: &mut Plan, refusals: &mut Vec<Refusal>) -> Option<Action> {
    let bare = !column.nullable && column.default.is_none();
    if bare && direction == Direction::Up {
        refusals.push(Refusal {
            subject: field(table, column),
            remedy: format!(
                "a new column of {} takes no null and has no default, so the rows that are there would have no value; write \
                 `#[model(default = …)]`, or make it an `Option`, fill it in a hand-written migration, and drop the `Option` later",
                table.name
            ),
        });
        return None;
    }
    plan.change(field(table, column), described(column));
    let placeholder = if bare { placeholder(table, column) } else { None };
    Some(Action::AddColumn { column: column.clone(), placeholder })
}

fn described(column: &Column) -> String {
    let default = column.default.as_ref().map(|default| format!(", default {default}")).unwrap_or_default();
    let null = if column.nullable { ", takes null" } else { "" };
    format!("new: {}{null}{default}", column.ty.sql())
}

fn placeholder(table: &Table, column: &Column) -> Option<String> {
    // The first word of an enum, and a currency that exists.
    let check = table.constraints.iter().find_map(|constraint| match &constraint.rule {
        Rule::Check(check) if check.columns == [column.name.clone()] => Some(check.expression.as_str()),
        _ => None,
    });
    let text = match check {
        Some(check) if check.contains(" in (") => check.split('\'').nth(1).map_or_else(String::new, str::to_owned),
        Some(check) if check.contains("[A-Z]{3}") => "XXX".to_owned(),
        _ => String::new(),
    };
    match column.ty {
        Type::Text => Some(format!("'{text}'")),
        Type::Boolean => Some("false".to_owned()),
        Type::Integer | Type::Bigint => Some("0".to_owned()),
        Type::Date | Type::Timestamptz => Some("'1970-01-01'".to_owned()),
        Type::Uuid => None,
    }
}

fn changed(table: &Table, old: &Column, new: &Column, plan: &mut Plan, refusals: &mut Vec<Refusal>) -> Vec<Action> {
    let mut actions = Vec::new();
    if old.ty != new.ty {
        refusals.push(Refusal {
            subject: field(table, new),
            remedy: format!(
                "its column is {} and would become {}; add a new field, copy the values in a hand-written migration, and drop the old field",
                old.ty.sql(),
                new.ty.sql()
            ),
        });
        return actions;
    }
    if old.default != new.default {
        match &new.default {
            Some(default) => {
                plan.change(field(table, new), format!("default {default}"));
                actions.push(Action::SetDefault { column: new.name.clone(), default: default.clone() });
            }
            None => {
                plan.change(field(table, new), "no default any more");
                actions.push(Action::DropDefault(new.name.clone()));
            }
        }
    }
    match (old.nullable, new.nullable) {
        (true, false) => {
            plan.change(field(table, new), "takes no null any more");
            actions.push(Action::SetNotNull(new.name.clone()));
        }
        (false, true) => {
            plan.change(field(table, new), "takes null");
            actions.push(Action::DropNotNull(new.name.clone()));
        }
        _ => {}
    }
    actions
}

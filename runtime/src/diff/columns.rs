//! Columns of tables that stay.

use super::{Action, Direction, Plan, Refusal};
use crate::schema::ir::{Column, Rule, Table, Type};

/// A text that is another one in each row: volatile, so it is computed for each.
pub(crate) const OWN_VALUE: &str = "replace(gen_random_uuid()::text, '-', '')";
/// How many characters that text has.
const HEX: usize = 32;

/// What the columns that come are compared with.
struct Side<'a> {
    old: &'a Table,
    tenant_column: &'a str,
    direction: Direction,
}

pub(super) fn actions(
    (old, new): (&Table, &Table),
    tenant_column: &str,
    direction: Direction,
    plan: &mut Plan,
    refusals: &mut Vec<Refusal>,
) -> Vec<Action> {
    let side = Side { old, tenant_column, direction };
    let mut actions = Vec::new();
    for column in old.columns.iter().filter(|column| new.column(&column.name).is_none()) {
        plan.change(field(new, column), "goes, with what it held");
        actions.push(Action::DropColumn(column.name.clone()));
    }
    for column in &new.columns {
        match old.column(&column.name) {
            None => actions.extend(added(new, column, &side, plan, refusals)),
            Some(before) => actions.extend(changed(new, before, column, plan, refusals)),
        }
    }
    actions
}

fn field(table: &Table, column: &Column) -> String {
    format!("{}.{}", table.model, column.name)
}

/// A column that takes no null needs a value for the rows that are there: its default, and a unique one needs another value in each. On the
/// way up a column without such a value is refused. On the way down the column held something once, which is gone: its rows get a
/// placeholder, where there is one.
fn added(table: &Table, column: &Column, side: &Side<'_>, plan: &mut Plan, refusals: &mut Vec<Refusal>) -> Option<Action> {
    let bare = !column.nullable && column.default.is_none();
    let keyed = keyed(table, column, side);
    if side.direction == Direction::Up
        && let Some(remedy) = unfilled(table, column, bare, keyed)
    {
        refusals.push(Refusal { subject: field(table, column), remedy });
        return None;
    }
    plan.change(field(table, column), described(column, side.direction));
    let placeholder = match (keyed, bare) {
        (true, _) => own_placeholder(table, column),
        (false, true) => placeholder(table, column),
        (false, false) => None,
    };
    Some(Action::AddColumn { column: column.clone(), placeholder })
}

/// What to do about a column that has no value for the rows that are there.
fn unfilled(table: &Table, column: &Column, bare: bool, keyed: bool) -> Option<String> {
    let later = "make it an `Option`, fill it in a hand-written migration, and drop the `Option` later";
    let name = &table.name;
    match (keyed, bare) {
        (true, _) if column.nullable => Some(format!(
            "a new column of {name} is unique, and its default would be the same in every row that is there; drop the default, or drop \
             `unique`"
        )),
        (true, _) => Some(format!(
            "a new column of {name} takes no null and is unique, so the rows that are there would need a value each, and a default is one \
             value for all; {later}, or drop `unique`"
        )),
        (false, true) => Some(format!(
            "a new column of {name} takes no null and has no default, so the rows that are there would have no value; write \
             `#[model(default = …)]`, or {later}"
        )),
        (false, false) => None,
    }
}

/// Whether a key compares nothing but this column and others that are new and filled, too: one value for all rows would break it.
fn keyed(table: &Table, column: &Column, side: &Side<'_>) -> bool {
    let filled = |name: &String| {
        let new = side.old.column(name).is_none();
        new && table.column(name).is_some_and(|column| !column.nullable || column.default.is_some())
    };
    table.constraints.iter().any(|constraint| match &constraint.rule {
        Rule::Unique(columns) => columns.contains(&column.name) && columns.iter().filter(|name| *name != side.tenant_column).all(filled),
        _ => false,
    })
}

/// The expression that gives each row a value of its own, where the column can hold it.
fn own_placeholder(table: &Table, column: &Column) -> Option<String> {
    let fits = table.constraints.iter().all(|constraint| match &constraint.rule {
        Rule::Check(check) if check.columns.contains(&column.name) => longest(&check.expression).is_some_and(|longest| longest >= HEX),
        Rule::ForeignKey(key) => !key.columns.contains(&column.name),
        _ => true,
    });
    (column.ty == Type::Text && fits).then(|| OWN_VALUE.to_owned())
}

/// The number in `char_length(…) <= 32`; none for a check of another kind.
fn longest(check: &str) -> Option<usize> {
    let (_, number) = check.strip_prefix("char_length(")?.rsplit_once(") <= ")?;
    number.parse().ok()
}

fn described(column: &Column, direction: Direction) -> String {
    let default = column.default.as_ref().map(|default| format!(", default {default}")).unwrap_or_default();
    let null = if column.nullable { ", takes null" } else { "" };
    let comes = match direction {
        Direction::Up => "new",
        Direction::Down => "comes back",
    };
    format!("{comes}: {}{null}{default}", column.ty.sql())
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

//! Tables in the order in which they can be made.

use std::collections::HashSet;

use crate::schema::ir::{Name, Rule, Table};

/// Keys that cannot stand inside CREATE TABLE, by table and constraint.
pub(super) type Keys<'a> = HashSet<(&'a Name, &'a str)>;

/// Sorts the tables so that each comes after those that it refers to; where the manifest's order does that, it stays. In a circle the
/// first table goes ahead, and its keys to tables that come later are returned.
pub(super) fn by_reference(mut remaining: Vec<&Table>) -> (Vec<&Table>, Keys<'_>) {
    let mut sorted = Vec::with_capacity(remaining.len());
    let mut closing = HashSet::new();
    while !remaining.is_empty() {
        let free = remaining.iter().position(|table| !table.parents().any(|parent| find(&remaining, parent).is_some()));
        // Each table that is left refers to another one that is left, so at least one of them stands in a circle.
        let position = free.or_else(|| remaining.iter().position(|table| in_circle(table, &remaining))).unwrap_or(0);
        let table = remaining.remove(position);
        for constraint in &table.constraints {
            if let Rule::ForeignKey(key) = &constraint.rule
                && find(&remaining, &key.table).is_some()
            {
                closing.insert((&table.name, constraint.name.as_str()));
            }
        }
        sorted.push(table);
    }
    (sorted, closing)
}

fn find<'a>(tables: &[&'a Table], name: &Name) -> Option<&'a Table> {
    tables.iter().copied().find(|table| table.name == *name)
}

/// Whether the keys of the table lead back to it.
fn in_circle(start: &Table, tables: &[&Table]) -> bool {
    let (mut seen, mut open) = (HashSet::new(), vec![start]);
    while let Some(table) = open.pop() {
        for parent in table.parents() {
            if *parent == start.name {
                return true;
            }
            if let Some(parent) = find(tables, parent)
                && seen.insert(&parent.name)
            {
                open.push(parent);
            }
        }
    }
    false
}

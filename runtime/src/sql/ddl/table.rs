//! A table: columns and constraints, indexes, triggers, fence and grants.

use super::fence;
use super::text::{comment, string};
use crate::diff::Permission;
use crate::schema::ir::{Column, Constraint, Fence, ForeignKey, Index, Name, OnDelete, Rule, Table};
use crate::schema::quoted;

/// The narrowest column of names and of types, so that the tables of a file look alike.
const NAME_WIDTH: usize = 10;
const TYPE_WIDTH: usize = 11;

/// Everything that makes the table, as it stands in a migration; FORCE comes at the end of one and is not in it.
#[must_use]
pub(super) fn create_table(table: &Table) -> String {
    let mut text = blocks(table).join("\n\n");
    text.push('\n');
    text
}

pub(super) fn blocks(table: &Table) -> Vec<String> {
    let mut blocks = vec![format!("{}\n{}", create(table), comment_on(&table.name, &table.comment))];
    let width = table.indexes.iter().map(|index| quoted(&index.name).len()).max().unwrap_or_default();
    let indexes: Vec<String> = table.indexes.iter().map(|entry| index(&table.name, entry, width)).collect();
    let triggers: Vec<String> = table.triggers.iter().map(|trigger| fence::trigger(&table.name, trigger)).collect();
    blocks.extend([indexes.join("\n"), triggers.join("\n"), fence_block(table)].into_iter().filter(|block| !block.is_empty()));
    blocks
}

fn create(table: &Table) -> String {
    let names = table.columns.iter().map(|column| quoted(&column.name).len()).max().unwrap_or_default().max(NAME_WIDTH);
    let keys = table.constraints.iter().map(|constraint| quoted(&constraint.name).len()).max().unwrap_or_default();
    // A remark follows the comma of its line, hence the pairs.
    let mut lines: Vec<(String, &str)> = table.columns.iter().map(|column| (column_line(column, names), "")).collect();
    for entry in &table.constraints {
        let is_platforms = matches!(table.fence, Fence::Tenants | Fence::Domains | Fence::Identities | Fence::Shared);
        let global = is_platforms && matches!(entry.rule, Rule::Unique(_));
        let remark = if global { "  -- the platform's own key: unique in the whole database" } else { "" };
        // `on delete` stands under the key that it belongs to.
        let indent = " ".repeat("  constraint ".len() + keys + 1);
        lines.push((format!("  constraint {:keys$} {}", quoted(&entry.name), rule(&entry.rule, &indent)), remark));
    }
    let last = lines.len().saturating_sub(1);
    let lines: Vec<String> =
        lines.into_iter().enumerate().map(|(at, (line, remark))| format!("{line}{}{remark}", if at == last { "" } else { "," })).collect();
    format!("create table {} (\n{}\n);", table.name, lines.join("\n"))
}

fn column_line(column: &Column, width: usize) -> String {
    let (name, ty, rest) = (quoted(&column.name), column.ty.sql(), column_rest(column));
    let ty = if rest.is_empty() { ty.to_owned() } else { format!("{ty:TYPE_WIDTH$} {rest}") };
    format!("  {name:width$} {ty}")
}

/// What stands after the type: `not null default 1`.
fn column_rest(column: &Column) -> String {
    let null = (!column.nullable).then(|| "not null".to_owned());
    let default = column.default.as_ref().map(|default| format!("default {default}"));
    null.into_iter().chain(default).collect::<Vec<_>>().join(" ")
}

/// A column inside `alter table … add column`; the default may be another one than the column's own.
pub(super) fn column_inline(column: &Column) -> String {
    let rest = column_rest(column);
    let space = if rest.is_empty() { "" } else { " " };
    format!("{} {}{space}{rest}", quoted(&column.name), column.ty.sql())
}

/// A constraint inside `alter table … add constraint`.
pub(super) fn constraint_inline(constraint: &Constraint) -> String {
    format!("{} {}", quoted(&constraint.name), rule(&constraint.rule, "  "))
}

fn rule(rule: &Rule, indent: &str) -> String {
    match rule {
        Rule::PrimaryKey(columns) => format!("primary key ({})", list(columns)),
        Rule::Unique(columns) => format!("unique ({})", list(columns)),
        Rule::Check(check) => format!("check ({})", check.expression),
        Rule::ForeignKey(key) => foreign_key(key, indent),
    }
}

fn foreign_key(key: &ForeignKey, indent: &str) -> String {
    let on_delete = match &key.on_delete {
        None => String::new(),
        Some(OnDelete::Cascade) => format!("\n{indent}on delete cascade"),
        Some(OnDelete::SetNull(columns)) => format!("\n{indent}on delete set null ({})", list(columns)),
    };
    format!("foreign key ({}) references {} ({}){on_delete}", list(&key.columns), key.table, list(&key.references))
}

pub(super) fn list(columns: &[String]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

pub(super) fn comment_on(table: &Name, text: &str) -> String {
    if text.is_empty() { format!("comment on table {table} is null;") } else { format!("comment on table {table} is {};", string(text)) }
}

pub(super) fn index(table: &Name, index: &Index, width: usize) -> String {
    let unique = if index.unique { "unique " } else { "" };
    let condition = index.condition.as_ref().map(|condition| format!(" where {condition}")).unwrap_or_default();
    format!("create {unique}index {:width$} on {table} ({}){condition};", quoted(&index.name), list(&index.columns))
}

fn fence_block(table: &Table) -> String {
    let mut lines = Vec::new();
    let about = match table.fence {
        Fence::Tenant => None,
        Fence::Tenants | Fence::Domains => Some(
            "A fence with further arms: a tenant sees its own, the platform sees all of them, and a look-up the one whose key it was given.",
        ),
        Fence::Members => {
            Some("The tenant's own rows. The platform, where it may write, sees those of the tenant whose context it has entered.")
        }
        Fence::Identities => {
            Some("No tenant is inside: the role that verifies passwords is, and no statement of an application runs under it.")
        }
        Fence::Acts => Some("No tenant is inside: the platform is."),
        Fence::Shared => Some("Rows of no tenant: every tenant reads them, and the platform alone writes them."),
    };
    lines.extend(about.map(comment));
    lines.push(format!("alter table {} enable row level security;", table.name));
    lines.extend(table.policies.iter().map(|policy| fence::policy(&table.name, policy)));
    let grants: Vec<Permission> = table
        .grants
        .iter()
        .map(|grant| Permission {
            table: table.name.clone(),
            role: grant.role.clone(),
            privileges: grant.table.clone(),
            select: grant.select.clone(),
            update: grant.update.clone(),
        })
        .collect();
    lines.extend(fence::grants(&grants));
    lines.join("\n")
}

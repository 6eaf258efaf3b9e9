//! Laws about references, unique keys and indexes.

use std::collections::HashSet;

use super::Found;
use crate::schema::{ColumnDef, Kind, ModelDef, OnDelete, Scope};

/// A reference leads to a model that has a table here, and whose rows belong to tenants, so that the key can hold the tenant on both sides; or
/// to one that all tenants share. From there nothing leads to a tenant.
pub(super) fn verify_references(model: &'static ModelDef, models: &[&'static ModelDef], found: &mut Found) {
    for column in model.columns {
        let Some(target) = column.reference() else { continue };
        if !matches!(target.scope, Scope::Tenant | Scope::Shared) {
            found.field(model, column.name, format_args!("refers to {}, whose rows belong to no tenant", target.name));
        } else if model.scope == Scope::Shared && target.scope == Scope::Tenant {
            let message =
                format_args!("refers to {}, whose rows belong to tenants, and is shared by all of them; leave it out", target.name);
            found.field(model, column.name, message);
        } else if !models.iter().any(|other| other.table == target.table && other.name == target.name && other.scope == target.scope) {
            found.field(model, column.name, format_args!("refers to {}, which the manifest does not list; list it", target.name));
        }
    }
}

/// What happens when the other row goes is said for references only, and null needs a column that takes it.
pub(super) fn verify_on_delete(model: &'static ModelDef, found: &mut Found) {
    for column in model.columns {
        if column.on_delete != OnDelete::Restrict && column.reference().is_none() {
            found.field(model, column.name, "is no reference, so it takes no `on_delete`");
        } else if column.on_delete != OnDelete::Restrict && model.scope == Scope::Tenant && is_shared(column) {
            let message = "refers to what all tenants share, so it takes no `on_delete` but `restrict`: the platform would change the rows of every tenant";
            found.field(model, column.name, message);
        } else if column.on_delete == OnDelete::SetNull && !column.nullable {
            found.field(model, column.name, "has `on_delete = \"set null\"` and takes no null; make it an `Option`");
        }
    }
}

fn is_shared(column: &ColumnDef) -> bool {
    column.reference().is_some_and(|target| target.scope == Scope::Shared)
}

/// A unique key is about columns that are there, each once; money is compared in no key.
pub(super) fn verify_uniques(model: &'static ModelDef, found: &mut Found) {
    for column in model.columns.iter().filter(|column| column.unique) {
        if column.kind == Kind::Money {
            found.field(model, column.name, "is money, which cannot be unique");
        }
        if column.is_key() {
            found.field(model, column.name, "is the key and unique already");
        }
    }
    let mut seen = HashSet::new();
    for unique in model.uniques {
        verify_list(model, "unique", unique.columns, found);
        if !seen.insert(unique.columns) {
            found.push(model.name, format!("`unique({})` stands there twice", unique.columns.join(", ")));
        }
        if let [only] = unique.columns
            && model.column(only).is_some_and(|column| column.unique)
        {
            found.field(model, only, "is unique by its own attribute and by the struct's; remove one");
        }
    }
}

/// An index is about columns that are there, each once; money is in no index.
pub(super) fn verify_indexes(model: &'static ModelDef, found: &mut Found) {
    for column in model.columns.iter().filter(|column| column.index && column.kind == Kind::Money) {
        found.field(model, column.name, "is money, which cannot be indexed");
    }
    let mut seen = HashSet::new();
    for index in model.indexes {
        verify_list(model, "index", index.columns, found);
        if !seen.insert(index.columns) {
            found.push(model.name, format!("`index({})` stands there twice", index.columns.join(", ")));
        }
    }
}

fn verify_list(model: &'static ModelDef, what: &str, columns: &[&str], found: &mut Found) {
    if columns.is_empty() {
        found.push(model.name, format!("`{what}()` names no column"));
    }
    let mut seen = HashSet::new();
    for name in columns {
        match model.column(name) {
            None => found.field(model, name, format_args!("stands in `{what}({})` and is no field", columns.join(", "))),
            Some(column) if column.kind == Kind::Money => {
                found.field(model, name, format_args!("is money, which cannot stand in `{what}(…)`"));
            }
            Some(_) => {}
        }
        if !seen.insert(name) {
            found.field(model, name, format_args!("stands twice in `{what}({})`", columns.join(", ")));
        }
    }
}

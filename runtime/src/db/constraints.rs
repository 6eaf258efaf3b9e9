//! From the name of a constraint to the column that a person knows.

use std::collections::HashMap;

use super::{Error, ErrorKind};
use crate::mutants::mutant;
use crate::schema::{ModelDef, Registry, identifier};

/// The constraints of every model, by name.
#[derive(Debug)]
pub(crate) struct Constraints {
    by_name: HashMap<String, Constraint>,
}

#[derive(Debug)]
struct Constraint {
    table: &'static str,
    columns: Vec<&'static str>,
    tenant: bool,
}

impl Constraints {
    pub(crate) fn new(registry: &Registry) -> Self {
        let tenant = registry.conventions().tenant_column;
        let mut by_name = HashMap::new();
        for model in registry.models() {
            let mut add = |parts: &[&str], columns: Vec<&'static str>| {
                let constraint = Constraint { table: model.table, columns, tenant: false };
                by_name.insert(identifier(parts), constraint);
            };
            for column in model.columns {
                add(&[model.table, column.name, "key"], vec![column.name]);
                add(&[model.table, column.name, "fkey"], vec![column.name]);
                add(&[model.table, column.name, "check"], vec![column.name]);
                add(&[model.table, column.name, "currency", "check"], vec![column.name]);
                add(&[model.table, column.name, "both", "check"], vec![column.name]);
            }
            add_uniques(model, &mut add);
            let name = identifier(&[model.table, tenant, "fkey"]);
            by_name.insert(name, Constraint { table: model.table, columns: Vec::new(), tenant: true });
        }
        Self { by_name }
    }

    /// Adds to an error of the server which column it is about. A foreign key that fails on `delete` means that the row is in use.
    pub(crate) fn explain(&self, error: Error, deletes: bool) -> Error {
        let known = error.constraint().filter(|_| !mutant!("unexplained"));
        let Some(constraint) = known.and_then(|name| self.by_name.get(name)) else {
            return error;
        };
        let column = constraint.columns.first().copied();
        let kind = match error.kind() {
            ErrorKind::Unique { .. } => ErrorKind::Unique { columns: constraint.columns.clone() },
            ErrorKind::Reference { .. } if constraint.tenant => ErrorKind::UnknownTenant,
            ErrorKind::Reference { .. } if deletes => ErrorKind::Referenced { by: Some(constraint.table) },
            ErrorKind::Reference { .. } => ErrorKind::Reference { column },
            ErrorKind::Check { .. } => ErrorKind::Check { column },
            _ => return error,
        };
        error.with_kind(kind)
    }
}

fn add_uniques(model: &'static ModelDef, add: &mut impl FnMut(&[&str], Vec<&'static str>)) {
    for unique in model.uniques {
        let mut parts = vec![model.table];
        parts.extend(unique.columns);
        parts.push("key");
        add(&parts, unique.columns.to_vec());
    }
}

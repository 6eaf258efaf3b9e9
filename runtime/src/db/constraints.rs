//! From the name of a constraint to the column that a person knows.

use std::collections::HashMap;

use super::{Error, ErrorKind};
use crate::mutants::mutant;
use crate::schema::ir::{Rule, Schema, currency_of};
use crate::schema::{Conventions, Kind, ModelDef, Registry, identifier};

/// The constraints of every model, by name. They are read off the schema that the migrations are made from, so that a constraint cannot have
/// one name there and another here.
#[derive(Debug)]
pub(crate) struct Constraints {
    by_name: HashMap<String, Constraint>,
}

#[derive(Debug)]
struct Constraint {
    table: &'static str,
    /// The fields that it is about, without the tenant.
    columns: Vec<&'static str>,
    /// It says that the tenant exists.
    tenant: bool,
}

impl Constraints {
    pub(crate) fn new(registry: &Registry) -> Self {
        Self::of_models(registry.models(), registry.conventions())
    }

    pub(crate) fn of_models(models: &[&'static ModelDef], conventions: &Conventions) -> Self {
        let schema = Schema::of_models(models, conventions);
        let tenant = conventions.tenant_column;
        let mut by_name = HashMap::new();
        for table in schema.tables {
            let Some(model) = models.iter().find(|model| model.table == table.name.name) else {
                continue;
            };
            for constraint in table.constraints {
                let columns = fields(model, constraint.rule.columns());
                let tenant = matches!(&constraint.rule, Rule::ForeignKey(key) if key.columns == [tenant]);
                by_name.insert(constraint.name, Constraint { table: model.table, columns, tenant });
            }
            // A hand-written migration may add a check; PostgreSQL gives it this name, and so would a person.
            for column in model.columns {
                let name = identifier(&[model.table, column.name, "check"]);
                by_name.entry(name).or_insert_with(|| Constraint { table: model.table, columns: vec![column.name], tenant: false });
            }
        }
        Self { by_name }
    }

    /// Adds to an error of the server which column it is about. A foreign key that fails on `delete` means that the row is in use.
    pub(crate) fn explain(&self, error: Error, deletes: bool) -> Error {
        if mutant!("unexplained") {
            return error;
        }
        let Some(constraint) = error.constraint().and_then(|name| self.by_name.get(name)) else {
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

/// The fields that these columns belong to: money is one field and two columns, and the tenant is no field.
fn fields(model: &'static ModelDef, columns: &[String]) -> Vec<&'static str> {
    let mut fields = Vec::with_capacity(columns.len());
    for column in columns {
        let field =
            model.columns.iter().find(|field| field.name == *column || (field.kind == Kind::Money && currency_of(field) == *column));
        if let Some(field) = field.filter(|field| !fields.contains(&field.name)) {
            fields.push(field.name);
        }
    }
    fields
}

//! Laws that the models of an application must keep, one function each.
//!
//! What a type can forbid is forbidden by a type, and what a single struct shows is refused by the attribute, on its span. These laws are
//! the rest: what only all models together show, and what a definition written by hand could get wrong.

mod columns;
mod keys;
mod names;
#[cfg(test)]
mod tests;

use std::fmt;

use super::{Conventions, ModelDef};

/// A law that does not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// The model, `Customer`, or the table.
    pub model: &'static str,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.model, self.message)
    }
}

impl std::error::Error for Violation {}

/// Every law over every model.
#[must_use]
pub fn verify(models: &[&'static ModelDef], conventions: &Conventions) -> Vec<Violation> {
    let mut found = Found::default();
    names::verify_not_empty(models, &mut found);
    names::verify_conventions(conventions, &mut found);
    names::verify_tables(models, &mut found);
    for model in models {
        names::verify_table_name(model, conventions, &mut found);
        names::verify_column_names(model, conventions, &mut found);
        names::verify_texts(model, &mut found);
        names::verify_permissions(model, &mut found);
        columns::verify_scope(model, &mut found);
        columns::verify_shared(model, conventions, &mut found);
        columns::verify_key(model, &mut found);
        columns::verify_defaults(model, &mut found);
        columns::verify_lengths(model, &mut found);
        columns::verify_words(model, &mut found);
        columns::verify_lists(model, &mut found);
        columns::verify_readonly(model, &mut found);
        columns::verify_managed(model, &mut found);
        columns::verify_secret(model, &mut found);
        keys::verify_references(model, models, &mut found);
        keys::verify_on_delete(model, &mut found);
        keys::verify_uniques(model, &mut found);
        keys::verify_indexes(model, &mut found);
    }
    // The names of keys and indexes are made from those of tables and columns, so they say something only when those are right.
    if found.0.is_empty() {
        names::verify_object_names(models, conventions, &mut found);
    }
    found.0
}

/// The violations found so far.
#[derive(Default)]
struct Found(Vec<Violation>);

impl Found {
    fn push(&mut self, model: &'static str, message: impl Into<String>) {
        self.0.push(Violation { model, message: message.into() });
    }

    /// A violation of one field: `Customer: \`name\` …`.
    fn field(&mut self, model: &'static ModelDef, field: &str, message: impl fmt::Display) {
        self.push(model.name, format!("`{field}` {message}"));
    }
}

//! Laws that the models of an application must keep, one function each.

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
    let _ = conventions;
    let mut violations = Vec::new();
    for model in models {
        verify_key(model, &mut violations);
    }
    violations
}

/// The first column is the key, `id: Id<Self>`.
fn verify_key(model: &'static ModelDef, violations: &mut Vec<Violation>) {
    if !model.columns.first().is_some_and(super::ColumnDef::is_key) {
        violations.push(Violation { model: model.name, message: "the first field must be `pub id: Id<Self>`".to_owned() });
    }
}

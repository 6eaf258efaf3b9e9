//! The models of an application, checked together.

use std::collections::HashMap;

use super::verify::{self, Violation};
use super::{Conventions, Model, ModelDef, Record};

/// A model in the list that `manifest!` writes.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    def: &'static ModelDef,
}

impl Entry {
    /// The entry of a model.
    #[must_use]
    pub const fn of<M: Record>() -> Self {
        Self { def: <M as Model>::DEF }
    }

    /// The definition.
    #[must_use]
    pub const fn def(self) -> &'static ModelDef {
        self.def
    }
}

/// The models of an application and its conventions, after every law of [`verify`](mod@verify) held.
#[derive(Debug)]
pub struct Registry {
    models: Vec<&'static ModelDef>,
    by_table: HashMap<&'static str, usize>,
    conventions: Conventions,
}

impl Registry {
    /// Checks the models together.
    ///
    /// # Errors
    /// Every law that does not hold, each naming model, column and remedy.
    pub fn new(entries: &[Entry], conventions: Conventions) -> Result<Self, Vec<Violation>> {
        let models: Vec<&'static ModelDef> = entries.iter().map(|entry| entry.def).collect();
        let violations = verify::verify(&models, &conventions);
        if !violations.is_empty() {
            return Err(violations);
        }
        let by_table = models.iter().enumerate().map(|(index, model)| (model.table, index)).collect();
        Ok(Self { models, by_table, conventions })
    }

    /// The models in the order of the manifest.
    #[must_use]
    pub fn models(&self) -> &[&'static ModelDef] {
        &self.models
    }

    /// The position of the model with that table.
    #[must_use]
    pub fn position(&self, table: &str) -> Option<usize> {
        self.by_table.get(table).copied()
    }

    /// The conventions.
    #[must_use]
    pub const fn conventions(&self) -> &Conventions {
        &self.conventions
    }
}

//! Statements that are rendered already.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use hashlink::LruCache;

use super::{Shape, Statement};
use crate::schema::{Conventions, ModelDef, Registry};

/// How many texts of lists are kept. A list's text is one of few in practice; a client that makes up shapes must not fill the memory.
const LISTS: usize = 1_024;

/// The texts of a registry's statements. The fixed ones are rendered once; those of lists when their shape is first seen.
pub struct Statements {
    conventions: Conventions,
    fixed: HashMap<&'static str, Fixed>,
    lists: Mutex<LruCache<(&'static str, Shape), Arc<str>>>,
}

struct Fixed {
    find: Arc<str>,
    insert: Arc<str>,
    update: Arc<str>,
    update_keys: Arc<str>,
    delete: Arc<str>,
}

impl Statements {
    /// Renders the fixed statements of every model.
    #[must_use]
    pub fn new(registry: &Registry) -> Self {
        let conventions = *registry.conventions();
        let render = |statement: Statement| Arc::<str>::from(statement.render(&conventions));
        let fixed = |model: &'static ModelDef| Fixed {
            find: render(Statement::Find(model)),
            insert: render(Statement::Insert(model)),
            update: render(Statement::Update { model, keys: false }),
            update_keys: render(Statement::Update { model, keys: true }),
            delete: render(Statement::Delete(model)),
        };
        Self {
            conventions,
            fixed: registry.models().iter().map(|model| (model.table, fixed(model))).collect(),
            lists: Mutex::new(LruCache::new(LISTS)),
        }
    }

    /// How many statements a connection should keep prepared: every fixed one, and a list or two for each model.
    #[must_use]
    pub fn capacity(&self) -> usize {
        (self.fixed.len() * 8).max(100)
    }

    /// The text; `None` when the model is not in the registry.
    pub fn text(&self, statement: &Statement) -> Option<Arc<str>> {
        let fixed = self.fixed.get(statement.model().table)?;
        Some(match statement {
            Statement::Find(_) => Arc::clone(&fixed.find),
            Statement::Insert(_) => Arc::clone(&fixed.insert),
            Statement::Update { keys: false, .. } => Arc::clone(&fixed.update),
            Statement::Update { keys: true, .. } => Arc::clone(&fixed.update_keys),
            Statement::Delete(_) => Arc::clone(&fixed.delete),
            Statement::List(model, shape) => self.list(model, shape),
        })
    }

    fn list(&self, model: &'static ModelDef, shape: &Shape) -> Arc<str> {
        let key = (model.table, shape.clone());
        // A panic while the lock was held leaves at worst a text less.
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = lists.get(&key) {
            return Arc::clone(text);
        }
        let text = Arc::<str>::from(Statement::List(model, shape.clone()).render(&self.conventions));
        lists.insert(key, Arc::clone(&text));
        text
    }
}

impl fmt::Debug for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statements").field("models", &self.fixed.len()).finish_non_exhaustive()
    }
}

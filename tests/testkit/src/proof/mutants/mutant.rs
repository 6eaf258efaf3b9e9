//! A weakening as data: what it does, how one sees that it has been done, and which other layer would hide it.

use std::fmt;

use serde::Serialize;

/// What a weakening is about, and so where it can be applied.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Tables, keys, policies, views, functions: all that a copy of the database holds.
    Schema,
    /// Roles and privileges. Roles belong to the server, so these have a server of their own.
    Role,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Schema => "schema",
            Self::Role => "role",
        })
    }
}

/// A deliberate weakening of a database.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mutant {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) what: String,
    pub(super) sql: Vec<String>,
    /// A query of one text, which must be another one afterwards.
    pub(super) verify: String,
    /// Takes back what is not in the database but in the server.
    pub(super) undo: Vec<String>,
    /// The layer that hides it; the mutant is run a second time without that layer.
    pub(super) behind: Option<Layer>,
    /// What it takes away is there at level `hardened` alone. At another level there is nothing to weaken.
    pub(super) only_hardened: bool,
}

/// A layer of the fences that a mutant is run without.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Layer {
    /// What is gone, such as "the restrictive policy of app.orders".
    pub(super) what: String,
    pub(super) sql: Vec<String>,
}

impl Mutant {
    /// A weakening of the schema: statements that the administrator runs, and a query of one text by which one sees that they did
    /// something.
    #[must_use]
    pub fn new(name: impl Into<String>, what: impl Into<String>, sql: impl Into<String>, verify: impl Into<String>) -> Self {
        Self::of(Kind::Schema, name.into(), what.into(), vec![sql.into()], verify.into())
    }

    pub(super) const fn of(kind: Kind, name: String, what: String, sql: Vec<String>, verify: String) -> Self {
        Self { name, kind, what, sql, verify, undo: Vec::new(), behind: None, only_hardened: false }
    }

    pub(super) fn behind(mut self, layer: Layer) -> Self {
        self.behind = Some(layer);
        self
    }

    pub(super) const fn only_hardened(mut self) -> Self {
        self.only_hardened = true;
        self
    }

    pub(super) fn undone_by(mut self, statements: &[String]) -> Self {
        self.undo = statements.to_vec();
        self
    }
}

impl Layer {
    pub(super) fn new(what: impl Into<String>, sql: Vec<String>) -> Self {
        Self { what: what.into(), sql }
    }
}

/// Mutants that are being listed, and those that do not fit the models.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) mutants: Vec<Mutant>,
    pub(super) unfit: Vec<Unfit>,
}

/// A weakening that these models have no place for.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Unfit {
    /// The mutant's name.
    pub name: String,
    /// What the models lack.
    pub why: String,
}

impl List {
    pub(super) fn add(&mut self, mutant: Mutant) {
        self.mutants.push(mutant);
    }

    pub(super) fn unfit(&mut self, names: &[&str], why: &str) {
        self.unfit.extend(names.iter().map(|name| Unfit { name: (*name).to_owned(), why: why.to_owned() }));
    }
}

/// What the level of the database leaves open, so that no weakening of it could be noticed.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Open {
    /// The mutant that was not run, or the detector that sees it in the database as it is.
    pub name: String,
    /// What is open.
    pub what: String,
}

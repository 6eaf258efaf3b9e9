//! What attacks were tried, and what they got.

use std::collections::BTreeMap;
use std::fmt;

use super::form::Form;

/// A kind of attack, as a report counts them.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in super::super) enum AttackKind {
    /// A statement of the matrix.
    Sql(Form),
    /// What the catalogue offers, by its name.
    Catalogue(&'static str),
    /// A class of requests, by its name.
    Http(&'static str),
    /// A class of requests to the routes of people, by its name.
    People(&'static str),
}

impl fmt::Display for AttackKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sql(form) => write!(f, "sql: {form}"),
            Self::Catalogue(name) => write!(f, "catalogue: {name}"),
            Self::Http(name) => write!(f, "http: {name}"),
            Self::People(name) => write!(f, "people: {name}"),
        }
    }
}

/// What attacks were tried, and what they got. Its `Display` is for people.
#[derive(Clone, Debug, Default)]
pub struct AttackReport {
    counts: BTreeMap<AttackKind, u64>,
    violations: Vec<String>,
    open: Vec<String>,
}

impl AttackReport {
    pub(super) fn count(&mut self, kind: AttackKind) {
        *self.counts.entry(kind).or_default() += 1;
    }

    /// An attack that got what it should not.
    pub(super) fn violation(&mut self, kind: AttackKind, script: impl fmt::Display) {
        // The script of a statement begins with its kind. In one line, whatever stands in a literal.
        let told = if matches!(kind, AttackKind::Sql(_)) { format!("sql: {script}") } else { format!("{kind}: {script}") };
        self.violations.push(told.replace('\n', "\\n"));
    }

    pub(super) fn violations(&mut self, kind: AttackKind, scripts: Vec<String>) {
        scripts.into_iter().for_each(|script| self.violation(kind, script));
    }

    /// What could not be tried to its end: nothing is shown by it, so it is no pass.
    pub(super) fn broken(&mut self, what: &str, why: impl fmt::Display) {
        self.violations.push(format!("{what}: {why}").replace('\n', "\\n"));
    }

    /// The same, where there is a reason.
    pub(super) fn unfinished(mut self, what: &str, why: Option<String>) -> Self {
        if let Some(why) = why {
            self.broken(what, why);
        }
        self
    }

    /// Takes another report in.
    pub(super) fn merge(&mut self, other: Self) {
        for (kind, more) in other.counts {
            *self.counts.entry(kind).or_default() += more;
        }
        self.violations.extend(other.violations);
        self.open.extend(other.open);
    }

    /// What the level of the database leaves open, and says so.
    pub(super) fn open(&mut self, what: impl Into<String>) {
        self.open.push(what.into());
    }

    /// How many attacks were tried.
    #[must_use]
    pub fn attacks(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The kinds of attacks and how often each was tried.
    pub fn kinds(&self) -> impl Iterator<Item = (String, u64)> + '_ {
        self.counts.iter().map(|(kind, count)| (kind.to_string(), *count))
    }

    /// What got through, one line each: what was sent and what was seen. None when all of it held.
    #[must_use]
    pub fn violations_found(&self) -> &[String] {
        &self.violations
    }

    /// What the level of the database leaves open.
    #[must_use]
    pub fn left_open(&self) -> &[String] {
        &self.open
    }
}

impl fmt::Display for AttackReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, count) in self.kinds() {
            writeln!(f, "  {kind:<62} {count:>6} tried")?;
        }
        for open in &self.open {
            writeln!(f, "  open at this level: {open}")?;
        }
        for violation in &self.violations {
            writeln!(f, "  => {violation}")?;
        }
        write!(f, "attacks: {} tried, {} got through", self.attacks(), self.violations.len())
    }
}

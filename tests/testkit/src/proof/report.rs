//! What is counted while a proof runs: how often each kind of operation was tried, and how often it was accepted.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use tenantry::schema::Verb;

use super::attacks::AttackKind;
use super::operation::{Act, Deed, Surface};

/// The smallest share of each kind of operation that must have been accepted, in percent: a proof of refusals proves nothing.
const LEAST_SHARE: u64 = 30;
/// Below so many operations of a kind a share says nothing.
const LEAST_TRIED: u64 = 50;

/// A kind of operation.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kindred {
    /// A verb on a surface, by the verb's place in [`Verb::ALL`].
    Verb(usize, Surface),
    /// Several operations in one transaction; accepted when it was committed.
    Transaction,
    /// Several operations in a savepoint; accepted when they were kept.
    Savepoint,
    /// A hand-written route or function.
    Custom(&'static str),
    /// An attack.
    Attack(AttackKind),
    /// A cursor that is not this list's.
    Cursor,
    /// A change of what all tenants share.
    Shared,
}

impl Kindred {
    pub(super) fn of(act: &Act) -> Self {
        let verb = match &act.deed {
            Deed::Create(_) => Verb::Create,
            Deed::List(_) => Verb::List,
            Deed::Get(_) => Verb::Get,
            Deed::Patch(..) => Verb::Patch,
            Deed::Delete(_) => Verb::Delete,
            Deed::Attack(assault) => return Self::Attack(AttackKind::Sql(assault.attack.form)),
        };
        Self::Verb(Verb::ALL.iter().position(|other| *other == verb).unwrap_or_default(), act.surface)
    }

    /// Whether it is meant to be refused, or to change nothing of another tenant's.
    const fn is_attack(self) -> bool {
        matches!(self, Self::Attack(_) | Self::Cursor | Self::Shared)
    }
}

impl fmt::Display for Kindred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verb(verb, surface) => write!(f, "{} over {surface}", Verb::ALL.get(*verb).map_or("", |verb| verb.word())),
            Self::Transaction => f.write_str("transaction of several parts"),
            Self::Savepoint => f.write_str("savepoint in a transaction"),
            Self::Custom(name) => f.write_str(name),
            Self::Cursor => f.write_str("attack: a cursor of another list"),
            Self::Shared => f.write_str("attack: a change of what all tenants share"),
            Self::Attack(kind) => write!(f, "attack: {kind}"),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Count {
    tried: u64,
    accepted: u64,
    foreign: u64,
}

/// How often each kind of operation was tried and accepted.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(BTreeMap<Kindred, Count>);

impl Counts {
    pub(super) fn add(&mut self, kind: Kindred, accepted: bool, foreign: bool) {
        let count = self.0.entry(kind).or_default();
        count.tried += 1;
        count.accepted += u64::from(accepted);
        count.foreign += u64::from(foreign);
    }

    /// How many operations there were.
    pub(super) fn operations(&self) -> u64 {
        self.0.values().map(|count| count.tried).sum()
    }

    /// The kind of which too few were accepted to prove anything.
    pub(super) fn refused(&self) -> Option<String> {
        let low = self
            .0
            .iter()
            .find(|(kind, count)| !kind.is_attack() && count.tried >= LEAST_TRIED && count.accepted * 100 < count.tried * LEAST_SHARE);
        low.map(|(kind, count)| format!("only {} of {} were accepted ({kind}), so the proof says little", count.accepted, count.tried))
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.0.iter().map(|(kind, count)| Kind {
            kind: kind.to_string(),
            attack: kind.is_attack(),
            tried: count.tried,
            accepted: count.accepted,
            share: count.accepted * 100 / count.tried.max(1),
            with_foreign_id: count.foreign,
        })
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (kind, more) in &other.0 {
            let count = self.0.entry(*kind).or_default();
            count.tried += more.tried;
            count.accepted += more.accepted;
            count.foreign += more.foreign;
        }
    }
}

/// A kind of operation in a report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Kind {
    pub(super) kind: String,
    pub(super) attack: bool,
    pub(super) tried: u64,
    /// Of an attack: those that were done and changed nothing of another tenant's.
    pub(super) accepted: u64,
    /// The accepted ones in percent.
    pub(super) share: u64,
    pub(super) with_foreign_id: u64,
}

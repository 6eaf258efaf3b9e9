//! What a proof says in the end.

use std::collections::BTreeMap;
use std::fmt;

use tenantry::schema::Verb;

use super::attacks::AttackKind;
use super::operation::{Act, Deed, Surface};
use super::runner::Broken;

/// The smallest share of each kind of operation that must have been accepted, in percent: a proof of refusals proves nothing.
const LEAST_SHARE: u64 = 30;
/// Below so many operations of a kind a share says nothing.
const LEAST_TRIED: u64 = 50;

/// A kind of operation.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kindred {
    /// A verb on a surface, by the verb's place in [`Verb::ALL`].
    Verb(usize, Surface),
    /// An attack.
    Attack(AttackKind),
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
}

impl fmt::Display for Kindred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verb(verb, surface) => write!(f, "{} over {surface}", Verb::ALL.get(*verb).map_or("", |verb| verb.word())),
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

    pub(super) fn merge(&mut self, other: &Self) {
        for (kind, more) in &other.0 {
            let count = self.0.entry(*kind).or_default();
            count.tried += more.tried;
            count.accepted += more.accepted;
            count.foreign += more.foreign;
        }
    }
}

/// A proof that holds. Its `Display` is for people.
#[derive(Clone, Debug)]
pub struct Report {
    seed: u64,
    cases: u32,
    tenants: usize,
    counts: Counts,
}

impl Report {
    pub(super) const fn new(seed: u64, cases: u32, tenants: usize, counts: Counts) -> Self {
        Self { seed, cases, tenants, counts }
    }

    /// The seed; with it the same cases run again.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// How many operations the tenants did.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.counts.0.values().map(|count| count.tried).sum()
    }

    /// Fails when too little of some kind was accepted.
    pub(super) fn checked(self) -> Result<Self, Failure> {
        let low = self.counts.0.iter().find(|(kind, count)| {
            matches!(kind, Kindred::Verb(..)) && count.tried >= LEAST_TRIED && count.accepted * 100 < count.tried * LEAST_SHARE
        });
        match low {
            Some((kind, count)) => {
                let fault = format!("only {} of {} were accepted ({kind}), so the proof says little", count.accepted, count.tried);
                Err(Failure::new(self.seed, Broken { script: Vec::new(), fault }))
            }
            None => Ok(self),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, Count { tried, accepted, foreign }) in &self.counts.0 {
            write!(f, "  {:<32} {tried:>6} tried", kind.to_string())?;
            match kind {
                Kindred::Verb(..) => writeln!(
                    f,
                    ", {accepted:>6} accepted ({:>3} %), {foreign:>5} with another tenant's id",
                    accepted * 100 / (*tried).max(1)
                )?,
                Kindred::Attack(_) => writeln!(f)?,
            }
        }
        write!(f, "proof: {} operations of {} tenants in {} cases, seed {}: green", self.operations(), self.tenants, self.cases, self.seed)
    }
}

/// A proof that does not hold, or could not be run. Its `Display` is the script that leads to the fault.
#[derive(Clone)]
pub struct Failure {
    seed: Option<u64>,
    script: Vec<String>,
    fault: String,
}

impl Failure {
    pub(super) fn new(seed: u64, broken: Broken) -> Self {
        Self { seed: Some(seed), script: broken.script, fault: broken.fault }
    }

    pub(super) fn setup(error: impl fmt::Display) -> Self {
        Self { seed: None, script: Vec::new(), fault: error.to_string() }
    }

    /// The seed that repeats it; `None` when the proof could not begin.
    #[must_use]
    pub const fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// What was done, one line each.
    #[must_use]
    pub fn script(&self) -> &[String] {
        &self.script
    }

    /// What was seen in the end.
    #[must_use]
    pub fn fault(&self) -> &str {
        &self.fault
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(seed) = self.seed else { return write!(f, "the proof cannot be run: {}", self.fault) };
        for (number, line) in self.script.iter().enumerate() {
            writeln!(f, "  {}. {line}", number + 1)?;
        }
        writeln!(f, "  => {}", self.fault)?;
        write!(f, "proof: seed {seed}: red")
    }
}

// `unwrap` prints this one, and the script must stay readable.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Failure {}

//! What was broken, how often, and what became of it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::errand::Kind;

/// What became of an operation that a fault fell on. All of them are right; which it is depends on where the fault fell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fate {
    /// The caller was told that it is done, and it is there.
    Acknowledged,
    /// The caller was told nothing or of an error, and it is there as a whole.
    Whole,
    /// The caller was told nothing or of an error, and nothing of it is there.
    Absent,
}

/// The faults that were brought about, by their kind and that of the operation. Its `Display` is for people.
#[derive(Clone, Debug, Serialize)]
pub struct FaultsReport {
    times: u64,
    /// Whether PgBouncer was there to be gone through.
    pooler: bool,
    #[serde(rename = "kinds")]
    faults: Vec<FaultCount>,
    /// Faults for which there was no time, each with the kind of operation.
    left_out: Vec<String>,
    /// Faults that these models have no place for, each with what they lack.
    unfit: Vec<String>,
    /// Faults that were not chosen.
    not_chosen: Vec<String>,
}

/// How often a fault fell on a kind of operation, and what became of the operation.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FaultCount {
    /// The fault.
    pub fault: &'static str,
    /// The kind of operation.
    pub operation: String,
    /// How often, each time in another place.
    pub times: u64,
    /// Done, and the caller was told so.
    pub acknowledged: u64,
    /// Done as a whole, and the caller does not know.
    pub whole: u64,
    /// Not done at all.
    pub absent: u64,
}

impl FaultsReport {
    pub(super) const fn new() -> Self {
        Self { times: 0, faults: Vec::new(), pooler: false, left_out: Vec::new(), unfit: Vec::new(), not_chosen: Vec::new() }
    }

    pub(super) fn count(&mut self, fault: &'static str, kind: Kind, fate: Fate) {
        let operation = kind.to_string();
        let place = self.faults.iter().position(|count| count.fault == fault && count.operation == operation);
        let place = place.unwrap_or_else(|| {
            self.faults.push(FaultCount { fault, operation, times: 0, acknowledged: 0, whole: 0, absent: 0 });
            self.faults.len() - 1
        });
        self.times += 1;
        let count = &mut self.faults[place];
        count.times += 1;
        match fate {
            Fate::Acknowledged => count.acknowledged += 1,
            Fate::Whole => count.whole += 1,
            Fate::Absent => count.absent += 1,
        }
    }

    /// What must have become of some operation and became of none: an end that nobody was told of, one that undid everything, one in spite
    /// of the fault.
    pub(super) fn unseen(&self) -> Option<&'static str> {
        let sum = |of: fn(&FaultCount) -> u64| self.faults.iter().map(of).sum::<u64>();
        let sums = [
            ("done without its caller being told", sum(|count| count.whole)),
            ("undone", sum(|count| count.absent)),
            ("done", sum(|count| count.acknowledged)),
        ];
        sums.into_iter().find(|(_, sum)| *sum == 0).map(|(fate, _)| fate)
    }

    pub(super) const fn with_pooler(&mut self) {
        self.pooler = true;
    }

    /// The faults, in the order in which they were brought about.
    #[must_use]
    pub fn faults(&self) -> &[FaultCount] {
        &self.faults
    }

    /// How often something was broken.
    #[must_use]
    pub const fn times(&self) -> u64 {
        self.times
    }

    /// The faults for which there was no time, each with the kind of operation that it did not fall on.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    pub(super) fn leave_out(&mut self, fault: &str, kind: Kind) {
        self.left_out.push(format!("{fault} ({kind})"));
    }

    /// The faults that these models have no place for, each with what they lack.
    #[must_use]
    pub fn unfit(&self) -> &[String] {
        &self.unfit
    }

    /// How much was brought about, or could not be and says so.
    pub(super) fn tried(&self) -> (u64, usize) {
        (self.times, self.unfit.len() + self.left_out.len())
    }

    pub(super) fn cannot(&mut self, why: String) {
        if !self.unfit.contains(&why) {
            self.unfit.push(why);
        }
    }

    /// The faults that the environment has left out.
    #[must_use]
    pub fn not_chosen(&self) -> &[String] {
        &self.not_chosen
    }

    pub(super) fn leave_unchosen(&mut self, fault: String) {
        self.not_chosen.push(fault);
    }

    /// Whether PgBouncer was there to be gone through.
    #[must_use]
    pub const fn pooler(&self) -> bool {
        self.pooler
    }
}

impl fmt::Display for FaultsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut faults: BTreeMap<&str, (u64, u64, u64, u64)> = BTreeMap::new();
        for count in &self.faults {
            writeln!(
                f,
                "  {:<32} {:<32} {:>5} times: {:>4} acknowledged, {:>4} done and not told, {:>4} absent",
                count.fault, count.operation, count.times, count.acknowledged, count.whole, count.absent
            )?;
            let sum = faults.entry(count.fault).or_default();
            *sum = (sum.0 + count.times, sum.1 + count.acknowledged, sum.2 + count.whole, sum.3 + count.absent);
        }
        for why in &self.unfit {
            writeln!(f, "  not brought about: {why}")?;
        }
        if !self.not_chosen.is_empty() {
            writeln!(f, "  not chosen: {}", self.not_chosen.join(", "))?;
        }
        if !self.pooler && !self.not_chosen.iter().any(|fault| fault == "pooler") {
            writeln!(f, "  not gone through: PgBouncer is not installed")?;
        }
        if !self.left_out.is_empty() {
            writeln!(f, "  no time for {} more pairs of fault and operation", self.left_out.len())?;
        }
        write!(f, "faults: {} of {} kinds", self.times(), faults.len())
    }
}

//! What a red proof says: the shortest script that leads to the fault.

use std::fmt;

use serde::Serialize;

use super::driver::{REPEATS, Red};
use super::parts::Part;

/// A proof that does not hold, or could not be run. Its `Display` is the script that leads to the fault.
#[derive(Clone, PartialEq, Serialize)]
pub struct Failure {
    /// The part that is red; none when the proof could not begin.
    part: Option<Part>,
    seed: Option<String>,
    case: Option<u32>,
    script: Vec<String>,
    fault: String,
    shrinking: Option<String>,
}

impl Failure {
    pub(super) fn red(seed: u64, red: Red) -> Self {
        let shrinking = if red.in_turn {
            "the tenants act one after the other, so this script fails each time".to_owned()
        } else {
            format!("the tenants act at the same time; each shorter script was good {REPEATS} times")
        };
        let Red { case, broken, .. } = red;
        let failure = Self::of(Part::Workload, seed, broken.script, broken.fault);
        Self { case: Some(case), shrinking: Some(shrinking), ..failure }
    }

    /// A part that is red.
    pub(super) fn of(part: Part, seed: u64, script: Vec<String>, fault: String) -> Self {
        Self { part: Some(part), seed: Some(seed.to_string()), case: None, script, fault, shrinking: None }
    }

    pub(super) fn setup(error: impl fmt::Display) -> Self {
        Self { part: None, seed: None, case: None, script: Vec::new(), fault: error.to_string(), shrinking: None }
    }

    /// The part that is red; `None` when the proof could not be run.
    #[must_use]
    pub const fn part(&self) -> Option<Part> {
        self.part
    }

    /// The seed that repeats it; `None` when the proof could not begin.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        self.seed.as_ref().and_then(|seed| seed.parse().ok())
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
        let Some(seed) = &self.seed else { return write!(f, "the proof cannot be run: {}", self.fault) };
        for (number, line) in self.script.iter().enumerate() {
            writeln!(f, "  {}. {line}", number + 1)?;
        }
        writeln!(f, "  => {}", self.fault)?;
        if let Some(shrinking) = &self.shrinking {
            writeln!(f, "  ({shrinking})")?;
        }
        match (self.case, self.part) {
            (Some(case), _) => write!(f, "proof: case {case} of seed {seed}: red"),
            (None, Some(part)) => write!(f, "proof: {part}, seed {seed}: red"),
            (None, None) => write!(f, "proof: seed {seed}: red"),
        }
    }
}

// `unwrap` prints this one, and the script must stay readable.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Failure {}

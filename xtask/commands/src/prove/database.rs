//! The mutants of the database: weakenings of the schema and of roles. The testkit applies and judges them, in an ordinary build; here they
//! are run and counted.

use anyhow::Context as _;
use tenantry_testkit::Postgres;

use super::{Args, proof};
use crate::App;
use crate::output;

/// How many weakenings were noticed, by whom.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Noticed {
    pub(super) behaviour: usize,
    pub(super) start_up: usize,
    pub(super) linter: usize,
}

impl Noticed {
    pub(super) const fn all(self) -> usize {
        self.behaviour + self.start_up + self.linter
    }

    /// The line that sums up: `mutants: 9 weakenings, each noticed (7 by behaviour, 1 at start-up, 1 by the linter)`. None when it is
    /// another line, when one was not noticed, and when the parts are not the whole.
    fn of(line: &str) -> Option<Self> {
        let (whole, parts) = line.strip_prefix("mutants: ")?.split_once(" weakenings, each noticed (")?;
        let mut numbers = parts.split(", ").map(|part| part.split(' ').next().and_then(|number| number.parse().ok()));
        let noticed = Self { behaviour: numbers.next()??, start_up: numbers.next()??, linter: numbers.next()?? };
        (whole.parse() == Ok(noticed.all())).then_some(noticed)
    }
}

/// Runs them by the application's proof, which prints each with its catcher and its script.
pub(super) fn run(app: &App, args: &Args, postgres: &Postgres) -> anyhow::Result<Noticed> {
    output::progress("the mutants of the database");
    let lines = proof(app, args, postgres)?;
    let noticed = lines.iter().find_map(|line| Noticed::of(line));
    noticed.context("the proof has not said how many weakenings it tried: does its test choose its parts?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_count_counts() {
        let line = "mutants: 9 weakenings, each noticed (6 by behaviour, 2 at start-up, 1 by the linter)";
        assert_eq!(Noticed::of(line), Some(Noticed { behaviour: 6, start_up: 2, linter: 1 }));
        for line in [
            "mutants: 9 weakenings, 1 NOT noticed (6 by behaviour, 2 at start-up, 1 by the linter)",
            "mutants: 8 weakenings, each noticed (6 by behaviour, 2 at start-up, 1 by the linter)",
            "mutants: 8 weakenings, each noticed (6 by behaviour, 2 at start-up)",
            "test mutants ... ok",
        ] {
            assert_eq!(Noticed::of(line), None, "{line}");
        }
    }
}

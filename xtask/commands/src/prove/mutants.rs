//! `cargo xtask prove --mutants`: weakens the library in one place after another, and demands that the named tests notice.
//!
//! Two layers guard every row, the predicate in the statement and row security in the database, so one alone must hide the loss of the
//! other: there the proof stays green. With both gone it must be red for every seed.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use serde::Serialize;
use tenantry_testkit::Postgres;

use super::arms::{ARMS, SQLCHECK, SUITES};
use super::database::{self, Noticed};
use super::{Args, PROOF, lines, suite, variable};
use crate::App;
use crate::output;

/// For how many seeds the proof must notice that both layers are gone.
const SEEDS: u64 = 20;
/// How many cases of each.
const CASES: u32 = 64;
/// How many where the whole proof is the test that must notice.
const FEW_CASES: u32 = 16;
/// The longest script that may be left of a failure that needs no luck.
const LONGEST: usize = 5;
/// The table that the fence is taken from.
const OPEN: &str = "customers";
/// The surfaces that have a predicate.
const PREDICATED: &str = "http,repository";

pub(super) fn run(app: &App, args: &Args, postgres: &Postgres) -> anyhow::Result<()> {
    let weakened = Weakened { app, args, postgres };
    weakened.build()?;
    let mut survivors = weakened.layers()?;
    let judged = weakened.arms()?;
    survivors += judged.iter().filter(|arm| !arm.unnoticed.is_empty()).count();
    if let Some(folder) = &args.report {
        write(folder, &judged).with_context(|| format!("the report cannot be written to {}", folder.display()))?;
    }
    if survivors > 0 {
        bail!(
            "{survivors} weakenings were not noticed as they should be: a test is missing, or the table in xtask/commands/src/prove/arms.rs is wrong"
        );
    }
    let database = database::run(app, args, postgres)?;
    // What turns a test of the library red has been seen in what the library does.
    let noticed = Noticed { behaviour: database.behaviour + ARMS.len(), ..database };
    output::line(format_args!(
        "prove: {} weakenings, each noticed ({} by behaviour, {} at start-up, {} by the linter); each layer holds alone, and {SEEDS} of \
         {SEEDS} seeds miss both",
        noticed.all(),
        noticed.behaviour,
        noticed.start_up,
        noticed.linter
    ));
    Ok(())
}

/// The suites with the weakenings in them, all of them switched off until one is named.
struct Weakened<'a> {
    app: &'a App,
    args: &'a Args,
    postgres: &'a Postgres,
}

impl Weakened<'_> {
    fn suite(&self, name: &str) -> Command {
        let own = SQLCHECK.contains(&name).then_some("tenantry-sqlcheck");
        let mut cargo = suite(self.app, self.postgres, own.or(self.app.proof), name);
        cargo.env("RUSTC_WORKSPACE_WRAPPER", self.app.path("tests/mutants/rustc-wrapper.sh"));
        // What fails is expected to fail.
        cargo.env("RUST_BACKTRACE", "0").env(variable("PARTS"), "workload").stderr(Stdio::null());
        cargo
    }

    fn build(&self) -> anyhow::Result<()> {
        output::progress("building the suites with the weakenings");
        for name in SUITES {
            let status = self.suite(name).arg("--no-run").stderr(Stdio::inherit()).status().context("cannot run cargo")?;
            ensure!(status.success(), "the suite {name} does not build with --cfg tenantry_mutants ({status})");
        }
        Ok(())
    }

    /// The predicate alone, the fence alone, both: how many of the three went otherwise than they should.
    fn layers(&self) -> anyhow::Result<usize> {
        let (one, cases) = (1, self.args.cases.unwrap_or(CASES));
        let nothing = self.proof(&[], one, cases)?;
        let predicate = self.proof(&[("TENANTRY_MUTANT", "predicate")], one, cases)?;
        let fence = self.proof(&[("TENANTRY_PROOF_OPEN", OPEN), ("TENANTRY_PROOF_SURFACES", PREDICATED)], one, cases)?;
        let both = [("TENANTRY_MUTANT", "predicate"), ("TENANTRY_PROOF_OPEN", OPEN), ("TENANTRY_PROOF_SURFACES", PREDICATED)];
        let both = self.proof(&both, SEEDS, cases)?;
        let rows = [
            ("nothing is weakened: every lane", &nothing, 0),
            ("no predicate: every lane", &predicate, 0),
            ("no row security on a table: http and repository", &fence, 0),
            ("neither: http and repository", &both, SEEDS),
        ];
        for (what, seen, red) in rows {
            let should = if red == 0 { "green" } else { "red" };
            let as_it_should = if red == 0 { seen.green } else { seen.red };
            output::line(format_args!("{} {what:<50} {should} for {as_it_should} of {} seeds", mark(seen.as_due(red)), seen.seeds));
        }
        output::line(format_args!(
            "what the proof says without both layers, first of {} scripts, of which the longest has {} operations:\n{}",
            both.red, both.longest, both.script
        ));
        let long = usize::from(both.longest > LONGEST);
        if long > 0 {
            output::line(format_args!("✗ a script may have {LONGEST} operations"));
        }
        Ok(rows.iter().filter(|(_, seen, red)| !seen.as_due(*red)).count() + long)
    }

    fn proof(&self, weakening: &[(&str, &str)], seeds: u64, cases: u32) -> anyhow::Result<Seen> {
        let mut cargo = self.suite("isolation");
        cargo.envs(weakening.iter().copied()).env(variable("CASES"), cases.to_string());
        cargo.env(variable("SEEDS"), seeds.to_string()).env(variable("SEED"), self.args.seed.unwrap_or(1).to_string());
        cargo.args(["--", "--nocapture", "--exact", PROOF]);
        output::progress(format_args!("the proof with {weakening:?}, {seeds} seeds"));
        let (_, lines) = lines(&mut cargo, &mut |_| {})?;
        Ok(Seen::of(seeds, &lines))
    }

    /// Whether each of the arms is noticed by every test that is named for it.
    fn arms(&self) -> anyhow::Result<Vec<Judged>> {
        let mut whole = Vec::new();
        for suite in SUITES {
            let tests: BTreeSet<&str> = ARMS.iter().filter(|arm| arm.suite == *suite).flat_map(|arm| arm.tests).copied().collect();
            whole.push((*suite, self.ended(suite, "", &tests)?));
        }
        let mut judged = Vec::new();
        for arm in ARMS {
            let weakened = self.ended(arm.suite, arm.name, &arm.tests.iter().copied().collect())?;
            // A test that fails without the arm, too, has noticed nothing; neither has one that is not there.
            let passes = |test: &str| whole.iter().any(|(suite, ended)| *suite == arm.suite && says(ended, test, "ok"));
            let unnoticed: Vec<&'static str> =
                arm.tests.iter().copied().filter(|test| !(passes(test) && says(&weakened, test, "FAILED"))).collect();
            let tests: Vec<String> = arm.tests.iter().map(|test| format!("{}::{test}", arm.suite)).collect();
            output::line(format_args!("{} {:<24} {}", mark(unnoticed.is_empty()), arm.name, tests.join(", ")));
            for test in &unnoticed {
                output::line(format_args!("    not noticed by {test}"));
            }
            judged.push(Judged { name: arm.name, suite: arm.suite, tests: arm.tests, unnoticed });
        }
        Ok(judged)
    }

    /// What the named tests of a suite say under an arm.
    fn ended(&self, suite: &str, mutant: &str, tests: &BTreeSet<&str>) -> anyhow::Result<Vec<String>> {
        let mut cargo = self.suite(suite);
        // Where the proof is the test, a few cases must do.
        cargo.env(variable("CASES"), FEW_CASES.to_string());
        cargo.env("TENANTRY_MUTANT", mutant).args(["--", "--exact"]).args(tests);
        Ok(lines(&mut cargo, &mut |_| {})?.1)
    }
}

/// A weakening of the library in `code-mutants.json`, which is a list of them.
#[derive(Debug, Serialize)]
struct Judged {
    /// As `mutant!` names it.
    name: &'static str,
    /// The suite of `tenantry-tests`.
    suite: &'static str,
    /// The tests that must fail under it.
    tests: &'static [&'static str],
    /// Those that do not, or fail without it, too.
    unnoticed: Vec<&'static str>,
}

fn write(folder: &Path, judged: &[Judged]) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let text = serde_json::to_string_pretty(&serde_json::json!({ "version": 1, "mutants": judged }))?;
    Ok(std::fs::write(folder.join("code-mutants.json"), text + "\n")?)
}

fn says(lines: &[String], test: &str, how: &str) -> bool {
    lines.iter().any(|line| *line == format!("test {test} ... {how}"))
}

const fn mark(good: bool) -> char {
    if good { '✓' } else { '✗' }
}

/// What a proof over several seeds said.
#[derive(Debug, Eq, PartialEq)]
struct Seen {
    seeds: u64,
    green: u64,
    red: u64,
    /// The script of the first seed that was red.
    script: String,
    /// The most operations of a script.
    longest: usize,
}

impl Seen {
    fn of(seeds: u64, lines: &[String]) -> Self {
        let count = |end: &str| lines.iter().filter(|line| line.starts_with("proof: ") && line.ends_with(end)).count() as u64;
        let first = lines.iter().take_while(|line| !line.ends_with(": red"));
        let script: Vec<&str> = first.filter(|line| line.starts_with("  ")).map(String::as_str).collect();
        Self { seeds, green: count(": green"), red: count(": red"), script: script.join("\n"), longest: longest(lines) }
    }

    /// Every seed said something, and so many of them were red.
    const fn as_due(&self, red: u64) -> bool {
        self.red == red && self.green + self.red == self.seeds
    }
}

/// The highest number of a line of a script.
fn longest(lines: &[String]) -> usize {
    let number = |line: &String| line.strip_prefix("  ")?.split_once(". ")?.0.parse().ok();
    lines.iter().filter_map(number).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_counted_and_a_seed_that_says_nothing_is_not_as_due() {
        let lines = ["running 1 test", "  1. A lists [http]", "  => a row", "proof: seed 1: red", "proof: 9 operations, seed 2: green"];
        let seen = Seen::of(2, &lines.map(str::to_owned));
        assert_eq!(seen, Seen { seeds: 2, green: 1, red: 1, script: "  1. A lists [http]\n  => a row".to_owned(), longest: 1 });
        assert!(seen.as_due(1));
        assert!(!Seen::of(2, &[]).as_due(0));
        assert!(!Seen::of(1, &["proof: seed 1: red".to_owned()]).as_due(0));
    }
}

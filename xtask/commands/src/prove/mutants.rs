//! `cargo xtask prove --mutants`: weakens the library in one place after another, and demands that the named tests notice.
//!
//! Two layers guard every row, the predicate in the statement and row security in the database, so one alone must hide the loss of the
//! other: there the proof stays green. With both gone it must be red for every seed.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Serialize;
use tenantry_testkit::Postgres;

use super::arms::{ARMS, Arm, FAULT_ARMS, SUITES};
use super::database::{self, Noticed};
use super::side_by_side::side_by_side;
use super::weakened::Weakened;
use super::{Args, PROOF, lines, share, variable};
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
    output::progress("building the suites with the weakenings");
    let judge = Judge { args, suites: &Weakened::build(app, postgres, SUITES)? };
    let mut survivors = judge.layers()?;
    let mut judged = judge.arms()?;
    judge.faults(&mut judged)?;
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
    let noticed = Noticed { behaviour: database.behaviour + judged.len(), ..database };
    if args.share.is_some() {
        output::line(format_args!(
            "of the library's weakenings a share was tried, {} of {}; without --share it is all of them",
            judged.len(),
            whole()
        ));
    }
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

/// How many weakenings of the library there are.
fn whole() -> usize {
    let faults = FAULT_ARMS.iter().flat_map(|arms| arms.names.iter().copied());
    ARMS.iter().map(|arm| arm.name).chain(faults).collect::<BTreeSet<_>>().len()
}

/// What is judged, and with what.
struct Judge<'a> {
    args: &'a Args,
    suites: &'a Weakened<'a>,
}

impl Judge<'_> {
    /// The predicate alone, the fence alone, both: how many of the three went otherwise than they should.
    fn layers(&self) -> anyhow::Result<usize> {
        let (one, cases) = (1, self.args.cases.unwrap_or(CASES));
        let (predicate, fence) =
            (("TENANTRY_MUTANT", "predicate"), [("TENANTRY_PROOF_OPEN", OPEN), ("TENANTRY_PROOF_SURFACES", PREDICATED)]);
        let both = [predicate, fence[0], fence[1]];
        // The longest first.
        let jobs: [(&[(&str, &str)], u64); 4] = [(&both, SEEDS), (&[], one), (&[predicate], one), (&fence, one)];
        let mut seen = Vec::new();
        side_by_side(
            &jobs,
            |(weakening, seeds)| self.proof(weakening, *seeds, cases),
            |_, proof| {
                seen.push(proof);
                Ok(())
            },
        )?;
        let [both, nothing, predicate, fence] = seen.as_slice() else { bail!("not every layer was tried") };
        let rows = [
            ("nothing is weakened: every lane", nothing, 0),
            ("no predicate: every lane", predicate, 0),
            ("no row security on a table: http and repository", fence, 0),
            ("neither: http and repository", both, SEEDS),
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
        let mut suite = self.suites.suite("isolation")?;
        suite.envs(weakening.iter().copied()).env(variable("CASES"), cases.to_string());
        suite.env(variable("SEEDS"), seeds.to_string()).env(variable("SEED"), self.args.seed.unwrap_or(1).to_string());
        suite.args(["--nocapture", "--exact", PROOF]);
        output::progress(format_args!("the proof with {weakening:?}, {seeds} seeds"));
        let (_, lines) = lines(&mut suite, &mut |_| {})?;
        Ok(Seen::of(seeds, &lines))
    }

    /// Whether each of the arms is noticed by every test that is named for it.
    fn arms(&self) -> anyhow::Result<Vec<Judged>> {
        let arms = share::of(ARMS.iter().collect(), self.args.share);
        let mut whole = Vec::new();
        let named = |suite: &str| arms.iter().filter(|arm| arm.suite == suite).flat_map(|arm| arm.tests).copied().collect();
        // Without a name every test of a suite would run.
        let suites: Vec<&str> = SUITES.iter().copied().filter(|suite| arms.iter().any(|arm| arm.suite == *suite)).collect();
        side_by_side(
            &suites,
            |suite| self.ended(suite, "", &named(suite)),
            |suite, ended| {
                whole.push((*suite, ended));
                Ok(())
            },
        )?;
        let mut judged = Vec::new();
        let work = |arm: &&Arm| self.ended(arm.suite, arm.name, &arm.tests.iter().copied().collect());
        side_by_side(&arms, work, |arm, weakened| {
            // A test that fails without the arm, too, has noticed nothing; neither has one that is not there.
            let passes = |test: &str| whole.iter().any(|(suite, ended)| *suite == arm.suite && says(ended, test, "ok"));
            let unnoticed: Vec<&'static str> =
                arm.tests.iter().copied().filter(|test| !(passes(test) && says(&weakened, test, "FAILED"))).collect();
            let tests: Vec<String> = arm.tests.iter().map(|test| format!("{}::{test}", arm.suite)).collect();
            output::line(format_args!("{} {:<24} {}", mark(unnoticed.is_empty()), arm.name, tests.join(", ")));
            for test in &unnoticed {
                output::line(format_args!("    not noticed by {test}"));
            }
            judged.push(Judged { name: arm.name, suite: arm.suite, tests: arm.tests, faults: Vec::new(), unnoticed });
            Ok(())
        })?;
        Ok(judged)
    }

    /// Whether every kind of faults turns the proof red under its arms, and no kind does without.
    fn faults(&self, judged: &mut Vec<Judged>) -> anyhow::Result<()> {
        output::progress("the faults, with nothing weakened");
        let whole = self.broken("", &FAULT_ARMS.iter().map(|arms| arms.fault).collect::<Vec<_>>().join(","))?;
        output::line(format_args!("{} nothing is weakened: every fault", mark(whole.as_due(0))));
        let jobs = FAULT_ARMS.iter().flat_map(|arms| arms.names.iter().map(|name| (*name, arms.fault)));
        let jobs: Vec<(&str, &str)> = share::of(jobs.collect(), self.args.share);
        side_by_side(
            &jobs,
            |(name, fault)| self.broken(name, fault),
            |&(name, fault), seen| {
                let noticed = whole.as_due(0) && seen.as_due(1);
                output::line(format_args!("{} {name:<24} the faults, {fault}", mark(noticed)));
                let what = seen.script.lines().last().map_or("the proof was not red", str::trim_start);
                output::line(format_args!("    {what}"));
                let place = judged.iter().position(|judged| judged.name == name).unwrap_or_else(|| {
                    judged.push(Judged { name, suite: "isolation", tests: &[], faults: Vec::new(), unnoticed: Vec::new() });
                    judged.len() - 1
                });
                if let Some(judged) = judged.get_mut(place) {
                    judged.faults.push(fault);
                    judged.unnoticed.extend((!noticed).then_some(fault));
                }
                Ok(())
            },
        )
    }

    /// The proof of those faults alone, with that weakening.
    fn broken(&self, mutant: &str, faults: &str) -> anyhow::Result<Seen> {
        let mut suite = self.suites.suite("isolation")?;
        suite.env("TENANTRY_MUTANT", mutant).env(variable("PARTS"), "faults").env(variable("FAULTS"), faults);
        suite.env(variable("SEED"), self.args.seed.unwrap_or(1).to_string());
        suite.args(["--nocapture", "--exact", PROOF]);
        let (_, lines) = lines(&mut suite, &mut |_| {})?;
        Ok(Seen::of(1, &lines))
    }

    /// What the named tests of a suite say under an arm.
    fn ended(&self, name: &str, mutant: &str, tests: &BTreeSet<&str>) -> anyhow::Result<Vec<String>> {
        let mut suite = self.suites.suite(name)?;
        // Where the proof is the test, a few cases must do.
        suite.env(variable("CASES"), FEW_CASES.to_string());
        suite.env("TENANTRY_MUTANT", mutant).arg("--exact").args(tests);
        Ok(lines(&mut suite, &mut |_| {})?.1)
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
    /// The kinds of faults of the proof that must notice it, too.
    faults: Vec<&'static str>,
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

    /// A kind without an arm is one of which nobody knows whether it would notice anything.
    #[test]
    fn every_kind_of_faults_has_an_arm() {
        for arms in FAULT_ARMS {
            assert!(!arms.names.is_empty(), "{}", arms.fault);
        }
    }

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

//! `cargo xtask test`: everything that must pass, with a PostgreSQL server of its own.
//!
//! One server serves all suites: it is found or started once, and named to them by `ADMIN_DATABASE_URL`, so that each suite makes its own
//! databases in it instead of a cluster. The suites are built and run by cargo, so that no other command has to build them.

use std::ffi::OsString;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::App;
use crate::cargo::cargo;
use crate::output;
use crate::server;
use anyhow::{Context, bail};

/// The command line of `test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Build the suites and do not run them.
    #[arg(long)]
    no_run: bool,
    /// Handed to `cargo test`, after a `--`: `-- -p tenantry`, `-- isolation -- --nocapture`.
    #[arg(last = true)]
    cargo: Vec<OsString>,
}

/// Builds and runs the suites, and sums up what they said.
///
/// # Errors
/// When there is no server, or `cargo test` fails.
pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    let start = Instant::now();
    let mut cargo = cargo_test(app.root, args);
    if args.no_run {
        let status = cargo.status().context("cannot run cargo")?;
        if !status.success() {
            bail!("the suites do not build ({status})");
        }
        return Ok(());
    }
    let postgres = server::find_for_proof("the suites need a PostgreSQL server")?;
    // A source that was chosen by name has been used here; in the children it would win over the server that is named.
    cargo.env("ADMIN_DATABASE_URL", postgres.admin_url().expose_with_password()).env_remove("TENANTRY_POSTGRES");
    let mut child = cargo.stdout(Stdio::piped()).spawn().context("cannot run cargo")?;
    let mut summary = Summary::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.context("cannot read what cargo prints")?;
            let line = String::from_utf8_lossy(&line);
            summary.read(&line);
            output::line(&line);
        }
    }
    let status = child.wait().context("cannot wait for cargo")?;
    summary.elapsed = start.elapsed();
    // When nothing was built, cargo has said why, and there is nothing to sum up.
    if summary.suites > 0 {
        output::line(&summary);
    }
    if !status.success() {
        bail!("cargo test failed ({status})");
    }
    Ok(())
}

/// `cargo test` over the whole workspace, unless a package is named; one failing suite does not hide the others.
fn cargo_test(root: &str, args: &Args) -> Command {
    let mut cargo = cargo(root);
    cargo.arg("test");
    let packages = args.cargo.iter().take_while(|arg| *arg != "--").filter_map(|arg| arg.to_str());
    if !packages.clone().any(|arg| arg.starts_with("-p") || arg.starts_with("--package")) {
        cargo.arg("--workspace");
    }
    cargo.arg(if args.no_run { "--no-run" } else { "--no-fail-fast" });
    cargo.args(&args.cargo);
    cargo
}

/// What all suites said together.
#[derive(Debug, Default, Eq, PartialEq)]
struct Summary {
    suites: usize,
    passed: usize,
    failed: usize,
    ignored: usize,
    failures: Vec<String>,
    elapsed: Duration,
}

impl Summary {
    /// Reads a line of a suite: `test NAME ... FAILED`, or `test result: ok. 3 passed; 0 failed; 0 ignored; …`.
    fn read(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test ") else { return };
        if let Some(counts) = rest.strip_prefix("result: ") {
            self.suites += 1;
            self.passed += count(counts, "passed");
            self.failed += count(counts, "failed");
            self.ignored += count(counts, "ignored");
        } else if let Some(name) = rest.strip_suffix(" ... FAILED") {
            self.failures.push(name.to_owned());
        }
    }
}

/// The number in front of a word of a result: 3 in `ok. 3 passed; 0 failed`.
fn count(counts: &str, what: &str) -> usize {
    let words: Vec<&str> = counts.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
    words.array_windows().find_map(|[number, word]| if *word == what { number.parse().ok() } else { None }).unwrap_or_default()
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(f, "failed: {failure}")?;
        }
        write!(f, "test: {} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(f, ", {} ignored", self.ignored)?;
        }
        write!(f, ", in {} suites and {} seconds", self.suites, self.elapsed.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_adds_up_and_names_what_failed() {
        let mut summary = Summary::default();
        for line in [
            "running 3 tests",
            "test a::b ... ok",
            "test a::c ... FAILED",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.31s",
            "test result: ok. 40 passed; 0 failed; 2 ignored; 0 measured; 7 filtered out; finished in 1.00s",
        ] {
            summary.read(line);
        }
        assert_eq!(summary.to_string(), "failed: a::c\ntest: 42 passed, 1 failed, 2 ignored, in 2 suites and 0 seconds");
    }

    #[test]
    fn a_named_package_takes_the_place_of_the_workspace() {
        let line = |no_run, cargo: &[&str]| {
            let args = Args { no_run, cargo: cargo.iter().map(OsString::from).collect() };
            cargo_test(".", &args).get_args().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(line(false, &[]), "test --workspace --no-fail-fast");
        assert_eq!(line(true, &[]), "test --workspace --no-run");
        assert_eq!(line(false, &["-p", "tenantry"]), "test --no-fail-fast -p tenantry");
        assert_eq!(line(false, &["isolation", "--", "-p"]), "test --workspace --no-fail-fast isolation -- -p");
    }
}

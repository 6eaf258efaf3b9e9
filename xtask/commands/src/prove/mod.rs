//! `cargo xtask prove`: the isolation proof, and the proof that it would notice.
//!
//! The proof is a test named `isolation` of the application's, built and run by cargo, so that no other command has to build it. With `--mutants` the
//! suites are built a second time with the library's deliberate weakenings in it, and each must be caught by the tests that
//! [`arms`] names for it.

mod arms;
mod mutants;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use tenantry_testkit::Postgres;

use crate::App;
use crate::cargo::cargo;
use crate::output;

/// The command line of `prove`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many cases of each proof; every case has fresh tenants.
    #[arg(long, default_value_t = 64)]
    cases: u32,
    /// Repeats the cases of that seed. With `--mutants`: the first of the seeds.
    #[arg(long)]
    seed: Option<u64>,
    /// Weakens the library on purpose, in one place after another, and fails when no test notices.
    #[arg(long)]
    mutants: bool,
}

/// Runs the proof.
///
/// # Errors
/// When there is no server, a tenant reached another, or a weakening was not noticed.
pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    let postgres = Postgres::find().context("the proof needs a PostgreSQL server")?;
    if args.mutants {
        return mutants::run(app, args, &postgres);
    }
    let mut cargo = suite(app, &postgres, "isolation");
    cargo.env("TENANTRY_PROOF_CASES", args.cases.to_string());
    if let Some(seed) = args.seed {
        cargo.env("TENANTRY_PROOF_SEED", seed.to_string());
    }
    cargo.args(["--", "--nocapture"]);
    let (ok, _) = lines(&mut cargo, &mut |line| output::line(line))?;
    if !ok {
        bail!("the proof is red: the script above leads to the fault, and `cargo xtask prove --seed` repeats it");
    }
    Ok(())
}

/// `cargo test` on one suite, with the server that is found already.
fn suite(app: &App, postgres: &Postgres, name: &str) -> Command {
    let mut cargo = cargo(app.root);
    cargo.arg("test");
    match app.proof {
        Some(package) => cargo.args(["--package", package]),
        None => cargo.arg("--workspace"),
    };
    cargo.args(["--test", name]);
    // A source that was chosen by name has been used here; in the child it would win over the server that is named.
    cargo.env("ADMIN_DATABASE_URL", postgres.admin_url().expose_with_password()).env_remove("TENANTRY_POSTGRES");
    for variable in ["CASES", "SEED", "SEEDS", "SURFACES", "OPEN"] {
        cargo.env_remove(format!("TENANTRY_PROOF_{variable}"));
    }
    cargo.env_remove("TENANTRY_MUTANT");
    cargo
}

/// Runs it; whether it succeeded, and the lines that it wrote to standard output, each of which is handed on as it comes.
fn lines(cargo: &mut Command, each: &mut dyn FnMut(&str)) -> anyhow::Result<(bool, Vec<String>)> {
    let mut child = cargo.stdout(Stdio::piped()).spawn().context("cannot run cargo")?;
    let mut lines = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = String::from_utf8_lossy(&line.context("cannot read what cargo prints")?).into_owned();
            each(&line);
            lines.push(line);
        }
    }
    Ok((child.wait().context("cannot wait for cargo")?.success(), lines))
}

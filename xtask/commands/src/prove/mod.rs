//! `cargo xtask prove`: the isolation proof, and the proof that it would notice.
//!
//! The proof is a test named `isolation` of the application's, built and run by cargo, so that no other command has to build it. With `--mutants` the
//! suites are built a second time with the library's deliberate weakenings in it, and each must be caught by the tests that
//! [`arms`] names for it; and the testkit weakens the database and the roles, and judges that itself ([`database`]).

mod arms;
mod database;
mod mutants;
mod page;
mod progress;
mod share;
mod side_by_side;
mod weakened;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use tenantry_testkit::Postgres;

use crate::App;
use crate::cargo::cargo;
use crate::output;
use crate::server;
use progress::Progress;
use share::Share;

/// The command line of `prove`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How much is tried: `push` what 60 seconds allow, `ci` 100,000 operations and timing within ten minutes, `nightly` two hours of operations
    /// and then every other part.
    #[arg(long, value_parser = ["push", "ci", "nightly"])]
    profile: Option<String>,
    /// How many cases of each proof; every case has fresh tenants. It wins over the profile; without either there are as many as the
    /// test says, 64 by default.
    #[arg(long)]
    cases: Option<u32>,
    /// Repeats the cases of that seed. With `--mutants`: the first of the seeds.
    #[arg(long)]
    seed: Option<u64>,
    /// Writes `index.html` and `proof.json` into that folder: what was tried, on what, and what was not. With `--mutants` they have the
    /// weakenings of the database, too, and `code-mutants.json` beside them has those of the library.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Weakens the library, the database and the roles on purpose, in one place after another, and fails when nobody notices. The library is
    /// weakened in Tenantry's own workspace alone. With `--profile` or `--report` the rest of the proof runs, too.
    #[arg(long)]
    mutants: bool,
    /// With `--mutants`: of the weakenings of the library only the `K`th of `N` shares, so that a push takes a share and not an hour. Those of the
    /// database, of the roles and of the two layers are tried whole.
    #[arg(long, value_name = "K/N", requires = "mutants", value_parser = share::parse)]
    share: Option<Share>,
}

/// Runs the proof.
///
/// # Errors
/// When there is no server, a tenant reached another, or a weakening was not noticed.
pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    let postgres = server::find_for_proof("the proof needs a PostgreSQL server")?;
    if let Some(folder) = &args.report {
        page::clear(&std::path::absolute(folder).with_context(|| format!("the folder {} cannot be found", folder.display()))?)?;
    }
    if args.mutants && own(app) {
        return mutants::run(app, args, &postgres);
    }
    if args.mutants {
        output::progress("weakenings of code run in Tenantry's own workspace only; those of the schema and of the roles run here");
    }
    proof(app, args, &postgres).map(drop)
}

/// Whether this is Tenantry's own workspace, where the library can be built with weakenings in it.
fn own(app: &App) -> bool {
    app.path("tests/mutants/rustc-wrapper.sh").exists()
}

/// Runs the application's proof, and hands back what it has said.
fn proof(app: &App, args: &Args, postgres: &Postgres) -> anyhow::Result<Vec<String>> {
    let mut cargo = suite(app, postgres, &["isolation"]);
    let seed = args.seed.map(|seed| seed.to_string());
    let cases = args.cases.map(|cases| cases.to_string());
    for (name, value) in [("PROFILE", &args.profile), ("CASES", &cases), ("SEED", &seed)] {
        cargo.envs(value.as_ref().map(|value| (variable(name), value)));
    }
    if let Some(folder) = &args.report {
        // The test runs in the folder of its package.
        let folder = std::path::absolute(folder).with_context(|| format!("the folder {} cannot be found", folder.display()))?;
        cargo.env(variable("REPORT"), folder);
    }
    if args.mutants {
        cargo.env(variable("PARTS"), parts(args));
    }
    cargo.args(["--", "--nocapture"]);
    if own(app) {
        cargo.args(["--exact", PROOF]);
    }
    let mut progress = Progress::new();
    let (ok, lines) = lines(&mut cargo, &mut |line| {
        if !progress.takes(line) {
            progress.line(line);
        }
    })?;
    drop(progress);
    if let Some(folder) = &args.report {
        report(folder, ok)?;
    }
    if !ok {
        bail!(
            "the proof is red: the script above leads to the fault; `cargo xtask prove --seed S --cases N`, with N above the number of the case, repeats it"
        );
    }
    // Of a suite without a proof every test passes.
    ensure!(
        lines.iter().any(|line| line.starts_with("proof: ") && line.ends_with(": green")),
        "no test of the suite `isolation` has run a proof: call `tenantry_testkit::Proof` in tests/isolation.rs"
    );
    Ok(lines)
}

/// The parts that `--mutants` adds the weakenings of the database to.
fn parts(args: &Args) -> &'static str {
    match args.profile.as_deref() {
        Some("ci" | "nightly") => "workload,attacks,faults,timing,mutants",
        Some(_) => "workload,attacks,faults,mutants",
        None if args.report.is_some() => "workload,attacks,faults,mutants",
        None => "mutants",
    }
}

/// Writes the page, and says where it is.
fn report(folder: &Path, ok: bool) -> anyhow::Result<()> {
    match page::write(&std::path::absolute(folder)?, ok) {
        Ok(page) => output::line(format_args!("report: {}", page::from_here(&page).display())),
        // A proof that is red is told as such, whatever becomes of its page: one that could not begin has none.
        Err(error) if !ok => output::error(&error),
        Err(error) => return Err(error),
    }
    Ok(())
}

/// The test that is the proof.
const PROOF: &str = "proof::no_tenant_reaches_another";

/// The variable of that name that the proof reads.
fn variable(name: &str) -> String {
    format!("TENANTRY_PROOF_{name}")
}

/// `cargo test` on suites of the workspace, with the server that is found already. Of the whole workspace, so that all is built with the same
/// features as by `cargo xtask test`, and so once.
fn suite(app: &App, postgres: &Postgres, names: &[&str]) -> Command {
    let mut cargo = cargo(app.root);
    cargo.args(["test", "--workspace"]).args(names.iter().flat_map(|name| ["--test", name]));
    with_server(&mut cargo, postgres);
    cargo
}

/// Names the server to a suite, and takes back what somebody may have said to the proof of another one.
fn with_server(command: &mut Command, postgres: &Postgres) {
    // A source that was chosen by name has been used here; in the child it would win over the server that is named.
    command.env("ADMIN_DATABASE_URL", postgres.admin_url().expose_with_password()).env_remove("TENANTRY_POSTGRES");
    for name in ["PROFILE", "CASES", "SEED", "SEEDS", "SURFACES", "OPEN", "REPORT", "PARTS", "FAULTS"] {
        command.env_remove(variable(name));
    }
    command.env(variable("ORIGIN"), postgres.origin_without_path());
    command.env(variable("OUTPUT"), "machine").env_remove("TENANTRY_MUTANT");
}

/// Runs it; whether it succeeded, and the lines that it wrote to standard output, each of which is handed on as it comes.
fn lines(command: &mut Command, each: &mut dyn FnMut(&str)) -> anyhow::Result<(bool, Vec<String>)> {
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot run {}", command.get_program().display()))?;
    let mut lines = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = String::from_utf8_lossy(&line.context("cannot read what cargo prints")?).into_owned();
            each(&line);
            lines.push(line);
        }
    }
    Ok((child.wait().context("cannot wait for the suite")?.success(), lines))
}

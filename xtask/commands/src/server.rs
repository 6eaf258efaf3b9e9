//! The PostgreSQL server of a command, and how a command that needs a container gets a build that can start one.
//!
//! Docker's client is sixty crates that no other command needs. So the commands are built without it, and one that finds itself in front of
//! a container builds itself again with the feature `containers` and goes on as that build, with the same arguments.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use tenantry_testkit::{FindError, Postgres};

use crate::cargo;
use crate::output;

/// The server that is there soonest, for the demo.
pub(crate) fn find(why: &'static str) -> anyhow::Result<Postgres> {
    told(Postgres::find(), why)
}

/// A container wherever Docker answers, for the suites and the proof.
pub(crate) fn find_for_proof(why: &'static str) -> anyhow::Result<Postgres> {
    told(Postgres::find_for_proof(), why)
}

fn told(found: Result<Postgres, FindError>, why: &'static str) -> anyhow::Result<Postgres> {
    match found {
        Ok(postgres) => {
            output::progress(format_args!("PostgreSQL: {}", postgres.origin()));
            Ok(postgres)
        }
        Err(FindError::WithoutContainers) => Err(again_with_containers()).context(why),
        Err(error) => Err(error).context(why),
    }
}

/// Becomes cargo, which builds this command's package with containers and becomes that build. It returns only when that cannot be tried.
fn again_with_containers() -> anyhow::Error {
    // Cargo tells what it runs where it comes from.
    let Some(manifest) = env::var_os("CARGO_MANIFEST_DIR").map(|folder| PathBuf::from(folder).join("Cargo.toml")) else {
        return anyhow::Error::new(FindError::WithoutContainers).context("a container can be started when the command runs through cargo");
    };
    output::progress("building the command with containers");
    let mut cargo = cargo::cargo_here();
    cargo.args(["run", "--quiet", "--manifest-path"]).arg(&manifest);
    cargo.args(["--features", "tenantry-xtask/containers", "--"]).args(env::args_os().skip(1));
    anyhow!(cargo.exec()).context(format!("cannot run cargo for {}", manifest.display()))
}

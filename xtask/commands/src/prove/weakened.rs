//! The suites with the library's weakenings in them, built once. They run as programs of their own: cargo would look over the whole workspace
//! before each of more than a hundred runs.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use tenantry_testkit::Postgres;

use super::{suite, variable, with_server};
use crate::App;

/// The suites, all weakenings switched off until one is named.
#[derive(Debug)]
pub(super) struct Weakened<'a> {
    postgres: &'a Postgres,
    /// By name.
    suites: BTreeMap<String, Program>,
}

#[derive(Debug)]
struct Program {
    executable: PathBuf,
    /// The folder of its package, in which cargo would run it.
    folder: PathBuf,
}

/// What cargo says of something that it has built, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Message {
    manifest_path: Option<PathBuf>,
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl<'a> Weakened<'a> {
    /// Builds those suites.
    pub(super) fn build(app: &App, postgres: &'a Postgres, names: &[&str]) -> anyhow::Result<Self> {
        let mut cargo = suite(app, postgres, names);
        cargo.env("RUSTC_WORKSPACE_WRAPPER", app.path("tests/mutants/rustc-wrapper.sh"));
        cargo.args(["--no-run", "--message-format=json-render-diagnostics"]).stdout(Stdio::piped());
        let mut child = cargo.spawn().context("cannot run cargo")?;
        let mut suites = BTreeMap::new();
        if let Some(stdout) = child.stdout.take() {
            for message in serde_json::Deserializer::from_reader(BufReader::new(stdout)).into_iter::<Message>() {
                suites.extend(program(message.context("cannot read what cargo says")?));
            }
        }
        let status = child.wait().context("cannot wait for cargo")?;
        ensure!(status.success(), "the suites do not build with --cfg tenantry_mutants ({status})");
        for name in names {
            ensure!(suites.contains_key(*name), "cargo has not said where it has built the suite {name}");
        }
        Ok(Self { postgres, suites })
    }

    /// The command that runs a suite.
    pub(super) fn suite(&self, name: &str) -> anyhow::Result<Command> {
        let program = self.suites.get(name).with_context(|| format!("the suite {name} is not built"))?;
        let mut command = Command::new(&program.executable);
        command.current_dir(&program.folder).env("CARGO_MANIFEST_DIR", &program.folder).stdin(Stdio::null());
        with_server(&mut command, self.postgres);
        // What fails is expected to fail.
        command.env("RUST_BACKTRACE", "0").env(variable("PARTS"), "workload").stderr(Stdio::null());
        Ok(command)
    }
}

/// The suite that a message is about, if it is about one.
fn program(message: Message) -> Option<(String, Program)> {
    let target = message.target.filter(|target| target.kind.iter().any(|kind| kind == "test"))?;
    let folder = message.manifest_path.as_deref().and_then(Path::parent)?.to_owned();
    Some((target.name, Program { executable: message.executable?, folder }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_about_a_suite_or_not() {
        let about = |text: &str| program(serde_json::from_str(text).expect("a message")).map(|(name, program)| (name, program.folder));
        let suite = r#"{"reason":"compiler-artifact","manifest_path":"/a/tests/Cargo.toml","target":{"kind":["test"],"name":"db"},"executable":"/x"}"#;
        assert_eq!(about(suite), Some(("db".to_owned(), PathBuf::from("/a/tests"))));
        assert_eq!(about(r#"{"reason":"build-finished","success":true}"#), None);
        assert_eq!(about(&suite.replace(r#"["test"]"#, r#"["lib"]"#)), None);
        assert_eq!(about(&suite.replace(r#""/x""#, "null")), None);
    }
}

//! Applications outside this workspace: the copy of a template, its commands, and its services as processes.
//!
//! They are built with the lock file and in the build directory of this workspace, so that no version is looked for and little is built
//! twice; what they are built into stays in `target/outside`.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::{root, server};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the templates depend on by path.
const LIBRARIES: [&str; 3] = ["runtime", "xtask/commands", "tests/testkit"];

/// An application, in a folder of its own.
#[derive(Debug)]
pub struct Application {
    folder: TempDir,
    /// Where commands are called, below that folder.
    home: PathBuf,
    /// The folder that this workspace is built into.
    target: PathBuf,
}

impl Application {
    /// Copies the template out of the workspace; what it depends on by path is found by absolute paths from there. `temporary` is the suite's
    /// `CARGO_TARGET_TMPDIR`, `home` the folder within the template in which a person calls commands.
    ///
    /// # Panics
    /// When the template is not there, or cannot be copied.
    #[must_use]
    pub fn copied(template: &str, home: &str, temporary: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = Path::new(temporary).parent().expect("the folder for temporary files lies in it").to_owned();
        let application = Self { home: folder.path().join(home), folder, target };
        let root_of_copy = application.folder.path();
        copy(&root().join(template), root_of_copy);
        with_the_features_of_the_workspace(root_of_copy);
        fs::copy(root().join("Cargo.lock"), root_of_copy.join("Cargo.lock")).expect("the lock file is copied");
        // With the same profile, what the workspace has built of other people's crates is used again.
        let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
        let profiles = workspace.find("[profile.").map_or("", |start| &workspace[start..]);
        let config = root_of_copy.join(".cargo/config.toml");
        let own = fs::read_to_string(&config).unwrap_or_default();
        fs::create_dir_all(root_of_copy.join(".cargo")).expect("a folder");
        fs::write(config, format!("{own}\n{profiles}")).expect("the configuration is written");
        application
    }

    /// A path in the folder where commands are called.
    #[must_use]
    pub fn path(&self, relative: &str) -> PathBuf {
        self.home.join(relative)
    }

    /// The text of a file.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    /// Writes a file.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, relative: &str, text: &str) {
        fs::write(self.path(relative), text).unwrap_or_else(|error| panic!("{relative}: {error}"));
    }

    /// Puts one text in the place of another.
    ///
    /// # Panics
    /// When it is not there.
    pub fn rewrite(&self, relative: &str, from: &str, to: &str) {
        let text = self.read(relative);
        assert!(text.contains(from), "{relative} has no `{from}`");
        self.write(relative, &text.replace(from, to));
    }

    /// Cargo in that folder, as a person calls it.
    pub fn cargo(&self, arguments: &[&str]) -> Run {
        let mut run = self.program(env!("CARGO"));
        run.command.args(arguments);
        run
    }

    /// A line in that folder, as a person types it. The cargo that it calls is the one that runs this test.
    pub fn shell(&self, line: &str) -> Run {
        let mut run = self.program("sh");
        let own = Path::new(env!("CARGO")).parent().map(Path::to_path_buf);
        let others = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&others))).expect("a PATH");
        run.command.args(["-c", line]).env("PATH", path);
        run
    }

    fn program(&self, program: &str) -> Run {
        let mut command = Command::new(program);
        command.current_dir(&self.home).stdin(Stdio::null());
        // What the cargo that runs this test has told it about its own package is not for that one.
        let own = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name.starts_with("TENANTRY_");
        for (name, _) in std::env::vars_os().filter(|(name, _)| own(&name.to_string_lossy())) {
            command.env_remove(name);
        }
        command.env("CARGO_TARGET_DIR", self.target.join("outside")).env("CARGO_BUILD_BUILD_DIR", &self.target);
        command.env("CARGO_NET_OFFLINE", "true").env_remove("RUSTC_WORKSPACE_WRAPPER").env_remove("DATABASE_URL");
        // One server for all of it.
        command.env("ADMIN_DATABASE_URL", server().admin_url().expose_with_password());
        Run { command }
    }

    /// `cargo xtask …`.
    pub fn xtask(&self, arguments: &[&str]) -> Run {
        self.cargo(&[&["xtask"], arguments].concat())
    }

    /// Starts a binary that has been built; not by `cargo run`, whose child would outlive it.
    ///
    /// # Panics
    /// When it does not say where it serves.
    #[must_use]
    pub fn serve(&self, binary: &str, database: &str) -> Service {
        let mut command = Command::new(self.target.join("outside/debug").join(binary));
        command.env_clear().env("DATABASE_URL", database).env("LISTEN", "127.0.0.1:0").env("TENANTRY_ENV", "test");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the service starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("its first line");
        let address = line.trim().strip_prefix("serving ").unwrap_or_else(|| panic!("it says `{line}`")).to_owned();
        Service { child, address }
    }
}

/// Cargo chooses the features of a crate by what is built together, so that each package of an application has a sqlx and a Tenantry of its
/// own. With these dependencies, which no code names, they all use what the workspace has built already.
const FEATURES: &str = "
[target.'cfg(all())'.dependencies]
tenantry-testkit = { path = \"{root}/tests/testkit\", features = [\"containers\"] }
tenantry-xtask = { path = \"{root}/xtask/commands\" }

[target.'cfg(all())'.build-dependencies]
bitflags = { version = \"2\", features = [\"std\"] }
";

/// Adds [`FEATURES`] to every package of the copy.
fn with_the_features_of_the_workspace(folder: &Path) {
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap_or_default();
    if text.contains("[package]") {
        fs::write(manifest, text + &FEATURES.replace("{root}", &root().display().to_string())).expect("the manifest is written");
    }
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_type().expect("its type").is_dir() {
            with_the_features_of_the_workspace(&entry.path());
        }
    }
}

/// A line of a manifest, with an absolute path where it names a library of this workspace.
fn absolute(line: &str) -> String {
    let found = LIBRARIES.iter().find_map(|library| {
        let (before, path) = line.split_once("path = \"")?;
        let path = path.strip_suffix("\" }")?;
        let climbs = path.strip_suffix(library)?;
        climbs.replace("../", "").is_empty().then(|| format!("{before}path = {:?} }}", root().join(library)))
    });
    found.unwrap_or_else(|| line.to_owned())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the template is there") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("its type").is_dir() {
            // Somebody may have built the template where it stands.
            if entry.file_name() != "target" {
                copy(&entry.path(), &to);
            }
        } else if entry.file_name() == "Cargo.toml" {
            let text = fs::read_to_string(entry.path()).expect("a manifest");
            let lines: Vec<String> = text.lines().map(absolute).collect();
            fs::write(to, lines.join("\n") + "\n").expect("the manifest is written");
        } else {
            fs::copy(entry.path(), &to).expect("a copy");
        }
    }
}

/// A command that is put together.
#[derive(Debug)]
#[must_use = "it runs when it is asked how it ends"]
pub struct Run {
    command: Command,
}

impl Run {
    /// With that variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Whether it succeeded, and what it said on both streams.
    fn run(mut self) -> (bool, String) {
        let output = self.command.output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said.into_owned())
    }

    /// What it says.
    ///
    /// # Panics
    /// When it fails.
    #[track_caller]
    #[must_use]
    pub fn said(self) -> String {
        let called = format!("{:?}", self.command.get_args());
        let (success, said) = self.run();
        assert!(success, "{called} failed:\n{said}");
        said
    }

    /// Runs it.
    ///
    /// # Panics
    /// When it fails.
    #[track_caller]
    pub fn succeeds(self) {
        drop(self.said());
    }

    /// What it says when it fails.
    ///
    /// # Panics
    /// When it succeeds.
    #[track_caller]
    #[must_use]
    pub fn fails(self) -> String {
        let called = format!("{:?}", self.command.get_args());
        let (success, said) = self.run();
        assert!(!success, "{called} succeeded:\n{said}");
        said
    }
}

/// A service, which ends with this value.
#[derive(Debug)]
pub struct Service {
    child: Child,
    address: String,
}

impl Service {
    /// Sends a request with one header of its own; the status and the body.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn send(&self, (name, value): (&str, &str), method: &str, path: &str, body: Option<&Value>) -> (u16, String) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(&self.address).expect("the service listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let (host, length) = (&self.address, body.len());
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{name}: {value}\r\nConnection: close\r\n");
        let content =
            if body.is_empty() { String::new() } else { format!("Content-Type: application/json\r\nContent-Length: {length}\r\n") };
        write!(stream, "{head}{content}\r\n{body}").expect("the request is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, body.to_owned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has no state of its own.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

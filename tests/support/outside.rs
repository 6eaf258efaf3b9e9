//! The copy of the template, its commands, and its service as a process.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tenantry::Conventions;
use tenantry_tests::{root, server};

/// As the `models.toml` of the template says.
pub(crate) const CONVENTIONS: Conventions =
    Conventions { schema: "vet", platform_schema: "clinics", tenant_column: "clinic_id", settings: "vet", roles: "clinic" };

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The application, in a folder of its own.
pub(crate) struct Application {
    folder: TempDir,
}

impl Application {
    /// Copies the template out of the workspace; what it depends on by path is found by absolute paths from there.
    pub(crate) fn copied() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let application = Self { folder };
        copy(&root().join("tests/outside/template"), application.folder.path());
        for manifest in ["Cargo.toml", "xtask/Cargo.toml"] {
            let libraries = ["runtime", "xtask/commands", "tests/testkit"];
            let lines: Vec<String> = application.read(manifest).lines().map(|line| absolute(line, &libraries)).collect();
            application.write(manifest, &(lines.join("\n") + "\n"));
        }
        fs::copy(root().join("Cargo.lock"), application.path("Cargo.lock")).expect("the lock file is copied");
        // With the same profile, what the workspace has built of other people's crates is used again.
        let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
        let profiles = workspace.find("[profile.").map_or("", |start| &workspace[start..]);
        application.write(".cargo/config.toml", &format!("{}\n{profiles}", application.read(".cargo/config.toml")));
        application
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    fn write(&self, relative: &str, text: &str) {
        fs::write(self.path(relative), text).unwrap_or_else(|error| panic!("{relative}: {error}"));
    }

    /// Puts one text in the place of another, which must be there.
    pub(crate) fn rewrite(&self, relative: &str, from: &str, to: &str) {
        let text = self.read(relative);
        assert!(text.contains(from), "{relative} has no `{from}`");
        self.write(relative, &text.replace(from, to));
    }

    /// Cargo in that folder, as a person calls it.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        // What the cargo that runs this test has told it about its own package is not for that one.
        let own = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name.starts_with("TENANTRY_");
        for (name, _) in std::env::vars_os().filter(|(name, _)| own(&name.to_string_lossy())) {
            command.env_remove(name);
        }
        command.env("CARGO_TARGET_DIR", target().join("outside")).env("CARGO_BUILD_BUILD_DIR", target()).env("CARGO_NET_OFFLINE", "true");
        command.env_remove("RUSTC_WORKSPACE_WRAPPER").env_remove("DATABASE_URL");
        // One server for all of it.
        command.env("ADMIN_DATABASE_URL", server().admin_url().expose_with_password());
        Run { command }
    }

    /// `cargo xtask …`.
    pub(crate) fn xtask(&self, arguments: &[&str]) -> Run {
        self.cargo(&[&["xtask"], arguments].concat())
    }

    /// Starts the application's own binary.
    pub(crate) fn serve(&self, database: &str) -> Service {
        // Built first, and not by `cargo run`, whose child would outlive it.
        self.cargo(&["build", "--quiet", "--package", "clinic"]).succeeds();
        let mut binary = Command::new(target().join("outside/debug/clinic"));
        binary.env_clear().env("DATABASE_URL", database).env("LISTEN", "127.0.0.1:0").env("TENANTRY_ENV", "test");
        let mut child = binary.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the service starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("its first line");
        let address = line.trim().strip_prefix("serving ").unwrap_or_else(|| panic!("it says `{line}`")).to_owned();
        Service { child, address }
    }
}

/// The folder that this workspace is built into.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder for temporary files lies in it")
}

fn absolute(line: &str, libraries: &[&str]) -> String {
    let found = libraries.iter().find_map(|library| {
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
        } else {
            fs::copy(entry.path(), &to).expect("a copy");
        }
    }
}

/// A command that is put together.
pub(crate) struct Run {
    command: Command,
}

impl Run {
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Whether it succeeded, and what it said on both streams.
    fn run(mut self) -> (bool, String) {
        let output = self.command.output().expect("cargo runs");
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        let _ = write!(said, "{}", String::from_utf8_lossy(&output.stderr));
        (output.status.success(), said)
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> String {
        let called = format!("{:?}", self.command.get_args());
        let (success, said) = self.run();
        assert!(success, "{called} failed:\n{said}");
        said
    }

    #[track_caller]
    pub(crate) fn fails(self) -> String {
        let called = format!("{:?}", self.command.get_args());
        let (success, said) = self.run();
        assert!(!success, "{called} succeeded:\n{said}");
        said
    }
}

/// The service, which ends with this value.
pub(crate) struct Service {
    child: Child,
    address: String,
}

impl Service {
    /// Sends a request for a tenant; the status and the body.
    pub(crate) fn send(&self, tenant: &str, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(&self.address).expect("the service listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let (host, length) = (&self.address, body.len());
        let head = format!("{method} /api{path} HTTP/1.1\r\nHost: {host}\r\nX-Tenant: {tenant}\r\nConnection: close\r\n");
        let content =
            if body.is_empty() { String::new() } else { format!("Content-Type: application/json\r\nContent-Length: {length}\r\n") };
        write!(stream, "{head}{content}\r\n{body}").expect("the request is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has no state of its own.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text of a value that is one.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

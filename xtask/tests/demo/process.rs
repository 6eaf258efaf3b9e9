//! The demo as a child process, its output line by line, and what it leaves behind.

use std::fmt;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

enum Line {
    Out(String),
    Err(String),
}

/// A demo that runs. It is killed when a test fails.
pub(crate) struct Demo {
    child: Child,
    lines: Receiver<Line>,
    stdout: String,
    output: String,
    /// Where it makes its temporary directories.
    temporary: TempDir,
}

impl Demo {
    /// Starts `cargo xtask demo` with a private cluster, or with the server that the URL names.
    pub(crate) fn start(arguments: &[&str], admin: Option<&str>) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        // The account that runs the server must be able to enter it.
        fs::set_permissions(temporary.path(), Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("demo").args(arguments).env("TMPDIR", temporary.path()).env_remove("DATABASE_URL");
        match admin {
            Some(url) => command.env("ADMIN_DATABASE_URL", url).env_remove("TENANTRY_POSTGRES"),
            None => command.env("TENANTRY_POSTGRES", "local").env_remove("ADMIN_DATABASE_URL"),
        };
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (send, lines) = channel();
        read(child.stdout.take().unwrap(), send.clone(), Line::Out);
        read(child.stderr.take().unwrap(), send, Line::Err);
        Self { child, lines, stdout: String::new(), output: String::new(), temporary }
    }

    /// What was read so far, of both streams.
    pub(crate) fn output(&self) -> String {
        self.output.clone()
    }

    /// Reads until a line has that text.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while let Some(line) = self.line(deadline) {
            if line.contains(text) {
                return;
            }
        }
        panic!("it ended without saying `{text}`:\n{}", self.output);
    }

    /// What Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        let id = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(id), Signal::SIGINT).unwrap();
    }

    /// Reads on until the process has ended.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        while self.line(deadline).is_some() {}
        // Both streams are closed, so it is ending.
        let code = self.child.wait().unwrap().code();
        let (stdout, output) = (std::mem::take(&mut self.stdout), std::mem::take(&mut self.output));
        let left = leftovers(&self.temporary);
        Ended { code, stdout, output, left }
    }

    /// The next line; `None` when both streams are closed.
    #[track_caller]
    fn line(&mut self, deadline: Instant) -> Option<String> {
        let line = match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Line::Out(line)) => {
                self.stdout.push_str(&line);
                line
            }
            Ok(Line::Err(line)) => line,
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => panic!("it says nothing more:\n{}", self.output),
        };
        self.output.push_str(&line);
        Some(line)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It has ended, unless a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(stream: impl Read + Send + 'static, send: Sender<Line>, line: fn(String) -> Line) {
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        loop {
            let mut bytes = Vec::new();
            let read = stream.read_until(b'\n', &mut bytes).unwrap_or_default();
            if read == 0 || send.send(line(String::from_utf8_lossy(&bytes).into_owned())).is_err() {
                return;
            }
        }
    });
}

/// A demo that has ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    /// Both streams.
    pub(crate) output: String,
    left: Vec<String>,
}

impl Ended {
    /// No process, no directory, and no password in what it said.
    #[track_caller]
    pub(crate) fn leaves_nothing(&self) {
        assert_eq!(self.left, [""; 0], "left behind");
        for url in self.output.split("://").skip(1) {
            let login = url.split(['/', ' ', '\n']).next().and_then(|authority| authority.split_once('@'));
            assert!(login.is_none_or(|(user, _)| !user.contains(':')), "a URL shows a password: {self}");
        }
        // Every password of a role is random and long; a path or an id has something else in between. A line to try has tokens of the demo's
        // people, which are there to be shown.
        let shown = self.output.lines().filter(|line| !line.trim_start().starts_with("curl "));
        let word = shown.flat_map(|line| line.split(|letter: char| !letter.is_ascii_alphanumeric())).find(|word| word.len() >= 24);
        assert_eq!(word, None, "this may be a password: {self}");
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit code {:?}, output:\n{}", self.code, self.output)
    }
}

/// What lies in the directory, and processes whose command line names it, where the system tells.
fn leftovers(directory: &TempDir) -> Vec<String> {
    let mut left: Vec<String> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path().display().to_string()).collect();
    let name = directory.path().to_str().unwrap();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    left.extend(lines.map(|line| String::from_utf8_lossy(&line).into_owned()).filter(|line| line.contains(name)));
    left
}

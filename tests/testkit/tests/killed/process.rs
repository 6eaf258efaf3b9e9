//! This test binary again, as the process that is killed, as the one that goes on, and as the next start.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::{ConnectOptions, Connection};
use tenantry_testkit::{Database, DatabaseUrl, Postgres, execute};

/// How long anything may take that must happen.
const PATIENCE: Duration = Duration::from_secs(120);
/// The variable that tells a child what it is for: `work` makes databases until it is killed, `keep` holds one, `once` makes one and ends.
const ROLE: &str = "TENANTRY_KILLED_ROLE";
const PREFIX: &str = "TENANTRY_KILLED_PREFIX";

/// The server of the children.
#[derive(Clone, Debug)]
pub(crate) enum Server {
    Local {
        temporary: PathBuf,
    },
    #[cfg(feature = "containers")]
    Container,
    Named {
        url: DatabaseUrl,
        prefix: String,
    },
}

/// A child that runs. It is killed when a test fails.
pub(crate) struct Run {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Run {
    fn spawn(role: &str, server: &Server) -> Self {
        let mut command = Command::new(env::current_exe().expect("has a path"));
        command.args(["--exact", "process::a_child_does_as_it_is_told", "--nocapture"]);
        for variable in ["TENANTRY_POSTGRES", "TENANTRY_POSTGRES_VERSION", "ADMIN_DATABASE_URL"] {
            command.env_remove(variable);
        }
        match server {
            Server::Local { temporary } => command.env("TENANTRY_POSTGRES", "local").env("TMPDIR", temporary),
            #[cfg(feature = "containers")]
            Server::Container => command.env("TENANTRY_POSTGRES", "container"),
            Server::Named { url, prefix } => command.env("ADMIN_DATABASE_URL", url.expose_with_password()).env(PREFIX, prefix),
        };
        let mut child = command.env(ROLE, role).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
        let (input, output) = (child.stdin.take(), child.stdout.take().expect("is piped"));
        let (send, lines) = channel();
        thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, input, lines }
    }

    /// A run that has a database and keeps it.
    pub(crate) fn keep(server: &Server) -> Self {
        let mut run = Self::spawn("keep", server);
        run.wait_for("HAS ONE");
        run
    }

    /// The next start, which ends by itself.
    pub(crate) fn start_and_end(server: &Server) {
        let mut run = Self::spawn("once", server);
        run.wait_for("HAS ONE");
        run.end();
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn still_has_its_database(&mut self) {
        self.input.as_mut().expect("is open").write_all(b"\n").expect("reads");
        self.wait_for("STILL HAS IT");
    }

    /// Lets it go and waits until it has ended well.
    pub(crate) fn end(mut self) {
        drop(self.input.take());
        let status = self.child.wait().expect("ends");
        assert!(status.success(), "{status}");
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("has ended");
    }

    /// Kills the shells that it has started, and theirs.
    pub(crate) fn kill_its_shells(&self) {
        let shells = children(self.id()).into_iter().flat_map(|shell| [children(shell), vec![shell]].concat());
        for shell in shells.filter(|id| fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name.trim() == "sh")) {
            kill(Pid::from_raw(shell.cast_signed()), Signal::SIGKILL).expect("SIGKILL");
        }
    }

    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("no `{text}`: {error}"));
            // The test harness writes its own words on the same line.
            if line.contains(text) {
                return;
            }
        }
    }

    /// Reads for so long; whether it is still there then.
    fn read_for(&self, time: Duration) -> bool {
        let until = std::time::Instant::now() + time;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(std::time::Instant::now())) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // It has ended, unless a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a run and kills it at a random time within the span, ten times; the numbers of the processes, and when they were killed.
pub(crate) fn kill_ten(server: &Server, span: Duration) -> Vec<(u32, Duration)> {
    let mut killed = Vec::new();
    for _ in 0..10 {
        let mut run = Run::spawn("work", server);
        let time = span.mul_f64(f64::from(getrandom::u32().expect("is random")) / f64::from(u32::MAX));
        assert!(run.read_for(time), "it ended by itself");
        killed.push((run.id(), time));
        run.kill();
    }
    killed
}

fn children(process: u32) -> Vec<u32> {
    let listed = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let all = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok()).collect::<String>();
    [listed, all].concat().split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

#[test]
fn a_child_does_as_it_is_told() {
    let Ok(role) = env::var(ROLE) else { return };
    let prefix = env::var(PREFIX).unwrap_or_else(|_| "killed".to_owned());
    let postgres = Postgres::find().expect("a server");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    loop {
        let database = postgres.create_database(&prefix).expect("a database");
        if !postgres.is_private() && role != "once" {
            runtime.block_on(make_a_role(&database));
        }
        println!("HAS ONE");
        match role.as_str() {
            "keep" => {
                while std::io::stdin().read(&mut [0]).expect("reads") > 0 {
                    runtime.block_on(use_it(&database));
                    println!("STILL HAS IT");
                }
                if !postgres.is_private() {
                    runtime.block_on(drop_the_role(&database));
                }
                return;
            }
            "once" => return,
            _ => {}
        }
    }
}

/// As a suite makes roles of its own on a server that stays.
async fn make_a_role(database: &Database) {
    let mut connection = database.url().options().expect("a URL").connect().await.expect("connects");
    execute(&mut connection, &format!("create role {}_app", database.name())).await.expect("makes a role");
    connection.close().await.expect("closes");
}

async fn drop_the_role(database: &Database) {
    let mut connection = database.url().options().expect("a URL").connect().await.expect("connects");
    execute(&mut connection, &format!("drop role {}_app", database.name())).await.expect("drops the role");
    connection.close().await.expect("closes");
}

async fn use_it(database: &Database) {
    let mut connection = database.url().options().expect("a URL").connect().await.expect("connects");
    execute(&mut connection, "create table if not exists used (at timestamptz default now())").await.expect("writes");
    connection.close().await.expect("closes");
}

//! A private cluster: made, run and removed by this process.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::account::Account;
use super::binaries::Binaries;
use super::database::random_hex;
use super::directory::{self, data};
use super::{DatabaseUrl, FindError};

/// The shell script that ties the server's life to that of this process.
pub(super) const SUPERVISE: &str = include_str!("supervise.sh");
/// The cluster's superuser, whatever account runs the server.
pub(super) const SUPERUSER: &str = "postgres";
/// How long a server may take until it accepts connections, and until it has ended.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How often a port that was free a moment ago may be taken by somebody else.
pub(super) const PORT_ATTEMPTS: usize = 5;

/// Settings for data that is thrown away: nothing needs to survive a crash of the machine.
pub(super) const COMMON_SETTINGS: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=200",
    // DROP DATABASE waits for a process whose client has gone away in the middle of its login.
    "authentication_timeout=15s",
];

/// What only a cluster on this machine needs.
const SETTINGS: &[&str] = &["listen_addresses=127.0.0.1", "unix_socket_directories=", "logging_collector=off", "log_destination=stderr"];

/// A running server, its directory and its log.
#[derive(Debug)]
pub(super) struct Cluster {
    admin: DatabaseUrl,
    directory: PathBuf,
    log: File,
    supervisor: Mutex<Child>,
}

/// How an attempt to run the server ended.
enum Attempt {
    Running(Child),
    PortTaken,
}

impl Cluster {
    /// Makes a cluster in a fresh directory and waits until it accepts connections. The binaries may be placed in that directory first.
    pub(super) fn start(binaries: impl FnOnce(&Account, &Path) -> Result<Binaries, FindError>) -> Result<Self, FindError> {
        let account = Account::choose()?;
        let directory = directory::fresh(&account)?;
        let binaries = &binaries(&account, directory.path())?;
        let password = random_hex(24).map_err(FindError::io("cannot draw a password"))?;
        initialise(binaries, &account, directory.path(), &password)?;
        for _ in 0..PORT_ATTEMPTS {
            let port = free_port().map_err(FindError::io("cannot find a free port on 127.0.0.1"))?;
            let log = tempfile::tempfile().map_err(FindError::io("cannot make a file for the server's log"))?;
            if let Attempt::Running(child) = run(binaries, &account, directory.path(), port, &log)? {
                let url = format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/postgres");
                let admin = url.parse().map_err(|error: super::UrlError| failed("the private cluster's URL", &error.to_string()))?;
                return Ok(Self { admin, directory: directory.keep(), log, supervisor: Mutex::new(child) });
            }
        }
        Err(failed("postgres", &format!("{PORT_ATTEMPTS} free ports in a row were taken by somebody else")))
    }

    pub(super) const fn admin_url(&self) -> &DatabaseUrl {
        &self.admin
    }

    pub(super) fn log(&self) -> String {
        read_log(&self.log)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let supervisor = self.supervisor.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        stop(supervisor);
        // The supervisor has removed it, unless it had to be killed.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Runs initdb. The superuser's password goes through a file that only the account can read, and that is gone afterwards.
fn initialise(binaries: &Binaries, account: &Account, directory: &Path, password: &str) -> Result<(), FindError> {
    let file = directory.join("password");
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file);
    made.and_then(|mut file| file.write_all(password.as_bytes())).map_err(FindError::io("cannot write the password file"))?;
    account.own(&file)?;
    let mut command = supervised(account, directory, &binaries.initdb());
    command
        .args(["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"])
        .arg(format!("--username={SUPERUSER}"))
        .arg("--pwfile")
        .arg(&file)
        .arg("--pgdata")
        .arg(data(directory))
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(FindError::io("cannot run /bin/sh"))?;
    // The supervisor's input stays open until it has ended, which `wait_with_output` would close first.
    let input = child.stdin.take();
    let output = child.wait_with_output().map_err(FindError::io(format!("cannot wait for {}", binaries.initdb().display())))?;
    drop(input);
    fs::remove_file(&file).map_err(FindError::io("cannot remove the password file"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed("initdb", &String::from_utf8_lossy(&output.stderr)))
}

/// A port that nobody listened on a moment ago.
pub(super) fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A program under the supervisor, in a process group of its own, so that a Ctrl-C in the terminal reaches this process only.
fn supervised(account: &Account, directory: &Path, program: &Path) -> Command {
    let mut command = account.command("/bin/sh", directory);
    command.args(["-c", SUPERVISE, "tenantry-postgres"]).arg(directory).arg(program);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
    command
}

/// Starts the server.
fn run(binaries: &Binaries, account: &Account, directory: &Path, port: u16, log: &File) -> Result<Attempt, FindError> {
    let stderr = log.try_clone().map_err(FindError::io("cannot share the server's log"))?;
    let mut command = supervised(account, directory, &binaries.postgres());
    command.arg("-D").arg(data(directory)).arg("-p").arg(port.to_string());
    for setting in SETTINGS.iter().chain(COMMON_SETTINGS) {
        command.arg("-c").arg(setting);
    }
    let mut child = command.stderr(stderr).spawn().map_err(FindError::io("cannot run /bin/sh"))?;
    let deadline = Instant::now() + PATIENCE;
    // The log tells that this server is ready; a connection might be answered by whoever took the port.
    loop {
        let text = read_log(log);
        if text.contains("database system is ready to accept connections") {
            return Ok(Attempt::Running(child));
        }
        let ended = child.try_wait().map_err(FindError::io("cannot wait for the server"))?;
        if ended.is_some() && text.contains("Address already in use") {
            return Ok(Attempt::PortTaken);
        }
        if ended.is_some() || Instant::now() > deadline {
            stop(&mut child);
            return Err(failed("postgres", &text));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Closes the supervisor's input and waits; kills the whole group when that does not help.
pub(super) fn stop(supervisor: &mut Child) {
    drop(supervisor.stdin.take());
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match supervisor.try_wait() {
            Ok(None) => thread::sleep(Duration::from_millis(10)),
            Ok(Some(_)) | Err(_) => return,
        }
    }
    if let Ok(group) = i32::try_from(supervisor.id()) {
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        let _ = supervisor.wait();
    }
}

/// The log from its start, read without moving the place at which the server writes.
pub(super) fn read_log(log: &File) -> String {
    let length = log.metadata().map_or(0, |metadata| metadata.len());
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    let read = log.read_exact_at(&mut bytes, 0);
    if read.is_err() {
        bytes.clear();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The error of a program, with the last lines that it printed.
pub(super) fn failed(what: &str, output: &str) -> FindError {
    let lines: Vec<&str> = output.lines().collect();
    let end = lines.iter().skip(lines.len().saturating_sub(10)).copied().collect::<Vec<_>>().join("\n  ");
    FindError::Failed { what: what.to_owned(), output: end }
}

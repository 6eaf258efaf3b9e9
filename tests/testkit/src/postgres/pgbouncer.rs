//! PgBouncer, started for a test and ended with it: the real pooler, as an unprivileged account on a free port.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::account::Account;
use super::cluster::{PATIENCE, PORT_ATTEMPTS, SUPERVISE, failed, free_port, read_log, stop};
use super::{DatabaseUrl, FindError, directory};

/// Where Debian and others put it, beside PATH.
const FOLDERS: [&str; 5] = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

/// A running PgBouncer in front of one server. It ends, and its directory goes, with this value, and also when this process dies.
#[derive(Debug)]
pub struct PgBouncer {
    port: u16,
    directory: PathBuf,
    log: File,
    supervisor: Mutex<Child>,
}

impl PgBouncer {
    /// Starts it in front of the server of that URL, for these logins (name and password) and with these settings of `pgbouncer.ini`, which
    /// go before its own: without any, a client has a server's connection for its session.
    pub(crate) fn start(server: &DatabaseUrl, logins: &[(&str, &str)], settings: &[(&str, &str)]) -> Result<Self, FindError> {
        let program = find().ok_or(FindError::NoPooler)?;
        let account = Account::choose()?;
        let directory = directory::fresh(&account)?;
        let list: String = logins.iter().map(|(name, password)| format!("{} {}\n", quoted(name), quoted(password))).collect();
        write(&account, &directory.path().join("userlist.txt"), &list)?;
        for _ in 0..PORT_ATTEMPTS {
            let port = free_port().map_err(FindError::io("cannot find a free port on 127.0.0.1"))?;
            let file = directory.path().join("pgbouncer.ini");
            write(&account, &file, &configuration(server, directory.path(), port, settings)?)?;
            let log = tempfile::tempfile().map_err(FindError::io("cannot make a file for the pooler's log"))?;
            if let Some(child) = run(&program, &account, directory.path(), &file, &log)? {
                return Ok(Self { port, directory: directory.keep(), log, supervisor: Mutex::new(child) });
            }
        }
        Err(failed("pgbouncer", &format!("{PORT_ATTEMPTS} free ports in a row were taken by somebody else")))
    }

    /// The same login and database by way of the pooler.
    #[must_use]
    pub fn url(&self, login: &DatabaseUrl) -> DatabaseUrl {
        login.by_way_of(self.port)
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        read_log(&self.log)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        stop(self.supervisor.get_mut().unwrap_or_else(PoisonError::into_inner));
        // The supervisor has removed it, unless it had to be killed.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).filter(|folder| folder.is_absolute());
    on_path.chain(FOLDERS.map(PathBuf::from)).map(|folder| folder.join("pgbouncer")).find(|program| program.is_file())
}

/// A file that only the account reads: it holds passwords.
fn write(account: &Account, file: &Path, text: &str) -> Result<(), FindError> {
    let what = || FindError::io(format!("cannot write {}", file.display()));
    let mut options = OpenOptions::new();
    let made = options.write(true).create(true).truncate(true).mode(0o600).open(file);
    made.and_then(|mut file| file.write_all(text.as_bytes())).map_err(what())?;
    account.own(file)
}

fn configuration(server: &DatabaseUrl, directory: &Path, port: u16, settings: &[(&str, &str)]) -> Result<String, FindError> {
    let server = server.options().map_err(|error| failed("the URL for the pooler", &error.to_string()))?;
    let mut text = format!("[databases]\n* = host={} port={}\n[pgbouncer]\n", server.get_host(), server.get_port());
    let list = directory.join("userlist.txt");
    let own = [
        ("listen_addr", "127.0.0.1".to_owned()),
        ("listen_port", port.to_string()),
        ("unix_socket_dir", String::new()),
        ("auth_type", "scram-sha-256".to_owned()),
        ("auth_file", list.display().to_string()),
        ("max_client_conn", "500".to_owned()),
    ];
    let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
    for (name, value) in settings.chain(own) {
        let _ = writeln!(text, "{name} = {value}");
    }
    Ok(text)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Starts it under the supervisor that a private cluster has, too. None when somebody else has taken the port.
fn run(program: &Path, account: &Account, directory: &Path, file: &Path, log: &File) -> Result<Option<Child>, FindError> {
    let stderr = log.try_clone().map_err(FindError::io("cannot share the pooler's log"))?;
    let mut command = account.command("/bin/sh", directory);
    command.args(["-c", SUPERVISE, "tenantry-pgbouncer"]).arg(directory).arg(program).arg(file);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(stderr).process_group(0);
    let mut child = command.spawn().map_err(FindError::io("cannot run /bin/sh"))?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let text = read_log(log);
        if text.contains("process up") {
            return Ok(Some(child));
        }
        let ended = child.try_wait().map_err(FindError::io("cannot wait for the pooler"))?;
        if ended.is_some() && text.contains("Address already in use") {
            return Ok(None);
        }
        if ended.is_some() || Instant::now() > deadline {
            stop(&mut child);
            return Err(failed("pgbouncer", &text));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

//! The directory of a private cluster, and what earlier runs have left of theirs.
//!
//! A cluster is stopped and removed by its supervisor, whatever happens to the process that started it. What that leaves open is a kill
//! before the supervisor runs, or one that hits the supervisor, too. So each start looks at the directories that are there: their names say
//! whose they are.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::FindError;
use super::account::Account;
use super::owner::{Life, Owner};

const PREFIX: &str = "tenantry-postgres-";
/// How long a server that is told to stop may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the server keeps its data.
pub(super) fn data(directory: &Path) -> PathBuf {
    directory.join("data")
}

/// A directory that belongs to the account and that nobody else enters. What killed runs have left beside it goes.
pub(super) fn fresh(account: &Account) -> Result<TempDir, FindError> {
    let parent = account.temporary_directory()?;
    sweep(&parent, account);
    let prefix = format!("{PREFIX}{}-", Owner::current());
    let made = tempfile::Builder::new().prefix(&prefix).permissions(Permissions::from_mode(0o700)).tempdir_in(&parent);
    let directory = made.map_err(FindError::io(format!("cannot make a directory in {}", parent.display())))?;
    account.own(directory.path())?;
    Ok(directory)
}

/// Removes the directories of owners that are no more. Where one cannot be removed, the next start tries again.
fn sweep(parent: &Path, account: &Account) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| owner(&entry.file_name()).is_some_and(|owner| is_gone(owner.life()))) {
        // Somebody else's are somebody else's to judge.
        if entry.metadata().is_ok_and(|metadata| account.has(metadata.uid())) {
            remove(&entry.path());
        }
    }
}

/// A directory for temporary files belongs to one machine, so what was made before its last start is nobody's.
const fn is_gone(life: Life) -> bool {
    matches!(life, Life::Dead | Life::OtherBoot)
}

fn owner(name: &std::ffi::OsStr) -> Option<Owner> {
    name.to_str()?.strip_prefix(PREFIX)?.rsplit_once('-')?.0.parse().ok()
}

fn remove(directory: &Path) {
    let deadline = Instant::now() + PATIENCE;
    let mut told = false;
    while directory.exists() && Instant::now() < deadline {
        match server(directory) {
            Some(server) if !told => told = kill(server, Signal::SIGQUIT).is_ok(),
            Some(_) => {}
            // It fails while a supervisor removes the same files, or while a last process still writes some.
            None => drop(fs::remove_dir_all(directory)),
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// The server that runs there. The number alone may be another process's by now; the server is the one that works in its data directory.
fn server(directory: &Path) -> Option<Pid> {
    let data = data(directory);
    let file = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let number: i32 = file.lines().next()?.trim().parse().ok()?;
    let works_in = fs::read_link(format!("/proc/{number}/cwd")).ok()?;
    (works_in == data.canonicalize().ok()?).then(|| Pid::from_raw(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_of_the_dead_go_and_others_stay() {
        let (parent, account) = (tempfile::tempdir().expect("a directory"), Account::own_account());
        let alive = Owner::current().to_string();
        let (started, other) = (alive.rsplit_once('-').expect("has parts").0, alive.split_once('-').expect("has parts").1);
        let dead = format!("{started}-1");
        let out_of_sight = dead.replacen(&dead[9..17], "00000000", 1);
        let names = |texts: [String; 3]| texts.map(|text| format!("{PREFIX}{text}-AbCdEf"));
        let go = names([dead.clone(), format!("00000000-{other}"), dead]);
        let stay = names([alive, out_of_sight, "anything".to_owned()]);
        for name in go.iter().chain(&stay) {
            fs::create_dir_all(parent.path().join(name).join("data")).expect("a directory");
        }
        fs::create_dir(parent.path().join("tenantry-postgres-")).expect("a directory");
        sweep(parent.path(), &account);
        for name in &go {
            assert!(!parent.path().join(name).exists(), "{name} is still there");
        }
        for name in stay.iter().map(String::as_str).chain(["tenantry-postgres-"]) {
            assert!(parent.path().join(name).exists(), "{name} is gone");
        }
    }
}

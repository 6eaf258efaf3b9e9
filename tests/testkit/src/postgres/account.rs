//! The account that runs a private cluster: PostgreSQL refuses to run as root.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{Uid, User};

use super::FindError;

/// The account that runs the server: this process's own, or, for root, another one.
#[derive(Debug)]
pub(super) struct Account {
    /// Set when this process is root and the server must not be.
    other: Option<User>,
}

/// Whether the server runs as somebody else than this process.
pub(super) fn drops_privileges() -> bool {
    Uid::effective().is_root()
}

/// Whether accounts other than the owner can enter the directory: each one on the way must let them.
pub(super) fn everybody_can_enter(directory: &Path) -> bool {
    directory.ancestors().all(|part| part.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0))
}

impl Account {
    /// For root, `postgres` where it exists, else `nobody`; the server's programs look their user up, so it must be in the user database.
    pub(super) fn choose() -> Result<Self, FindError> {
        if !drops_privileges() {
            return Ok(Self { other: None });
        }
        let user = ["postgres", "nobody"].into_iter().find_map(|name| User::from_name(name).ok().flatten());
        Ok(Self { other: Some(user.ok_or(FindError::NoAccount)?) })
    }

    /// Whether files of that user are this process's or the account's own.
    pub(super) fn has(&self, user: u32) -> bool {
        user == Uid::effective().as_raw() || self.other.as_ref().is_some_and(|other| other.uid.as_raw() == user)
    }

    /// This process's own account, root too: for tests that run no server.
    #[cfg(test)]
    pub(super) const fn own_account() -> Self {
        Self { other: None }
    }

    /// A directory for temporary files that the account can enter.
    pub(super) fn temporary_directory(&self) -> Result<PathBuf, FindError> {
        let own = std::env::temp_dir();
        let Some(user) = &self.other else { return Ok(own) };
        let mut candidates = [own, PathBuf::from("/tmp"), PathBuf::from("/var/tmp")].into_iter();
        candidates
            .find_map(|path| path.canonicalize().ok().filter(|path| everybody_can_enter(path)))
            .ok_or_else(|| FindError::NoDirectory { account: user.name.clone() })
    }

    /// Gives the file or directory to the account.
    pub(super) fn own(&self, path: &Path) -> Result<(), FindError> {
        let Some(user) = &self.other else { return Ok(()) };
        let given = chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()));
        given.map_err(FindError::io(format!("cannot give {} to `{}`", path.display(), user.name)))
    }

    /// A command that runs as the account, in that directory, with no more of the environment than programs need: a `PGPORT` or a
    /// `PGDATA` of this shell is not meant for the private cluster.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(directory).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C");
        if let Some(user) = &self.other {
            // Setting the uid as root also drops the supplementary groups.
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }
}

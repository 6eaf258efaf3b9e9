//! The server's programs on this machine.

use std::cmp::Reverse;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::account::everybody_can_enter;
use super::version::{self, Version};

/// A folder that holds `initdb` and `postgres`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    pub(super) const fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    /// The major version, when the server says one.
    pub(super) fn major(&self) -> Option<u32> {
        version::of_program(&self.postgres())
    }
}

/// Folders beneath which distributions put one folder per major version.
const VERSIONED: [&str; 3] = ["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt"];

/// The folders of PATH and the versioned ones, newest first, that hold the programs. With `for_others`, folders that other accounts cannot
/// enter are passed over.
pub(super) fn find(for_others: bool) -> Vec<Binaries> {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).filter(|folder| folder.is_absolute()).collect::<Vec<_>>();
    let versioned = VERSIONED.iter().flat_map(|parent| newest_first(Path::new(parent)));
    let folders = on_path.into_iter().chain(versioned);
    let fit = folders.filter(|folder| holds_a_server(folder) && (!for_others || everybody_can_enter(folder)));
    fit.map(Binaries::in_folder).collect()
}

/// The first, or the first of the version that is wanted.
pub(super) fn choose(found: &[Binaries], wanted: Option<Version>) -> Option<&Binaries> {
    match wanted {
        None => found.first(),
        Some(wanted) => found.iter().find(|binaries| binaries.major() == Some(wanted.major())),
    }
}

/// The `bin` folders of all versions in a folder such as `/usr/lib/postgresql` (`18/bin`) or `/opt/homebrew/opt` (`postgresql@18/bin`).
fn newest_first(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let name = name.to_str()?;
            let version = name.strip_prefix("postgresql@").unwrap_or(name).parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

pub(super) fn holds_a_server(folder: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_comes_first_by_number() {
        let parent = tempfile::tempdir().expect("a directory");
        for name in ["9", "15", "postgresql@18", "redis", "17"] {
            fs::create_dir_all(parent.path().join(name).join("bin")).expect("a directory");
        }
        let found: Vec<_> =
            newest_first(parent.path()).iter().map(|path| path.strip_prefix(parent.path()).expect("below").to_owned()).collect();
        assert_eq!(found, ["postgresql@18/bin", "17/bin", "15/bin", "9/bin"].map(PathBuf::from));
    }

    #[test]
    fn a_folder_without_the_programs_is_passed_over() {
        let folder = tempfile::tempdir().expect("a directory");
        fs::write(folder.path().join("postgres"), "").expect("a file");
        assert!(!holds_a_server(folder.path()));
        fs::write(folder.path().join("initdb"), "").expect("a file");
        assert!(holds_a_server(folder.path()));
    }
}

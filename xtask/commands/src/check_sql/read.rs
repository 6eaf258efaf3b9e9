//! Where statements come from: files, standard input, and sqlx's offline data.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::output;

/// The most that one source has, in bytes: 64 MiB.
const MAX_BYTES: u64 = 64 << 20;
/// Deeper than this is no source tree but a loop.
const MAX_DEPTH: usize = 32;
/// The folder that `cargo sqlx prepare` writes.
const OFFLINE: &str = ".sqlx";
const FROM_INPUT: &str = "standard input";

/// A text, and where it stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Statement {
    pub text: String,
    pub place: Place,
}

/// Where a statement stands.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Place {
    /// The file, as it was named.
    source: String,
    /// The line of its beginning, from 1; none within JSON, where it has no lines of its own.
    line: Option<usize>,
}

impl Place {
    /// The place of a line and a column of the statement.
    pub(super) fn within(&self, line: usize, column: usize) -> String {
        match self.line {
            Some(first) => format!("{}:{}:{column}", self.source, first + line - 1),
            None => format!("{}: line {line}, column {column}", self.source),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.source),
            None => f.write_str(&self.source),
        }
    }
}

/// The statements of every source, in order.
pub(super) fn all(sources: &[PathBuf]) -> anyhow::Result<Vec<Statement>> {
    let mut seen = HashSet::new();
    let mut statements = Vec::new();
    for source in sources {
        if !seen.insert(source.canonicalize().unwrap_or_else(|_| source.clone())) {
            bail!("{} is given twice: name each source once", named(source));
        }
        let found = one(source)?;
        if found.is_empty() {
            bail!("there is no statement in {}: a file has one a line, and lines that begin with `--` are comments", named(source));
        }
        statements.extend(found);
    }
    Ok(statements)
}

/// The statements of every folder `.sqlx` below the root.
pub(super) fn workspace(root: &Path) -> anyhow::Result<Vec<Statement>> {
    let folders = offline_folders(root)?;
    if folders.is_empty() {
        bail!(
            "there is no folder {OFFLINE} in this workspace, which `cargo sqlx prepare` writes for the `query!` macros: name a file with one \
             statement a line, or `-` for standard input (`cargo xtask check-sql --help`)"
        );
    }
    all(&folders)
}

fn one(source: &Path) -> anyhow::Result<Vec<Statement>> {
    if source == Path::new("-") {
        return lines(FROM_INPUT, &text(FROM_INPUT, io::stdin().lock())?);
    }
    let name = named(source);
    let kind = fs::metadata(source).with_context(|| format!("cannot read {name}"))?;
    if kind.is_dir() {
        return folder(source);
    }
    let file = File::open(source).with_context(|| format!("cannot read {name}"))?;
    let text = text(&name, file)?;
    if source.extension().is_some_and(|extension| extension == "json") { Ok(vec![query(&name, &text)?]) } else { lines(&name, &text) }
}

/// The queries of a folder of sqlx's offline data, or of the one that lies in it.
fn folder(folder: &Path) -> anyhow::Result<Vec<Statement>> {
    let inner = folder.join(OFFLINE);
    let folder = if inner.is_dir() { inner.as_path() } else { folder };
    let name = named(folder);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read the folder {name}"))? {
        let entry = entry.with_context(|| format!("cannot read the folder {name}"))?;
        let file = entry.file_name();
        let file = file.to_string_lossy();
        if file.starts_with("query-") && file.ends_with(".json") {
            files.push(entry.path());
        }
    }
    if files.is_empty() {
        bail!("there is no query-*.json in {name}: `cargo sqlx prepare` writes them; a file with one statement a line is named by itself");
    }
    files.sort();
    let queries = files.iter().map(|path| one(path));
    Ok(queries.collect::<anyhow::Result<Vec<_>>>()?.concat())
}

/// The whole text of a source.
fn text(name: &str, source: impl Read) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    source.take(MAX_BYTES + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {name}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        bail!("{name} is larger than 64 MiB: give it in parts");
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        anyhow::anyhow!("{name}:{line}: is not UTF-8: save the file as UTF-8, since PostgreSQL is sent nothing else")
    })
}

/// One statement a line; a line that begins with a blank belongs to the one above.
fn lines(name: &str, text: &str) -> anyhow::Result<Vec<Statement>> {
    let mut statements: Vec<Statement> = Vec::new();
    // A comment or an empty line ends a statement.
    let mut goes_on = false;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let indented = line.starts_with([' ', '\t']);
        match statements.last_mut() {
            _ if line.trim().is_empty() || line.starts_with("--") => goes_on = false,
            Some(above) if indented && goes_on => {
                above.text.push('\n');
                above.text.push_str(line.trim_end());
            }
            _ if indented => {
                bail!("{name}:{}: a line that begins with a blank goes on with a statement, and there is none above it", index + 1)
            }
            _ => {
                let place = Place { source: name.to_owned(), line: Some(index + 1) };
                statements.push(Statement { text: line.trim_end().to_owned(), place });
                goes_on = true;
            }
        }
    }
    Ok(statements)
}

/// What sqlx writes for one use of a macro.
fn query(name: &str, text: &str) -> anyhow::Result<Statement> {
    #[derive(Deserialize)]
    struct Offline {
        db_name: String,
        query: String,
    }
    let offline: Offline = serde_json::from_str(text)
        .with_context(|| format!("{name} is not what sqlx writes for a query; make it anew with `cargo sqlx prepare`"))?;
    if offline.db_name != "PostgreSQL" {
        bail!("{name} holds a query for {}, and only those for PostgreSQL can be checked", output::printable(&offline.db_name));
    }
    Ok(Statement { text: offline.query, place: Place { source: name.to_owned(), line: None } })
}

/// The folders of that name below the root, sorted; not those of builds, and not those of suites, whose statements may be wrong on purpose.
fn offline_folders(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_owned(), 0_usize)];
    while let Some((folder, depth)) = folders.pop() {
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
        for entry in fs::read_dir(here).with_context(|| format!("cannot read the folder {}", named(here)))? {
            let entry = entry.with_context(|| format!("cannot read the folder {}", named(here)))?;
            // What a symbolic link points to is found where it stands, or is not of this tree.
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            let name = entry.file_name();
            let path = folder.join(&name);
            match name.to_string_lossy().as_ref() {
                OFFLINE => found.push(path),
                name if crate::scan::skipped(name) => {}
                _ if depth < MAX_DEPTH => folders.push((path, depth + 1)),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A path as it is printed: it cannot move the cursor.
fn named(path: &Path) -> String {
    let text = path.display().to_string();
    text.chars().map(|char| if char.is_control() { char.escape_default().to_string() } else { char.to_string() }).collect()
}

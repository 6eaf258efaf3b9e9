//! The page of a proof for people: `index.html`, made of the JSON that lies beside it.
//!
//! Reading and writing are here, and what is read is in [`data`]; from there to the text is a pure function ([`render`]). The page is one
//! file: it loads nothing, runs no script and can be sent as it is. Its text is put together by `maud`, which escapes every value, since a
//! name or a statement in it may have been written by whoever attacks.

mod data;
mod mutants;
mod parts;
mod render;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What the proof writes.
const PROOF: &str = "proof.json";
/// What the weakenings of the library's code write.
const CODE_MUTANTS: &str = "code-mutants.json";
/// What is written here.
const PAGE: &str = "index.html";
/// The form of the files that is understood.
const VERSION: u64 = 1;
/// The longest file that is read. A report has some hundred kilobytes.
const LONGEST: u64 = 64 << 20;

/// Reads the folder's `proof.json`, and `code-mutants.json` if it is there, and writes `index.html` beside them; where that is.
/// A run that was not `ok` is red on the page.
///
/// # Errors
/// When there is no `proof.json`, one of the two cannot be understood, or the page cannot be written.
pub(super) fn write(folder: &Path, ok: bool) -> anyhow::Result<PathBuf> {
    let Some(mut proof): Option<data::Proof> = read(&folder.join(PROOF))? else {
        bail!("there is no {PROOF} in {}: `cargo xtask prove --report {0}` writes it", folder.display());
    };
    if !ok {
        // Whatever the file says: of several proofs in a suite, the one that ended last may have been green.
        proof.verdict = Some(data::Verdict::Red);
    }
    let code = read(&folder.join(CODE_MUTANTS))?;
    let page = folder.join(PAGE);
    std::fs::write(&page, render::page(&proof, code.as_ref())).with_context(|| format!("cannot write {}", page.display()))?;
    Ok(page)
}

/// Removes what an earlier run wrote into the folder: a run that cannot even begin writes nothing, and must not be taken for that one.
///
/// # Errors
/// When a file is there and cannot be removed.
pub(super) fn clear(folder: &Path) -> anyhow::Result<()> {
    for name in [PROOF, CODE_MUTANTS, PAGE] {
        let file = folder.join(name);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove the earlier {}", file.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The path as one writes it in the current folder, if it lies below.
pub(super) fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).to_owned()
}

/// A file's content; none when there is no such file.
fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let mut text = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut text).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(text.len() as u64 <= LONGEST, "{} is longer than {} MiB, so no proof has written it: {AGAIN}", path.display(), LONGEST >> 20);
    understand(&text).with_context(|| format!("{} cannot be understood: {AGAIN}", path.display())).map(Some)
}

/// What to do about a file that is broken.
const AGAIN: &str = "remove it and run the proof again, with `--report` and that folder";

/// The form that a file says it has. It is looked at first: the rest of another form would be misread.
#[derive(Deserialize)]
struct Form {
    version: Option<u64>,
}

fn understand<T: DeserializeOwned>(text: &[u8]) -> anyhow::Result<T> {
    let form: Form = serde_json::from_slice(text)?;
    match form.version {
        Some(VERSION) => Ok(serde_json::from_slice(text)?),
        Some(other) => bail!("it has version {other}, and this command reads version {VERSION}"),
        None => bail!("it does not say its version"),
    }
}

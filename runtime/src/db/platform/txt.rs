//! Where TXT records are looked up.

use std::fmt;
use std::io::Read as _;
use std::path::PathBuf;

use futures_core::future::BoxFuture;

/// Asks name servers for TXT records (RFC 1035, section 3.3.14).
///
/// Tenantry brings no resolver, so that it brings no opinion on which servers to trust. One of a crate plugs in by this trait; `docs/operator.md`
/// has the lines for hickory-resolver. [`FileTxt`] reads a file, for tests and demos. This one knows one record:
///
/// ```
/// use tenantry::db::{TxtError, TxtLookup};
///
/// struct One(&'static str, String);
///
/// impl TxtLookup for One {
///     async fn txt(&self, name: &str) -> Result<Vec<String>, TxtError> {
///         Ok(if name == self.0 { vec![self.1.clone()] } else { Vec::new() })
///     }
/// }
/// ```
pub trait TxtLookup: Send + Sync + 'static {
    /// The records of that name, each with its strings put together; none when there is no such name. The name is in lower case and without a
    /// dot at its end: it is a whole one, to which no search domain is added.
    ///
    /// # Errors
    /// When nobody answers.
    fn txt(&self, name: &str) -> impl Future<Output = Result<Vec<String>, TxtError>> + Send;
}

/// A [`TxtLookup`] of any type.
pub(super) trait AnyTxt: Send + Sync {
    fn ask<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<String>, TxtError>>;
}

impl<T: TxtLookup> AnyTxt for T {
    fn ask<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<String>, TxtError>> {
        Box::pin(self.txt(name))
    }
}

/// Why there is no answer. It is for the operator, who may see what the name servers have said.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the TXT records could not be looked up: {0}")]
pub struct TxtError(Box<str>);

impl TxtError {
    /// For that reason.
    pub fn new(reason: impl fmt::Display) -> Self {
        Self(reason.to_string().into())
    }
}

/// TXT records from a file, for tests and demos: a line for each, the name and then its text. What follows a `#` at the beginning of a line is
/// left out. It is read anew for each question, at most 64 KiB of it.
#[derive(Clone, Debug)]
pub struct FileTxt {
    path: PathBuf,
}

impl FileTxt {
    /// The most that is read, in bytes.
    const MOST: u64 = 64 * 1024;

    /// Reads that file.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn read(&self) -> std::io::Result<String> {
        let mut text = String::new();
        std::fs::File::open(&self.path)?.take(Self::MOST).read_to_string(&mut text)?;
        Ok(text)
    }
}

impl TxtLookup for FileTxt {
    async fn txt(&self, name: &str) -> Result<Vec<String>, TxtError> {
        let of = self.clone();
        let read = tokio::task::spawn_blocking(move || of.read()).await.map_err(TxtError::new)?;
        Ok(records(&read.map_err(TxtError::new)?, name))
    }
}

fn records(text: &str, name: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once(char::is_whitespace));
    pairs.filter(|(of, _)| of.trim_end_matches('.').eq_ignore_ascii_case(name)).map(|(_, text)| text.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_has_a_record_on_each_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("txt");
        let lookup = FileTxt::new(&path);
        assert!(lookup.txt("a.example").await.is_err(), "there is no such file");
        std::fs::write(&path, "# a comment\na.example one\n\nA.Example.\ttwo words \nb.example three\na.example\n").unwrap();
        assert_eq!(lookup.txt("a.example").await.unwrap(), ["one", "two words"]);
        assert_eq!(lookup.txt("c.example").await.unwrap(), [""; 0]);
    }
}

//! Where a server comes from.

use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;

use super::{FindError, SOURCE_VARIABLE};

/// Where a server comes from, as `TENANTRY_POSTGRES` names it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// The server binaries of this machine, run as a private cluster.
    Local,
    /// A container, through testcontainers.
    Container,
    /// A pinned server from a package client, pip's or npm's, run as a private cluster.
    Package,
}

impl Source {
    const ALL: [Self; 3] = [Self::Local, Self::Container, Self::Package];

    const fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Container => "container",
            Self::Package => "package",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Source {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|source| source.word() == word);
        known.ok_or_else(|| format!("`{}` is none of local, container, package", word.escape_debug()))
    }
}

/// The source that the variable chooses; none when it is unset or empty.
pub(super) fn chosen(value: Option<OsString>) -> Result<Option<Source>, FindError> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    let wrong = |problem| FindError::Variable { variable: SOURCE_VARIABLE, problem };
    let word = value.to_str().ok_or_else(|| wrong("is not UTF-8".to_owned()))?;
    word.parse().map(Some).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_names_its_source() {
        for source in Source::ALL {
            assert_eq!(chosen(Some(source.word().into())).expect("is known"), Some(source));
        }
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        let error = chosen(Some("Docker\n".into())).expect_err("is unknown").to_string();
        assert_eq!(error, r"TENANTRY_POSTGRES: `Docker\n` is none of local, container, package");
    }
}

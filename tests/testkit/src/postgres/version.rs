//! Which PostgreSQL is wanted.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::process::Command;
use std::str::FromStr;

use super::{FindError, VERSION_VARIABLE};

/// A major version that Tenantry runs on: 15, 16, 17 or 18.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Version(u32);

impl Version {
    /// All of them, newest first.
    pub const ALL: [Self; 4] = [Self(18), Self(17), Self(16), Self(15)];

    /// Its number, such as 18.
    #[must_use]
    pub const fn major(self) -> u32 {
        self.0
    }

    /// The version that the variable asks for; none when it is unset or empty.
    pub(super) fn wanted(value: Option<OsString>) -> Result<Option<Self>, FindError> {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
        let wrong = |problem| FindError::Variable { variable: VERSION_VARIABLE, problem };
        let text = value.to_str().ok_or_else(|| wrong("is not UTF-8".to_owned()))?;
        text.parse().map(Some).map_err(wrong)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|version| version.to_string() == text);
        known.ok_or_else(|| format!("`{}` is none of 15, 16, 17, 18", text.chars().take(32).collect::<String>().escape_debug()))
    }
}

/// The major version that a server's program says it has; none when it does not run here.
pub(super) fn of_program(postgres: &Path) -> Option<u32> {
    // It runs in a folder and an environment that say nothing to it.
    let output = Command::new(postgres).arg("--version").current_dir("/").env_clear().output().ok()?;
    major(&String::from_utf8_lossy(&output.stdout))
}

/// The major version in a text such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major(text: &str) -> Option<u32> {
    let version = text.split_once("(PostgreSQL) ")?.1;
    version.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major("postgres: not found"), None);
    }

    #[test]
    fn an_unknown_version_is_refused_with_the_known_ones() {
        assert_eq!(Version::wanted(Some("18".into())).expect("is known"), Some(Version(18)));
        assert_eq!(Version::wanted(Some("".into())).expect("is unset"), None);
        for (text, shown) in [("14", "14"), ("18.4", "18.4"), ("018", "018"), ("\u{1b}[2J", r"\u{1b}[2J")] {
            let error = Version::wanted(Some(text.into())).expect_err(text).to_string();
            assert_eq!(error, format!("TENANTRY_POSTGRES_VERSION: `{shown}` is none of 15, 16, 17, 18"));
        }
    }
}

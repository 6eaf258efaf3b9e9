//! The passwords of the login roles: where they come from and where generated ones are kept.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::schema::Conventions;
use crate::sql::provision::LOGINS;

/// The shortest password that is accepted, in characters.
const SHORTEST: usize = 12;
/// The longest one.
const LONGEST: usize = 256;
/// The longest password file, in bytes.
const LONGEST_FILE: u64 = 64 * 1024;

/// A password of a role: 12 to 256 printable ASCII characters. It is not shown by `Debug`.
#[derive(Clone, Eq, PartialEq)]
pub struct Password(String);

/// Why a password or a password file cannot be used. No password is repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// The password is malformed.
    #[error("the password in {place} must be {SHORTEST} to {LONGEST} printable ASCII characters")]
    #[non_exhaustive]
    Form {
        /// Where it was found.
        place: String,
    },
    /// A role has no password and nobody gives it one.
    #[error("roles are without a password: set {}, or name a file for generated ones with --passwords FILE", .0.join(", "))]
    Missing(Vec<String>),
    /// The file exists and cannot be used.
    #[error("{}: {problem}", path.display())]
    #[non_exhaustive]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The operating system has no randomness to give.
    #[error("cannot draw random bytes for a password")]
    Random,
    /// The password could not be hashed.
    #[error("cannot compute the verifier of a password")]
    Hash,
}

/// Where a role's password came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PasswordOrigin {
    /// The caller gave it, from the environment as a rule.
    Given,
    /// It stood in the password file.
    File,
    /// It was made, and written to the password file.
    Generated,
    /// The role had one, which stays.
    Kept,
}

/// Where the passwords of the login roles come from.
#[derive(Clone, Debug, Default)]
pub struct Passwords {
    given: BTreeMap<&'static str, Password>,
    file: Option<PathBuf>,
}

impl Passwords {
    /// The passwords in the environment: `TENANTRY_APP_PASSWORD`, `TENANTRY_MIGRATOR_PASSWORD`, `TENANTRY_PLATFORM_PASSWORD` and
    /// `TENANTRY_BACKUP_PASSWORD`, or with another prefix, as the conventions say. Each may be missing; an empty one counts as missing.
    ///
    /// # Errors
    /// When one is malformed or not UTF-8.
    pub fn from_environment(conventions: &Conventions, variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, PasswordError> {
        let mut given = BTreeMap::new();
        for suffix in LOGINS {
            let name = variable_name(conventions, suffix);
            let Some(value) = variable(&name).filter(|value| !value.is_empty()) else { continue };
            let parsed = value.to_str().and_then(|text| text.parse().ok());
            given.insert(suffix, parsed.ok_or(PasswordError::Form { place: name })?);
        }
        Ok(Self { given, file: None })
    }

    /// The same password for every login: for tests and the demo, where the roles of one server serve many databases.
    #[must_use]
    pub fn same(password: &Password) -> Self {
        Self { given: LOGINS.iter().map(|suffix| (*suffix, password.clone())).collect(), file: None }
    }

    /// Reads passwords that are not given from this file, and writes generated ones to it: lines of `TENANTRY_APP_PASSWORD=…`, which a
    /// shell and most service managers read. It is made with mode 0600; one that others can read is refused.
    #[must_use]
    pub fn with_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// The password of each role that is to have one set, by suffix. A role among `without` has none yet, so it must get one.
    pub(super) fn choose(
        &self,
        conventions: &Conventions,
        without: &[&str],
    ) -> Result<BTreeMap<&'static str, (Password, PasswordOrigin)>, PasswordError> {
        let (text, in_file) = match &self.file {
            Some(path) => read_file(path, conventions)?,
            None => Default::default(),
        };
        let mut chosen = BTreeMap::new();
        let (mut lines, mut missing) = (String::new(), Vec::new());
        for suffix in LOGINS {
            let name = variable_name(conventions, suffix);
            if let Some(password) = self.given.get(suffix) {
                chosen.insert(suffix, (password.clone(), PasswordOrigin::Given));
            } else if let Some(password) = in_file.get(&name) {
                chosen.insert(suffix, (password.clone(), PasswordOrigin::File));
            } else if !without.contains(&suffix) {
            } else if self.file.is_some() {
                let password = Password::generate()?;
                lines.push_str(&format!("{name}={}\n", password.expose()));
                chosen.insert(suffix, (password, PasswordOrigin::Generated));
            } else {
                missing.push(name);
            }
        }
        if !missing.is_empty() {
            return Err(PasswordError::Missing(missing));
        }
        // Before the commit: a password that is in the file and not yet set is set by the next run, and one that was set and not kept
        // would be lost.
        if let Some(path) = self.file.as_ref().filter(|_| !lines.is_empty()) {
            write_file(path, &(text + &lines))?;
        }
        Ok(chosen)
    }
}

impl Password {
    /// A password of 32 characters, from 24 random bytes.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn generate() -> Result<Self, PasswordError> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::<24>()?)))
    }

    /// The password itself, to be handed to a driver and to nothing that is shown or kept.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Password {
    type Err = PasswordError;

    fn from_str(text: &str) -> Result<Self, PasswordError> {
        let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if printable && (SHORTEST..=LONGEST).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PasswordError::Form { place: "the text".to_owned() })
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl fmt::Display for PasswordOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "its password was given",
            Self::File => "its password stands in the password file",
            Self::Generated => "its password was generated into the password file",
            Self::Kept => "it keeps its password",
        })
    }
}

/// So many random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N], PasswordError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| PasswordError::Random)?;
    Ok(bytes)
}

fn variable_name(conventions: &Conventions, suffix: &str) -> String {
    format!("{}_PASSWORD", conventions.role(suffix).to_ascii_uppercase())
}

/// The text of the file, and the passwords in it by the names of their variables; nothing when there is no such file. Other lines are left
/// alone.
fn read_file(path: &Path, conventions: &Conventions) -> Result<(String, BTreeMap<String, Password>), PasswordError> {
    let wrong = |problem: &str| PasswordError::File { path: path.to_owned(), problem: problem.to_owned() };
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Default::default()),
        Err(error) => return Err(wrong(&error.to_string())),
    };
    if !metadata.is_file() {
        return Err(wrong("is not a regular file"));
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(wrong("can be read by others; mend it with `chmod 600`, and change the passwords if somebody may have"));
    }
    if metadata.len() > LONGEST_FILE {
        return Err(wrong("is longer than a password file can be"));
    }
    let mut text = fs::read_to_string(path).map_err(|error| wrong(&error.to_string()))?;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let mut passwords = BTreeMap::new();
    for name in LOGINS.map(|suffix| variable_name(conventions, suffix)) {
        let mut values = text.lines().filter_map(|line| line.strip_prefix(&name)?.strip_prefix('='));
        let Some(value) = values.next() else { continue };
        if values.next().is_some() {
            return Err(wrong(&format!("has {name} twice")));
        }
        let password = value.parse().map_err(|_| PasswordError::Form { place: format!("{} ({name})", path.display()) })?;
        passwords.insert(name, password);
    }
    Ok((text, passwords))
}

/// Writes a new file beside it and renames that, so that no reader sees half a file; nobody else can open it at any time.
fn write_file(path: &Path, text: &str) -> Result<(), PasswordError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        PasswordError::File { path: path.to_owned(), problem: format!("cannot be written: {error}") }
    })
}

//! Provisioning as SQL text: roles, schemas, privileges, and the assertions at the end.
//!
//! The text comes from the `.sql` files beside this one. `{owner}` and the like stand for names, `{reaching_functions}` and the like for a
//! condition that several files share. Every name is a plain identifier, which [`Script::new`] demands, so it needs no quoting anywhere,
//! in strings neither. No password is ever part of the text.

use std::fmt;
use std::str::FromStr;

use crate::schema::{Conventions, quoted};

/// How far the fences go (what is needed, and what each one stops).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Level {
    /// A superuser provisions once. An injected SELECT cannot switch tenants: the functions of `pg_catalog` that could are revoked, and a
    /// new table shows its rows to nobody until a migration brings its policies.
    #[default]
    Hardened,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hardened => f.write_str("hardened"),
        }
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(word: &str) -> Result<Self, UnknownLevel> {
        match word {
            "hardened" => Ok(Self::Hardened),
            "managed" => Err(UnknownLevel::Later("managed")),
            "sealed" => Err(UnknownLevel::Later("sealed")),
            _ => Err(UnknownLevel::Unknown(word.escape_debug().to_string())),
        }
    }
}

/// Why a word names no level.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownLevel {
    /// A level that a later version brings.
    #[error("level `{0}` comes with a later version; this one knows `hardened`")]
    Later(&'static str),
    /// No level at all.
    #[error("`{0}` is no level; this version knows `hardened`")]
    Unknown(String),
}

/// A name of the conventions that cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` cannot be {what}: {problem}")]
pub struct NameError {
    what: &'static str,
    name: String,
    problem: &'static str,
}

/// The roles that log in and so have a password, by suffix.
pub const LOGINS: [&str; 4] = ["migrator", "app", "platform", "backup"];

/// Everything that provision does, as text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Script {
    body: String,
    outcome: String,
    level: Level,
}

impl Script {
    /// Renders the script.
    ///
    /// # Errors
    /// When a name of the conventions is no plain identifier, is a key word, is too long, or is PostgreSQL's own.
    pub fn new(conventions: &Conventions, level: Level, quiet_stats: bool) -> Result<Self, NameError> {
        check(conventions)?;
        let mut body = vec![ROLES, SCHEMAS, ROW_SECURITY, FUNCTIONS];
        let mut outcome = OUTCOME.to_owned();
        if quiet_stats {
            body.push(QUIET_STATS);
            outcome.push_str(QUIET_OUTCOME);
        }
        Ok(Self { body: fill(&body.join("\n"), conventions), outcome: fill(&outcome, conventions), level })
    }

    /// The statements, without `begin` and `commit`: they belong into one transaction with the [`outcome`](Self::outcome).
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// A query for what is wrong afterwards: one row with one text for each fault, none when all is well.
    #[must_use]
    pub fn outcome(&self) -> &str {
        &self.outcome
    }
}

/// The whole script, for a person to read and for a superuser to run, in psql or otherwise.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { body, outcome, level } = self;
        writeln!(
            f,
            "-- Provision, level `{level}`: for a superuser to read and to run, connected to the database that is to be provisioned."
        )?;
        f.write_str(HEAD)?;
        writeln!(f, "begin;\n\n{body}")?;
        f.write_str(OUTCOME_HEAD)?;
        writeln!(f, "do $$\ndeclare\n  faults text;\nbegin\n  select string_agg(fault, '; ') into faults from (")?;
        writeln!(f, "{outcome}  ) found;")?;
        writeln!(f, "  if faults is not null then\n    raise exception 'provision: %', faults;\n  end if;\nend $$;\n\ncommit;")
    }
}

/// What takes a provision back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Removal {
    body: String,
    drop_roles: String,
}

impl Removal {
    /// Renders the statements.
    ///
    /// # Errors
    /// As [`Script::new`].
    pub fn new(conventions: &Conventions) -> Result<Self, NameError> {
        check(conventions)?;
        Ok(Self { body: fill(DEPROVISION, conventions), drop_roles: fill(DROP_ROLES, conventions) })
    }

    /// What provision did in this database, taken back: the schemas go with everything in them.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The roles, which must not be known to any other database.
    #[must_use]
    pub fn drop_roles(&self) -> &str {
        &self.drop_roles
    }
}

const ROLES: &str = include_str!("roles.sql");
const SCHEMAS: &str = include_str!("schemas.sql");
const ROW_SECURITY: &str = include_str!("row_security.sql");
const FUNCTIONS: &str = include_str!("functions.sql");
const QUIET_STATS: &str = include_str!("quiet_stats.sql");
const OUTCOME: &str = include_str!("outcome.sql");
const QUIET_OUTCOME: &str = include_str!("quiet_outcome.sql");
const DEPROVISION: &str = include_str!("deprovision.sql");
const DROP_ROLES: &str = include_str!("drop_roles.sql");

/// Conditions that several files share. They have no names in them.
const FRAGMENTS: [(&str, &str); 3] = [
    ("{reaching_functions}", include_str!("reaching_functions.sql")),
    ("{counting_functions}", include_str!("counting_functions.sql")),
    ("{counting_views}", include_str!("counting_views.sql")),
];

const HEAD: &str = "\
-- Once in a fresh database, again after every restore (a restore brings back TEMP and CONNECT for PUBLIC), and whenever in doubt:
-- each statement states an outcome, so a second run changes nothing. Passwords are set by the command and never printed.
";

const OUTCOME_HEAD: &str = "\
-- 6. The outcome. A REVOKE that revoked nothing is only a warning, so look. -------------------------------------------------------

";

/// Puts the fragments and then the names into the text.
fn fill(text: &str, conventions: &Conventions) -> String {
    let mut filled = text.to_owned();
    for (placeholder, fragment) in FRAGMENTS {
        filled = filled.replace(placeholder, fragment.trim_end());
    }
    for suffix in ["owner", "migrator", "app", "platform", "backup"] {
        filled = filled.replace(&format!("{{{suffix}}}"), &conventions.role(suffix));
    }
    let names = [
        ("{prefix}", conventions.roles),
        ("{schema}", conventions.schema),
        ("{platform_schema}", conventions.platform_schema),
        ("{settings}", conventions.settings),
    ];
    names.iter().fold(filled, |text, (placeholder, name)| text.replace(placeholder, name))
}

/// The longest prefix that leaves room for `_enable_row_security` within 63 bytes.
const MAX_PREFIX: usize = 40;

fn check(conventions: &Conventions) -> Result<(), NameError> {
    let names = [
        ("the prefix of the roles", conventions.roles, MAX_PREFIX),
        ("the schema of the tenants' tables", conventions.schema, 63),
        ("the platform's schema", conventions.platform_schema, 63),
        ("the prefix of the settings", conventions.settings, MAX_PREFIX),
    ];
    for (what, name, longest) in names {
        let plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let problem = if !plain {
            "use lower-case letters, digits and underscores, beginning with a letter"
        } else if name.len() > longest {
            "it is too long"
        } else if quoted(name) != name {
            "it is a key word of SQL"
        } else if name.starts_with("pg_") || matches!(name, "public" | "information_schema") {
            "it belongs to PostgreSQL"
        } else {
            continue;
        };
        return Err(NameError { what, name: name.escape_debug().to_string(), problem });
    }
    if conventions.schema == conventions.platform_schema {
        let problem = "the tenants' tables have that one";
        return Err(NameError { what: "the platform's schema", name: conventions.platform_schema.to_owned(), problem });
    }
    Ok(())
}

#[cfg(test)]
mod tests;

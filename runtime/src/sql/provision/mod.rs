//! Provisioning as SQL text: roles, schemas, privileges, and the assertions at the end.
//!
//! The text comes from the `.sql` files beside this one. `{owner}` and the like stand for names, `{reaching_functions}` and the like for a
//! condition that several files share. Every name is a plain identifier, which [`Script::new`] demands, so it needs no quoting anywhere,
//! in strings neither. No password is ever part of the text.

mod level;

use std::fmt;

pub use self::level::{Level, Opening, UnknownLevel};
use crate::schema::{Conventions, quoted};

/// A name of the conventions that cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` cannot be {what}: {problem}")]
pub struct NameError {
    what: &'static str,
    name: String,
    problem: &'static str,
}

/// Why there is no script.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// A name of the conventions cannot be used.
    #[error(transparent)]
    Name(#[from] NameError),
    /// What is asked for is beyond the level.
    #[error("--quiet-stats needs level hardened, where a superuser provisions: at level {0} nobody can take the statistics from PUBLIC")]
    QuietStats(Level),
}

/// The roles that provision makes, by suffix.
pub(crate) const MADE: [&str; 7] = ["owner", "migrator", "app", "platform", "identity", "backup", "lookup"];

/// The roles that log in and so have a password, by suffix.
pub const LOGINS: [&str; 5] = ["migrator", "app", "platform", "identity", "backup"];

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
    /// When a name of the conventions is no plain identifier, is a key word, is too long, or is PostgreSQL's own; when `quiet_stats` is asked
    /// for at a level that cannot have it.
    pub fn new(conventions: &Conventions, level: Level, quiet_stats: bool) -> Result<Self, ScriptError> {
        check(conventions)?;
        if quiet_stats && level != Level::Hardened {
            return Err(ScriptError::QuietStats(level));
        }
        let (mut body, mut outcome) = match level {
            Level::Hardened => {
                (vec![LOCK, ROLES, ATTRIBUTES, SETTINGS, SCHEMAS, PRIVILEGES, ROW_SECURITY, FUNCTIONS], vec![OUTCOME, HARDENED_OUTCOME])
            }
            Level::Managed => {
                (vec![ROLES, MANAGED_ATTRIBUTES, SETTINGS, SCHEMAS, BECOME_OWNER, PRIVILEGES, "reset role;\n"], vec![OUTCOME])
            }
        };
        if quiet_stats {
            body.push(QUIET_STATS);
            outcome.push(QUIET_OUTCOME);
        }
        Ok(Self { body: fill(&body.join("\n"), conventions, level), outcome: fill(&outcome.concat(), conventions, level), level })
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

/// The whole script, for a person to read and for an administrator to run, in psql or otherwise.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { body, outcome, level } = self;
        let (who, need) = match level {
            Level::Hardened => ("a superuser", "connected to the database that is to be provisioned."),
            Level::Managed => ("a login with CREATEROLE", "connected to the database that is to be provisioned, which it owns."),
        };
        writeln!(f, "-- Provision, level `{level}`: for {who} to read and to run,\n-- {need}")?;
        f.write_str(HEAD)?;
        if !level.openings().is_empty() {
            writeln!(f, "--\n-- What stays open in comparison with `hardened`, and is said again when the service starts:")?;
        }
        for opening in level.openings() {
            writeln!(f, "--   {}:\n--     {}", opening.lacks, opening.leaves)?;
        }
        writeln!(f, "\nbegin;\n\n{body}")?;
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
    /// When a name of the conventions cannot be used, as in [`Script::new`].
    pub fn new(conventions: &Conventions, level: Level) -> Result<Self, NameError> {
        check(conventions)?;
        let (body, drop_roles) = match level {
            Level::Hardened => (format!("{LOCK}\n{DEPROVISION}"), DROP_ROLES),
            Level::Managed => (MANAGED_DEPROVISION.to_owned(), MANAGED_DROP_ROLES),
        };
        Ok(Self { body: fill(&body, conventions, level), drop_roles: fill(drop_roles, conventions, level) })
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

const LOCK: &str = include_str!("lock.sql");
const ROLES: &str = include_str!("roles.sql");
const ATTRIBUTES: &str = include_str!("attributes.sql");
const MANAGED_ATTRIBUTES: &str = include_str!("managed_attributes.sql");
const SETTINGS: &str = include_str!("settings.sql");
const SCHEMAS: &str = include_str!("schemas.sql");
const PRIVILEGES: &str = include_str!("privileges.sql");
const ROW_SECURITY: &str = include_str!("row_security.sql");
const FUNCTIONS: &str = include_str!("functions.sql");
const QUIET_STATS: &str = include_str!("quiet_stats.sql");
const OUTCOME: &str = include_str!("outcome.sql");
const HARDENED_OUTCOME: &str = include_str!("hardened_outcome.sql");
const QUIET_OUTCOME: &str = include_str!("quiet_outcome.sql");
const DEPROVISION: &str = include_str!("deprovision.sql");
const MANAGED_DEPROVISION: &str = include_str!("managed_deprovision.sql");
const DROP_ROLES: &str = include_str!("drop_roles.sql");
const MANAGED_DROP_ROLES: &str = include_str!("managed_drop_roles.sql");

/// What a login that is no superuser does as the owner: default privileges are given by the role that they are for.
const BECOME_OWNER: &str = "set local role {owner};\n";

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
-- The outcome. A REVOKE that revoked nothing is only a warning, so look. ----------------------------------------------------------

";

/// Puts the fragments and then the names into the text.
fn fill(text: &str, conventions: &Conventions, level: Level) -> String {
    let mut filled = text.to_owned();
    for (placeholder, fragment) in FRAGMENTS {
        filled = filled.replace(placeholder, fragment.trim_end());
    }
    for suffix in MADE {
        filled = filled.replace(&format!("{{{suffix}}}"), &conventions.role(suffix));
    }
    let names = [
        ("{prefix}", conventions.roles),
        ("{schema}", conventions.schema),
        ("{platform_schema}", conventions.platform_schema),
        ("{settings}", conventions.settings),
    ];
    let filled = filled.replace("{level}", &level.to_string());
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

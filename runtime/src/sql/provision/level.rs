//! The levels, and what each of them leaves open.

use std::fmt;
use std::str::FromStr;

use super::{NameError, check, fill};
use crate::schema::Conventions;

/// How far the fences go (what is needed, and what each one stops).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Level {
    /// A login with CREATEROLE that owns the database provisions: what managed services give. Row level security, keys, roles and privileges
    /// are as at `hardened`; what only a superuser can take away stays, as [`Level::openings`] lists it.
    Managed,
    /// A superuser provisions once. An injected SELECT cannot switch tenants: the functions of `pg_catalog` that could are revoked, and a
    /// new table shows its rows to nobody until a migration brings its policies.
    Hardened,
}

/// Something that a level cannot have, and what that leaves open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Opening {
    /// What cannot be had, in a few words.
    pub lacks: &'static str,
    /// What is possible for that reason, in one sentence without a full stop.
    pub leaves: &'static str,
    probe: Probe,
}

/// How the catalogue tells that it is really open: what a DBA has closed by hand is not listed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Probe {
    /// The application's role may call functions of these names.
    Functions(&'static str),
    /// A condition.
    Condition(&'static str),
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.lacks, self.leaves)
    }
}

const MANAGED: [Opening; 11] = [
    Opening {
        lacks: "set_config stays callable",
        leaves: "an injected SELECT can switch to another tenant and read its rows; bind values, never format them into SQL",
        probe: Probe::Functions("^set_config$"),
    },
    Opening {
        lacks: "functions that run SQL in a string stay callable",
        leaves: "query_to_xml, ts_stat and their kin run any SELECT, within the fence of the tenant that is set",
        probe: Probe::Functions("^ts_stat$|^ts_rewrite$|_to_xml(schema|_and_xmlschema)?$"),
    },
    Opening {
        lacks: "advisory locks, NOTIFY, large objects and exported snapshots stay",
        leaves: "an injected SELECT can hold up other tenants, or leave them messages and data that no fence covers",
        probe: Probe::Functions("^pg_(try_)?advisory_|^pg_notify$|^pg_logical_emit_message$|^pg_export_snapshot$|^lo_|^lo(read|write)$"),
    },
    Opening {
        lacks: "pg_cancel_backend and pg_terminate_backend stay callable",
        leaves: "an injected SELECT can end the requests of other tenants, since all requests are one role's",
        probe: Probe::Functions("^pg_(cancel|terminate)_backend$"),
    },
    Opening {
        lacks: "pg_stat_activity stays readable",
        leaves: "an injected SELECT reads the statements that other requests run, with the tenants' ids in them",
        probe: Probe::Functions("^pg_stat_get_(backend_)?activity$"),
    },
    Opening {
        lacks: "pg_cursors and its kin stay readable, and setseed callable",
        leaves: "an injected SELECT sees and changes what outlives a request on its connection: statements, channels, the seed of random()",
        probe: Probe::Functions("^pg_prepared_statement$|^pg_cursor$|^pg_listening_channels$|^setseed$"),
    },
    Opening {
        lacks: "no event trigger",
        leaves: "a table that a migration makes without a fence shows its rows as soon as they are granted; `migrate` and the start compare \
                 every table",
        probe: Probe::Condition(
            "not exists (select from pg_event_trigger where evtname = '{prefix}_enable_row_security' and evtenabled <> 'D')",
        ),
    },
    Opening {
        lacks: "no BYPASSRLS for the backup role",
        leaves: "pg_dump as the backup role fails: back up with the provider's snapshots (from 16 on, a login that has BYPASSRLS gives it)",
        probe: Probe::Condition("exists (select from pg_roles where rolname = '{backup}' and not rolbypassrls)"),
    },
    Opening {
        lacks: "--quiet-stats cannot be had",
        leaves: "sizes, row counts and other counters over all tenants are readable; whose they are, they do not tell",
        probe: Probe::Condition(
            "has_function_privilege('{app}', 'pg_database_size(oid)', 'execute') or has_table_privilege('{app}', 'pg_stat_all_tables', 'select')",
        ),
    },
    Opening {
        lacks: "the server's log cannot be silenced",
        leaves: "where it logs statements, it holds the verifiers (never the passwords) that provision sets",
        probe: Probe::Condition("current_setting('log_statement') <> 'none' or current_setting('log_min_duration_statement') <> '-1'"),
    },
    Opening {
        lacks: "the tables' owner is within reach of a login",
        leaves: "who provisioned may become the owner, and on 15 every login with CREATEROLE may: keep such passwords out of the service",
        probe: Probe::Condition(
            "exists (select from pg_roles r where not r.rolsuper and r.rolname not in ('{owner}', '{migrator}')
                       and (pg_has_role(r.oid, '{owner}', 'member')
                         or r.rolcreaterole and current_setting('server_version_num')::int < 160000))",
        ),
    },
];

impl Level {
    /// What the level leaves open in comparison with `hardened`; nothing for `hardened` itself.
    #[must_use]
    pub const fn openings(self) -> &'static [Opening] {
        match self {
            Self::Managed => &MANAGED,
            Self::Hardened => &[],
        }
    }

    /// A query for the openings that are really there: their places in [`openings`](Self::openings), in order. Anybody may ask.
    ///
    /// # Errors
    /// As [`Script::new`](super::Script::new).
    pub(crate) fn question(self, conventions: &Conventions) -> Result<String, NameError> {
        check(conventions)?;
        let parts = self.openings().iter().enumerate().map(|(place, opening)| {
            let condition = match opening.probe {
                Probe::Condition(condition) => condition.to_owned(),
                // The fragment ends with a comment.
                Probe::Functions(names) => format!(
                    "exists (select from pg_proc p where {{reaching_functions}}
                               and p.proname ~ '{names}' and has_function_privilege('{{app}}', p.oid, 'execute'))"
                ),
            };
            format!("select {place}::int4 as place where {condition}")
        });
        let none = "select null::int4 as place where false".to_owned();
        let parts: Vec<String> = std::iter::once(none).chain(parts).collect();
        Ok(format!("{} order by place", fill(&parts.join("\nunion all\n"), conventions, self)))
    }

    /// The openings at these places, which is what the [question](Self::question) is answered with.
    pub(crate) fn at(self, places: &[i32]) -> Vec<&'static Opening> {
        places.iter().filter_map(|place| self.openings().get(usize::try_from(*place).ok()?)).collect()
    }

    /// The level that the comment on the platform's schema names. A database that names none, or another, is held to `hardened`, so that no
    /// fence is missed when the comment is lost.
    pub(crate) fn of_comment(comment: Option<&str>) -> Self {
        let word = comment.and_then(|comment| comment.strip_prefix("provisioned at level "));
        word.and_then(|word| word.parse().ok()).unwrap_or(Self::Hardened)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Managed => "managed",
            Self::Hardened => "hardened",
        })
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(word: &str) -> Result<Self, UnknownLevel> {
        match word {
            "hardened" => Ok(Self::Hardened),
            "managed" => Ok(Self::Managed),
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
    #[error("level `{0}` comes with a later version; this one knows `hardened` and `managed`")]
    Later(&'static str),
    /// No level at all.
    #[error("`{0}` is no level; this version knows `hardened` and `managed`")]
    Unknown(String),
}

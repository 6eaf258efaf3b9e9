//! Who looks for a weakening. A behaviour is what a role can really do; start-up is what the service refuses to serve on; the linter is the
//! one of `lint-db`.
//!
//! Each detector has a name, by which it can be left out, and finds what it finds in one place, so that what another layer lets through
//! already can be told from what the mutant does.

mod commands;
mod keys;
mod linter;
mod login;
mod objects;
mod reads;
mod rights;
mod writes;

use std::fmt;

use serde::Serialize;

use super::MutantsError;
use super::site::Site;

/// How a weakening was noticed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A role could do what it must not, or could not do what it must.
    Behaviour,
    /// The service refused to start.
    StartUp,
    /// A rule of the linter found it.
    Linter,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Behaviour => "behaviour",
            Self::StartUp => "start-up",
            Self::Linter => "linter",
        })
    }
}

/// A way to notice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Detector {
    Reads,
    Contexts,
    Login,
    CachedPlan,
    Inserts,
    Changes,
    Moves,
    Defaults,
    References,
    Integrity,
    Keys,
    Relations,
    Functions,
    Leakproof,
    Sequences,
    Rights,
    Lookups,
    People,
    NewTable,
    Roles,
    Commands,
    Start,
    Linter,
}

impl Detector {
    /// All of them, in the order in which they look: cheap ones first, and behaviour before what only reads the catalogue.
    pub(super) const ALL: [Self; 23] = [
        Self::Reads,
        Self::Contexts,
        Self::Login,
        Self::CachedPlan,
        Self::Inserts,
        Self::Changes,
        Self::Moves,
        Self::Defaults,
        Self::References,
        Self::Integrity,
        Self::Keys,
        Self::Relations,
        Self::Functions,
        Self::Leakproof,
        Self::Sequences,
        Self::Rights,
        Self::Lookups,
        Self::People,
        Self::NewTable,
        Self::Roles,
        Self::Commands,
        Self::Start,
        Self::Linter,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Contexts => "contexts",
            Self::Login => "login",
            Self::CachedPlan => "cached-plan",
            Self::Inserts => "inserts",
            Self::Changes => "changes",
            Self::Moves => "moves",
            Self::Defaults => "defaults",
            Self::References => "references",
            Self::Integrity => "integrity",
            Self::Keys => "keys",
            Self::Relations => "relations",
            Self::Functions => "functions",
            Self::Leakproof => "leakproof",
            Self::Sequences => "sequences",
            Self::Rights => "rights",
            Self::Lookups => "look-ups",
            Self::People => "people",
            Self::NewTable => "new-table",
            Self::Roles => "roles",
            Self::Commands => "commands",
            Self::Start => "start-up",
            Self::Linter => "linter",
        }
    }

    pub(super) const fn notice(self) -> Notice {
        match self {
            Self::Start => Notice::StartUp,
            Self::Linter => Notice::Linter,
            _ => Notice::Behaviour,
        }
    }

    /// Looks; what is as it must be gives nothing.
    pub(super) async fn look(self, site: &mut Site<'_>) -> Result<Vec<Finding>, MutantsError> {
        let mut findings = Findings { detector: self, found: Vec::new() };
        match self {
            Self::Reads => reads::own_rows(site, &mut findings).await,
            Self::Contexts => reads::contexts(site, &mut findings).await,
            Self::Login => login::fresh(site, &mut findings).await?,
            Self::CachedPlan => reads::cached_plan(site, &mut findings).await,
            Self::Inserts => writes::inserts(site, &mut findings).await,
            Self::Changes => writes::changes(site, &mut findings).await,
            Self::Moves => writes::moves(site, &mut findings).await,
            Self::Defaults => writes::defaults(site, &mut findings).await,
            Self::References => keys::references(site, &mut findings).await,
            Self::Integrity => keys::integrity(site, &mut findings).await,
            Self::Keys => keys::taken(site, &mut findings).await,
            Self::Relations => objects::relations(site, &mut findings).await?,
            Self::Functions => objects::functions(site, &mut findings).await?,
            Self::Leakproof => objects::leakproof(site, &mut findings).await?,
            Self::Sequences => objects::sequences(site, &mut findings).await?,
            Self::Rights => rights::others(site, &mut findings).await,
            Self::Lookups => rights::lookups(site, &mut findings).await,
            Self::People => rights::people(site, &mut findings).await,
            Self::NewTable => rights::new_table(site, &mut findings).await,
            Self::Roles => login::roles(site, &mut findings).await?,
            Self::Commands => commands::all(site, &mut findings).await,
            Self::Start => {
                if let Err(refusal) = site.start().await? {
                    // The first line says that it refuses, and those below why.
                    let fault = refusal.lines().nth(1).unwrap_or(&refusal).trim_start_matches(['-', ' ']).to_owned();
                    findings.add("Tenancy::start", fault, vec!["-- the service starts".to_owned()]);
                }
            }
            Self::Linter => linter::look(site, &mut findings).await?,
        }
        site.app.sound()?;
        site.admin.sound()?;
        Ok(findings.found)
    }
}

/// Something that a detector has seen.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) detector: Detector,
    /// The table, the statement, the role: with the detector's name this tells two findings apart.
    pub(super) place: String,
    pub(super) seen: String,
    /// The statements that lead there, all of one transaction.
    pub(super) script: Vec<String>,
    /// The rules, when it is the linter.
    pub(super) rules: Vec<&'static str>,
    /// Only level `hardened` closes it.
    pub(super) only_hardened: bool,
}

/// What one detector has seen so far.
pub(super) struct Findings {
    detector: Detector,
    found: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, place: impl Into<String>, seen: impl Into<String>, script: Vec<String>) {
        let (place, seen) = (place.into(), seen.into());
        self.found.push(Finding { detector: self.detector, place, seen, script, rules: Vec::new(), only_hardened: false });
    }

    /// What only level `hardened` closes. At another level it is open without a mutant, too.
    fn add_only_hardened(&mut self, place: impl Into<String>, seen: impl Into<String>, script: Vec<String>) {
        let (place, seen) = (place.into(), seen.into());
        self.found.push(Finding { detector: self.detector, place, seen, script, rules: Vec::new(), only_hardened: true });
    }
}

//! Mutants: deliberate weakenings of the database, one at a time, each of which must be noticed.
//!
//! ```no_run
//! # use tenantry::Entry;
//! # const MODELS: &[Entry] = &[];
//! # fn router(api: &tenantry::http::Api) -> axum::Router { tenantry::http::routes(api) }
//! use tenantry_testkit::Proof;
//!
//! // In a test of the application:
//! let report = Proof::new(MODELS, router).migrations("migrations").mutants().run();
//! println!("{report}");
//! ```
//!
//! Each mutant has a copy of the application's database for itself, in which two tenants have rows of every model. It is looked at first by
//! what roles can do there (behaviour), then by the start of the service, then by the linter. That a mutant has changed the database is
//! checked, too: nothing is noticed because it could not be applied.
//!
//! Probes are SQL as the application's role without any predicate, so the predicate of the statements hides nothing from them. Where two
//! layers of the database hide each other's loss (a restrictive policy holds back what an added permissive one lets through), a mutant is
//! run a second time without the other layer, and only what that layer's absence does not show by itself counts.
//!
//! Roles belong to the server, so mutants of roles and privileges run in a private server of their own.
//!
//! Code is not weakened here: that takes a build of the library itself.

mod catalogue;
mod detect;
mod mutant;
mod plan;
mod report;
mod run;
mod site;

use std::collections::BTreeSet;

pub use self::detect::Notice;
pub use self::mutant::{Kind, Mutant, Open, Unfit};
pub use self::report::{Caught, MutantReport, MutantsReport};

pub(super) use self::report::chain;

use self::detect::Detector;
use self::mutant::List;
use self::plan::Plan;
use super::Proof;

use crate::{FindError, Postgres, StageError};

impl Proof {
    /// The mutants of these models: weakenings of their database, each of which must be noticed.
    pub fn mutants(self) -> Mutants {
        Mutants { proof: self, only: BTreeSet::new(), kinds: vec![Kind::Schema, Kind::Role], without: BTreeSet::new(), more: Vec::new() }
    }
}

/// A run of mutants that is being put together. Nothing happens until [`run`](Self::run).
#[derive(Clone, Debug)]
#[must_use = "nothing is weakened until it is run"]
pub struct Mutants {
    proof: Proof,
    only: BTreeSet<String>,
    kinds: Vec<Kind>,
    without: BTreeSet<String>,
    more: Vec<Mutant>,
}

/// Why the mutants could not be run, or their verdicts mean nothing. A mutant that nobody noticed is no error but a
/// [survivor](MutantsReport::survivors).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MutantsError {
    /// No server.
    #[error(transparent)]
    Server(#[from] FindError),
    /// No database of the application in it.
    #[error("the application's database cannot be made")]
    Stage(#[from] StageError),
    /// The models break a law, or there are none.
    #[error("the models cannot be weakened: {0}")]
    Models(String),
    /// The administrator may not do what weakening takes.
    #[error("the administrator of {0} is no superuser, which weakening takes: name another in ADMIN_DATABASE_URL, or unset it")]
    NotSuperuser(String),
    /// A mutant or a detector of that name does not exist.
    #[error("there is no {what} `{name}`; there are {known}")]
    #[non_exhaustive]
    Unknown {
        /// `mutant` or `detector`.
        what: &'static str,
        /// The name that was given.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// Every mutant was left out, and of none nothing can be said.
    #[error("no mutant is left to be run: name some of the kinds that are chosen")]
    Nothing,
    /// The server did not answer as it must, mutant or not.
    #[error("could not {what}")]
    #[non_exhaustive]
    Sql {
        /// What was to be done.
        what: &'static str,
        /// What the server said.
        source: sqlx::Error,
    },
    /// A detector could not look.
    #[error("could not {what}: {message}")]
    #[non_exhaustive]
    Refused {
        /// What it was to do.
        what: &'static str,
        /// What the server said.
        message: String,
    },
    /// A statement of a mutant failed.
    #[error("mutant {mutant} cannot be applied: `{statement}` fails")]
    #[non_exhaustive]
    NotApplied {
        /// The mutant.
        mutant: String,
        /// The statement.
        statement: String,
        /// What the server said.
        source: sqlx::Error,
    },
    /// The catalogue is what it was before.
    #[error("mutant {mutant} has changed nothing: `{verify}` still gives {seen}")]
    #[non_exhaustive]
    Unchanged {
        /// The mutant.
        mutant: String,
        /// The query that had to give another text.
        verify: String,
        /// What it gives.
        seen: String,
    },
    /// What a mutant did to the server is not gone.
    #[error("mutant {mutant} was taken back and is not gone, so what comes after it would mean nothing")]
    #[non_exhaustive]
    Left {
        /// The mutant.
        mutant: String,
    },
    /// A detector finds something in the database as it is.
    #[error("the database is noticed without being weakened, so no verdict would mean anything: {0}")]
    Noisy(String),
    /// Several mutants could not be run.
    #[error("{} mutants could not be run: {}", .0.len(), .0.iter().map(|error| report::chain(error)).collect::<Vec<_>>().join("; "))]
    Several(Vec<MutantsError>),
    /// The linter could not look.
    #[error("the linter could not look")]
    Linter(#[from] tenantry::lint::LintError),
    /// The detectors could not be run.
    #[error("the mutants cannot be run")]
    System(#[from] std::io::Error),
}

impl MutantsError {
    fn server(what: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Sql { what, source }
    }
}

impl Mutants {
    /// Only the mutants of these names.
    pub fn only(mut self, names: &[&str]) -> Self {
        self.only = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Only the mutants of these kinds.
    pub fn kinds(mut self, kinds: &[Kind]) -> Self {
        self.kinds = kinds.to_vec();
        self
    }

    /// Leaves out detectors, by name: how one sees that a mutant is noticed by those and by nobody else.
    pub fn without(mut self, detectors: &[&str]) -> Self {
        self.without = detectors.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// A mutant of one's own beside those that there are.
    pub fn and(mut self, mutant: Mutant) -> Self {
        self.more.push(mutant);
        self
    }

    /// Finds or starts PostgreSQL and runs the mutants.
    ///
    /// # Panics
    /// When one survives, with the whole report, and when they could not be run.
    #[must_use = "the report says who noticed what"]
    pub fn run(self) -> MutantsReport {
        let ran = Postgres::find().map_err(MutantsError::from).and_then(|server| self.try_run_on(&server));
        let report = ran.unwrap_or_else(|error| panic!("{}", report::chain(&error)));
        assert!(report.survivors().next().is_none(), "{report}");
        report
    }

    /// Runs the mutants of the schema on that server, and those of roles on a private one.
    ///
    /// # Errors
    /// When something could not be run. Survivors are in the report.
    pub fn try_run_on(self, server: &Postgres) -> Result<MutantsReport, MutantsError> {
        let plan = Plan::new(self.proof.models, self.proof.conventions)?;
        let detectors = self.detectors()?;
        let List { mutants, unfit } = self.list(&plan)?;
        run::all(&self.proof, &plan, mutants, &detectors, server, unfit)
    }

    fn detectors(&self) -> Result<Vec<Detector>, MutantsError> {
        let names = || Detector::ALL.map(Detector::name);
        if let Some(name) = self.without.iter().find(|name| !names().contains(&name.as_str())) {
            return Err(MutantsError::Unknown { what: "detector", name: name.clone(), known: names().join(", ") });
        }
        Ok(Detector::ALL.into_iter().filter(|detector| !self.without.contains(detector.name())).collect())
    }

    fn list(&self, plan: &Plan) -> Result<List, MutantsError> {
        let mut list = catalogue::all(plan);
        list.mutants.extend(self.more.iter().cloned());
        if let Some(name) = self.only.iter().find(|name| !list.mutants.iter().any(|mutant| mutant.name == **name)) {
            let known = list.mutants.iter().map(|mutant| mutant.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(MutantsError::Unknown { what: "mutant", name: name.clone(), known });
        }
        list.mutants.retain(|mutant| self.kinds.contains(&mutant.kind) && (self.only.is_empty() || self.only.contains(&mutant.name)));
        if !self.only.is_empty() {
            list.unfit.clear();
        }
        if list.mutants.is_empty() { Err(MutantsError::Nothing) } else { Ok(list) }
    }
}

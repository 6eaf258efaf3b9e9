//! The isolation proof: tenants that do random things at the same time, and a model that knows what each must see.
//!
//! ```no_run
//! # use tenantry::Entry;
//! # const MODELS: &[Entry] = &[];
//! # fn router(api: &tenantry::http::Api) -> axum::Router { tenantry::http::routes(api) }
//! use tenantry_testkit::Proof;
//!
//! // In a test of the application:
//! Proof::new(MODELS, router).migrations("migrations").cases(256).run();
//! ```
//!
//! A case has 2 to 8 fresh tenants and a service with a pool of 1, 2 or 8 connections. In each of its steps every tenant does one to four
//! things, one after the other, while the others do theirs: over HTTP, through the repository, in hand-written SQL, in SQL as the
//! application's role without a predicate; on its own rows, on rows of the others, on rows that do not exist; alone or in transactions that
//! fail half-way.
//!
//! What each operation is answered must be what the model says. After each step every tenant's rows are exactly those of its model, in SQL
//! without a predicate and through one of the other surfaces, which take turns; at the end of a case they are so through all of them. An
//! observer sees that the rows of those who did not write have not changed. Whatever leaves on behalf of a tenant is searched for the marks
//! of the others' values, and what is logged for any.
//!
//! That is the workload. The other [parts](Part) of a proof are attacks, faults, and, when a profile or the caller asks for them, timing and
//! mutants; the first part that is red ends the proof.
//!
//! A failure shrinks to a script that a person can read, and its seed repeats it. The environment chooses how much is tried; see
//! [`Profile`].

mod accounts;
mod attacks;
mod call;
mod canary;
mod case;
mod cursor;
mod custom;
mod driver;
mod executor;
mod failure;
mod faults;
mod gaps;
mod ground;
mod handwritten;
mod http;
mod lists;
mod log;
mod model;
#[cfg(test)]
mod model_tests;
mod mutants;
mod observer;
mod operation;
mod parts;
mod progress;
mod report;
mod repository;
mod runner;
mod scene;
mod script;
mod settings;
mod setup;
mod shared;
mod sql;
pub mod timing;
mod transaction;
mod value;
mod verdict;
mod views;
mod whole;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use tenantry::http::Api;
use tenantry::{Conventions, Entry};

pub use attacks::AttackReport;
use custom::Domain;
pub use custom::{Answer, Effect, Operation, Principals, Request, Rows};
pub use failure::Failure;
pub use faults::{FaultCount, FaultsReport};
pub use model::Row;
pub use mutants::{Caught, Kind as MutantKind, Mutant, MutantReport, Mutants, MutantsError, MutantsReport, Notice, Open, Unfit};
pub use operation::Surface;
pub use parts::Part;
use report::Kindred;
pub use settings::Profile;
use settings::Settings;
pub use value::Draw;
pub use verdict::Report;

use crate::Postgres;

/// A proof that is being put together. Nothing happens until [`run`](Self::run).
#[derive(Clone, Debug)]
#[must_use = "nothing is proven until it is run"]
pub struct Proof {
    models: &'static [Entry],
    conventions: Conventions,
    router: fn(&Api) -> Router,
    migrations: PathBuf,
    cases: u32,
    steps: usize,
    tenants: RangeInclusive<usize>,
    seed: Option<u64>,
    surfaces: Vec<Surface>,
    open: Option<String>,
    principals: Principals,
    domain: Domain,
    operations: Vec<Operation>,
    parts: Option<Vec<Part>>,
    observe_past_row_security: bool,
}

impl Proof {
    /// A proof of these models, behind this router. By default 64 cases of 1 to 12 steps, 2 to 8 tenants, every surface, a new seed.
    pub fn new(models: &'static [Entry], router: fn(&Api) -> Router) -> Self {
        Self {
            models,
            conventions: Conventions::DEFAULT,
            router,
            migrations: "migrations".into(),
            cases: 64,
            steps: 12,
            tenants: 2..=8,
            seed: None,
            surfaces: Surface::ALL.to_vec(),
            open: None,
            principals: Principals::default(),
            domain: Domain::default(),
            operations: Vec::new(),
            parts: None,
            observe_past_row_security: true,
        }
    }

    /// The conventions of the application's manifest, where they are not the default ones.
    pub const fn conventions(mut self, conventions: Conventions) -> Self {
        self.conventions = conventions;
        self
    }

    /// The folder of the application's migrations.
    pub fn migrations(mut self, folder: impl AsRef<Path>) -> Self {
        self.migrations = folder.as_ref().to_owned();
        self
    }

    /// How many sequences are tried, unless the environment says otherwise.
    pub const fn cases(mut self, cases: u32) -> Self {
        self.cases = cases;
        self
    }

    /// The longest sequence; at least 1.
    pub fn steps(mut self, steps: usize) -> Self {
        self.steps = steps.max(1);
        self
    }

    /// How many tenants act at the same time; at least 2, since one has nobody to reach, and at most 8.
    pub fn tenants(mut self, tenants: RangeInclusive<usize>) -> Self {
        let least = (*tenants.start()).clamp(2, 8);
        self.tenants = least..=(*tenants.end()).clamp(least, 8);
        self
    }

    /// Repeats the cases of that seed.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Only these surfaces.
    pub fn surfaces(mut self, surfaces: &[Surface]) -> Self {
        self.surfaces = surfaces.to_vec();
        self
    }

    /// How the tenants' callers are made. By default the routes stand behind the tenant layer for development, which believes a header.
    pub fn principals(mut self, principals: Principals) -> Self {
        self.principals = principals;
        self
    }

    /// A rule of the application that random rows of that table must respect, such as one that a trigger or a hand-written CHECK enforces.
    /// It may mend the row, and says whether it is good now; a row that is not is drawn again. It sees a new row, and a row as a change
    /// would leave it.
    ///
    /// What the models themselves say (lengths, words, keys, references) needs no rule here, and rows that break it stay among what is
    /// tried.
    pub fn domain(mut self, table: &str, rule: impl Fn(&mut Row) -> bool + Send + Sync + 'static) -> Self {
        self.domain.add(table, Arc::new(rule));
        self
    }

    /// A hand-written route or function that the tenants call, too.
    pub fn operation(mut self, operation: Operation) -> Self {
        self.operations.push(operation);
        self
    }

    /// Only these parts, in their own order, unless the environment says otherwise; by default those of the [profile](Part::of).
    pub fn parts(mut self, parts: &[Part]) -> Self {
        self.parts = Some(parts.to_vec());
        self
    }

    /// The observer looks as the application's role, tenant by tenant, also where the administrator's login passes row security by: as it
    /// must on a server that has no such login.
    pub const fn observed_tenant_by_tenant(mut self) -> Self {
        self.observe_past_row_security = false;
        self
    }

    /// Switches row security off on that table first: a deliberate weakening, for the proof that the proof would notice.
    pub fn without_row_security_on(mut self, table: &str) -> Self {
        self.open = Some(table.to_owned());
        self
    }

    /// Finds or starts PostgreSQL, in a container wherever Docker answers, makes a database, and runs every [part](Part) in turn. This is the
    /// form for a test: it prints the report, and returns it for whoever wants to look closer.
    ///
    /// # Panics
    /// When a part is red, with the shortest script that leads to the fault; and when the proof cannot be run.
    #[expect(clippy::must_use_candidate, reason = "who runs a proof wants its verdict, which is a panic")]
    pub fn run(self) -> Report {
        match Postgres::find_for_proof() {
            Ok(server) => self.run_on(&server),
            Err(error) => panic!("{}", Failure::setup(error)),
        }
    }

    /// The same in a new database of that server.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub fn run_on(self, server: &Postgres) -> Report {
        // A program has been told already, seed by seed.
        let told = Settings::from_env().is_ok_and(|settings| settings.machine);
        match self.try_run_on(server) {
            Ok(report) => {
                if !told {
                    println!("{report}");
                }
                report
            }
            Err(failure) => panic!("{failure}"),
        }
    }

    /// The same with a result, which must be looked at.
    ///
    /// # Errors
    /// The first thing that was wrong, with the shortest script that leads there.
    pub fn try_run(self) -> Result<Report, Failure> {
        let server = Postgres::find_for_proof().map_err(Failure::setup)?;
        self.try_run_on(&server)
    }

    /// Runs every part in new databases of that server.
    ///
    /// # Errors
    /// As for [`try_run`](Self::try_run).
    pub fn try_run_on(mut self, server: &Postgres) -> Result<Report, Failure> {
        let settings = Settings::from_env().map_err(Failure::setup)?;
        self.surfaces = settings.surfaces.clone().unwrap_or(self.surfaces);
        self.open = settings.open.clone().or(self.open);
        let first = match settings.seed.or(self.seed) {
            Some(seed) => seed,
            None => getrandom::u64().map_err(Failure::setup)?,
        };
        let mut result = self.once(server, first, &settings);
        for number in 1..settings.seeds {
            // The first failure is the one to look at, in its report, too.
            let report = settings.report.clone().filter(|_| result.is_ok());
            let next = self.once(server, first.wrapping_add(number), &Settings { report, ..settings.clone() });
            result = if result.is_ok() { next } else { result };
        }
        result
    }

    /// The parts, for one seed.
    fn once(&self, server: &Postgres, seed: u64, settings: &Settings) -> Result<Report, Failure> {
        let result = whole::run(self, server, seed, settings);
        if settings.machine {
            match &result {
                Ok(report) => println!("{report}"),
                Err(failure) => println!("{failure}"),
            }
        }
        result
    }
}

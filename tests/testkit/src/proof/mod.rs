//! The isolation proof: tenants that do random things at the same time, and a model that knows what each must see.
//!
//! ```no_run
//! # use tenantry::{Conventions, Entry};
//! # const MODELS: &[Entry] = &[];
//! # fn router(api: &tenantry::http::Api) -> axum::Router { tenantry::http::routes(api) }
//! use tenantry_testkit::Proof;
//!
//! // In a test of the application:
//! Proof::new(MODELS, Conventions::DEFAULT, router).migrations("migrations").cases(256).run().unwrap();
//! ```
//!
//! A case has fresh tenants. In each of its steps every tenant does one thing, all at once: over HTTP, through the repository, or in SQL as
//! the application's role; on its own rows, on rows of the others, on rows that do not exist. After each step, every tenant's rows through
//! every surface are exactly those of its model, and a privileged observer sees that the rows of those who did not write have not changed.
//! A failure shrinks to a script that a person can read, and its seed repeats it.

mod executor;
mod faults;
mod http;
mod model;
#[cfg(test)]
mod model_tests;
mod observer;
mod operation;
mod report;
mod repository;
mod runner;
mod script;
mod sql;
mod value;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config as RunnerConfig, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use proptest_state_machine::Sequential;
use tenantry::http::{Api, CursorKey};
use tenantry::layers::DevTenant;
use tenantry::{Config, Conventions, Entry, Platform, Tenancy};

pub use faults::{FaultCount, FaultsReport};
use model::World;
pub use operation::Surface;
use operation::{Step, step};
use report::{Counts, Kindred};
pub use report::{Failure, Report};
use runner::{Broken, Ground};

use crate::{Postgres, Stage};

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
    tenants: usize,
    seed: Option<u64>,
    surfaces: Vec<Surface>,
    open: Option<String>,
}

impl Proof {
    /// A proof of these models, behind this router. By default 64 cases of 1 to 12 steps, three tenants, every surface, a new seed.
    pub fn new(models: &'static [Entry], conventions: Conventions, router: fn(&Api) -> Router) -> Self {
        Self {
            models,
            conventions,
            router,
            migrations: "migrations".into(),
            cases: 64,
            steps: 12,
            tenants: 3,
            seed: None,
            surfaces: Surface::ALL.to_vec(),
            open: None,
        }
    }

    /// The folder of the application's migrations.
    pub fn migrations(mut self, folder: impl AsRef<Path>) -> Self {
        self.migrations = folder.as_ref().to_owned();
        self
    }

    /// How many sequences are tried.
    pub const fn cases(mut self, cases: u32) -> Self {
        self.cases = cases;
        self
    }

    /// The longest sequence; at least 1.
    pub fn steps(mut self, steps: usize) -> Self {
        self.steps = steps.max(1);
        self
    }

    /// How many tenants act at the same time; at least 2, since one has nobody to reach.
    pub fn tenants(mut self, tenants: usize) -> Self {
        self.tenants = tenants.max(2);
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

    /// Switches row security off on that table first: a deliberate weakening, for the proof that the proof would notice.
    pub fn without_row_security_on(mut self, table: &str) -> Self {
        self.open = Some(table.to_owned());
        self
    }

    /// Finds or starts PostgreSQL, makes a database, and runs every case in it.
    ///
    /// # Errors
    /// The first thing that was wrong, with the shortest script that leads there.
    pub fn run(self) -> Result<Report, Failure> {
        let server = Postgres::find().map_err(Failure::setup)?;
        self.run_on(&server)
    }

    /// Runs every case in a new database of that server.
    ///
    /// # Errors
    /// As for [`run`](Self::run).
    pub fn run_on(self, server: &Postgres) -> Result<Report, Failure> {
        // Proptest is synchronous, so the runtime stands outside.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(Failure::setup)?;
        let (_stage, ground) = runtime.block_on(self.ground(server))?;
        let result = self.cases_on(&runtime, &Arc::new(ground));
        runtime.shutdown_background();
        result
    }

    async fn ground(&self, server: &Postgres) -> Result<(Stage, Ground), Failure> {
        let password = Stage::test_password(server).map_err(Failure::setup)?;
        let database = server.create_database("proof").map_err(Failure::setup)?;
        let stage = Stage::set(database, &self.conventions, &self.migrations, password, &mut |_| {}).await.map_err(Failure::setup)?;
        let connections = u32::try_from(self.tenants).unwrap_or(u32::MAX);
        let config = Config::new(stage.url("app").expose_with_password()).map_err(Failure::setup)?.max_connections(connections);
        let tenancy = Tenancy::start(&config, self.models, self.conventions).await.map_err(Failure::setup)?;
        let platform = Config::new(stage.url("platform").expose_with_password()).map_err(Failure::setup)?;
        let platform = Platform::start(&platform, &self.conventions).await.map_err(Failure::setup)?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(Failure::setup)?;
        let api = Api::new(tenancy.registry(), CursorKey::from_secret(&secret).map_err(Failure::setup)?);
        let layer = DevTenant::new(&tenancy, "test", ([127, 0, 0, 1], 0).into()).map_err(Failure::setup)?;
        let ground = Ground {
            world: World::new(self.models, self.conventions),
            surfaces: self.surfaces.clone(),
            router: layer.around((self.router)(&api)),
            tenancy,
            platform,
            app: stage.url("app").options().map_err(Failure::setup)?,
            admin: stage.admin_url().options().map_err(Failure::setup)?,
            spare: Mutex::new(None),
        };
        if let Some(table) = &self.open {
            runner::open(&ground, table).await.map_err(Failure::setup)?;
        }
        Ok((stage, ground))
    }

    fn cases_on(&self, runtime: &tokio::runtime::Runtime, ground: &Arc<Ground>) -> Result<Report, Failure> {
        let seed = match self.seed {
            Some(seed) => seed,
            None => getrandom::u64().map_err(Failure::setup)?,
        };
        let (counts, broken) = (Mutex::new(Counts::default()), Mutex::new(None::<Broken>));
        let result = self.runner(seed).run(&self.sequences(), |(furnished, steps, seen)| {
            let seen = || {
                if let Some(seen) = &seen {
                    seen.fetch_add(1, Ordering::SeqCst);
                }
            };
            match runtime.block_on(runner::run(ground, self.tenants, furnished, &steps, seen)) {
                Ok(more) => {
                    counts.lock().unwrap_or_else(PoisonError::into_inner).merge(&more);
                    Ok(())
                }
                // The last failure that shrinking sees is the smallest one.
                Err(failure) => {
                    let fault = failure.fault.clone();
                    *broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                    Err(TestCaseError::fail(fault))
                }
            }
        });
        match result {
            Ok(()) => {
                let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
                Report::new(seed, self.cases, self.tenants, counts).checked()
            }
            Err(TestError::Abort(reason)) => Err(Failure::setup(reason)),
            Err(TestError::Fail(reason, _)) => {
                let broken = broken.into_inner().unwrap_or_else(PoisonError::into_inner);
                Err(Failure::new(seed, broken.unwrap_or(Broken { script: Vec::new(), fault: reason.to_string() })))
            }
        }
    }

    fn runner(&self, seed: u64) -> TestRunner {
        let config = RunnerConfig { cases: self.cases, failure_persistence: None, max_shrink_iters: 200, ..RunnerConfig::default() };
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    /// Whether the tenants begin with rows, and what they do then. Every operation is total, so every sequence is one.
    fn sequences(&self) -> impl Strategy<Value = (bool, Vec<Step>, Option<Arc<AtomicUsize>>)> + use<> {
        let (tenants, surfaces) = (self.tenants, self.surfaces.clone());
        Sequential::new(
            (1..=self.steps).into(),
            || proptest::bool::weighted(0.9).boxed(),
            |_: &bool, _: &Step| true,
            move |_: &bool| step(tenants, &surfaces),
            |furnished: bool, _: &Step| furnished,
        )
    }
}

//! Databases for people's ordinary tests: what [`#[test]`](macro@crate::test) stands on.

use std::path::Path;
use std::sync::{Arc, LazyLock, Weak};
use std::time::Duration;

use tenantry::{Act, Actor, Config, ConfigError, Conventions, Entry, Error, Platform, StartError, Tenancy, TenantDb, TenantId};
use tokio::sync::Mutex;

use crate::{DatabaseError, FindError, Postgres, Stage, StageError};

/// How long a test waits for a connection: it may run beside a build.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who makes the tenants of tests, and why: what the operator does is recorded, in a test's database, too.
pub const ACT: Act<'_> = Act { operator: "tests", reason: "a tenant of a test" };

/// The server of this process. Statics are not dropped; a private server ends with the process all the same.
static SERVER: LazyLock<Result<Postgres, FindError>> = LazyLock::new(Postgres::find);

/// What the databases of some tests are made of. It is a static, written once, and [`#[test]`](macro@crate::test) names it.
///
/// The first test provisions and migrates a database; every test works on a copy of it, which takes some tens of milliseconds. On a server
/// that was started for this process the original ends with the server. On one that `ADMIN_DATABASE_URL` names it goes with the last test
/// that runs, so that nothing stays behind; the roles, which belong to the server, do.
#[derive(Debug)]
pub struct Suite {
    models: &'static [Entry],
    conventions: Conventions,
    migrations: &'static str,
    original: Mutex<Original>,
}

/// The database that is copied: known for as long as somebody uses it, and kept where the server is our own.
#[derive(Debug)]
struct Original {
    known: Weak<Stage>,
    kept: Option<Arc<Stage>>,
}

/// Why a test got no database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuiteError {
    /// There is no server. It was looked for once, so the first error is told to every test.
    #[error("there is no PostgreSQL server: {0}")]
    Server(&'static FindError),
    /// No database could be made.
    #[error("there is no database")]
    Database(#[from] DatabaseError),
    /// It could not be provisioned or migrated.
    #[error("the database of the suite could not be made")]
    Stage(#[from] StageError),
    /// A URL was refused.
    #[error("the service's URL is refused")]
    Config(#[from] ConfigError),
    /// The service refused to start.
    #[error("the service refuses to start: {0}")]
    Start(#[from] StartError),
    /// A tenant could not be made.
    #[error("no tenant could be made")]
    Tenant(#[from] Error),
}

/// What a test takes as its argument: `TenantDb`, `[TenantDb; N]` for several tenants, or `(Tenancy, [TenantDb; N])` for one that needs the
/// service's side, too, such as to serve its router; with the operator's side, which writes what all tenants share,
/// `(Platform, Tenancy, [TenantDb; N])`.
#[diagnostic::on_unimplemented(
    message = "a test cannot take `{Self}`",
    label = "not something that a suite has",
    note = "take `TenantDb`, `[TenantDb; 2]`, `(Tenancy, [TenantDb; 2])` or `(Platform, Tenancy, [TenantDb; 2])`"
)]
pub trait Fixture: Sized {
    /// How many tenants there must be.
    #[doc(hidden)]
    const TENANTS: usize;

    /// Makes it; there are at least so many tenants.
    #[doc(hidden)]
    fn of(platform: Platform, tenancy: &Tenancy, tenants: &[TenantId]) -> Self;
}

impl Fixture for TenantDb {
    const TENANTS: usize = 1;

    fn of(_: Platform, tenancy: &Tenancy, tenants: &[TenantId]) -> Self {
        tenancy.tenant(tenants[0], Actor::System)
    }
}

impl<const N: usize> Fixture for [TenantDb; N] {
    const TENANTS: usize = N;

    fn of(_: Platform, tenancy: &Tenancy, tenants: &[TenantId]) -> Self {
        std::array::from_fn(|place| tenancy.tenant(tenants[place], Actor::System))
    }
}

impl<const N: usize> Fixture for (Tenancy, [TenantDb; N]) {
    const TENANTS: usize = N;

    fn of(platform: Platform, tenancy: &Tenancy, tenants: &[TenantId]) -> Self {
        (tenancy.clone(), Fixture::of(platform, tenancy, tenants))
    }
}

impl<const N: usize> Fixture for (Platform, Tenancy, [TenantDb; N]) {
    const TENANTS: usize = N;

    fn of(platform: Platform, tenancy: &Tenancy, tenants: &[TenantId]) -> Self {
        let handles = std::array::from_fn(|place| tenancy.tenant(tenants[place], Actor::System));
        (platform, tenancy.clone(), handles)
    }
}

impl Suite {
    /// A suite of these models; the folder of the migrations is relative to the package that is tested, where cargo runs its tests.
    #[must_use]
    pub const fn new(models: &'static [Entry], conventions: Conventions, migrations: &'static str) -> Self {
        Self { models, conventions, migrations, original: Mutex::const_new(Original { known: Weak::new(), kept: None }) }
    }

    /// The database that is copied. Tests that come at the same time wait for the one that makes it.
    async fn original(&self) -> Result<Arc<Stage>, SuiteError> {
        let mut original = self.original.lock().await;
        if let Some(stage) = original.known.upgrade() {
            return Ok(stage);
        }
        let server = SERVER.as_ref().map_err(SuiteError::Server)?;
        let password = Stage::test_password(server).map_err(StageError::from)?;
        let database = server.create_database("suite")?;
        let stage = Stage::set(database, &self.conventions, Path::new(self.migrations), password, &mut |_| {}).await?;
        let stage = Arc::new(stage);
        original.known = Arc::downgrade(&stage);
        original.kept = server.is_private().then(|| Arc::clone(&stage));
        Ok(stage)
    }

    /// A database with so many tenants, and the service on it.
    async fn ground(&self, tenants: usize) -> Result<Ground, SuiteError> {
        let original = self.original().await?;
        let stage = original.copy("test").await?;
        let config = |role| Config::new(stage.url(role).expose_with_password()).map(|config| config.acquire_timeout(PATIENCE));
        let platform = Platform::start(&config("platform")?, &self.conventions).await?;
        let mut ids = Vec::with_capacity(tenants);
        for number in 1..=tenants {
            ids.push(platform.create_tenant(&format!("tenant-{number}"), &format!("Tenant {number}"), ACT).await?);
        }
        let tenancy = Tenancy::start(&config("app")?, self.models, self.conventions).await?;
        Ok(Ground { platform, tenancy, tenants: ids, _stage: stage, _original: original })
    }
}

/// What a test stands on. Fields are dropped in order: the copy first, then the original, if this was its last user.
struct Ground {
    platform: Platform,
    tenancy: Tenancy,
    tenants: Vec<TenantId>,
    _stage: Stage,
    _original: Arc<Stage>,
}

/// Runs a test with what it takes. What it returns decides as it does for any test.
///
/// # Panics
/// When the test does, and when there is no database for it, with the reason.
pub fn run<A: Fixture, F: Future<Output = R>, R>(suite: &'static Suite, test: impl FnOnce(A) -> F) -> R {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("there is no runtime for the test: {error}"));
    runtime.block_on(async {
        let ground = suite.ground(A::TENANTS).await.unwrap_or_else(|error| panic!("{}", chain(&error)));
        let Ground { platform, tenancy, tenants, .. } = ground;
        test(A::of(platform, &tenancy, &tenants)).await
    })
}

/// An error with its causes: a test prints one text.
fn chain(error: &SuiteError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some causes are told within the error already.
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

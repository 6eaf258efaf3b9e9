//! What the suites share: a server for each test binary, a database for each test, two tenants in it.

mod answer;
pub mod outside;
mod proxy;
mod site;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use sqlx::{Connection, PgConnection};
use tenantry::{Config, Conventions, Platform, Tenancy, TenantId};
use tenantry_app::inventory::NewCategory;
use tenantry_testkit::{ACT, Postgres, Stage, Wire, column};
use tokio::sync::OnceCell;

pub use answer::{Answer, answer};
pub use proxy::through_proxy;
pub use site::{Site, conventions};

/// The server of this test binary: a container wherever Docker answers. Statics are not dropped, so a private one ends with the process.
static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::find_for_proof().expect("the suites need a PostgreSQL server"));

/// The migrated database that each test copies.
static TEMPLATE: OnceCell<Stage> = OnceCell::const_new();

/// The root of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace").to_owned()
}

/// The server of this test binary.
#[must_use]
pub fn server() -> &'static Postgres {
    &SERVER
}

/// A database of the reference application with two tenants, as one test uses it.
pub struct Bed {
    /// The database.
    pub stage: Stage,
    /// The service's side.
    pub tenancy: Tenancy,
    /// The tenant that acts.
    pub a: TenantId,
    /// The tenant that must not notice.
    pub b: TenantId,
}

impl std::fmt::Debug for Bed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bed").field("stage", &self.stage).finish_non_exhaustive()
    }
}

/// A migrated database of its own.
pub async fn stage() -> Stage {
    let template = TEMPLATE
        .get_or_init(async || {
            let database = server().create_database("template").expect("a database");
            let password = Stage::test_password(server()).expect("a password");
            let migrations = root().join("migrations");
            let stage = Stage::set(database, &tenantry_app::CONVENTIONS, &migrations, password, &mut |_| {}).await;
            stage.expect("the reference application's database")
        })
        .await;
    template.copy("test").await.expect("a copy of the template")
}

/// A configuration that waits long for a connection: suites run beside builds, and no test is about that wait.
#[must_use]
pub fn patient(url: &str) -> Config {
    Config::new(url).expect("a URL").acquire_timeout(Duration::from_secs(60))
}

/// Makes a tenant.
pub async fn tenant(platform: &Platform, slug: &str) -> TenantId {
    platform.create_tenant(slug, slug, ACT).await.expect("a tenant")
}

impl Bed {
    /// With the default configuration.
    pub async fn new() -> Self {
        Self::with(|config| config).await
    }

    /// With another configuration of the service's connections.
    pub async fn with(configure: impl FnOnce(Config) -> Config) -> Self {
        let stage = stage().await;
        let config = configure(patient(stage.url("app").expose_with_password()));
        Self::on(stage, config).await
    }

    /// On a stage of the test's own.
    pub async fn at(stage: Stage) -> Self {
        let config = patient(stage.url("app").expose_with_password());
        Self::on(stage, config).await
    }

    /// With one connection, which goes through a [proxy](through_proxy).
    pub async fn proxied() -> Self {
        let stage = stage().await;
        let config = patient(&through_proxy(&stage.url("app")).await).max_connections(1);
        Self::on(stage, config).await
    }

    /// With one connection, along a [wire](Wire) that counts what is said on it.
    pub async fn wired() -> (Self, Wire) {
        let stage = stage().await;
        let login = stage.url("app");
        let wire = Wire::to(&login).await.expect("a wire");
        let config = patient(wire.url(&login).expose_with_password()).max_connections(1);
        (Self::on(stage, config).await, wire)
    }

    /// A second service on the same database.
    pub async fn service(&self, conventions: Conventions) -> Tenancy {
        let config = patient(self.stage.url("app").expose_with_password()).max_connections(1);
        Tenancy::start(&config, tenantry_app::MODELS, conventions).await.expect("the service starts")
    }

    /// The operator's side.
    pub async fn platform(&self) -> Platform {
        platform(&self.stage).await
    }

    async fn on(stage: Stage, config: Config) -> Self {
        let platform = platform(&stage).await;
        let (a, b) = (tenant(&platform, "a").await, tenant(&platform, "b").await);
        platform.close().await;
        let tenancy = Tenancy::start(&config, tenantry_app::MODELS, tenantry_app::CONVENTIONS).await.expect("the service starts");
        Self { stage, tenancy, a, b }
    }

    /// A login that sees every row of every tenant.
    pub async fn observer(&self) -> PgConnection {
        let options = self.stage.admin_url().options().expect("a URL");
        PgConnection::connect_with(&options).await.expect("the administrator logs in")
    }

    /// How many rows of the table a tenant has, as the observer sees it.
    pub async fn count(&self, table: &str, tenant: TenantId) -> usize {
        self.names_of(table, "id::text", tenant).await.len()
    }

    /// The names of a tenant's rows in order, as the observer sees them.
    pub async fn names(&self, table: &str, tenant: TenantId) -> Vec<String> {
        self.names_of(table, "name", tenant).await
    }

    async fn names_of(&self, table: &str, expression: &str, tenant: TenantId) -> Vec<String> {
        let text = format!("select {expression} from app.{table} where tenant_id = $1 order by 1");
        column(&mut self.observer().await, &text, tenant.uuid()).await.expect("the observer reads")
    }

    /// Ends the server processes of the application's logins in this database.
    pub async fn terminate_app_backends(&self) {
        let text =
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and usename like '%_app'";
        sqlx::query(text).execute(&mut self.observer().await).await.expect("the observer terminates");
    }
}

async fn platform(stage: &Stage) -> Platform {
    let config = patient(stage.url("platform").expose_with_password());
    Platform::start(&config, &tenantry_app::CONVENTIONS).await.expect("the platform")
}

/// A category to be made.
#[must_use]
pub fn category(name: &str) -> NewCategory {
    NewCategory { name: name.to_owned(), description: None }
}

//! What a service starts with.

use std::fmt;
use std::sync::Arc;

use sqlx::{Connection, PgConnection};

use super::checked::{Checker, SqlCounters};
use super::constraints::Constraints;
use super::pool::{Connections, Pool};
use super::startup::{Level, Opening, Standing};
use super::{Config, ConfigError, Directory, Error, TenantDb, startup};
use crate::schema::verify::Violation;
use crate::schema::{Actor, Conventions, Entry, Registry, RequestId, TenantId};
use crate::sql::Statements;

/// The models, their statements and the connections of a service. Clones share them.
///
/// It opens nothing for anybody: what runs, runs for a tenant, through [`Tenancy::tenant`].
#[derive(Clone)]
pub struct Tenancy {
    core: Arc<Core>,
}

/// What the handles of one service share.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) pool: Pool,
    pub(crate) registry: Registry,
    pub(crate) statements: Statements,
    pub(crate) constraints: Constraints,
    /// The check of hand-written statements.
    pub(super) checker: Checker,
    standing: Standing,
}

/// Why a service refuses to start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The models break laws.
    #[error("the models are not usable:\n{}", lines(.0))]
    Models(Vec<Violation>),
    /// The role, the settings, the fences or the server are not as they must be.
    #[error("the database is not fit to serve tenants:\n{}", lines(.0))]
    Database(Vec<startup::Fault>),
    /// The database cannot be reached, or it refuses the login.
    #[error("cannot log in: {0}")]
    Connect(#[source] sqlx::Error),
}

fn lines<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(|item| format!("  - {item}")).collect::<Vec<_>>().join("\n")
}

/// A connection outside of the pool, which would try again and again and then say only that time is up.
pub(super) async fn connect(config: &Config) -> Result<PgConnection, StartError> {
    let connect = config.connect();
    let connecting = tokio::time::timeout(config.acquire_timeout, PgConnection::connect_with(&connect));
    let connected = connecting.await.map_err(|_| StartError::Connect(sqlx::Error::PoolTimedOut))?;
    connected.map_err(|error| match startup::refused_by_a_pooler(&error) {
        Some(fault) => StartError::Database(vec![fault]),
        None => StartError::Connect(error),
    })
}

impl Tenancy {
    /// Connects, and refuses to start when the models, the role or the database are not as they must be. What the database's level leaves
    /// open is no reason to refuse: it is in the log as a warning, and in [`openings`](Self::openings).
    ///
    /// # Errors
    /// Every fault by name with its remedy; see [`StartError`].
    pub async fn start(config: &Config, models: &[Entry], conventions: Conventions) -> Result<Self, StartError> {
        config.check()?;
        let registry = Registry::new(models, conventions).map_err(StartError::Models)?;
        let statements = Statements::new(&registry);
        let constraints = Constraints::new(&registry);
        let pool = Pool::new(config, statements.capacity());
        let mut connection = connect(config).await?;
        let standing = startup::check_service(&mut connection, config, &registry).await.map_err(StartError::Database)?;
        for opening in &standing.openings {
            tracing::warn!(level = %standing.level, lacks = opening.lacks, leaves = opening.leaves, "the level leaves something open");
        }
        // A login that has told what it is for is not needed any more, and nobody waits for its goodbye.
        drop(connection);
        let checker = Checker::new(conventions, standing.unlisted.clone());
        Ok(Self { core: Arc::new(Core { pool, registry, statements, constraints, checker, standing }) })
    }

    /// The handle of a tenant for a job or a command, or for one request of a layer that has found out the tenant.
    #[must_use]
    pub fn tenant(&self, tenant: TenantId, actor: Actor) -> TenantDb {
        self.tenant_for(tenant, actor, RequestId::generate())
    }

    /// The same, for a request that has an id.
    #[must_use]
    pub fn tenant_for(&self, tenant: TenantId, actor: Actor, request: RequestId) -> TenantDb {
        TenantDb::new(Arc::clone(&self.core), tenant, actor, request)
    }

    /// Where tenants are looked up by what a request calls them.
    #[must_use]
    pub fn directory(&self) -> Directory {
        Directory::new(Arc::clone(&self.core))
    }

    /// The models.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.core.registry
    }

    /// The level at which the database was provisioned, as it was when the service started.
    #[must_use]
    pub fn level(&self) -> Level {
        self.core.standing.level
    }

    /// What the level leaves open in comparison with `hardened`, as it was when the service started.
    #[must_use]
    pub fn openings(&self) -> &[&'static Opening] {
        &self.core.standing.openings
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When no connection can be had, or the server does not answer on it.
    pub async fn ready(&self) -> Result<(), Error> {
        let mut connection = self.core.pool.acquire().await?;
        Ok(sqlx::Connection::ping(connection.raw()).await?)
    }

    /// How many connections there are, and how many of them are free.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.core.pool.connections()
    }

    /// How many hand-written statements there have been since the service started, and what became of them.
    ///
    /// ```
    /// # fn example(tenancy: &tenantry::Tenancy) {
    /// let counters = tenancy.sql_counters();
    /// if counters.refused > 0 {
    ///     println!("{} statements were refused; the log says why", counters.refused);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn sql_counters(&self) -> SqlCounters {
        self.core.checker.counters()
    }

    /// Closes the connections, after those in use have come back.
    pub async fn close(&self) {
        self.core.pool.close().await;
    }
}

impl fmt::Debug for Tenancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenancy").field("pool", &self.core.pool).finish_non_exhaustive()
    }
}

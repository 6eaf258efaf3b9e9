//! What all cases of a proof share: the service with several sizes of its pool, its database, and the connections that go from case to
//! case.

use std::sync::{Mutex, PoisonError};

use axum::Router;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tenantry::{Platform, Tenancy};

use super::accounts::Accounts;
use super::custom::Operation;
use super::log::Log;
use super::model::World;
use super::observer::Observer;
use super::operation::Surface;
use super::value::quoted;

/// How many connections the service has, from case to case: one, fewer than most cases have tenants, and one for each of the most tenants.
pub(super) const POOLS: [u32; 3] = [8, 1, 2];

/// What all cases share.
pub(super) struct Ground {
    pub(super) world: World,
    pub(super) surfaces: Vec<Surface>,
    pub(super) operations: Vec<Operation>,
    /// The service with the first of [`POOLS`].
    pub(super) tenancy: Tenancy,
    pub(super) router: Router,
    /// The routes of people over it, where the platform's tables are under proof.
    pub(super) accounts: Option<Accounts>,
    /// The service with the others.
    pub(super) narrow: Vec<(Tenancy, Router)>,
    pub(super) platform: Platform,
    pub(super) app: PgConnectOptions,
    pub(super) admin: PgConnectOptions,
    /// Whether row security does not bind the administrator's login.
    pub(super) bypasses: bool,
    pub(super) log: Log,
    /// The connections of the case before: logging in costs more than a step does.
    pub(super) spare: Mutex<Option<Connections>>,
}

/// One connection per tenant as the application's role, and the observer's.
pub(super) struct Connections {
    pub(super) app: Vec<PgConnection>,
    pub(super) observer: Observer,
}

impl Connections {
    /// Ends whatever they are in the middle of after a failure; none when one of them cannot.
    pub(super) async fn reset(mut self) -> Option<Self> {
        for connection in self.app.iter_mut().chain([&mut self.observer.connection]) {
            crate::execute(connection, "rollback").await.ok()?;
        }
        Some(self)
    }
}

impl Ground {
    /// The service with the pool at that place of [`POOLS`].
    pub(super) fn service(&self, pool: usize) -> (&Tenancy, &Router) {
        match pool.checked_sub(1).and_then(|pool| self.narrow.get(pool)) {
            Some((tenancy, router)) => (tenancy, router),
            None => (&self.tenancy, &self.router),
        }
    }

    /// At least so many connections.
    pub(super) async fn connections(&self, tenants: usize) -> Result<Connections, sqlx::Error> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut connections = match spare {
            Some(spare) => spare,
            None => Connections { app: Vec::new(), observer: Observer::connect(self.bypasses, &self.admin, &self.app).await? },
        };
        while connections.app.len() < tenants {
            connections.app.push(PgConnection::connect_with(&self.app).await?);
        }
        Ok(connections)
    }
}

/// Who may weaken the tables: the administrator, who becomes their owner where nothing else will do.
pub(super) async fn owner(ground: &Ground) -> Result<PgConnection, sqlx::Error> {
    let mut admin = PgConnection::connect_with(&ground.admin).await?;
    if !ground.bypasses {
        crate::execute(&mut admin, &format!("set role {}", ground.world.conventions.role("owner"))).await?;
    }
    Ok(admin)
}

/// Switches row security off on one table: the proof must then stand on the predicate alone.
pub(super) async fn open(ground: &Ground, table: &str) -> Result<(), sqlx::Error> {
    let mut admin = owner(ground).await?;
    // The name is looked up, so that a misspelt one fails here and not silently.
    let text = format!(
        "do $$ begin execute format('alter table %s disable row level security', {}::regclass); end $$",
        quoted(&format!("{}.{table}", ground.world.conventions.schema))
    );
    crate::execute(&mut admin, &text).await?;
    admin.close().await
}

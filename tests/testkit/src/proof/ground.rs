//! What all cases of a proof share: the service, its database, and the connections that go from case to case.

use std::sync::{Mutex, PoisonError};

use axum::Router;
use sqlx::{Connection, PgConnection};
use tenantry::{Platform, Tenancy};

use super::model::World;
use super::operation::Surface;
use super::value::quoted;

/// What all cases share.
pub(super) struct Ground {
    pub(super) world: World,
    pub(super) surfaces: Vec<Surface>,
    pub(super) tenancy: Tenancy,
    pub(super) platform: Platform,
    pub(super) router: Router,
    pub(super) app: sqlx::postgres::PgConnectOptions,
    pub(super) admin: sqlx::postgres::PgConnectOptions,
    /// The connections of the case before: logging in costs more than a step does.
    pub(super) spare: Mutex<Option<Connections>>,
}

/// One connection per tenant as the application's role, and the observer's.
pub(super) struct Connections {
    pub(super) app: Vec<PgConnection>,
    pub(super) observer: PgConnection,
}

impl Connections {
    /// Ends whatever they are in the middle of after a failure; none when one of them cannot.
    pub(super) async fn reset(mut self) -> Option<Self> {
        for connection in self.app.iter_mut().chain([&mut self.observer]) {
            crate::execute(connection, "rollback").await.ok()?;
        }
        Some(self)
    }
}

impl Ground {
    pub(super) async fn connections(&self, tenants: usize) -> Result<Connections, sqlx::Error> {
        if let Some(spare) = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Ok(spare);
        }
        let mut app = Vec::new();
        for _ in 0..tenants {
            app.push(PgConnection::connect_with(&self.app).await?);
        }
        Ok(Connections { app, observer: PgConnection::connect_with(&self.admin).await? })
    }
}

/// Switches row security off on one table, as the observer: the proof must then stand on the predicate alone.
pub(super) async fn open(ground: &Ground, table: &str) -> Result<(), sqlx::Error> {
    let mut admin = PgConnection::connect_with(&ground.admin).await?;
    // The name is looked up, so that a misspelt one fails here and not silently.
    let text = format!(
        "do $$ begin execute format('alter table %s disable row level security', {}::regclass); end $$",
        quoted(&format!("{}.{table}", ground.world.conventions.schema))
    );
    crate::execute(&mut admin, &text).await?;
    admin.close().await
}

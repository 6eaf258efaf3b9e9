//! Deeds, done: one lane per tenant, each with its ways into the system.

use axum::Router;
use serde_json::Value;
use sqlx::PgConnection;
use tenantry::{Actor, Tenancy, TenantDb, TenantId};
use uuid::Uuid;

use super::canary::Canary;
use super::model::{Outcome, Row, World};
use super::operation::{Act, Surface};
use super::{handwritten, http, repository, sql};

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    /// How it ended.
    pub(super) outcome: Outcome,
    /// The rows that were answered, in their order.
    pub(super) rows: Vec<Row>,
    /// Everything a caller could tell two refusals apart by.
    pub(super) trace: String,
}

impl Seen {
    /// It was done, and these rows were the answer.
    pub(super) const fn done(rows: Vec<Row>) -> Self {
        Self { outcome: Outcome::Done, rows, trace: String::new() }
    }

    /// It was refused.
    pub(super) const fn refused(outcome: Outcome, trace: String) -> Self {
        Self { outcome, rows: Vec::new(), trace }
    }

    /// Something that no caller should ever see.
    pub(super) fn fault(text: impl Into<String>) -> Self {
        Self::refused(Outcome::Fault(text.into()), String::new())
    }
}

/// A tenant's ways into the system.
pub(super) struct Lane<'a> {
    pub(super) world: &'a World,
    pub(super) tenant: TenantId,
    pub(super) router: &'a Router,
    pub(super) db: TenantDb,
    /// The application's role, as an attacker who can write SQL has it.
    pub(super) connection: &'a mut PgConnection,
    /// What must not come back.
    pub(super) canary: Canary,
}

impl<'a> Lane<'a> {
    pub(super) fn new(world: &'a World, tenancy: &Tenancy, router: &'a Router, connection: &'a mut PgConnection, tenant: TenantId) -> Self {
        Self { world, tenant, router, db: tenancy.tenant(tenant, Actor::System), connection, canary: Canary::default() }
    }

    /// Does it. An act with other tenants' ids is done a second time with random ones; `Err` says how the two answers differ.
    pub(super) async fn perform(&mut self, act: &Act) -> Result<Seen, String> {
        let seen = self.once(act).await;
        // What HTTP answers has been looked at byte by byte when it came.
        self.canary.clean("the answer", &seen.trace)?;
        if act.foreign.is_empty() || seen.outcome == Outcome::Done {
            return Ok(seen);
        }
        let random = self.once(&act.with_random_ids()).await;
        if random == seen {
            return Ok(seen);
        }
        Err(format!("another tenant's id is answered otherwise than a random one:\n    {seen:?}\n    {random:?}"))
    }

    async fn once(&mut self, act: &Act) -> Seen {
        match act.surface {
            Surface::Http => http::perform(self, act).await,
            Surface::Repository => repository::perform(self, act).await,
            Surface::HandWritten => handwritten::perform(self, act).await,
            Surface::Sql => sql::perform(self, act).await,
        }
    }

    /// Every row that the tenant sees there; a table that the surface does not show is `None`.
    pub(super) async fn view(&mut self, surface: Surface) -> Result<Vec<Option<Vec<Row>>>, String> {
        match surface {
            Surface::Http => http::view(self).await,
            Surface::Repository => repository::view(self).await,
            Surface::HandWritten => handwritten::view(self).await,
            Surface::Sql => sql::view(self).await,
        }
    }
}

/// The id of a row.
pub(super) fn id_of(row: &Row) -> Option<Uuid> {
    row.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok())
}

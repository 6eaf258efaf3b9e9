//! The models of the help desk: its tables, and what `cargo xtask` has to know of it.

use axum::Router;
use tenantry::http::Api;
use tenantry::{Id, ModelEnum, Stamps, tenant_model};

tenantry::manifest!("../models.toml");

/// The generated routes: `GET /requesters`, `GET /requesters/{id}` and `PATCH /requesters/{id}` are new.
pub fn router(api: &Api) -> Router {
    tenantry::http::routes(api)
}

/// Somebody who asks.
#[tenant_model(table = "requesters", routes(list, get, patch))]
pub struct Requester {
    /// The key.
    pub id: Id<Requester>,
    /// The address, unique within the account.
    #[model(unique, max_len = 254)]
    pub email: String,
    /// The full name.
    #[model(max_len = 200, sort)]
    pub name: String,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}

/// What somebody asks.
#[tenant_model(table = "tickets", routes = false)]
pub struct Ticket {
    /// The key.
    pub id: Id<Ticket>,
    /// Who asks.
    pub requester_id: Id<Requester>,
    /// What it is about.
    #[model(max_len = 300)]
    pub subject: String,
    /// Where it stands.
    #[model(index, default = "open")]
    pub status: Status,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, Eq, ModelEnum, PartialEq)]
pub enum Status {
    /// Somebody must look at it.
    Open,
    /// The requester must answer.
    Waiting,
    /// It is done.
    Closed,
}

/// What somebody says about a ticket, and how long the work took.
#[tenant_model(table = "comments", routes = false)]
pub struct Comment {
    /// The key.
    pub id: Id<Comment>,
    /// The ticket, with which it goes.
    #[model(references(on_delete = "cascade"))]
    pub ticket_id: Id<Ticket>,
    /// Who says it.
    #[model(max_len = 200)]
    pub author: String,
    /// What is said.
    #[model(max_len = 20_000)]
    pub body: String,
    /// What to charge.
    #[model(default = 0)]
    pub minutes: i32,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}

/// A label of a ticket.
#[tenant_model(table = "tags", unique(ticket_id, label), routes = false)]
pub struct Tag {
    /// The key.
    pub id: Id<Tag>,
    /// The ticket, with which it goes.
    #[model(references(on_delete = "cascade"))]
    pub ticket_id: Id<Ticket>,
    /// The word.
    #[model(max_len = 40)]
    pub label: String,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}

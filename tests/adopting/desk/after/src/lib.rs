//! A help desk: the rows of many customers in one database, each behind its fence.

pub mod account;
mod failure;
mod reports;
mod threads;
mod tickets;

use axum::Router;
use tenantry::http::Api;

tenantry::manifest!("models.toml", sql);

/// All routes: those that are written by hand, and the generated ones.
pub fn router(api: &Api) -> Router {
    desk_model::router(api).merge(tickets::routes()).merge(threads::routes()).merge(reports::routes())
}

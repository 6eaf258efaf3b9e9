//! A help desk: the rows of many customers in one database, told apart by hand.

mod account;
mod failure;
mod reports;
mod status;
mod threads;
mod tickets;

use axum::Router;
use sqlx::PgPool;

/// All routes.
pub fn router(pool: PgPool) -> Router {
    Router::new().merge(tickets::routes()).merge(threads::routes()).merge(reports::routes()).with_state(pool)
}

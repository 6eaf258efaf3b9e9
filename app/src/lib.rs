//! The reference application: a trading business, one folder per module. It is what the demo serves and what the proof runs on.

#[cfg(feature = "demo")]
pub mod demo;
mod input;
pub mod inventory;
mod money;
pub mod purchase;
pub mod sales;

use axum::Router;
use tenantry::http::Api;

pub use input::{Limit, Period};

tenantry::manifest!("../models.toml");

/// Every route of the application: the generated ones, and the business rules beside them. They need a tenant, which a layer brings.
pub fn router(api: &Api) -> Router {
    tenantry::http::routes(api).merge(inventory::routes()).merge(purchase::routes()).merge(sales::routes())
}

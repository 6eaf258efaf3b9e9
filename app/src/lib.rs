//! The reference application: a trading business, one folder per module. It is what the demo serves and what the proof runs on.

#[cfg(feature = "demo")]
pub mod demo;
pub mod inventory;
pub mod purchase;
pub mod sales;

use axum::Router;
use tenantry::http::Api;

tenantry::manifest!("../models.toml");

/// Every route of the application: the generated ones, and the business rules beside them. They need a tenant, which a layer brings.
pub fn router(api: &Api) -> Router {
    tenantry::http::routes(api).merge(sales::routes())
}

//! Veterinary clinics, each of them a tenant.

pub mod fees;
pub mod model;

use axum::Router;
use tenantry::http::{Api, Routes};

tenantry::manifest!("models.toml");

/// The generated routes, and the one that is written by hand.
pub fn router(api: &Api) -> Router {
    fees::routes(Routes::generated(api)).into_router()
}

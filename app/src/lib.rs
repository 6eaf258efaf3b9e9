//! The reference application: a trading business, one folder per module. It is what the demo serves and what the proof runs on.

#[cfg(feature = "demo")]
pub mod demo;
mod input;
pub mod inventory;
mod money;
pub mod purchase;
mod roles;
pub mod sales;

use axum::Router;
use tenantry::http::{Api, Routes};

pub use input::{Limit, Period};
pub use roles::roles;

tenantry::manifest!("../models.toml");

/// Every route of the application with its permission: the generated ones, and the business rules beside them.
pub fn routes(api: &Api) -> Routes {
    sales::routes(purchase::routes(inventory::routes(Routes::generated(api))))
}

/// The routes as they are served. They need a tenant and a caller, which layers bring.
pub fn router(api: &Api) -> Router {
    routes(api).into_router()
}

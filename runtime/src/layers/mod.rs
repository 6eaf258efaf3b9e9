//! The layers of a request, each usable alone in any axum application, and the one function that puts them in order.

pub mod authenticate;
pub mod dev_tenant;
mod refusal;
pub mod resolve;
mod scope;

use std::net::SocketAddr;

use axum::Router;

pub use authenticate::Authenticate;
pub use dev_tenant::{DevTenant, DevTenantRefusal};
pub use resolve::Resolve;

use crate::db::Tenancy;
use crate::http::{answer_with_problems, health};

/// The service for development: the routes below `/api`, behind the tenant header; `/health/live` and `/health/ready`, which need no tenant;
/// and a problem for everything else.
///
/// # Errors
/// As [`DevTenant::new`]: only in the environments `demo` and `test`, only on loopback.
pub fn development(tenancy: &Tenancy, routes: Router, environment: &str, address: SocketAddr) -> Result<Router, DevTenantRefusal> {
    let routes = DevTenant::new(tenancy, environment, address)?.around(routes);
    Ok(answer_with_problems(Router::new().nest("/api", routes).merge(health(tenancy))))
}

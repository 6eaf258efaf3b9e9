//! The layers of a request, each usable alone in any axum application, and the one function that puts them in order.

pub mod authenticate;
pub mod callers;
pub mod clients;
pub mod dev_tenant;
mod gate;
mod only;
pub mod resolve;
mod scope;

use std::net::SocketAddr;

use axum::Router;

pub use authenticate::Authenticate;
pub use callers::Callers;
pub use clients::Clients;
pub use dev_tenant::{DevTenant, DevTenantRefusal};
pub use gate::Gated;
pub use resolve::Resolve;

use crate::db::Tenancy;
use crate::http::{answer_with_problems, health};

/// The service: the routes below `/api`, behind the layers that say who asks, for which tenant, and with which roles; `/health/live` and
/// `/health/ready`, which need none of it; and a problem for everything else.
///
/// Their order is one of dependence. Who asks is known first, since the claim of a credential is one of the names of the tenant that are held
/// against each other. Roles are looked up when the tenant is known, a route's permission is checked next, and a connection is taken last: a
/// request that is refused has cost none, but for what the look-ups ask.
///
/// [`Resolve`] must have been given the database ([`tenancy`](resolve::ResolveBuilder::tenancy)), else every route answers 401. With the claim
/// among its sources ([`claim`](resolve::ResolveBuilder::claim)), a credential at another tenant's host is answered like a host of nobody,
/// without it by 401.
pub fn service(tenancy: &Tenancy, routes: Router, authenticate: Authenticate, resolve: Resolve, callers: Callers) -> Router {
    let routes = authenticate.around(resolve.around(callers.around(answer_with_problems(routes))));
    answer_with_problems(Router::new().nest("/api", routes).merge(health(tenancy)))
}

/// The service for development: the routes below `/api`, behind the tenant header; `/health/live` and `/health/ready`, which need no tenant;
/// and a problem for everything else.
///
/// # Errors
/// As [`DevTenant::new`]: only in the environments `demo` and `test`, only on loopback.
pub fn development(tenancy: &Tenancy, routes: Router, environment: &str, address: SocketAddr) -> Result<Router, DevTenantRefusal> {
    let routes = DevTenant::new(tenancy, environment, address)?.around(routes);
    Ok(answer_with_problems(Router::new().nest("/api", routes).merge(health(tenancy))))
}

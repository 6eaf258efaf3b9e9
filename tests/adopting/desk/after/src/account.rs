//! Whose request it is.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tenantry::http::{TenantSlot, UncheckedPermissions};
use tenantry::{Actor, Tenancy, TenantId};

use crate::failure::Failure;

/// Gives each request the database of its account, which handlers take as `TenantDb`. The gateway in front has checked who asks, and names
/// the account in a header.
pub fn around(tenancy: &Tenancy, routes: Router) -> Router {
    routes.layer(from_fn_with_state(tenancy.clone(), enter))
}

async fn enter(State(tenancy): State<Tenancy>, mut request: Request, next: Next) -> Response {
    let header = request.headers().get("x-account").and_then(|value| value.to_str().ok());
    let Some(account) = header.and_then(|id| id.parse::<TenantId>().ok()) else {
        return Failure::NoAccount.into_response();
    };
    request.extensions_mut().insert(TenantSlot::new(tenancy.tenant(account, Actor::System)));
    request.extensions_mut().insert(UncheckedPermissions);
    next.run(request).await
}

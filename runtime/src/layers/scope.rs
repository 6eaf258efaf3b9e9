//! What a handler needs of its tenant, the same from every layer that has found one out.

use axum::http::request::Parts;
use tracing::Span;

use super::authenticate::Authenticated;
use crate::db::Tenancy;
use crate::http::TenantSlot;
use crate::schema::{Actor, RequestId, TenantId};

/// Leaves the tenant's handle in the request, where there is a database, and returns the span to serve it in: what the handler logs, and the
/// line about a 500 above all, can be found by tenant and request.
pub(super) fn open(parts: &mut Parts, tenancy: Option<&Tenancy>, tenant: TenantId) -> Span {
    let id = RequestId::generate();
    if let Some(tenancy) = tenancy {
        // A user is one in the tenant of its credential; elsewhere the request is the service's, and `Callers` finds nobody.
        let who = parts.extensions.get::<Authenticated>().filter(|who| who.tenant == tenant);
        let actor = who.map_or(Actor::System, |who| Actor::User(who.subject));
        parts.extensions.insert(TenantSlot::new(tenancy.tenant_for(tenant, actor, id)));
    }
    tracing::info_span!("request", %tenant, request = %id, method = %parts.method)
}

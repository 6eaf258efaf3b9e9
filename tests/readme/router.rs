use axum::Router;
use tenantry::http::{Api, Routes};
use tenantry::permissions::Permission;

use crate::rename::rename;

/// The routes of every model, and one of our own, each with the permission that it needs.
pub fn router(api: &Api) -> Router {
    Routes::generated(api).post("/rename", Permission::of("customers:update"), rename).into_router()
}

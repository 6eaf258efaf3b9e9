//! Whether the service is alive, and whether it can serve.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Problem;
use crate::db::Tenancy;

/// `GET /health/live`: 200 as long as the process answers. `GET /health/ready`: 200 when the database answers, else 503. Both are outside
/// of any tenant, and say nothing of why.
pub fn health(tenancy: &Tenancy) -> Router {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready)).with_state(tenancy.clone())
}

async fn live() -> Response {
    ok()
}

async fn ready(State(tenancy): State<Tenancy>) -> Response {
    match tenancy.ready().await {
        Ok(()) => ok(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Problem::unavailable(1).into_response()
        }
    }
}

fn ok() -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], "{\"status\":\"ok\"}")
        .into_response()
}

//! The public keys of a ring, for others who verify its tokens.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::jwks::published;
use super::key_ring::KeyRing;

/// Where others look for it.
pub const PATH: &str = "/.well-known/jwks.json";
/// How long the answer may be remembered. Announce a key for longer than that before it signs.
pub const REMEMBERED: Duration = Duration::from_secs(5 * 60);

/// A router that serves the keys of the ring at [`PATH`], as they are when it is asked: no secret of HS256, and no private half. It needs
/// no tenant and no credential.
///
/// ```
/// # fn example(ring: tenantry::auth::token::KeyRing, api: axum::Router) -> axum::Router {
/// use tenantry::auth::token::endpoint;
///
/// api.merge(endpoint::routes(ring))
/// # }
/// ```
pub fn routes(ring: KeyRing) -> Router {
    Router::new().route(PATH, get(keys)).with_state(ring)
}

async fn keys(State(ring): State<KeyRing>) -> Response {
    let body = published(&ring.public());
    let remembered = HeaderValue::try_from(format!("public, max-age={}", REMEMBERED.as_secs()));
    let mut response =
        ([(header::CONTENT_TYPE, "application/jwk-set+json"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], body).into_response();
    if let Ok(remembered) = remembered {
        response.headers_mut().insert(header::CACHE_CONTROL, remembered);
    }
    response
}

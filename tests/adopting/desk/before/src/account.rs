//! Whose request it is.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use uuid::Uuid;

use crate::failure::Failure;

/// The account that a request is for. The gateway in front has checked who asks, and names the account in a header.
pub struct Account(pub Uuid);

impl<S: Sync> FromRequestParts<S> for Account {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let header = parts.headers.get("x-account").and_then(|value| value.to_str().ok());
        header.and_then(|id| id.parse().ok()).map(Self).ok_or(Failure::NoAccount)
    }
}

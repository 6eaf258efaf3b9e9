//! What verifies a credential, and what it says of who has sent the request.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use futures_core::future::BoxFuture;
use uuid::Uuid;

use super::layer::challenge;
use crate::auth::Scopes;
use crate::auth::key::StoredKey;
use crate::auth::token::{KeyRing, TokenError};
use crate::db::Error;
use crate::http::{Challenge, Problem};
use crate::schema::TenantId;

/// Who has sent a request, as the layer leaves it in the extensions. A handler takes it as an argument.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Authenticated {
    /// The tenant for which the credential was issued.
    pub tenant: TenantId,
    /// The user, whose row is that tenant's.
    pub subject: Uuid,
    /// What the credential may be used for.
    pub scopes: Scopes,
    /// By which credential.
    pub by: By,
}

/// A credential, without what makes it one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum By {
    /// A bearer token, by its own name.
    Token(Uuid),
    /// The same, in the browser's cookie.
    Cookie(Uuid),
    /// An API key, by its name.
    Key(Uuid),
}

impl Authenticated {
    /// Whoever a token was issued for: for your own [`Tokens`].
    #[must_use]
    pub const fn by_token(tenant: TenantId, subject: Uuid, scopes: Scopes, token: Uuid) -> Self {
        Self { tenant, subject, scopes, by: By::Token(token) }
    }
}

/// Takes who has sent the request.
///
/// # Errors
/// 401 when no layer has put it there, or the request came without a credential.
impl<S: Sync> FromRequestParts<S> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| challenge(Some(Challenge::of(&parts.extensions))))
    }
}

/// What verifies access tokens. A [`KeyRing`] does; implement it to take tokens of an [outside issuer](crate::auth::token::OutsideIssuer)
/// as well, whose subjects are users of yours.
pub trait Tokens: Send + Sync + 'static {
    /// Who has the token.
    ///
    /// # Errors
    /// Why it is not believed, for the log. [`TokenError::KeysUnavailable`] is answered with 503.
    fn verify(&self, token: &str) -> impl Future<Output = Result<Authenticated, TokenError>> + Send;
}

impl Tokens for KeyRing {
    async fn verify(&self, token: &str) -> Result<Authenticated, TokenError> {
        let claims = Self::verify(self, token)?;
        Ok(Authenticated::by_token(claims.tenant, claims.subject, claims.scopes, claims.id))
    }
}

/// Where API keys are stored.
pub trait ApiKeys: Send + Sync + 'static {
    /// The key of that name in that tenant. It is looked up in the tenant's own context: whoever has sent the request may have written any
    /// tenant.
    ///
    /// # Errors
    /// Whatever the database says. That the tenant is unknown is as if the key were.
    fn find(&self, tenant: TenantId, id: Uuid) -> impl Future<Output = Result<Option<StoredKey>, Error>> + Send;

    /// Writes down that a key was used now; it is called once in about a minute for each. What goes wrong is logged, and the request goes
    /// on.
    ///
    /// # Errors
    /// Whatever the database says.
    fn used(&self, tenant: TenantId, id: Uuid, now: SystemTime) -> impl Future<Output = Result<(), Error>> + Send;
}

/// [`Tokens`] of any type.
pub(super) trait AnyTokens: Send + Sync {
    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Authenticated, TokenError>>;
}

impl<T: Tokens> AnyTokens for T {
    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Authenticated, TokenError>> {
        Box::pin(Tokens::verify(self, token))
    }
}

/// [`ApiKeys`] of any type.
pub(super) trait AnyKeys: Send + Sync {
    fn find(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<StoredKey>, Error>>;
    fn used(&self, tenant: TenantId, id: Uuid, now: SystemTime) -> BoxFuture<'_, Result<(), Error>>;
}

impl<K: ApiKeys> AnyKeys for K {
    fn find(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<StoredKey>, Error>> {
        Box::pin(ApiKeys::find(self, tenant, id))
    }

    fn used(&self, tenant: TenantId, id: Uuid, now: SystemTime) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(ApiKeys::used(self, tenant, id, now))
    }
}

impl<T: Tokens> Tokens for Arc<T> {
    async fn verify(&self, token: &str) -> Result<Authenticated, TokenError> {
        T::verify(self, token).await
    }
}

impl<K: ApiKeys> ApiKeys for Arc<K> {
    async fn find(&self, tenant: TenantId, id: Uuid) -> Result<Option<StoredKey>, Error> {
        K::find(self, tenant, id).await
    }

    async fn used(&self, tenant: TenantId, id: Uuid, now: SystemTime) -> Result<(), Error> {
        K::used(self, tenant, id, now).await
    }
}

//! A partner's tokens instead of our own: its keys are read from its set, and its subjects are users that we know.

use std::collections::HashMap;
use std::time::SystemTime;

use tenantry::TenantId;
use tenantry::auth::Scopes;
use tenantry::auth::token::{KeyRingError, KeySet, OutsideIssuer, TokenError, TokenType};
use tenantry::layers::authenticate::{Authenticate, Authenticated, Tokens};
use uuid::Uuid;

/// The partner's name of a person, and who that is here.
type Known = HashMap<String, (TenantId, Uuid)>;

struct Partner {
    issuer: OutsideIssuer,
    known: Known,
}

impl Tokens for Partner {
    async fn verify(&self, token: &str) -> Result<Authenticated, TokenError> {
        let claims = self.issuer.verify(token).await?;
        // The tenant comes from what we know of the person, and never from what a token of somebody else says.
        let (tenant, user) = *self.known.get(&claims.subject).ok_or(TokenError::Claim("sub"))?;
        Ok(Authenticated::by_token(tenant, user, Scopes::default(), Uuid::now_v7()))
    }
}

/// The layer that takes the partner's tokens, made for our audience.
pub(crate) fn partners(
    issuer: &str,
    keys: KeySet,
    known: Known,
    now: impl Fn() -> SystemTime + Send + Sync + 'static,
) -> Result<Authenticate, KeyRingError> {
    let issuer = OutsideIssuer::with_keys(issuer, "orders", keys).token_type(TokenType::Jwt).clock(now).build()?;
    Ok(Authenticate::builder(Partner { issuer, known }).build())
}

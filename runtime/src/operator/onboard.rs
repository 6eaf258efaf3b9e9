//! A new tenant, and the token that lets its first admin in.

use std::fmt;

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::auth::RandomnessError;
use crate::auth::mailed::InvitationToken;
use crate::db::{Act, Error, InvitationSecret, Onboarding, Platform};
use crate::schema::TenantId;

/// A tenant that was made.
#[non_exhaustive]
pub struct Onboarded {
    /// Its key.
    pub tenant: TenantId,
    /// The token of the first admin's invitation, to be mailed: nobody has another copy of it.
    pub invitation: Zeroizing<String>,
}

/// Why no tenant was made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OnboardError {
    /// The system has no randomness for the token.
    #[error(transparent)]
    Random(#[from] RandomnessError),
    /// What [`Platform::onboard`] says.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Makes a tenant with roles, perhaps a domain, and an invitation of its first admin; all of it or nothing. See [`Platform::onboard`].
///
/// # Errors
/// When there is no randomness, or the tenant cannot be made.
pub async fn onboard(platform: &Platform, onboarding: &Onboarding<'_>, act: Act<'_>) -> Result<Onboarded, OnboardError> {
    let tenant = TenantId::generate();
    let token = InvitationToken::generate(tenant, Uuid::now_v7())?;
    let secret = InvitationSecret { id: token.id(), hash: *token.hash().expose() };
    platform.onboard(tenant, onboarding, &secret, act).await?;
    Ok(Onboarded { tenant, invitation: token.expose() })
}

impl fmt::Debug for Onboarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Onboarded").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

//! Tokens that are mailed: an invitation to a tenant, and the way back to a password that was forgotten.
//!
//! Whoever has one can read the mailbox that it was sent to. Each is `<kind>_<tenant>_<id>_<secret>`, and what is stored is the SHA-256 of
//! the whole, so that a token that names another tenant or another person is another token. What stands here knows no table.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//!
//! use tenantry::TenantId;
//! use tenantry::auth::mailed::{InvitationToken, StoredInvitation, judge};
//! use uuid::Uuid;
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let now = SystemTime::now();
//! let token = InvitationToken::generate(TenantId::generate(), Uuid::now_v7())?;
//! let mut stored = StoredInvitation::new(&token, now + Duration::from_secs(60));
//! let mailed = token.expose();
//!
//! let presented = InvitationToken::read(mailed.as_bytes())?;
//! assert!(judge(Some(&stored), &presented, now).is_ok());
//! stored.accepted = Some(now);
//! assert!(judge(Some(&stored), &presented, now).is_err());
//! # Ok(())
//! # }
//! # example().unwrap();
//! ```

use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::opaque::{Opaque, RandomnessError, Secret, SecretHash};
use crate::mutants::mutant;
use crate::schema::TenantId;

/// What a mailed token is for.
pub trait Purpose: sealed::Sealed {
    /// What each begins with, before an underscore.
    const KIND: &'static str;
}

/// An invitation to be a user of the tenant; its id is the invitation's.
#[derive(Clone, Copy, Debug)]
pub enum Invitation {}

/// A new password for one that was forgotten; its id is the identity's.
#[derive(Clone, Copy, Debug)]
pub enum Reset {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Invitation {}
    impl Sealed for super::Reset {}
}

impl Purpose for Invitation {
    const KIND: &'static str = "iv";
}

impl Purpose for Reset {
    const KIND: &'static str = "pw";
}

/// The token of an invitation.
pub type InvitationToken = MailedToken<Invitation>;
/// The token of a reset.
pub type ResetToken = MailedToken<Reset>;

/// A token with its secret, as it was made or as somebody presents it.
pub struct MailedToken<P> {
    opaque: Opaque<1>,
    purpose: PhantomData<fn() -> P>,
}

/// The text is no such token. It is not repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a mailed token is iv_ or pw_, then <tenant>_<id>_<secret> in small hexadecimal digits")]
pub struct MailedFormError;

/// What is stored of an invitation, in its tenant.
#[derive(Clone, Debug)]
pub struct StoredInvitation {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its name.
    pub id: Uuid,
    /// Of its token.
    pub hash: SecretHash,
    /// When it expires.
    pub expires: SystemTime,
    /// When it was accepted, if it was.
    pub accepted: Option<SystemTime>,
}

/// Why an invitation is not taken. The log may say which; a client is told none of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvitationRefusal {
    /// There is no such invitation in its tenant, or its secret is another.
    #[error("there is no such invitation")]
    Unknown,
    /// It was accepted before.
    #[error("the invitation was accepted before")]
    Accepted,
    /// It has expired.
    #[error("the invitation has expired")]
    Expired,
}

impl<P: Purpose> MailedToken<P> {
    /// A new token of that tenant.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate(tenant: TenantId, id: Uuid) -> Result<Self, RandomnessError> {
        Ok(Self::of(Opaque { tenant, id, secrets: [Secret::random()?] }))
    }

    /// Reads what somebody presents.
    ///
    /// # Errors
    /// When it is no such token.
    pub fn read(text: &[u8]) -> Result<Self, MailedFormError> {
        Opaque::read(P::KIND, text).map(Self::of).ok_or(MailedFormError)
    }

    const fn of(opaque: Opaque<1>) -> Self {
        Self { opaque, purpose: PhantomData }
    }

    /// The tenant whose it is, if it is one.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.opaque.tenant
    }

    /// What it is for: an invitation, or an identity.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.opaque.id
    }

    /// The whole, for the mailbox alone.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        self.opaque.text(P::KIND)
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of_text(&self.expose())
    }
}

impl<P> Clone for MailedToken<P> {
    fn clone(&self) -> Self {
        Self { opaque: self.opaque.clone(), purpose: PhantomData }
    }
}

impl<P> fmt::Debug for MailedToken<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailedToken").field("tenant", &self.opaque.tenant).field("id", &self.opaque.id).finish_non_exhaustive()
    }
}

impl StoredInvitation {
    /// What is to be stored of a new one.
    #[must_use]
    pub fn new(token: &InvitationToken, expires: SystemTime) -> Self {
        Self { tenant: token.tenant(), id: token.id(), hash: token.hash(), expires, accepted: None }
    }
}

/// Whether a presented invitation is good, by what is stored under its name in its tenant. A name that is unknown takes as long as a secret
/// that is wrong, and is the same refusal.
///
/// # Errors
/// Why it is not taken.
pub fn judge(stored: Option<&StoredInvitation>, presented: &InvitationToken, now: SystemTime) -> Result<(), InvitationRefusal> {
    let stored = stored.filter(|stored| (stored.tenant, stored.id) == (presented.tenant(), presented.id()));
    let is_it = stored.map_or(SecretHash::stored([0; 32]), |stored| stored.hash).is(&presented.hash());
    let Some(stored) = stored.filter(|_| is_it || mutant!("people_invitation_secret_unread")) else {
        return Err(InvitationRefusal::Unknown);
    };
    if stored.accepted.is_some() && !mutant!("people_invitation_twice") {
        return Err(InvitationRefusal::Accepted);
    }
    if stored.expires <= now && !mutant!("people_invitation_never_expires") {
        return Err(InvitationRefusal::Expired);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn token() -> InvitationToken {
        InvitationToken::generate(TenantId::generate(), Uuid::now_v7()).unwrap()
    }

    #[test]
    fn a_token_is_of_its_kind_tenant_and_name() {
        let token = token();
        let text = token.expose();
        assert!(text.starts_with("iv_") && InvitationToken::read(text.as_bytes()).is_ok());
        assert!(ResetToken::read(text.as_bytes()).is_err(), "a token of one purpose is none of another");
        let other = TenantId::generate().uuid().as_simple().to_string();
        let moved = InvitationToken::read(format!("iv_{other}{}", &text[35..]).as_bytes()).unwrap();
        assert!(!moved.hash().is(&token.hash()), "what is stored is bound to the tenant");
        let reset = ResetToken::read(format!("pw{}", &text[2..]).as_bytes()).unwrap();
        assert!(!reset.hash().is(&token.hash()), "and to the purpose");
        let secret = text.rsplit('_').next().unwrap();
        assert!(!format!("{token:?} {:?}", StoredInvitation::new(&token, SystemTime::now())).contains(secret));
    }

    #[test]
    fn an_invitation_is_good_once_and_for_a_time() {
        let (token, now) = (token(), SystemTime::now());
        let stored = StoredInvitation::new(&token, now + Duration::from_secs(1));
        assert_eq!(judge(Some(&stored), &token, now), Ok(()));
        assert_eq!(judge(None, &token, now), Err(InvitationRefusal::Unknown));
        assert_eq!(judge(Some(&stored), &token, stored.expires), Err(InvitationRefusal::Expired));
        let accepted = StoredInvitation { accepted: Some(now), ..stored.clone() };
        assert_eq!(judge(Some(&accepted), &token, now), Err(InvitationRefusal::Accepted));
        let made_up = InvitationToken::generate(token.tenant(), token.id()).unwrap();
        assert_eq!(judge(Some(&accepted), &made_up, now), Err(InvitationRefusal::Unknown), "it learns nothing of the other");
        let foreign = StoredInvitation { tenant: TenantId::generate(), ..stored };
        assert_eq!(judge(Some(&foreign), &token, now), Err(InvitationRefusal::Unknown));
    }

    #[test]
    fn a_hash_is_written_and_read_in_one_spelling() {
        let hash = token().hash();
        let text = hash.hex();
        assert!(text.len() == 64 && SecretHash::from_hex(&text).unwrap().is(&hash));
        for other in ["", &text[1..], &"G".repeat(64), &format!("{}é", &text[2..]), &format!("{text}0")] {
            assert!(SecretHash::from_hex(other).is_none(), "{other}");
        }
    }
}

//! Refresh tokens: each is good once, and one that comes again ends the whole family (RFC 9700, section 4.14.2).
//!
//! A login begins a family. Whoever presents its current token gets the next one; a token of the family that is not the current one has
//! been copied by somebody, and nobody knows who is the thief, so that the family ends and its owner logs in again. What stands here is a
//! function from what is stored and what is presented to what is to be stored: no table, no clock of its own.
//!
//! A token is `rt_<tenant>_<family>_<secrets>`. Of its two secrets the first is the family's and stays, the second is the token's own. So a
//! former token is told from one that was made up without keeping the former ones; who makes one up ends nobody's session.
//!
//! ```
//! use std::time::SystemTime;
//!
//! use tenantry::TenantId;
//! use tenantry::auth::refresh::{Family, RefreshLimits, RefreshToken, Step};
//! use uuid::Uuid;
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let (limits, now) = (RefreshLimits::DEFAULT, SystemTime::now());
//! let (family, first) = Family::begin(TenantId::generate(), Uuid::now_v7(), now)?;
//!
//! let presented = RefreshToken::read(first.expose().as_bytes())?;
//! // Looked up within the tenant that the token names, and locked: `… where tenant_id = $1 and id = $2 for update`.
//! let Step::Rotated { family, token } = family.step(&presented, &limits, now)? else { panic!("it was the current one") };
//! assert_ne!(token.expose(), first.expose());
//!
//! // The first one once more: store the family, which has ended, and answer 401.
//! let Step::Reused { family } = family.step(&presented, &limits, now)? else { panic!("it was used before") };
//! assert!(matches!(family.step(&token, &limits, now)?, Step::Refused(_)), "the thief's and the owner's are both worth nothing");
//! # Ok(())
//! # }
//! # example().unwrap();
//! ```

use std::fmt;
use std::time::{Duration, SystemTime};

use uuid::Uuid;
use zeroize::Zeroizing;

use super::opaque::{Opaque, RandomnessError, Secret, SecretHash};
use crate::mutants::mutant;
use crate::schema::TenantId;

/// What each token begins with, before an underscore.
pub const KIND: &str = "rt";

/// A token with its secrets, as it was made or as a client presents it.
#[derive(Clone)]
pub struct RefreshToken(Opaque<2>);

/// The text is no refresh token. It is not repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a refresh token is rt_<tenant>_<family>_<secrets>, in small hexadecimal digits")]
pub struct RefreshFormError;

/// How long a family lives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct RefreshLimits {
    /// Without a rotation: 14 days.
    pub idle: Duration,
    /// In all, from the login: 90 days.
    pub whole: Duration,
}

impl RefreshLimits {
    /// What the fields say.
    pub const DEFAULT: Self = Self { idle: Duration::from_secs(14 * 24 * 60 * 60), whole: Duration::from_secs(90 * 24 * 60 * 60) };
}

/// What is stored of a login, in its tenant.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its name.
    pub id: Uuid,
    /// The user who has logged in.
    pub subject: Uuid,
    /// Of the secret that all its tokens have.
    pub hash: SecretHash,
    /// Of the secret that the current token alone has.
    pub current: SecretHash,
    /// How often it was rotated.
    pub generation: u64,
    /// When the login was.
    pub began: SystemTime,
    /// When it was last rotated.
    pub rotated: SystemTime,
    /// Why it has ended, and when, if it has.
    pub ended: Option<(Ended, SystemTime)>,
}

/// Why a family has ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Ended {
    /// A former token came again.
    Reused,
    /// Its owner has logged out, or an admin has ended it.
    Revoked,
}

/// What follows from a presented token.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "what follows is to be stored"]
pub enum Step {
    /// It was the current one: store the family, then hand out the token. Store it only where the generation is still the one before: of
    /// two that present the same token at once one is first, and the other's is reuse: where nothing was stored, read the family and ask
    /// again.
    Rotated {
        /// As it is now.
        family: Family,
        /// The next token.
        token: RefreshToken,
    },
    /// A former token: store the family, which has ended, and tell its owner.
    Reused {
        /// As it is now.
        family: Family,
    },
    /// Nothing changes.
    Refused(RefreshRefusal),
}

/// Why a token is not taken. The log may say which; a client is told none of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshRefusal {
    /// There is no such family in its tenant, or the token is none of its.
    #[error("there is no such login")]
    Unknown,
    /// The family has ended.
    #[error("the login has ended")]
    Ended,
    /// It is too old.
    #[error("the login has expired")]
    Expired,
}

impl RefreshToken {
    /// Reads what a client presents.
    ///
    /// # Errors
    /// When it is no such token.
    pub fn read(text: &[u8]) -> Result<Self, RefreshFormError> {
        Opaque::read(KIND, text).map(Self).ok_or(RefreshFormError)
    }

    /// The tenant in which it is looked up.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    /// The family within the tenant.
    #[must_use]
    pub const fn family(&self) -> Uuid {
        self.0.id
    }

    /// The text, for the client alone.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        self.0.text(KIND)
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken").field("tenant", &self.0.tenant).field("family", &self.0.id).finish_non_exhaustive()
    }
}

impl Family {
    /// Begins a family at a login, which always gets a new one: nothing that somebody had before can become theirs who logs in.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn begin(tenant: TenantId, subject: Uuid, now: SystemTime) -> Result<(Self, RefreshToken), RandomnessError> {
        let (id, of_all, own) = (Uuid::now_v7(), Secret::random()?, Secret::random()?);
        let (hash, current) = (of_all.hash(), own.hash());
        let family = Self { tenant, id, subject, hash, current, generation: 0, began: now, rotated: now, ended: None };
        Ok((family, RefreshToken(Opaque { tenant, id, secrets: [of_all, own] })))
    }

    /// What follows from a token that was presented now.
    ///
    /// # Errors
    /// When there is no randomness for the next one; nothing has changed then.
    pub fn step(&self, presented: &RefreshToken, limits: &RefreshLimits, now: SystemTime) -> Result<Step, RandomnessError> {
        let [of_all, own] = &presented.0.secrets;
        let is_named = (self.tenant, self.id) == (presented.tenant(), presented.family());
        let (is_of_family, is_current) = (self.hash.is_of(of_all), self.current.is_of(own));
        if !is_named || !is_of_family {
            return Ok(Step::Refused(RefreshRefusal::Unknown));
        }
        if self.ended.is_some() && !mutant!("refresh_ended_accepted") {
            return Ok(Step::Refused(RefreshRefusal::Ended));
        }
        if !is_current && !mutant!("refresh_reuse_accepted") {
            let mut family = self.clone();
            family.end(Ended::Reused, now);
            return Ok(Step::Reused { family: if mutant!("refresh_reuse_forgiven") { self.clone() } else { family } });
        }
        let is_older = |since: SystemTime, than: Duration| now.duration_since(since).is_ok_and(|age| age >= than);
        if (is_older(self.rotated, limits.idle) || is_older(self.began, limits.whole)) && !mutant!("refresh_never_expires") {
            return Ok(Step::Refused(RefreshRefusal::Expired));
        }
        let next = Secret::random()?;
        let (current, generation) = (next.hash(), self.generation.saturating_add(1));
        let token = RefreshToken(Opaque { tenant: self.tenant, id: self.id, secrets: [of_all.clone(), next] });
        Ok(Step::Rotated { family: Self { current, generation, rotated: now, ..self.clone() }, token })
    }

    /// Ends it. The first end counts.
    pub fn end(&mut self, why: Ended, now: SystemTime) {
        self.ended.get_or_insert((why, now));
    }
}

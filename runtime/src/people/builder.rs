//! Makes [`People`].

use std::fmt;
use std::sync::Arc;
use std::thread;

use super::behind::Behind;
use super::statements::Statements;
use super::{AnyMailer, Core, Mailer, NoMailer, People};
use crate::auth::refresh::RefreshLimits;
use crate::auth::token::KeyRing;
use crate::auth::{AttemptLimits, Attempts, AttemptsError, Cost, CostError, Hashing};
use crate::db::{Identities, Tenancy};

/// Makes [`People`].
#[must_use = "a builder does nothing until it is built"]
pub struct PeopleBuilder {
    tenancy: Tenancy,
    identities: Identities,
    ring: KeyRing,
    hashing: Option<Hashing>,
    attempts: Option<Attempts>,
    refresh: RefreshLimits,
    mailer: Box<dyn AnyMailer>,
}

/// What the builder would have taken by itself cannot be had.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleBuildError {
    /// There is no memory or no randomness for hashes.
    #[error(transparent)]
    Hashing(#[from] CostError),
    /// There is no randomness for counting attempts.
    #[error(transparent)]
    Attempts(#[from] AttemptsError),
}

impl PeopleBuilder {
    pub(super) fn new(tenancy: &Tenancy, identities: Identities, ring: KeyRing) -> Self {
        let refresh = RefreshLimits::DEFAULT;
        Self { tenancy: tenancy.clone(), identities, ring, hashing: None, attempts: None, refresh, mailer: Box::new(NoMailer) }
    }

    /// How passwords are hashed. Unless it is said, at [`Cost::DEFAULT`], half as many at once as there are processors, at least one.
    pub fn hashing(mut self, hashing: Hashing) -> Self {
        self.hashing = Some(hashing);
        self
    }

    /// How attempts are counted: [`AttemptLimits::DEFAULT`], unless it is said.
    pub fn attempts(mut self, attempts: Attempts) -> Self {
        self.attempts = Some(attempts);
        self
    }

    /// How long a login lives: [`RefreshLimits::DEFAULT`], unless it is said.
    pub const fn refresh_limits(mut self, limits: RefreshLimits) -> Self {
        self.refresh = limits;
        self
    }

    /// Who mails invitations and resets: [`NoMailer`], unless it is said, and the log has each mail that was not sent.
    pub fn mailer(mut self, mailer: impl Mailer) -> Self {
        self.mailer = Box::new(mailer);
        self
    }

    /// Makes it.
    ///
    /// # Errors
    /// When there is no memory or no randomness for what nobody has given.
    pub fn build(self) -> Result<People, PeopleBuildError> {
        let Self { tenancy, identities, ring, hashing, attempts, refresh, mailer } = self;
        let hashing = match hashing {
            Some(hashing) => hashing,
            None => Hashing::new(Cost::DEFAULT, thread::available_parallelism().map_or(1, |all| (all.get() / 2).max(1)))?,
        };
        let attempts = match attempts {
            Some(attempts) => attempts,
            None => Attempts::new(AttemptLimits::DEFAULT)?,
        };
        let statements = Statements::new(tenancy.registry().conventions());
        let core = Core { tenancy, identities, ring, hashing, attempts, refresh, mailer, behind: Behind::new(), statements };
        Ok(People { core: Arc::new(core) })
    }
}

impl fmt::Debug for PeopleBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeopleBuilder").field("tenancy", &self.tenancy).field("identities", &self.identities).finish_non_exhaustive()
    }
}

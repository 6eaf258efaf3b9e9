//! Hashes by argon2id (RFC 9106), off the asynchronous threads and a few at a time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::{HashFormError, Password, PasswordHash};
use crate::mutants::mutant;

/// The most memory of one hash, in KiB, also of a stored one: 1 GiB.
const MOST_MEMORY: u32 = 1 << 20;
/// The most passes over it.
const MOST_PASSES: u32 = 64;
/// The most lanes.
const MOST_LANES: u32 = 16;
/// How many wait for each one that is hashed, before more are turned away.
const WAITING: usize = 32;
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// What one hash costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// A cost that argon2id does not take, or that would take a service's memory.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a hash takes {} KiB per lane to {MOST_MEMORY} KiB of memory, 1 to {MOST_PASSES} passes and 1 to {MOST_LANES} lanes, and at least one is made at once",
    Params::MIN_M_COST
)]
pub struct CostError;

impl Cost {
    /// 19 MiB, two passes, one lane: what OWASP's Password Storage Cheat Sheet asks for at least.
    pub const DEFAULT: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };

    /// A cost: memory in KiB (1,024 bytes), passes over it, and lanes.
    ///
    /// # Errors
    /// When a number is out of its bounds.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, CostError> {
        let within = lanes >= 1 && lanes <= MOST_LANES && passes >= 1 && passes <= MOST_PASSES;
        if within && memory_kib >= Params::MIN_M_COST * lanes && memory_kib <= MOST_MEMORY {
            Ok(Self { memory_kib, passes, lanes })
        } else {
            Err(CostError)
        }
    }

    /// Whether it is less than [`DEFAULT`](Self::DEFAULT): good for tests alone.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        (self.memory_kib as u64) * (self.passes as u64) < (Self::DEFAULT.memory_kib as u64) * (Self::DEFAULT.passes as u64)
    }

    fn params(self) -> Result<Params, CostError> {
        Params::new(self.memory_kib, self.passes, self.lanes, None).map_err(|_| CostError)
    }

    /// The cost that a stored hash names; refused when it is more than is paid for any.
    fn of(hash: &PasswordHash) -> Result<Self, HashFormError> {
        let params = Params::try_from(&hash.parsed()?).map_err(|_| HashFormError)?;
        Self::new(params.m_cost(), params.t_cost(), params.p_cost()).map_err(|_| HashFormError)
    }
}

/// Makes and compares hashes. Each takes the memory that its [`Cost`] says, and no more than so many are in work at once; of those that wait, as
/// many as are bounded, too. A clone shares the bounds.
#[derive(Clone)]
pub struct Hashing {
    cost: Cost,
    /// What a password is compared with when there is nobody whose it could be.
    nobody: PasswordHash,
    at_once: usize,
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// What became of a comparison.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It is the password.
    Right {
        /// Its hash by today's cost, when the stored one has another: store it.
        rehashed: Option<PasswordHash>,
    },
    /// It is not, or there is no such person.
    Wrong,
}

/// Why there is no hash and no verdict.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HashingError {
    /// Too many wait already, or its turn did not come in time. Answer 503 with `Retry-After`.
    #[error("too many passwords are being compared: try again in a few seconds")]
    Busy,
    /// The stored hash is none.
    #[error(transparent)]
    Form(#[from] HashFormError),
    /// The system has no memory or no randomness for it.
    #[error("a password could not be hashed: there is no memory or no randomness for it")]
    Failed,
}

impl Hashing {
    /// Hashes at that cost, so many at once: their memory is the cost's times that. As many as there are processors is a good number.
    ///
    /// # Errors
    /// When no hash could be made at all.
    pub fn new(cost: Cost, at_once: usize) -> Result<Self, CostError> {
        let at_once = at_once.min(Semaphore::MAX_PERMITS / (WAITING + 1));
        if at_once == 0 {
            return Err(CostError);
        }
        let nobody = Password::typed(String::new()).ok().and_then(|nobody| made(cost, &nobody).ok()).ok_or(CostError)?;
        Ok(Self {
            cost,
            nobody,
            at_once,
            working: Arc::new(Semaphore::new(at_once)),
            waiting: Arc::new(Semaphore::new(at_once * (WAITING + 1))),
        })
    }

    /// How many hashes are in work now.
    #[must_use]
    pub fn in_work(&self) -> usize {
        self.at_once.saturating_sub(self.working.available_permits())
    }

    /// The hash of a password, with a fresh salt.
    ///
    /// # Errors
    /// [`HashingError::Busy`] and [`HashingError::Failed`].
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError> {
        let cost = self.cost;
        self.in_turn(move || made(cost, &password)).await
    }

    /// Compares a password with the stored hash. Without one, since there is no such person, it is compared with nobody's, at the cost of today:
    /// how long it takes tells nothing, but while hashes of an older cost are stored.
    ///
    /// # Errors
    /// [`HashingError::Busy`]; [`HashingError::Form`] when what is stored is no hash.
    pub async fn verify(&self, password: Password, stored: Option<&PasswordHash>) -> Result<Verdict, HashingError> {
        if stored.is_none() && mutant!("password_unknown_at_once") {
            return Ok(Verdict::Wrong);
        }
        let (cost, known) = (self.cost, stored.is_some());
        let stored = stored.unwrap_or(&self.nobody).clone();
        let of = Cost::of(&stored)?;
        self.in_turn(move || {
            let right = Argon2::from(of.params().map_err(|_| HashingError::Failed)?).verify_password(password.bytes(), &stored.parsed()?);
            match right {
                // Nobody has no password, whatever is typed.
                Ok(()) if known => {
                    let stale = of != cost && !mutant!("password_never_rehashed");
                    Ok(Verdict::Right { rehashed: if stale { Some(made(cost, &password)?) } else { None } })
                }
                Ok(()) | Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
                Err(_) => Err(HashingError::Failed),
            }
        })
        .await
    }

    /// Runs the work on a thread for blocking work when its turn comes. The turn goes with the work, not with whoever waits for it: a request that is
    /// given up leaves the work running, and its memory taken.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T, HashingError> + Send + 'static) -> Result<T, HashingError> {
        let place = Arc::clone(&self.waiting).try_acquire_owned();
        let place = match place {
            Ok(place) => Some(place),
            Err(_) if mutant!("password_queue_unbounded") => None,
            Err(_) => return Err(HashingError::Busy),
        };
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.working).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(HashingError::Busy) };
        let turn = if mutant!("password_work_unbounded") { None } else { Some(turn) };
        let work = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        work.await.unwrap_or(Err(HashingError::Failed))
    }
}

fn made(cost: Cost, password: &Password) -> Result<PasswordHash, HashingError> {
    let params = cost.params().map_err(|_| HashingError::Failed)?;
    let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password(password.bytes());
    Ok(PasswordHash::stored(hash.map_err(|_| HashingError::Failed)?.to_string())?)
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hashing").field("cost", &self.cost).field("at_once", &self.at_once).finish_non_exhaustive()
    }
}

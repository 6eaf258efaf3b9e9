//! Hashes by argon2id (RFC 9106), on threads of their own and a few at a time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{self, ParamsString};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::workers::{Memory, Workers};
use super::{HashFormError, Password, PasswordHash};
use crate::mutants::mutant;

/// The most memory of one hash, in KiB, also of a stored one: 1 GiB.
const MOST_MEMORY: u32 = 1 << 20;
/// The most passes over it.
const MOST_PASSES: u32 = 64;
/// The most lanes.
const MOST_LANES: u32 = 16;
/// The bytes of a salt (RFC 9106, section 3.1).
const SALT: usize = 16;
/// The most that are made at once, each on a thread of its own.
const MOST_AT_ONCE: usize = 1_024;
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
    workers: Workers,
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
    /// Hashes at that cost, so many at once (1,024 at most), each on a thread of its own: their memory is the cost's times that, and they keep it.
    /// The threads are for hashes alone and end with the last clone. On Linux they leave the processors to whatever else is to be done, by priority
    /// and by rests: a service that has much to answer hashes slowly. Half of the processors is a good number, so that the others are free in any
    /// case, and no thread waits for another.
    ///
    /// # Errors
    /// When no hash could be made at all, or no thread.
    pub fn new(cost: Cost, at_once: usize) -> Result<Self, CostError> {
        let at_once = at_once.min(MOST_AT_ONCE);
        if at_once == 0 {
            return Err(CostError);
        }
        let nobody =
            Password::typed(String::new()).ok().and_then(|nobody| made(cost, &nobody, &mut Memory::default()).ok()).ok_or(CostError)?;
        Ok(Self {
            cost,
            nobody,
            at_once,
            working: Arc::new(Semaphore::new(at_once)),
            waiting: Arc::new(Semaphore::new(at_once * (WAITING + 1))),
            workers: Workers::start(at_once).map_err(|_| CostError)?,
        })
    }

    /// How many hashes are in work now.
    #[must_use]
    pub fn in_work(&self) -> usize {
        self.at_once.saturating_sub(self.working.available_permits())
    }

    /// Whether the next one would be turned away now. A hint, for whoever would look something up first: others may come between.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.waiting.available_permits() == 0
    }

    /// The hash of a password, with a fresh salt.
    ///
    /// # Errors
    /// [`HashingError::Busy`] and [`HashingError::Failed`].
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError> {
        let cost = self.cost;
        self.in_turn(move |memory| made(cost, &password, memory)).await
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
        self.in_turn(move |memory| {
            // Nobody has no password, whatever is typed.
            if !is_right(&password, &stored, memory)? || !known {
                return Ok(Verdict::Wrong);
            }
            let stale = of != cost && !mutant!("password_never_rehashed");
            Ok(Verdict::Right { rehashed: if stale { Some(made(cost, &password, memory)?) } else { None } })
        })
        .await
    }

    /// Runs the work on a thread for hashes when its turn comes, in the memory of that thread. The turn goes with the work, not with whoever waits
    /// for it: a request that is given up leaves the work running, and its memory taken.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let place = Arc::clone(&self.waiting).try_acquire_owned();
        let place = match place {
            Ok(place) => Some(place),
            Err(_) if mutant!("password_queue_unbounded") => None,
            Err(_) => return Err(HashingError::Busy),
        };
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.working).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(HashingError::Busy) };
        let turn = if mutant!("password_work_unbounded") { None } else { Some(turn) };
        let done = self.workers.run(move |memory| {
            let done = work(memory);
            drop((turn, place));
            done
        });
        done.await.unwrap_or(Err(HashingError::Failed))
    }
}

fn made(cost: Cost, password: &Password, memory: &mut Memory) -> Result<PasswordHash, HashingError> {
    let params = cost.params().map_err(|_| HashingError::Failed)?;
    let named = ParamsString::try_from(&params).map_err(|_| HashingError::Failed)?;
    let (mut salt, mut hash) = ([0; SALT], [0; Params::DEFAULT_OUTPUT_LEN]);
    getrandom::fill(&mut salt).map_err(|_| HashingError::Failed)?;
    fill(params, Version::V0x13, password, &salt, &mut hash, memory)?;
    let made = phc::PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: named,
        salt: Some(phc::Salt::new(&salt).map_err(|_| HashingError::Failed)?),
        hash: Some(phc::Output::new(&hash).map_err(|_| HashingError::Failed)?),
    };
    Ok(PasswordHash::stored(made.to_string())?)
}

/// Whether it is the password of that hash.
fn is_right(password: &Password, stored: &PasswordHash, memory: &mut Memory) -> Result<bool, HashingError> {
    let stored = stored.parsed()?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else { return Err(HashFormError.into()) };
    let params = Params::try_from(&stored).map_err(|_| HashingError::Failed)?;
    let version = stored.version.map_or(Ok(Version::V0x13), Version::try_from).map_err(|_| HashingError::Failed)?;
    let mut hash = [0; phc::Output::MAX_LENGTH];
    let hash = hash.get_mut(..expected.len()).ok_or(HashingError::Failed)?;
    fill(params, version, password, salt, hash, memory)?;
    // An output compares itself in a time that does not depend on where it differs.
    Ok(phc::Output::new(hash).map_err(|_| HashingError::Failed)? == *expected)
}

/// Hashes into `hash`, in memory that is there already: nothing that an earlier hash has left in it is read, since the first pass writes all of it.
fn fill(
    params: Params,
    version: Version,
    password: &Password,
    salt: &[u8],
    hash: &mut [u8],
    memory: &mut Memory,
) -> Result<(), HashingError> {
    let blocks = memory.blocks(params.block_count()).ok_or(HashingError::Failed)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, version, params);
    argon2.hash_password_into_with_memory(password.bytes(), salt, hash, blocks).map_err(|_| HashingError::Failed)
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hashing").field("cost", &self.cost).field("at_once", &self.at_once).finish_non_exhaustive()
    }
}

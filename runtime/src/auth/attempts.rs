//! How often somebody may try: attempts are counted for each identity and for each address, and what is counted is bounded.
//!
//! An attempt counts as failed from its beginning, until it is known to have succeeded. Otherwise a thousand attempts at once would all begin before
//! the first of them has failed. Whether an identity exists plays no part, so that waiting tells nothing either.

use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hashlink::LruCache;
use sha2::{Digest as _, Sha256};

use crate::mutants::mutant;

/// How much is free, and how waiting grows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AttemptLimits {
    /// Attempts of an identity that cost no waiting: 5.
    pub of_an_identity: u32,
    /// The longest wait of an identity: a minute, since others can make its owner wait.
    pub longest_of_an_identity: Duration,
    /// Attempts of an address that cost no waiting: 50, since many people may share one.
    pub of_an_address: u32,
    /// The longest wait of an address: 15 minutes.
    pub longest_of_an_address: Duration,
    /// The first wait; each further attempt doubles it: a second.
    pub first: Duration,
    /// How long after the last attempt everything is forgotten: an hour.
    pub forgotten_after: Duration,
    /// How many identities are counted, and how many addresses; those that were tried longest ago make room: 65,536 of each, some 10 MiB in all.
    pub counted: usize,
}

impl AttemptLimits {
    /// What the fields say.
    pub const DEFAULT: Self = Self {
        of_an_identity: 5,
        longest_of_an_identity: Duration::from_secs(60),
        of_an_address: 50,
        longest_of_an_address: Duration::from_secs(15 * 60),
        first: Duration::from_secs(1),
        forgotten_after: Duration::from_secs(60 * 60),
        counted: 65_536,
    };
}

/// Limits under which nobody could try, or nothing be counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("limits allow at least one attempt, count at least one identity, and have randomness for their key")]
pub struct AttemptsError;

/// Too many attempts: nothing is compared, and this one is not counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("too many attempts: wait {} seconds", self.seconds())]
pub struct TooMany {
    wait: Duration,
}

impl TooMany {
    /// Whole seconds to wait, at least one: the value of `Retry-After` (RFC 9110, section 10.2.3).
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.wait.as_secs().saturating_add(u64::from(self.wait.subsec_nanos() > 0)).max(u64::from(self.wait.is_zero()))
    }
}

/// Counts attempts. A clone counts with it.
#[derive(Clone)]
pub struct Attempts {
    limits: AttemptLimits,
    /// Of this process: what is kept of an identity cannot be compared with a list of e-mails.
    key: [u8; 16],
    counted: Arc<Mutex<Counted>>,
}

/// An identity as it is kept: half of a hash, whatever the length of its name.
type Name = [u8; 16];

struct Counted {
    identities: LruCache<Name, Tried>,
    addresses: LruCache<IpAddr, Tried>,
}

/// How often something was tried, and when last.
#[derive(Clone, Copy)]
struct Tried {
    times: u32,
    last: Instant,
}

/// An attempt that has begun. It stays counted unless it is said to have succeeded.
#[derive(Debug)]
#[must_use = "an attempt that succeeded must be told so"]
pub struct Attempt {
    attempts: Attempts,
    name: Name,
    address: IpAddr,
}

impl Attempts {
    /// Counts by those limits.
    ///
    /// # Errors
    /// When the limits allow nothing, or the system has no randomness.
    pub fn new(limits: AttemptLimits) -> Result<Self, AttemptsError> {
        let capacity = NonZeroUsize::new(limits.counted).ok_or(AttemptsError)?.get();
        if limits.of_an_identity == 0 || limits.of_an_address == 0 {
            return Err(AttemptsError);
        }
        let mut key = [0; 16];
        getrandom::fill(&mut key).map_err(|_| AttemptsError)?;
        let counted = Counted { identities: LruCache::new(capacity), addresses: LruCache::new(capacity) };
        Ok(Self { limits, key, counted: Arc::new(Mutex::new(counted)) })
    }

    /// Begins an attempt to be that identity, by the name that it logs in with, from that address. What an address of version 6 is taken for is its
    /// network of 64 bits, of which one customer has all.
    ///
    /// # Errors
    /// When the identity or the address has tried too often; how long to wait is the longer of both.
    pub fn begin(&self, identity: &str, address: IpAddr, now: Instant) -> Result<Attempt, TooMany> {
        let (name, address) = (self.name(identity), network(address));
        let AttemptLimits { of_an_identity, longest_of_an_identity, of_an_address, longest_of_an_address, .. } = self.limits;
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = [
            self.wait(counted.identities.get(&name), of_an_identity, longest_of_an_identity, now),
            self.wait(counted.addresses.get(&address), of_an_address, longest_of_an_address, now),
        ];
        if let Some(wait) = waits.into_iter().flatten().max() {
            return Err(TooMany { wait });
        }
        if !mutant!("attempts_uncounted") {
            self.count(&mut counted.identities, name, now);
        }
        self.count(&mut counted.addresses, address, now);
        drop(counted);
        Ok(Attempt { attempts: self.clone(), name, address })
    }

    /// How long is still to be waited.
    fn wait(&self, tried: Option<&Tried>, free: u32, longest: Duration, now: Instant) -> Option<Duration> {
        let tried = tried?;
        let passed = now.saturating_duration_since(tried.last);
        if passed >= self.limits.forgotten_after {
            return None;
        }
        let beyond = tried.times.checked_sub(free)?;
        let doubled = 1_u32.checked_shl(beyond).unwrap_or(u32::MAX);
        let wait = self.limits.first.saturating_mul(doubled).min(longest);
        wait.checked_sub(passed).filter(|left| !left.is_zero())
    }

    fn count<K: Hash + Eq>(&self, all: &mut LruCache<K, Tried>, key: K, now: Instant) {
        let known = all.get(&key).filter(|tried| now.saturating_duration_since(tried.last) < self.limits.forgotten_after);
        let times = known.map_or(0, |tried| tried.times).saturating_add(1);
        all.insert(key, Tried { times, last: now });
    }

    fn name(&self, identity: &str) -> Name {
        let hash = Sha256::new().chain_update(self.key).chain_update(identity.as_bytes()).finalize();
        hash.first_chunk().copied().unwrap_or_default()
    }
}

impl Attempt {
    /// It was the identity: its own count begins anew, and this attempt is no longer held against its address. The other attempts of the address
    /// stay, else whoever has an account could clear the way for guessing another's.
    pub fn succeeded(self) {
        let mut counted = self.attempts.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.identities.remove(&self.name);
        if mutant!("attempts_address_cleared") {
            counted.addresses.remove(&self.address);
        } else if let Some(tried) = counted.addresses.get_mut(&self.address) {
            tried.times = tried.times.saturating_sub(1);
        }
    }
}

/// What an address is counted as.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !mutant!("attempts_whole_address") => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address => address,
    }
}

impl fmt::Debug for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts").field("limits", &self.limits).finish_non_exhaustive()
    }
}

//! The keys of an outside issuer that are fetched, and fetched anew: seldom enough that nobody can make this service flood another.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::JoinHandle;

use super::claims::Clock;
use super::jwks::KeySet;
use super::keys::VerifyingKey;
use super::refusal::TokenError;
use crate::mutants::mutant;

/// After how long a set is fetched anew.
const OLD: u64 = 10 * 60;
/// After how long one that cannot be fetched anew is believed no more: keys that an issuer has taken back must go some time.
const STALE: u64 = 24 * 60 * 60;
/// How long after one attempt there is no other, whatever is asked for.
const PAUSE: u64 = 30;
/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Fetches the set of an issuer's keys. Implement it with the client of your application, for a URL that stands in its configuration and
/// never for one that a token names. It should hold to HTTPS, follow no redirection, and stop reading after
/// [`KeySet::MOST_BYTES`].
pub trait FetchKeys: Send + Sync + 'static {
    /// The document, as it was received.
    ///
    /// # Errors
    /// Whatever went wrong; it is logged.
    fn fetch(&self) -> impl Future<Output = Result<Vec<u8>, Box<dyn StdError + Send + Sync>>> + Send;
}

/// [`FetchKeys`], of whichever type.
trait Fetch: Send + Sync {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, Box<dyn StdError + Send + Sync>>>;
}

impl<F: FetchKeys> Fetch for F {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, Box<dyn StdError + Send + Sync>>> {
        Box::pin(FetchKeys::fetch(self))
    }
}

/// What was fetched last. A clone is the same.
#[derive(Clone)]
pub(super) struct Fetched(Arc<Inner>);

struct Inner {
    from: Box<dyn Fetch>,
    /// The set, and the second in which it came.
    set: RwLock<Option<(Arc<KeySet>, u64)>>,
    /// The second of the last attempt; held while there is one.
    tried: Arc<Mutex<Option<u64>>>,
}

/// What is known of a key's name.
enum Known {
    /// The key, and whether its set is old.
    Key(VerifyingKey, bool),
    /// The set has no such key.
    Not,
    /// There is no set, or none that is believed any more.
    Nothing,
}

impl Fetched {
    pub(super) fn new(from: impl FetchKeys) -> Self {
        Self(Arc::new(Inner { from: Box::new(from), set: RwLock::new(None), tried: Arc::default() }))
    }

    /// The key of that name. Whoever names a key that is known does not wait for those who name others.
    pub(super) async fn key(&self, id: &str, clock: &Clock) -> Result<VerifyingKey, TokenError> {
        let now = clock.now();
        match self.0.find(id, now) {
            Known::Key(key, false) => return Ok(key),
            Known::Key(key, true) => {
                if let Ok(tried) = Arc::clone(&self.0.tried).try_lock_owned() {
                    drop(self.attempt(tried, now));
                }
                return Ok(key);
            }
            Known::Not | Known::Nothing => {}
        }
        let tried = Arc::clone(&self.0.tried).lock_owned().await;
        // Meanwhile another one's attempt may have found it.
        if let (Known::Not | Known::Nothing, Some(attempt)) = (self.0.find(id, now), self.attempt(tried, now)) {
            attempt.await.map_err(|_| TokenError::KeysUnavailable)?;
        }
        match self.0.find(id, now) {
            Known::Key(key, _) => Ok(key),
            Known::Not => Err(TokenError::UnknownKey),
            Known::Nothing => Err(TokenError::KeysUnavailable),
        }
    }

    /// Fetches the set, unless the last attempt was just now. It goes on when whoever asked for it has gone; else somebody who always goes
    /// could keep new keys out.
    fn attempt(&self, mut tried: OwnedMutexGuard<Option<u64>>, now: u64) -> Option<JoinHandle<()>> {
        if tried.is_some_and(|tried| now.saturating_sub(tried) < PAUSE) && !mutant!("jwks_fetched_always") {
            return None;
        }
        *tried = Some(now);
        let inner = Arc::clone(&self.0);
        Some(tokio::spawn(async move {
            if let Some(set) = fetch(&*inner.from).await {
                *inner.set.write().unwrap_or_else(PoisonError::into_inner) = Some((Arc::new(set), now));
            }
            drop(tried);
        }))
    }
}

impl Inner {
    fn find(&self, id: &str, now: u64) -> Known {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner).clone();
        let believed =
            set.map(|(set, since)| (set, now.saturating_sub(since))).filter(|(_, age)| *age < STALE || mutant!("jwks_never_stale"));
        let Some((set, age)) = believed else { return Known::Nothing };
        set.find(id).map_or(Known::Not, |key| Known::Key(key.clone(), age >= OLD))
    }
}

/// What goes wrong is logged and changes nothing.
async fn fetch(from: &dyn Fetch) -> Option<KeySet> {
    match tokio::time::timeout(PATIENCE, from.fetch()).await {
        Err(_) => tracing::warn!("the keys of an issuer did not come in time"),
        Ok(Err(error)) => tracing::warn!(%error, "the keys of an issuer could not be fetched"),
        Ok(Ok(bytes)) => match KeySet::parse(&bytes) {
            Ok(set) => return Some(set),
            Err(error) => tracing::warn!(%error, "what an issuer has published is no set of keys"),
        },
    }
    None
}

impl fmt::Debug for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetched")
    }
}

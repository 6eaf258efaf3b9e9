//! What goes on behind an answer: mails, which nobody waits for, so that how long one takes tells nothing.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument as _;

use super::PeopleError;

/// How much goes on at once, before more is turned away.
const AT_ONCE: u32 = 64;

/// The places for it. A clone has the same ones.
#[derive(Clone)]
pub(super) struct Behind(Arc<Semaphore>);

/// A place for one piece of work.
pub(super) struct Place(OwnedSemaphorePermit);

impl Behind {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE as usize)))
    }

    /// A place, taken before anything is done that needs it.
    pub(super) fn place(&self) -> Result<Place, PeopleError> {
        Arc::clone(&self.0).try_acquire_owned().map(Place).map_err(|_| PeopleError::Busy)
    }

    /// Waits until nothing goes on.
    pub(super) async fn settled(&self) {
        // It is never closed, so that this is an error never.
        let _ = self.0.acquire_many(AT_ONCE).await;
    }
}

impl Place {
    /// Begins the work. What becomes of it stands in the log.
    pub(super) fn begin(self, work: impl Future<Output = Result<(), PeopleError>> + Send + 'static) {
        let working = async move {
            if let Err(error) = work.await {
                tracing::error!(%error, "what was to be mailed was not");
            }
            drop(self.0);
        };
        tokio::spawn(working.in_current_span());
    }
}

/// Does what must not be left half done, whether or not whoever has asked for it stays.
pub(super) async fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T, PeopleError>> + Send + 'static,
) -> Result<T, PeopleError> {
    match tokio::spawn(work.in_current_span()).await {
        Ok(result) => result,
        Err(error) => Err(PeopleError::internal(&error)),
    }
}

impl fmt::Debug for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Behind").field("free", &self.0.available_permits()).finish_non_exhaustive()
    }
}

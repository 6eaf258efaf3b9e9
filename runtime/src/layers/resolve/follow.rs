//! What is remembered follows what the database says has changed.

use std::convert::Infallible;

use super::Resolve;
use crate::db::{Change, Listener};
use crate::mutants::mutant;

impl Resolve {
    /// Forgets what the listener says has changed, as long as the future lives: a suspended tenant's next request is refused as soon as the
    /// notification is here. While the listener has no connection, what is remembered expires by time ([`Remember`](super::Remember)).
    ///
    /// ```no_run
    /// use tenantry::Listener;
    /// use tenantry::layers::Resolve;
    ///
    /// fn follow(resolve: &Resolve, listener: Listener) {
    ///     tokio::spawn(resolve.clone().follow(listener));
    /// }
    /// ```
    pub async fn follow(self, mut listener: Listener) -> Infallible {
        loop {
            match listener.next().await {
                Change::Tenant(hash) => self.invalidate_where(|tenant| hash.is_of(tenant)),
                Change::Anything if mutant!("resolve_gap_ignored") => {}
                Change::Anything => self.clear(),
            }
        }
    }
}

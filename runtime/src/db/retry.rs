//! When a transaction is repeated, and how long it waits before.

use std::time::Duration;

use super::{Error, ErrorKind};
use crate::mutants::mutant;

/// How often a transaction is tried before its conflict is the caller's.
pub const TRIES: u32 = 6;
/// The most that is waited before the first repetition.
pub const FIRST_WAIT: Duration = Duration::from_millis(10);
/// The most that is waited before any.
pub const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// How much of other transactions a transaction sees (PostgreSQL manual, 13.2). Read Uncommitted is missing, since PostgreSQL has none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Isolation {
    /// Each statement sees what was committed before it. Only a deadlock takes the transaction back.
    ReadCommitted,
    /// All statements see what was committed before the first one.
    RepeatableRead,
    /// As if the transactions had run one after the other.
    Serializable,
}

impl Isolation {
    pub(crate) fn begin(self) -> &'static str {
        match self {
            _ if mutant!("isolation_ignored") => "BEGIN",
            Self::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Self::RepeatableRead => "BEGIN ISOLATION LEVEL REPEATABLE READ",
            Self::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        }
    }
}

/// Whether a transaction that was tried so often and failed with that is tried again.
pub(super) fn again(error: &Error, tries: u32) -> bool {
    let most = if mutant!("retry_unbounded") { 10 * TRIES } else { TRIES };
    let unknown = mutant!("retry_unknown") && *error.kind() == ErrorKind::Unavailable;
    let passes = if mutant!("retry_anything") { true } else { error.is_passing() || unknown };
    passes && tries < most && !mutant!("retry_never")
}

/// Waits before the next try.
pub(super) async fn wait(tries: u32) {
    // Without randomness all wait the same, which is worse and not wrong.
    let random = getrandom::u64().unwrap_or(u64::MAX);
    tokio::time::sleep(pause(tries, random)).await;
}

/// From nothing up to the bound of that try, decided by a random number (AWS calls it full jitter: it disperses callers best).
fn pause(tries: u32, random: u64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
    let bound = u64::try_from(doubled.min(LONGEST_WAIT).as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(random % bound.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_spread_below_a_bound_that_doubles_to_its_end() {
        for (tries, bound) in [(1, 10), (2, 20), (3, 40), (6, 320), (7, 500), (u32::MAX, 500)] {
            let longest = (0..=500_000).map(|random| pause(tries, random)).max();
            assert_eq!(longest, Some(Duration::from_millis(bound)), "before try {tries} + 1");
        }
        assert_eq!(pause(3, 0), Duration::ZERO);
    }

    #[test]
    fn a_conflict_that_the_server_has_not_reported_is_not_repeated() {
        assert!(!again(&Error::from(ErrorKind::Conflict), 1));
        assert!(!again(&Error::from(ErrorKind::Unavailable), 1));
    }
}

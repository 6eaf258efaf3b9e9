//! What the environment chooses. A value that cannot be read is a failure, not the default.

use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

/// As many statements as a push has time for.
const SHORT: usize = 3_000;

/// How many random statements, and which.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) statements: usize,
    /// The seed of the first; each has the one after.
    pub(crate) seed: u64,
}

impl Settings {
    pub(crate) fn from_env() -> Self {
        let now =
            || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| u64::from(since.subsec_nanos()) << 20 ^ since.as_secs());
        Self { statements: number("STATEMENTS").unwrap_or(SHORT), seed: number("SEED").unwrap_or_else(now) }
    }
}

fn number<T: FromStr>(name: &str) -> Option<T> {
    let name = format!("TENANTRY_SQLCHECK_{name}");
    let text = std::env::var(&name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a whole number, not `{text}`")))
}

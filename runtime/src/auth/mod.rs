//! Who is asking: passwords, how often somebody may try one, and what they get for it.
//!
//! What stands here knows neither tables nor requests. It is told what is stored and when it is, and says what to do, so that each part can
//! be used, and tried, alone:
//!
//! - [`Email`] is the name that a person logs in with, in one spelling;
//! - [`Password`] and [`PasswordHash`] are values that no log line shows;
//! - [`Hashing`] makes and compares hashes by argon2id, off the asynchronous threads, in bounded memory, and as slowly for an unknown person as
//!   for a known one;
//! - [`Attempts`] counts attempts for each identity and each address, and says how long to wait;
//! - [`token`] issues and verifies access tokens, and knows the keys of outside issuers;
//! - [`refresh`] rotates refresh tokens, and notices one that comes again;
//! - [`key`] judges API keys;
//! - [`mailed`] judges tokens that a mailbox gets.
//!
//! [`people`](crate::people) has the tables, and puts it all together.
//!
//! ```
//! use tenantry::auth::{Attempts, AttemptLimits, Cost, Hashing, Password, Verdict};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let hashing = Hashing::new(Cost::DEFAULT, 2)?;
//! let stored = hashing.hash(Password::chosen("correct horse battery staple".to_owned())?).await?;
//!
//! let attempts = Attempts::new(AttemptLimits::DEFAULT)?;
//! let attempt = attempts.begin("ada@example.com", "203.0.113.7".parse()?, std::time::Instant::now())?;
//! match hashing.verify(Password::typed("correct horse battery staple".to_owned())?, Some(&stored)).await? {
//!     Verdict::Right { rehashed } => {
//!         attempt.succeeded();
//!         assert!(rehashed.is_none(), "the cost has not changed since");
//!     }
//!     Verdict::Wrong => println!("the attempt stays counted"),
//! }
//! # Ok(())
//! # }
//! ```

mod attempts;
mod email;
mod hashing;
pub mod key;
pub mod mailed;
mod opaque;
mod password;
pub mod refresh;
mod scopes;
pub mod token;
mod workers;

pub use attempts::{Attempt, AttemptLimits, Attempts, AttemptsError, TooMany};
pub use email::{Email, EmailError};
pub use hashing::{Cost, CostError, Hashing, HashingError, Verdict};
pub use opaque::{RandomnessError, SecretHash};
pub use password::{HashFormError, Password, PasswordHash, PasswordRefusal};
pub use scopes::{Scopes, ScopesError};

use uuid::Uuid;

/// A uuid in its one spelling here, with hyphens and small letters: others are read by some and not by others.
fn parsed(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|uuid| uuid.as_hyphenated().to_string() == text)
}

mod claims;
mod compact;
mod json;
mod key_ring;
mod keys;
mod provider;
mod refusal;

pub use claims::TokenType;
pub use key_ring::{AccessToken, Claims, Grant, IssueError, KeyRing, KeyRingBuilder, KeyRingError};
pub use keys::{Algorithm, KeyError, KeyId, SigningKey, VerifyingKey};
pub use refusal::TokenError;

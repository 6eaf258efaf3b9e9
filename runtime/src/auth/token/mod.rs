//! Access tokens: JSON web tokens (RFC 7519; of the type and with the claims of RFC 9068, but for its `client_id`) that this service
//! signs, or that an outside issuer does.
//!
//! ```
//! use tenantry::TenantId;
//! use tenantry::auth::token::{Grant, KeyRing, SigningKey};
//! use uuid::Uuid;
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let key = SigningKey::generate("2026-11".parse()?)?;
//! let ring = KeyRing::builder("https://api.example.com", "orders", key).build()?;
//!
//! let (tenant, subject) = (TenantId::generate(), Uuid::now_v7());
//! let token = ring.issue(&Grant { tenant, subject, scopes: "orders:read".parse()? })?;
//! let claims = ring.verify(token.expose())?;
//! assert_eq!((claims.tenant, claims.subject), (tenant, subject));
//!
//! // Another key signs from now on; what the first has signed is good until it expires.
//! ring.rotate(SigningKey::generate("2026-12".parse()?)?)?;
//! assert!(ring.verify(token.expose()).is_ok());
//! # Ok(())
//! # }
//! # example().unwrap();
//! ```
//!
//! # What is believed
//!
//! A token names its key by `kid`, and the key alone says by which algorithm it is verified: `alg` must be the same, and decides nothing.
//! There is no key without a name, none that the token brings, none that is looked for anywhere but in memory. Until the signature is
//! verified, nothing but the header is read, of which 1 KiB is the most, as 8 KiB is of the whole; then `typ`, `iss`, `aud`, `exp`, `nbf`
//! and `iat` must be what was expected, and the claims must be there. Each refusal is a [`TokenError`] of its own, for the log; a client is
//! told none of them.
//!
//! | part | does |
//! |---|---|
//! | [`KeyRing`] | issues and verifies the tokens of this service; rotates its keys |
//! | [`endpoint`] | serves the ring's public keys to others |
//! | [`OutsideIssuer`] | verifies tokens of somebody else, by keys from a file, or [fetched](FetchKeys) |
//! | [`KeySet`] | reads somebody else's public keys |
//!
//! # What the library does, and what stands here
//!
//! `jsonwebtoken` writes tokens, verifies signatures and knows the forms of keys; ring computes. What the library reads leniently is read
//! here: it takes the last of two equal members of a header, and asks the system for the time. The first key that is made installs ring as its
//! provider for the whole process; an application that wants another one installs that before.

mod claims;
mod compact;
pub mod endpoint;
mod fetched;
mod json;
mod jwks;
mod key_ring;
mod keys;
mod outside;
mod provider;
mod refusal;

pub use claims::TokenType;
pub use fetched::FetchKeys;
pub use jwks::{KeySet, KeySetError};
pub use key_ring::{AccessToken, Claims, Grant, IssueError, KeyRing, KeyRingBuilder, KeyRingError};
pub use keys::{Algorithm, KeyError, KeyId, SigningKey, VerifyingKey};
pub use outside::{OutsideClaims, OutsideIssuer, OutsideIssuerBuilder};
pub use refusal::TokenError;

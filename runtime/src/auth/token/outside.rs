//! Tokens of an outside issuer.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::claims::{Clock, Expected, LONGEST_NAME, MOST_LEEWAY, TokenType};
use super::compact::Compact;
use super::fetched::{FetchKeys, Fetched};
use super::json::NotOfKind;
use super::jwks::KeySet;
use super::key_ring::KeyRingError;
use super::keys::VerifyingKey;
use super::refusal::TokenError;

/// The longest that a token may be valid, unless the builder is told otherwise.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Verifies the tokens of one outside issuer, by the keys that it publishes. A clone is the same.
///
/// Its subject is a name of that issuer's. Whose user it is, and in which tenant, is for the application to know: what a token of somebody
/// else says of a tenant is not believed here.
#[derive(Clone, Debug)]
pub struct OutsideIssuer(Arc<Core>);

#[derive(Debug)]
struct Core {
    expected: Expected,
    clock: Clock,
    keys: Keys,
}

#[derive(Debug)]
enum Keys {
    Fixed(KeySet),
    Fetched(Fetched),
}

/// Makes an [`OutsideIssuer`].
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct OutsideIssuerBuilder {
    issuer: String,
    audience: String,
    keys: Keys,
    kind: TokenType,
    leeway: Duration,
    longest: Duration,
    clock: Clock,
}

/// A verified token of an outside issuer.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct OutsideClaims {
    /// Who it is for the issuer: the same text is somebody else at another one.
    pub subject: String,
    /// The token's own name, when it has one.
    pub id: Option<String>,
    /// When it was issued, in seconds since 1970.
    pub issued: u64,
    /// When it expires, in seconds since 1970.
    pub expires: u64,
}

impl OutsideIssuer {
    /// An issuer whose keys are known, from bytes or a file.
    pub fn with_keys(issuer: impl Into<String>, audience: impl Into<String>, keys: KeySet) -> OutsideIssuerBuilder {
        OutsideIssuerBuilder::new(issuer.into(), audience.into(), Keys::Fixed(keys))
    }

    /// An issuer whose keys are fetched when they are first needed, every ten minutes after that, and when a token names one that is not
    /// known; but never within 30 seconds of the last attempt. While they cannot be fetched, those from before are believed for a day. It
    /// is called within tokio.
    pub fn with_fetched_keys(issuer: impl Into<String>, audience: impl Into<String>, from: impl FetchKeys) -> OutsideIssuerBuilder {
        OutsideIssuerBuilder::new(issuer.into(), audience.into(), Keys::Fetched(Fetched::new(from)))
    }

    /// Verifies a token of that issuer.
    ///
    /// # Errors
    /// Why it is not believed.
    ///
    /// # Panics
    /// Outside of tokio's runtime, when keys are to be fetched: an attempt has an end in time.
    pub async fn verify(&self, token: impl AsRef<[u8]> + Send) -> Result<OutsideClaims, TokenError> {
        let Core { expected, clock, .. } = &*self.0;
        let token = Compact::read(token.as_ref())?;
        let key = self.key(token.key()?).await?;
        let held = expected.hold(&token, &key, clock.now())?;
        let id = held.claims.text("jti").map_err(|NotOfKind| TokenError::Claim("jti"))?.map(str::to_owned);
        Ok(OutsideClaims { subject: held.subject, id, issued: held.issued, expires: held.expires })
    }

    async fn key(&self, id: &str) -> Result<VerifyingKey, TokenError> {
        match &self.0.keys {
            Keys::Fixed(set) => set.find(id).cloned().ok_or(TokenError::UnknownKey),
            Keys::Fetched(fetched) => fetched.key(id, &self.0.clock).await,
        }
    }
}

impl OutsideIssuerBuilder {
    fn new(issuer: String, audience: String, keys: Keys) -> Self {
        let (kind, leeway) = (TokenType::AccessToken, Duration::from_secs(30));
        Self { issuer, audience, keys, kind, leeway, longest: LONGEST, clock: Clock::default() }
    }

    /// Which type its tokens are of: access tokens by RFC 9068, unless it is said here.
    pub const fn token_type(mut self, kind: TokenType) -> Self {
        self.kind = kind;
        self
    }

    /// By how much clocks may differ: 30 seconds, unless it is said here.
    pub const fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The longest that a token may be valid: a day, unless it is said here.
    pub const fn longest(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    /// Takes another clock, by which tests let tokens and keys grow old.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Clock::new(now);
        self
    }

    /// Makes the verifier.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn build(self) -> Result<OutsideIssuer, KeyRingError> {
        let Self { issuer, audience, keys, kind, leeway, longest, clock } = self;
        if leeway > MOST_LEEWAY {
            return Err(KeyRingError::Leeway);
        }
        if [&issuer, &audience].iter().any(|name| !(1..=LONGEST_NAME).contains(&name.len())) {
            return Err(KeyRingError::Name);
        }
        let expected =
            Expected { issuer: issuer.into(), audience: audience.into(), kind, leeway: leeway.as_secs(), longest: longest.as_secs() };
        Ok(OutsideIssuer(Arc::new(Core { expected, clock, keys })))
    }
}

//! The keys of this service, and the tokens that they sign.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use jsonwebtoken::Header;
use serde::Serialize;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::claims::{Clock, Expected, LONGEST_NAME, MOST_LEEWAY, TokenType, required, seconds};
use super::compact::Compact;
use super::keys::{KeyId, SigningKey, VerifyingKey};
use super::refusal::TokenError;
use crate::auth::{Scopes, parsed};
use crate::mutants::mutant;
use crate::schema::TenantId;

/// The longest that a token may be valid, by configuration: nothing takes one back before it expires.
const MOST_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// The most keys of a ring, the one that signs among them.
const MOST_KEYS: usize = 16;
/// The claim that names the tenant.
const TENANT: &str = "tenant";

/// Issues access tokens and verifies them. A clone is the same ring.
#[derive(Clone)]
pub struct KeyRing(Arc<Core>);

struct Core {
    expected: Expected,
    lifetime: u64,
    clock: Clock,
    keys: RwLock<Arc<Keys>>,
}

#[derive(Clone)]
struct Keys {
    signing: SigningKey,
    /// Those that verify as well.
    others: Vec<Other>,
}

#[derive(Clone)]
struct Other {
    key: VerifyingKey,
    /// The second from which on it does not.
    until: Option<u64>,
}

/// Makes a [`KeyRing`].
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct KeyRingBuilder {
    issuer: String,
    audience: String,
    signing: SigningKey,
    others: Vec<(VerifyingKey, Option<SystemTime>)>,
    lifetime: Duration,
    leeway: Duration,
    clock: Clock,
}

/// Why a ring is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// Two keys have one name.
    #[error("two keys have the same name: a name stands for one key and one algorithm, for ever")]
    SameId,
    /// Too many keys.
    #[error("a ring holds at most {MOST_KEYS} keys: take out those that have retired")]
    TooMany,
    /// A lifetime that is none, or too long.
    #[error("a token is valid for at least a second and at most {} hours: nothing takes it back before", MOST_LIFETIME.as_secs() / 3_600)]
    Lifetime,
    /// A leeway that would keep expired tokens alive.
    #[error("clocks may differ by at most {} minutes", MOST_LEEWAY.as_secs() / 60)]
    Leeway,
    /// Issuer or audience is empty or too long.
    #[error("issuer and audience have 1 to {LONGEST_NAME} bytes")]
    Name,
}

/// For whom a token is issued.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Grant {
    /// The tenant within which it is valid.
    pub tenant: TenantId,
    /// The user, whose row is the tenant's.
    pub subject: Uuid,
    /// What it may be used for.
    pub scopes: Scopes,
}

/// A verified access token of this service.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Claims {
    /// The tenant within which it is valid, and nowhere else.
    pub tenant: TenantId,
    /// The user.
    pub subject: Uuid,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The token's own name, `jti`.
    pub id: Uuid,
    /// When it was issued.
    pub issued: SystemTime,
    /// When it expires.
    pub expires: SystemTime,
}

/// A token that was issued. Whoever has it is believed, so it is shown by [`expose`](Self::expose) alone.
#[derive(Clone)]
pub struct AccessToken {
    text: Zeroizing<String>,
    /// How long it is valid from now.
    lifetime: Duration,
}

/// A token could not be signed, which a ring that was built can, unless memory or the provider of cryptography fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the token could not be signed")]
pub struct IssueError;

#[derive(Serialize)]
struct Issued<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: Uuid,
    tenant: Uuid,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    iat: u64,
    nbf: u64,
    exp: u64,
    jti: Uuid,
}

impl KeyRing {
    /// A ring with the key that signs. The issuer is this service's URL, the audience the name of its API; tokens are valid for ten
    /// minutes, and clocks may differ by thirty seconds, unless the builder is told otherwise.
    pub fn builder(issuer: impl Into<String>, audience: impl Into<String>, signing: SigningKey) -> KeyRingBuilder {
        KeyRingBuilder {
            issuer: issuer.into(),
            audience: audience.into(),
            signing,
            others: Vec::new(),
            lifetime: Duration::from_secs(10 * 60),
            leeway: Duration::from_secs(30),
            clock: Clock::default(),
        }
    }

    /// Issues a token.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn issue(&self, grant: &Grant) -> Result<AccessToken, IssueError> {
        let Core { expected, lifetime, clock, .. } = &*self.0;
        let (keys, now) = (self.keys(), clock.now());
        let key = &keys.signing;
        let mut header = Header::new(key.verifying().algorithm().library());
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(key.id().to_string());
        let claims = Issued {
            iss: &expected.issuer,
            aud: &expected.audience,
            sub: grant.subject,
            tenant: grant.tenant.uuid(),
            scope: grant.scopes.to_string(),
            iat: now,
            nbf: now,
            exp: now.saturating_add(*lifetime),
            jti: Uuid::now_v7(),
        };
        let text = jsonwebtoken::encode(&header, &claims, key.private()).map_err(|_| IssueError)?;
        Ok(AccessToken { text: Zeroizing::new(text), lifetime: Duration::from_secs(*lifetime) })
    }

    /// Verifies a token of this ring.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn verify(&self, token: impl AsRef<[u8]>) -> Result<Claims, TokenError> {
        self.verify_bytes(token.as_ref())
    }

    fn verify_bytes(&self, token: &[u8]) -> Result<Claims, TokenError> {
        let (token, now) = (Compact::read(token)?, self.0.clock.now());
        let keys = self.keys();
        let key = keys.find(token.key()?, now).ok_or(TokenError::UnknownKey)?;
        let held = self.0.expected.hold(&token, key, now)?;
        let uuid = |name| parsed(required(&held.claims, name)?).ok_or(TokenError::Claim(name));
        let scopes = held.claims.text("scope").ok().and_then(|scopes| scopes.unwrap_or_default().parse().ok());
        let time = |name, seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).ok_or(TokenError::Claim(name));
        Ok(Claims {
            tenant: TenantId::from(uuid(TENANT)?),
            subject: uuid("sub")?,
            scopes: scopes.ok_or(TokenError::Claim("scope"))?,
            id: uuid("jti")?,
            issued: time("iat", held.issued)?,
            expires: time("exp", held.expires)?,
        })
    }

    /// Signs with another key from now on. The one before verifies until the last of its tokens has expired, and then no more. The new key
    /// may be one that was [announced](KeyRingBuilder::announced); that is how verifiers elsewhere know it already.
    ///
    /// # Errors
    /// [`KeyRingError::SameId`] when a key that signs, or has signed and verifies still, has its name; an announced one of that name is taken to
    /// be this key. [`KeyRingError::TooMany`].
    pub fn rotate(&self, next: SigningKey) -> Result<(), KeyRingError> {
        let Core { expected, lifetime, clock, keys } = &*self.0;
        let now = clock.now();
        let mut keys = keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut others: Vec<Other> = keys.others.iter().filter(|other| other.until.is_none_or(|until| now < until)).cloned().collect();
        others.retain(|other| other.until.is_some() || other.key.id() != next.id());
        let until = now.saturating_add(*lifetime).saturating_add(expected.leeway);
        others.push(Other { key: keys.signing.verifying().clone(), until: Some(until) });
        let rotated = Keys { signing: next, others };
        rotated.check()?;
        *keys = Arc::new(rotated);
        Ok(())
    }

    /// The keys that others may know, as they verify now: for the [endpoint](super::endpoint).
    pub(super) fn public(&self) -> Vec<VerifyingKey> {
        let (keys, now) = (self.keys(), self.0.clock.now());
        let others = keys.others.iter().filter(|other| other.until.is_none_or(|until| now < until));
        std::iter::once(keys.signing.verifying()).chain(others.map(|other| &other.key)).cloned().collect()
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.0.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Keys {
    fn find(&self, id: &str, now: u64) -> Option<&VerifyingKey> {
        if self.signing.id().as_str() == id {
            return Some(self.signing.verifying());
        }
        let verifies = |other: &&Other| other.key.id().as_str() == id;
        let other = self.others.iter().find(verifies)?;
        (other.until.is_none_or(|until| now < until) || mutant!("token_retired_accepted")).then_some(&other.key)
    }

    fn check(&self) -> Result<(), KeyRingError> {
        if self.others.len() >= MOST_KEYS {
            return Err(KeyRingError::TooMany);
        }
        let mut ids: Vec<&KeyId> = self.others.iter().map(|other| other.key.id()).chain([self.signing.id()]).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|two| matches!(two, [one, other] if one == other)) { Err(KeyRingError::SameId) } else { Ok(()) }
    }
}

impl KeyRingBuilder {
    /// Publishes, and verifies, a key that will sign later: it should be published for as long as others remember what the endpoint said.
    pub fn announced(mut self, key: VerifyingKey) -> Self {
        self.others.push((key, None));
        self
    }

    /// Publishes, and verifies until then, a key that has signed before.
    pub fn retiring(mut self, key: VerifyingKey, until: SystemTime) -> Self {
        self.others.push((key, Some(until)));
        self
    }

    /// How long a token is valid. Nothing takes it back before.
    pub const fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// By how much clocks may differ.
    pub const fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Takes another clock, by which tests let tokens grow old.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Clock::new(now);
        self
    }

    /// Makes the ring.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn build(self) -> Result<KeyRing, KeyRingError> {
        let Self { issuer, audience, signing, others, lifetime, leeway, clock } = self;
        if !(Duration::from_secs(1)..=MOST_LIFETIME).contains(&lifetime) {
            return Err(KeyRingError::Lifetime);
        }
        if leeway > MOST_LEEWAY {
            return Err(KeyRingError::Leeway);
        }
        if [&issuer, &audience].iter().any(|name| !(1..=LONGEST_NAME).contains(&name.len())) {
            return Err(KeyRingError::Name);
        }
        let others = others.into_iter().map(|(key, until)| Other { key, until: until.map(seconds) }).collect();
        let keys = Keys { signing, others };
        keys.check()?;
        let expected = Expected {
            issuer: issuer.into(),
            audience: audience.into(),
            kind: TokenType::AccessToken,
            leeway: leeway.as_secs(),
            // One that this ring has not made, though it has the key, is refused as well.
            longest: MOST_LIFETIME.as_secs(),
        };
        Ok(KeyRing(Arc::new(Core { expected, lifetime: lifetime.as_secs(), clock, keys: RwLock::new(Arc::new(keys)) })))
    }
}

impl AccessToken {
    /// The text, for the client alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// How long it is valid from when it was issued: `expires_in` of an answer, `Max-Age` of a cookie.
    #[must_use]
    pub const fn lifetime(&self) -> Duration {
        self.lifetime
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys();
        let others: Vec<_> = keys.others.iter().map(|other| &other.key).collect();
        f.debug_struct("KeyRing").field("signing", &keys.signing).field("others", &others).finish_non_exhaustive()
    }
}

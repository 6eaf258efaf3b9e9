//! What a token must say of itself, held against what is expected and against the clock.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::compact::Compact;
use super::json::{Json, NotOfKind, Object};
use super::keys::VerifyingKey;
use super::refusal::TokenError;
use crate::mutants::mutant;

/// The most audiences of one token.
const MOST_AUDIENCES: usize = 16;
/// The most bytes of an issuer, an audience or a subject (as OpenID Connect bounds `sub`).
pub(super) const LONGEST_NAME: usize = 255;
/// The most that clocks may differ, by configuration.
pub(super) const MOST_LEEWAY: Duration = Duration::from_secs(5 * 60);

/// The time of day; tests bring their own.
#[derive(Clone)]
pub(super) struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    pub(super) fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Seconds since 1970, as tokens count them.
    pub(super) fn now(&self) -> u64 {
        seconds((self.0)())
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// What type of token it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TokenType {
    /// `at+jwt`: an access token, of RFC 9068's type. An ID token, or a token of another purpose, is none.
    AccessToken,
    /// `JWT`, or no type at all: what issuers make who do not follow RFC 9068. Their ID tokens look the same, and only the audience tells
    /// them apart.
    Jwt,
}

/// What a token is held against.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) issuer: Box<str>,
    pub(super) audience: Box<str>,
    pub(super) kind: TokenType,
    /// Seconds by which clocks may differ.
    pub(super) leeway: u64,
    /// The longest that a token may be valid, in seconds.
    pub(super) longest: u64,
}

/// A token that is what was expected, now.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) claims: Object,
    pub(super) subject: String,
    pub(super) issued: u64,
    pub(super) expires: u64,
}

impl Expected {
    /// The claims of a token that the key has signed, when they are what they must be.
    pub(super) fn hold(&self, token: &Compact<'_>, key: &VerifyingKey, now: u64) -> Result<Held, TokenError> {
        let claims = token.verified(key)?;
        let kind = token.kind()?;
        let found = (self.kind, kind.as_deref());
        let as_expected = matches!(found, (TokenType::AccessToken, Some("at+jwt")) | (TokenType::Jwt, Some("jwt") | None));
        let as_expected = as_expected || mutant!("token_type_unread");
        if !as_expected {
            return Err(TokenError::Type);
        }
        if required(&claims, "iss")? != &*self.issuer && !mutant!("token_issuer_unread") {
            return Err(TokenError::Issuer);
        }
        if !self.is_for_us(&claims)? && !mutant!("token_audience_unread") {
            return Err(TokenError::Audience);
        }
        let (issued, expires) = self.times(&claims, now)?;
        let subject = required(&claims, "sub")?.to_owned();
        Ok(Held { claims, subject, issued, expires })
    }

    /// `aud` is a text or a list of them, and the token is for each (RFC 7519, section 4.1.3).
    fn is_for_us(&self, claims: &Object) -> Result<bool, TokenError> {
        match claims.get("aud") {
            None => Err(TokenError::Missing("aud")),
            Some(Json::Text(one)) => Ok(**one == *self.audience),
            Some(Json::List(list)) if list.len() <= MOST_AUDIENCES && list.iter().all(|one| matches!(one, Json::Text(_))) => {
                Ok(list.iter().any(|one| matches!(one, Json::Text(one) if **one == *self.audience)))
            }
            Some(_) => Err(TokenError::Claim("aud")),
        }
    }

    fn times(&self, claims: &Object, now: u64) -> Result<(u64, u64), TokenError> {
        let time = |name| claims.whole(name).map_err(|NotOfKind| TokenError::Claim(name));
        let expires = time("exp")?.ok_or(TokenError::Missing("exp"))?;
        let issued = time("iat")?.ok_or(TokenError::Missing("iat"))?;
        // It may be used before `exp` and no more at it (RFC 7519, section 4.1.4).
        if now >= expires.saturating_add(self.leeway) && !mutant!("token_expiry_unread") {
            return Err(TokenError::Expired);
        }
        let begins_by = now.saturating_add(self.leeway);
        if time("nbf")?.is_some_and(|from| from > begins_by) && !mutant!("token_early_accepted") {
            return Err(TokenError::Early);
        }
        if issued > begins_by && !mutant!("token_future_accepted") {
            return Err(TokenError::Future);
        }
        match expires.checked_sub(issued) {
            None => Err(TokenError::Claim("exp")),
            Some(lifetime) if lifetime > self.longest && !mutant!("token_lifetime_unread") => Err(TokenError::Lifetime),
            Some(_) => Ok((issued, expires)),
        }
    }
}

/// A text that must be there and not be empty.
pub(super) fn required<'c>(claims: &'c Object, name: &'static str) -> Result<&'c str, TokenError> {
    let text = claims.text(name).map_err(|NotOfKind| TokenError::Claim(name))?.ok_or(TokenError::Missing(name))?;
    if (1..=LONGEST_NAME).contains(&text.len()) { Ok(text) } else { Err(TokenError::Claim(name)) }
}

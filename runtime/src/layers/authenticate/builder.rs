//! The configuration of the layer.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::cookie::SessionCookie;
use super::layer::{Authenticate, Core};
use super::verify::{AnyKeys, AnyTokens, ApiKeys, Tokens};

/// The most bytes of a realm.
const LONGEST_REALM: usize = 64;

/// Makes an [`Authenticate`].
#[must_use = "a builder does nothing until it is built"]
pub struct AuthenticateBuilder {
    tokens: Arc<dyn AnyTokens>,
    keys: Option<Arc<dyn AnyKeys>>,
    cookie: Option<SessionCookie>,
    anonymous: bool,
    realm: Box<str>,
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

/// A realm that a header cannot say.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a realm has 1 to {LONGEST_REALM} letters, digits, points, spaces, `-` and `_`")]
pub struct RealmError;

impl AuthenticateBuilder {
    pub(super) fn new(tokens: impl Tokens) -> Self {
        let (tokens, now) = (Arc::new(tokens), Arc::new(SystemTime::now));
        Self { tokens, keys: None, cookie: None, anonymous: false, realm: "api".into(), now }
    }

    /// Takes API keys, too.
    pub fn api_keys(mut self, keys: impl ApiKeys) -> Self {
        self.keys = Some(Arc::new(keys));
        self
    }

    /// Takes the cookie, too, from pages of the same origin.
    pub fn cookie(mut self, cookie: SessionCookie) -> Self {
        self.cookie = Some(cookie);
        self
    }

    /// Lets requests without a credential through, and those whose cookie is not believed any more, without
    /// [`Authenticated`](super::Authenticated): for routes such as a login. A bearer token that is not believed is refused all the same.
    pub const fn anonymous(mut self) -> Self {
        self.anonymous = true;
        self
    }

    /// What the challenge calls the API: `api`, unless it is said here.
    ///
    /// # Errors
    /// When a header cannot say it.
    pub fn realm(mut self, realm: &str) -> Result<Self, RealmError> {
        let fits =
            (1..=LONGEST_REALM).contains(&realm.len()) && realm.bytes().all(|byte| byte.is_ascii_alphanumeric() || b". -_".contains(&byte));
        self.realm = if fits { realm.into() } else { return Err(RealmError) };
        Ok(self)
    }

    /// Takes another clock, by which tests let API keys expire.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Makes the layer.
    #[must_use]
    pub fn build(self) -> Authenticate {
        let Self { tokens, keys, cookie, anonymous, realm, now } = self;
        Authenticate::of(Core { tokens, keys, cookie, anonymous, realm, now })
    }
}

impl fmt::Debug for AuthenticateBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticateBuilder").field("cookie", &self.cookie).field("anonymous", &self.anonymous).finish_non_exhaustive()
    }
}

//! The layer and its service.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use tower::Layer;
use tracing::Span;

use super::super::gate::{Gate, Gated};
use super::super::resolve::VerifiedClaim;
use super::builder::AuthenticateBuilder;
use super::cookie::SessionCookie;
use super::credential::{self, Credential, Misshapen, Nothing};
use super::origin::{is_harmless, same_origin};
use super::verify::{AnyKeys, AnyTokens, Authenticated, By, Tokens};
use crate::auth::key::{self, ApiKey};
use crate::auth::token::TokenError;
use crate::db::ErrorKind;
use crate::http::{Challenge, Problem};
use crate::mutants::mutant;

/// The seconds after which a client may try again when the keys of an issuer cannot be had: how long after one attempt there is no other.
const RETRY_AFTER: u32 = 30;

/// The layer that finds out who sends a request. See the [module](super).
#[derive(Clone)]
pub struct Authenticate(Arc<Core>);

pub(super) struct Core {
    pub(super) tokens: Arc<dyn AnyTokens>,
    pub(super) keys: Option<Arc<dyn AnyKeys>>,
    pub(super) cookie: Option<SessionCookie>,
    pub(super) anonymous: bool,
    pub(super) realm: Box<str>,
    pub(super) now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

/// What became of a credential.
enum Refused {
    /// It is not believed.
    Unbelieved,
    /// Something else is wrong, and this is the answer.
    Answer(Problem),
}

impl Authenticate {
    /// Starts a configuration that takes bearer tokens and nothing else.
    pub fn builder(tokens: impl Tokens) -> AuthenticateBuilder {
        AuthenticateBuilder::new(tokens)
    }

    pub(super) fn of(core: Core) -> Self {
        Self(Arc::new(core))
    }

    /// Puts the layer around the routes, and around what answers for paths that do not exist. A router that has it around itself is nested and
    /// not merged, since the layer is its fallback.
    pub fn around(self, routes: Router) -> Router {
        Router::new().fallback_service(self.layer(routes))
    }
}

impl<S> Layer<S> for Authenticate {
    type Service = AuthenticateService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Gated::new(self.clone(), inner)
    }
}

/// The service that [`Authenticate`] makes of another one.
pub type AuthenticateService<S> = Gated<Authenticate, S>;

impl Gate for Authenticate {
    async fn admit(&self, parts: &mut Parts) -> Result<Span, Problem> {
        self.0.admit(parts).await.map(|()| Span::none())
    }
}

impl Core {
    /// Leaves in the request who has sent it, or nothing where that is allowed.
    async fn admit(&self, parts: &mut Parts) -> Result<(), Problem> {
        // What somebody before has left there was not verified here.
        parts.extensions.remove::<Authenticated>();
        parts.extensions.remove::<VerifiedClaim>();
        // Who comes through without a credential may be refused by a route, in the same words.
        if let Some(challenge) = self.header(None).filter(|_| !mutant!("login_realm_unsaid")) {
            parts.extensions.insert(Challenge::new(challenge));
        }
        let credential = match credential::read(parts, self.cookie.as_ref()) {
            Ok(credential) => credential,
            Err(Nothing::Absent) if self.anonymous => return Ok(()),
            Err(Nothing::Absent) => return Err(self.challenge(None)),
            Err(Nothing::Unbelieved) => return Err(self.challenge(Some("invalid_token"))),
            Err(Nothing::Misshapen(misshapen)) => return Err(self.misshapen(misshapen)),
        };
        let is_cookie = matches!(credential, Credential::Cookie(_));
        if is_cookie && !is_harmless(parts) && !mutant!("authenticate_cookie_unguarded") {
            same_origin(parts)?;
        }
        match self.verify(credential).await {
            Ok(who) => {
                if !mutant!("authenticate_claim_kept_back") {
                    parts.extensions.insert(VerifiedClaim(who.tenant));
                }
                parts.extensions.insert(who);
                Ok(())
            }
            Err(Refused::Answer(problem)) => Err(problem),
            Err(Refused::Unbelieved) if is_cookie && self.anonymous => Ok(()),
            Err(Refused::Unbelieved) => Err(self.challenge(Some("invalid_token"))),
        }
    }

    async fn verify(&self, credential: Credential) -> Result<Authenticated, Refused> {
        match credential {
            Credential::Token(token) => self.verify_token(&token.0).await,
            Credential::Cookie(token) => {
                let who = self.verify_token(&token.0).await?;
                let by = if let By::Token(token) = who.by { By::Cookie(token) } else { who.by };
                Ok(Authenticated { by, ..who })
            }
            Credential::Key(key) => self.verify_key(&key).await,
        }
    }

    async fn verify_token(&self, token: &str) -> Result<Authenticated, Refused> {
        self.tokens.verify(token).await.map_err(|error| {
            if error == TokenError::KeysUnavailable {
                return Refused::Answer(Problem::unavailable(RETRY_AFTER));
            }
            tracing::debug!(%error, "a token is not believed");
            Refused::Unbelieved
        })
    }

    async fn verify_key(&self, key: &ApiKey) -> Result<Authenticated, Refused> {
        let Some(keys) = &self.keys else { return Err(Refused::Unbelieved) };
        let stored = match keys.find(key.tenant(), key.id()).await {
            Ok(stored) => stored,
            // Whether there is such a tenant is nobody's to learn.
            Err(error) if matches!(error.kind(), ErrorKind::UnknownTenant | ErrorKind::NotFound) => None,
            Err(error) => return Err(Refused::Answer(error.into())),
        };
        let now = (self.now)();
        let admitted = key::judge(stored.as_ref(), key, now).map_err(|error| {
            tracing::debug!(%error, key = %key.id(), "an API key is not believed");
            Refused::Unbelieved
        })?;
        if admitted.is_first_use_in_a_while
            && let Err(error) = keys.used(admitted.tenant, admitted.id, now).await
        {
            tracing::warn!(%error, key = %admitted.id, "that a key was used could not be written down");
        }
        let key::Admitted { tenant, id, owner: subject, scopes, .. } = admitted;
        Ok(Authenticated { tenant, subject, scopes, by: By::Key(id) })
    }

    /// 401, in the words of RFC 6750, section 3. Without a credential there is no error in it.
    fn challenge(&self, error: Option<&str>) -> Problem {
        challenge(self.header(error))
    }

    fn misshapen(&self, misshapen: Misshapen) -> Problem {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "credential", "The request must have one credential");
        let problem = problem.with_detail(misshapen.to_string());
        match self.header(Some("invalid_request")) {
            Some(value) => problem.with_header(header::WWW_AUTHENTICATE, value),
            None => problem,
        }
    }

    /// The realm was checked, so that this is always a header.
    fn header(&self, error: Option<&str>) -> Option<HeaderValue> {
        let error = error.map(|error| format!(r#", error="{error}""#)).unwrap_or_default();
        HeaderValue::try_from(format!(r#"Bearer realm="{}"{error}"#, self.realm)).ok()
    }
}

/// 401 with that challenge.
pub(super) fn challenge(value: Option<HeaderValue>) -> Problem {
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "The request needs a credential that is valid");
    match value {
        Some(value) => problem.with_header(header::WWW_AUTHENTICATE, value),
        None => problem,
    }
}

impl fmt::Debug for Authenticate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Core { cookie, anonymous, keys, .. } = &*self.0;
        let mut shown = f.debug_struct("Authenticate");
        shown.field("cookie", cookie).field("anonymous", anonymous).field("api_keys", &keys.is_some()).finish_non_exhaustive()
    }
}

//! Step-up: what destroys needs a second factor that was shown lately, whatever the roles say.

use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use tenantry::http::{Access, Api, Authorizer, Problem};
use tenantry::permissions::Allowed;

/// When the caller has shown the second factor. The layer that knows puts it into the request, beside the `Caller`.
#[derive(Clone, Copy, Debug)]
pub struct SecondFactor(pub Instant);

/// Roles decide first; then these actions need a second factor that is fresh.
#[derive(Clone, Copy, Debug)]
pub struct StepUp {
    /// The words behind the colon.
    pub actions: &'static [&'static str],
    /// For how long.
    pub fresh: Duration,
}

impl Authorizer for StepUp {
    async fn authorize(&self, access: &Access<'_>) -> Result<Allowed, Problem> {
        // What the roles do not cover stays refused, and what is read-only for them stays so.
        let allowed = access.by_roles()?;
        if !self.actions.contains(&access.permission().action()) {
            return Ok(allowed);
        }
        match access.parts().extensions.get::<SecondFactor>() {
            Some(SecondFactor(shown)) if shown.elapsed() < self.fresh => Ok(allowed),
            _ => Err(Problem::new(StatusCode::FORBIDDEN, "second-factor", "The request needs a second factor")),
        }
    }
}

/// The routes, hand-written ones among them, under that check.
pub fn service(api: Api, routes: impl FnOnce(&Api) -> Router) -> Router {
    let step_up = StepUp { actions: &["delete", "purge"], fresh: Duration::from_secs(300) };
    routes(&api.authorizer(step_up))
}

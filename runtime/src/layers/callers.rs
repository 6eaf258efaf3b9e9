//! What somebody may do here: the roles of whoever has sent the request.
//!
//! [`Callers`] stands between the layers that say who asks ([`Authenticate`](super::Authenticate)) and for which tenant
//! ([`Resolve`](super::Resolve)), and the routes. It asks your [`UserRoles`] for the roles of that user in that tenant, and puts the
//! [`Caller`] into the request by which the routes check their permissions. [`layers::service`](super::service) has all of it in order.
//!
//! ```
//! use std::sync::Arc;
//!
//! use tenantry::Error;
//! use tenantry::layers::authenticate::Authenticated;
//! use tenantry::layers::callers::{Callers, UserRoles};
//! use tenantry::permissions::{Role, RoleError};
//!
//! /// Everybody reads, and nobody writes.
//! struct Readers(Arc<Role>);
//!
//! impl UserRoles for Readers {
//!     async fn roles(&self, _: &Authenticated) -> Result<Vec<Arc<Role>>, Error> {
//!         Ok(vec![Arc::clone(&self.0)])
//!     }
//! }
//!
//! fn readers() -> Result<Callers, RoleError> {
//!     Ok(Callers::new(Readers(Role::new("reader", ["*:read"])?.into())))
//! }
//! ```
//!
//! # Scopes
//!
//! A credential's scopes narrow what the roles allow, always: one without scopes may do nothing. A person's session has the scope `*`, an API
//! key what it was given: `orders:*`, `*:read`. A scope that is no grant, such as `openid`, covers nothing.
//!
//! # Whose roles
//!
//! A user's roles are those in the tenant of its credential. Where the request is another tenant's, which happens when the layer before does
//! not hold the two against each other, nobody asks, and the routes answer 401.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::http::Extensions;
use axum::http::request::Parts;
use futures_core::future::BoxFuture;
use tracing::Span;

use super::authenticate::Authenticated;
use super::gate::{self, Gate};
use crate::db::Error;
use crate::http::{Problem, TenantSlot};
use crate::mutants::mutant;
use crate::permissions::{Caller, Role};
use crate::schema::Actor;

/// Which roles somebody has.
pub trait UserRoles: Send + Sync + 'static {
    /// The roles of the user in the tenant of the credential. Whoever is no user there any more has none, and may do nothing.
    ///
    /// It is asked for each request, so that what has changed holds with the next one.
    ///
    /// # Errors
    /// Whatever the database says.
    fn roles(&self, who: &Authenticated) -> impl Future<Output = Result<Vec<Arc<Role>>, Error>> + Send;
}

impl<R: UserRoles> UserRoles for Arc<R> {
    async fn roles(&self, who: &Authenticated) -> Result<Vec<Arc<Role>>, Error> {
        R::roles(self, who).await
    }
}

/// [`UserRoles`] of any type.
trait Ask: Send + Sync {
    fn ask<'a>(&'a self, who: &'a Authenticated) -> BoxFuture<'a, Result<Vec<Arc<Role>>, Error>>;
}

impl<R: UserRoles> Ask for R {
    fn ask<'a>(&'a self, who: &'a Authenticated) -> BoxFuture<'a, Result<Vec<Arc<Role>>, Error>> {
        Box::pin(self.roles(who))
    }
}

/// The layer that finds the roles of whoever has sent the request. See the [module](self).
#[derive(Clone)]
pub struct Callers(Arc<dyn Ask>);

impl Callers {
    /// Asks there.
    pub fn new(roles: impl UserRoles) -> Self {
        Self(Arc::new(roles))
    }

    /// Puts the layer around the routes, and around what answers for paths that do not exist.
    pub fn around(self, routes: Router) -> Router {
        gate::around_each(self, routes)
    }

    /// The caller; `None` when nobody has said who asks, or the request is not of the credential's tenant.
    async fn find(&self, extensions: &Extensions) -> Result<Option<Caller>, Error> {
        let Some(who) = extensions.get::<Authenticated>() else { return Ok(None) };
        let tenant = extensions.get::<TenantSlot>().and_then(TenantSlot::tenant);
        if tenant != Some(who.tenant) && !mutant!("caller_of_any_tenant") {
            return Ok(None);
        }
        let caller = Caller::new(Actor::User(who.subject), self.0.ask(who).await?);
        if mutant!("caller_unscoped") {
            return Ok(Some(caller));
        }
        Ok(Some(caller.with_scopes(who.scopes.iter().filter_map(|scope| scope.parse().ok()))))
    }
}

impl Gate for Callers {
    async fn admit(&self, parts: &mut Parts) -> Result<Span, Problem> {
        // What somebody before has left there was not found out here.
        parts.extensions.remove::<Caller>();
        if let Some(caller) = self.find(&parts.extensions).await? {
            parts.extensions.insert(caller);
        }
        Ok(Span::none())
    }
}

impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callers").finish_non_exhaustive()
    }
}

//! The layer and its service.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::request::Parts;
use tower::Layer;
use tracing::Span;

use super::super::gate::{Gate, Gated};
use super::super::scope;
use super::asked::{Asked, peer};
use super::builder::ResolveBuilder;
use super::forwarded::Forwarding;
use super::lookup::{Lookup, Name};
use super::proxies::Proxies;
use super::remembering::Remembering;
use super::source::{PathPrefix, Source};
use super::verdict::{Refusal, agree};
use crate::db::Tenancy;
use crate::http::Problem;
use crate::schema::TenantId;

/// The tenant of a request, as the layer leaves it in the extensions.
///
/// ```
/// use axum::Extension;
/// use tenantry::layers::resolve::Resolved;
///
/// async fn whose(Extension(Resolved(tenant)): Extension<Resolved>) -> String {
///     tenant.to_string()
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Resolved(pub TenantId);

/// The layer that finds the tenant of a request. See the [module](super). Clones share what they remember.
#[derive(Clone)]
pub struct Resolve(Arc<Core>);

pub(super) struct Core {
    pub(super) sources: Vec<Box<dyn Source>>,
    pub(super) prefix: Option<PathPrefix>,
    pub(super) proxies: Proxies,
    pub(super) forwarding: Option<Forwarding>,
    pub(super) lookup: Remembering,
    pub(super) tenancy: Option<Tenancy>,
    /// Whether the log says already that peers have no addresses.
    pub(super) warned: AtomicBool,
}

impl Resolve {
    /// Starts a configuration in which no source is on.
    #[must_use]
    pub fn builder(lookup: impl Lookup) -> ResolveBuilder {
        ResolveBuilder::new(lookup)
    }

    pub(super) fn of(core: Core) -> Self {
        Self(Arc::new(core))
    }

    /// Puts the layer around the routes. It stands before the router, which `Router::layer` would not do: there the path has been matched
    /// before a layer can take the tenant off it. A router that has it around itself is nested and not merged, since the layer is its
    /// fallback.
    pub fn around(self, routes: Router) -> Router {
        Router::new().fallback_service(self.layer(routes))
    }

    /// Forgets what is remembered of a tenant, and that names are nobody's. It is called when something about the tenant has changed: its
    /// status, its slug, a domain.
    pub fn invalidate(&self, tenant: TenantId) {
        self.invalidate_where(|found| found == tenant);
    }

    pub(super) fn invalidate_where(&self, is: impl Fn(TenantId) -> bool) {
        self.0.lookup.invalidate(is);
    }

    /// Forgets all that is remembered. It is called when changes may have been missed.
    pub fn clear(&self) {
        self.0.lookup.clear();
    }
}

impl<S> Layer<S> for Resolve {
    type Service = ResolveService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Gated::new(self.clone(), inner)
    }
}

/// The service that [`Resolve`] makes of another one.
pub type ResolveService<S> = Gated<Resolve, S>;

impl Gate for Resolve {
    async fn admit(&self, parts: &mut Parts) -> Result<Span, Problem> {
        let names = self.0.names(parts)?;
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            found.push(self.0.lookup.find(name).await?);
        }
        let tenant = agree(&found)?;
        if let Some(prefix) = &self.0.prefix {
            prefix.strip(parts)?;
        }
        parts.extensions.insert(Resolved(tenant));
        Ok(scope::open(parts, self.0.tenancy.as_ref(), tenant))
    }
}

impl Core {
    /// What the request calls its tenant, each name once.
    fn names(&self, parts: &Parts) -> Result<Vec<Name>, Problem> {
        if !self.proxies.is_empty() && peer(parts).is_none() && !self.warned.swap(true, Ordering::Relaxed) {
            tracing::error!(
                "no request has the address of its peer, so no proxy is believed: serve with into_make_service_with_connect_info::<SocketAddr>()"
            );
        }
        let asked = Asked::new(parts, &self.proxies, self.forwarding);
        let mut names = Vec::new();
        for source in &self.sources {
            let name = source.name(&asked)?;
            names.extend(name.filter(|name| !names.contains(name)));
        }
        if names.is_empty() { Err(Refusal::Unnamed.into()) } else { Ok(names) }
    }
}

impl fmt::Debug for Resolve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolve").field("proxies", &self.0.proxies).field("prefix", &self.0.prefix).finish_non_exhaustive()
    }
}

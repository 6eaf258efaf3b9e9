//! What is on.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use axum::http::HeaderName;

use super::cache::{MAX_EXPIRY, Remember};
use super::forwarded::Forwarding;
use super::host::Host;
use super::layer::{Core, Resolve};
use super::lookup::{Ask, Lookup};
use super::proxies::Proxies;
use super::remembering::{Clock, Remembering};
use super::slug::Slug;
use super::source::{Claim, Header, Holds, Hosts, Path, PathPrefix, Source};
use crate::db::Tenancy;

/// Makes a [`Resolve`]. Every source is off until it is named.
pub struct ResolveBuilder {
    lookup: Arc<dyn Ask>,
    bases: Vec<Host>,
    domains: bool,
    header: Option<(HeaderName, Holds)>,
    prefix: Option<PathPrefix>,
    claim: bool,
    sources: Vec<Box<dyn Source>>,
    reserved: Vec<Slug>,
    proxies: Proxies,
    forwarding: Option<Forwarding>,
    remember: Remember,
    clock: Clock,
    tenancy: Option<Tenancy>,
}

/// Why a configuration is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// No source is on, so that no request would have a tenant.
    #[error("no source of the tenant is on: name one, such as `subdomains_of`")]
    NoSource,
    /// The header would be believed by nobody.
    #[error("the header {0} is believed only when a proxy sends it, and there is none: name the proxies with `proxies`")]
    HeaderWithoutProxies(HeaderName),
    /// The forwarded host would be believed by nobody.
    #[error("a forwarded host is believed only when a proxy sends it, and there is none: name the proxies with `proxies`")]
    ForwardingWithoutProxies,
    /// Nothing is below an address.
    #[error("the base domain {0} is an address, and nothing is below one: name a domain")]
    AddressAsBase(Host),
    /// Answers would be remembered for too long.
    #[error("answers may be remembered for {} seconds at most", MAX_EXPIRY.as_secs())]
    Expiry,
}

impl ResolveBuilder {
    pub(super) fn new(lookup: impl Lookup) -> Self {
        Self {
            lookup: Arc::new(lookup),
            bases: Vec::new(),
            domains: false,
            header: None,
            prefix: None,
            claim: false,
            sources: Vec::new(),
            reserved: "www".parse().into_iter().collect(),
            proxies: Proxies::none(),
            forwarding: None,
            remember: Remember::default(),
            clock: Arc::new(Instant::now),
            tenancy: None,
        }
    }

    /// Switches subdomains on: `acme.example.com` is the tenant `acme`, where `example.com` is a base domain. More than one label before it
    /// is no tenant's; the base domain itself names none. May be called again for further base domains.
    #[must_use]
    pub fn subdomains_of(mut self, base: Host) -> Self {
        self.bases.push(base);
        self
    }

    /// Switches tenants' own domains on: a host that is not at or below a base domain is looked up by [`Lookup::by_host`].
    #[must_use]
    pub fn domains(mut self) -> Self {
        self.domains = true;
        self
    }

    /// Switches a header on, which is believed from the [proxies](Self::proxies) alone and ignored from everybody else. A proxy must set
    /// it, or take it off, on every request.
    #[must_use]
    pub fn header(mut self, name: HeaderName, holds: Holds) -> Self {
        self.header = Some((name, holds));
        self
    }

    /// Switches the path on: behind the prefix `/t`, `/t/acme/customers` is `/customers` of the tenant `acme`. Routes see the path without
    /// the two, when the layer stands around the whole router, as [`Resolve::around`] puts it.
    #[must_use]
    pub fn path(mut self, prefix: PathPrefix) -> Self {
        self.prefix = Some(prefix);
        self
    }

    /// Switches the [verified claim](super::VerifiedClaim) of a token on, which a layer before this one leaves in the request.
    #[must_use]
    pub fn claim(mut self) -> Self {
        self.claim = true;
        self
    }

    /// Adds a source of your own.
    #[must_use]
    pub fn source(mut self, source: impl Source) -> Self {
        self.sources.push(Box::new(source));
        self
    }

    /// Reserves slugs, beside `www`: below a base domain they name no tenant, and in a header or a path nobody's.
    #[must_use]
    pub fn reserve(mut self, slugs: impl IntoIterator<Item = Slug>) -> Self {
        self.reserved.extend(slugs);
        self
    }

    /// Names the proxies whose headers are believed. The service must know its peers' addresses, so it is made with
    /// `into_make_service_with_connect_info::<SocketAddr>()`; without, nobody is a proxy.
    #[must_use]
    pub fn proxies(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Says in which header the proxies hand on the host that the client asked for. Without it, they hand on `Host` as it was.
    #[must_use]
    pub fn forwarding(mut self, forwarding: Forwarding) -> Self {
        self.forwarding = Some(forwarding);
        self
    }

    /// Says how much is remembered of what the look-ups answer.
    #[must_use]
    pub fn remember(mut self, remember: Remember) -> Self {
        self.remember = remember;
        self
    }

    /// Takes another clock, by which tests let answers grow old.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(now);
        self
    }

    /// Leaves a [`TenantSlot`](crate::http::TenantSlot) in each request, from which handlers take a [`TenantDb`](crate::TenantDb). Without
    /// it they only have [`Resolved`](super::Resolved), as in an application with a database of its own.
    #[must_use]
    pub fn tenancy(mut self, tenancy: &Tenancy) -> Self {
        self.tenancy = Some(tenancy.clone());
        self
    }

    /// Makes the layer.
    ///
    /// # Errors
    /// When the configuration would resolve nothing, or believes in what nobody may say; see [`ResolveError`].
    pub fn build(self) -> Result<Resolve, ResolveError> {
        self.check()?;
        let Self { lookup, bases, domains, header, prefix, claim, sources: own, reserved, proxies, forwarding, remember, clock, tenancy } =
            self;
        let mut sources: Vec<Box<dyn Source>> = Vec::new();
        if claim {
            sources.push(Box::new(Claim));
        }
        if domains || !bases.is_empty() {
            sources.push(Box::new(Hosts { bases, reserved: reserved.clone(), domains }));
        }
        if let Some((name, holds)) = header {
            sources.push(Box::new(Header { name, holds, reserved: reserved.clone() }));
        }
        if let Some(prefix) = prefix.clone() {
            sources.push(Box::new(Path { prefix, reserved }));
        }
        sources.extend(own);
        let lookup = Remembering::new(lookup, clock, &remember);
        let warned = AtomicBool::new(false);
        Ok(Resolve::of(Core { sources, prefix, proxies, forwarding, lookup, tenancy, warned }))
    }

    fn check(&self) -> Result<(), ResolveError> {
        let named = self.domains || self.claim || !self.bases.is_empty() || self.header.is_some() || self.prefix.is_some();
        if !named && self.sources.is_empty() {
            return Err(ResolveError::NoSource);
        }
        if let (Some((name, _)), true) = (&self.header, self.proxies.is_empty()) {
            return Err(ResolveError::HeaderWithoutProxies(name.clone()));
        }
        if self.forwarding.is_some() && self.proxies.is_empty() {
            return Err(ResolveError::ForwardingWithoutProxies);
        }
        if let Some(base) = self.bases.iter().find(|base| base.name().is_none()) {
            return Err(ResolveError::AddressAsBase(base.clone()));
        }
        if self.remember.expiry > MAX_EXPIRY { Err(ResolveError::Expiry) } else { Ok(()) }
    }
}

impl fmt::Debug for ResolveBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResolveBuilder").field("bases", &self.bases).field("proxies", &self.proxies).finish_non_exhaustive()
    }
}

//! The tenant of a request, from its host, its path, a trusted header or a verified claim.
//!
//! [`Resolve`] is a tower layer. It reads what the request calls its tenant, looks that up, and leaves [`Resolved`] in the request's
//! extensions; with a [tenancy](ResolveBuilder::tenancy) it also leaves the slot from which a handler takes its
//! [`TenantDb`](crate::TenantDb), as [`DevTenant`](super::DevTenant) does. It does not ask whether somebody may act for the tenant: that is
//! for a layer that knows who it is, and puts a [`Caller`](crate::permissions::Caller) into the request.
//!
//! ```
//! use axum::Router;
//! use axum::http::HeaderName;
//! use tenantry::Tenancy;
//! use tenantry::layers::resolve::{Forwarding, Holds, Lookup, Resolve};
//!
//! fn serve(directory: impl Lookup, tenancy: &Tenancy, routes: Router) -> Result<Router, Box<dyn std::error::Error>> {
//!     let resolve = Resolve::builder(directory)
//!         .subdomains_of("example.com".parse()?)
//!         .domains()
//!         .claim()
//!         .proxies("10.0.0.0/8".parse()?)
//!         .forwarding(Forwarding::XForwardedHost)
//!         .tenancy(tenancy)
//!         .build()?;
//!     Ok(resolve.around(routes))
//! }
//! ```
//!
//! # Sources
//!
//! None is on until it is named. A request may name its tenant in several; then all of them must mean the same one.
//!
//! | source | the request | the tenant | names none | refused |
//! |---|---|---|---|---|
//! | [`subdomains_of`](ResolveBuilder::subdomains_of) | `Host: acme.example.com` | by the slug `acme` | the base domain, a reserved slug, another host | 404: more than one label, a label that is no slug |
//! | [`domains`](ResolveBuilder::domains) | `Host: shop.acme.org` | by the host | an address | |
//! | [`header`](ResolveBuilder::header) | `X-Tenant: acme`, from a proxy | by slug or id, whichever the configuration says | no such header, or from anybody else | 400: two lines, a list, no slug or id; 404: a reserved slug |
//! | [`path`](ResolveBuilder::path) | `/t/acme/customers` | by the slug `acme`; the routes see `/customers` | another path | 404: no slug, a reserved one |
//! | [`claim`](ResolveBuilder::claim) | [`VerifiedClaim`] in the extensions | by the id | no claim | |
//! | [`source`](ResolveBuilder::source) | whatever your own [`Source`] reads | by what it says | what it says | what it says |
//!
//! Where the host is a source, the request has exactly one: one header `Host`, well-formed, and the same as in the target of the request
//! where that has one; else the answer is 400. A [`Host`] has one spelling, and so has a [`Slug`].
//!
//! What a proxy says of the host (`Forwarded`, `X-Forwarded-Host`) is read when its kind is [configured](ResolveBuilder::forwarding) and
//! the peer's address is one of the [`Proxies`]. From anybody else it is as if it were not there. Of several elements the last counts,
//! which is the proxy's own; several values of `X-Forwarded-Host`, of which no specification says whose they are, are 400.
//!
//! # Answers
//!
//! A tenant that does not exist, one that is not active, and names that disagree are one answer, and it is that of a row or a path that
//! does not exist: 404, the same bytes. A request that names no tenant at all is 401. A look-up that fails is what its
//! [error](crate::Error) says, mostly 503.
//!
//! # What is remembered
//!
//! Answers of the [`Lookup`], that a name is nobody's among them, for 30 seconds or what [`Remember`] says. Names of tenants and names of
//! nobody have bounds of their own, in number and in bytes, so that random hosts push out no tenant. Of many requests that need one answer
//! at the same time, one asks. A failure is not remembered. [`Resolve::follow`] forgets what the database says has changed;
//! [`Resolve::invalidate`] forgets a tenant, [`Resolve::clear`] everything. An answer that was asked for before is not remembered after.

mod asked;
mod builder;
mod cache;
mod directory;
mod follow;
mod forwarded;
mod host;
mod layer;
mod lookup;
mod proxies;
mod remembering;
mod slug;
mod source;
mod verdict;

pub use asked::Asked;
pub(in crate::layers) use asked::peer;
pub use builder::{ResolveBuilder, ResolveError};
pub use cache::{Bounds, MAX_EXPIRY, Remember};
pub use forwarded::Forwarding;
pub(in crate::layers) use forwarded::clients as forwarded_clients;
pub use host::{Host, HostError};
pub use layer::{Resolve, ResolveService, Resolved};
pub use lookup::{Found, Lookup, Name};
pub use proxies::{Proxies, ProxiesError};
pub use slug::{Slug, SlugError};
pub use source::{Holds, PathPrefix, PathPrefixError, Source, VerifiedClaim};

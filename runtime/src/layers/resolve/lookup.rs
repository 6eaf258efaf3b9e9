//! Which tenant a name is.

use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::host::Host;
use super::slug::Slug;
use crate::db::Error;
pub use crate::db::Found;
use crate::schema::TenantId;

/// What a request calls its tenant.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Name {
    /// By a domain of its own.
    Host(Host),
    /// By its slug.
    Slug(Slug),
    /// By its id.
    Id(TenantId),
}

impl Name {
    /// How many bytes it takes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Host(host) => host.size(),
            Self::Slug(slug) => slug.as_str().len(),
            Self::Id(_) => size_of::<TenantId>(),
        }
    }
}

/// Where tenants are looked up: a service's own [`Directory`](crate::Directory), or another one. What it answers is remembered; see [`Remember`](super::Remember).
///
/// ```
/// use std::collections::HashMap;
///
/// use tenantry::layers::resolve::{Found, Host, Lookup, Slug};
/// use tenantry::{Error, TenantId};
///
/// /// One tenant for each slug of a list, and no domains.
/// struct Listed(HashMap<String, TenantId>);
///
/// impl Lookup for Listed {
///     async fn by_host(&self, _: &Host) -> Result<Option<Found>, Error> {
///         Ok(None)
///     }
///
///     async fn by_slug(&self, slug: &Slug) -> Result<Option<Found>, Error> {
///         Ok(self.0.get(slug.as_str()).map(|&tenant| Found { tenant, active: true }))
///     }
///
///     async fn by_id(&self, tenant: TenantId) -> Result<Option<Found>, Error> {
///         Ok(self.0.values().any(|&listed| listed == tenant).then_some(Found { tenant, active: true }))
///     }
/// }
/// ```
pub trait Lookup: Send + Sync + 'static {
    /// The tenant whose verified and active domain the host is. It is never an address, and never at or below a base domain.
    fn by_host(&self, host: &Host) -> impl Future<Output = Result<Option<Found>, Error>> + Send;

    /// The tenant of that slug.
    fn by_slug(&self, slug: &Slug) -> impl Future<Output = Result<Option<Found>, Error>> + Send;

    /// The tenant of that id. An id of nobody is `None`.
    fn by_id(&self, tenant: TenantId) -> impl Future<Output = Result<Option<Found>, Error>> + Send;
}

impl<L: Lookup> Lookup for Arc<L> {
    async fn by_host(&self, host: &Host) -> Result<Option<Found>, Error> {
        L::by_host(self, host).await
    }

    async fn by_slug(&self, slug: &Slug) -> Result<Option<Found>, Error> {
        L::by_slug(self, slug).await
    }

    async fn by_id(&self, tenant: TenantId) -> Result<Option<Found>, Error> {
        L::by_id(self, tenant).await
    }
}

/// What a look-up answers.
pub(super) type Answer = Result<Option<Found>, Error>;

/// A [`Lookup`] of any type.
pub(super) trait Ask: Send + Sync {
    fn ask(self: Arc<Self>, name: Name) -> BoxFuture<'static, Answer>;
}

impl<L: Lookup> Ask for L {
    fn ask(self: Arc<Self>, name: Name) -> BoxFuture<'static, Answer> {
        Box::pin(async move {
            match &name {
                Name::Host(host) => self.by_host(host).await,
                Name::Slug(slug) => self.by_slug(slug).await,
                Name::Id(tenant) => self.by_id(*tenant).await,
            }
        })
    }
}

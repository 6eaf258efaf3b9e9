//! The database's own directory as what tenants are looked up in.

use super::host::Host;
use super::lookup::{Found, Lookup};
use super::slug::Slug;
use crate::db::{Directory, Error};
use crate::schema::TenantId;

impl Lookup for Directory {
    async fn by_host(&self, host: &Host) -> Result<Option<Found>, Error> {
        match host.name() {
            Some(name) => Self::by_host(self, name).await,
            // An address names no tenant.
            None => Ok(None),
        }
    }

    async fn by_slug(&self, slug: &Slug) -> Result<Option<Found>, Error> {
        Self::by_slug(self, slug.as_str()).await
    }

    async fn by_id(&self, tenant: TenantId) -> Result<Option<Found>, Error> {
        Self::by_id(self, tenant).await
    }
}

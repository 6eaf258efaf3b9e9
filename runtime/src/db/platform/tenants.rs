//! Tenants: made, served or not, and closed.

use sqlx::Row as _;
use sqlx::postgres::{PgArguments, PgRow};
use uuid::Uuid;

use super::super::Error;
use super::{Act, Platform, arguments};
use crate::mutants::mutant;
use crate::schema::TenantId;
use crate::schema::platform::{ACTIVE, CLOSING, SUSPENDED};

/// A tenant, as the operator sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Tenant {
    /// Its key.
    pub id: TenantId,
    /// Its short name: lower-case letters, digits and hyphens, unique in the database.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// `provisioning`, `active`, `suspended` or `closing`. One that is not active is not served.
    pub status: String,
    /// The name of its plan; without one it has no limits.
    pub plan: Option<String>,
}

impl Platform {
    /// Makes a tenant, which is active from then on and has nobody in it. [`onboard`](Self::onboard) makes one with roles and a first admin.
    ///
    /// # Errors
    /// [`Unique`](crate::ErrorKind::Unique) when the slug is taken, [`Check`](crate::ErrorKind::Check) when it or the name is not one,
    /// [`Rule`](crate::ErrorKind::Rule) when the act is not as it must be.
    pub async fn create_tenant(&self, slug: &str, name: &str, act: Act<'_>) -> Result<TenantId, Error> {
        let act = act.checked()?;
        let tenant = TenantId::generate();
        let text = format!("insert into {} (id, slug, name, status) values ($1, $2, $3, $4)", self.tenants);
        let mut connection = self.pool.acquire().await?;
        let mut acting = self.begin(&mut connection, act, None).await?;
        acting.run(text, arguments(tenant, &[slug, name, ACTIVE])?).await?;
        acting.record(Some(tenant), "tenant.create").await?;
        Ok(tenant)
    }

    /// All tenants, in the order of their slugs.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        let Self { tenants, plans, .. } = self;
        let text =
            format!("select t.id, slug, t.name, status, p.name from {tenants} t left join {plans} p on p.id = t.plan_id order by slug");
        let rows = self.pool.rows(text, PgArguments::default()).await?;
        rows.iter().map(tenant).collect()
    }

    /// Suspends a tenant: it is not served until it is [resumed](Self::resume). One that is suspended stays so.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such tenant, or it is neither active nor suspended;
    /// [`Rule`](crate::ErrorKind::Rule) when the act is not as it must be.
    pub async fn suspend(&self, tenant: TenantId, act: Act<'_>) -> Result<(), Error> {
        self.set_status(tenant, SUSPENDED, "tenant.suspend", act).await
    }

    /// Serves a suspended tenant again. One that is active stays so.
    ///
    /// # Errors
    /// As [`suspend`](Self::suspend).
    pub async fn resume(&self, tenant: TenantId, act: Act<'_>) -> Result<(), Error> {
        self.set_status(tenant, ACTIVE, "tenant.resume", act).await
    }

    /// Closes a tenant: it is not served any more, and nothing here opens it again. Its rows stay until they are erased.
    ///
    /// # Errors
    /// As [`suspend`](Self::suspend); a tenant that is closing already is `NotFound`, too.
    pub async fn close_tenant(&self, tenant: TenantId, act: Act<'_>) -> Result<(), Error> {
        self.set_status(tenant, CLOSING, "tenant.close", act).await
    }

    async fn set_status(&self, tenant: TenantId, status: &str, what: &str, act: Act<'_>) -> Result<(), Error> {
        let act = act.checked()?;
        let from = if mutant!("platform_any_status") { "true".to_owned() } else { format!("status in ('{ACTIVE}', '{SUSPENDED}')") };
        let text = format!("update {} set status = $2 where id = $1 and {from}", self.tenants);
        self.change(act, what, vec![text], (tenant, status)).await
    }
}

fn tenant(row: &PgRow) -> Result<Tenant, Error> {
    let id = row.try_get::<Uuid, _>(0)?.into();
    Ok(Tenant { id, slug: row.try_get(1)?, name: row.try_get(2)?, status: row.try_get(3)?, plan: row.try_get(4)? })
}

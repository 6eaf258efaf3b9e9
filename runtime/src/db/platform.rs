//! The operator's door: tenants and their domains, and nothing of theirs.

use std::fmt;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, Row as _};
use uuid::Uuid;

use super::pool::Pool;
use super::tenancy::connect;
use super::{Config, Error, StartError, startup};
use crate::mutants::mutant;
use crate::schema::ir::Name;
use crate::schema::platform::{ACTIVE, DOMAINS, SUSPENDED, TENANTS};
use crate::schema::{Conventions, TenantId, Timestamp, quoted};

/// The operator's door: tenants and their domains. It has a role and connections of its own, cannot be had from a [`Tenancy`](super::Tenancy),
/// and what it can do stands here:
///
/// - [`create_tenant`](Self::create_tenant)
/// - [`tenants`](Self::tenants), [`suspend`](Self::suspend), [`resume`](Self::resume)
/// - [`domains`](Self::domains), [`add_domain`](Self::add_domain), [`verify_domain`](Self::verify_domain),
///   [`activate_domain`](Self::activate_domain), [`deactivate_domain`](Self::deactivate_domain),
///   [`make_domain_primary`](Self::make_domain_primary), [`remove_domain`](Self::remove_domain)
pub struct Platform {
    pool: Pool,
    tenants: String,
    domains: String,
    /// The tenant column of the domains.
    column: String,
}

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
}

/// A domain of a tenant, as the operator sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Domain {
    /// The host, in lower case.
    pub host: String,
    /// Whether it is the one that links lead to.
    pub is_primary: bool,
    /// Whether it is answered at, once it is verified.
    pub is_active: bool,
    /// When it was shown to be the tenant's.
    pub verified_at: Option<Timestamp>,
}

impl Platform {
    /// Connects as the platform's role, and refuses any other.
    ///
    /// # Errors
    /// When the configuration is refused, the database cannot be reached or the login is another one.
    pub async fn start(config: &Config, conventions: &Conventions) -> Result<Self, StartError> {
        config.check()?;
        let pool = Pool::new(config, 100);
        let mut connection = connect(config).await?;
        startup::check_platform(&mut connection, config, conventions).await.map_err(StartError::Database)?;
        drop(connection);
        let table = |table| Name::new(conventions.platform_schema, table).to_string();
        Ok(Self { pool, tenants: table(TENANTS.table), domains: table(DOMAINS.table), column: quoted(conventions.tenant_column) })
    }

    /// Makes a tenant, which is active from then on.
    ///
    /// # Errors
    /// [`Unique`](super::ErrorKind::Unique) when the slug is taken, [`Check`](super::ErrorKind::Check) when it or the name is not one.
    pub async fn create_tenant(&self, slug: &str, name: &str) -> Result<TenantId, Error> {
        let tenant = TenantId::generate();
        let text = format!("insert into {} (id, slug, name, status) values ($1, $2, $3, $4)", self.tenants);
        self.pool.rows(text, arguments(tenant, &[slug, name, ACTIVE])?).await?;
        Ok(tenant)
    }

    /// All tenants, in the order of their slugs.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        let text = format!("select id, slug, name, status from {} order by slug", self.tenants);
        let rows = self.pool.rows(text, PgArguments::default()).await?;
        rows.iter().map(tenant).collect()
    }

    /// Suspends a tenant: it is not served until it is [resumed](Self::resume). One that is suspended stays so.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) when there is no such tenant, or it is neither active nor suspended.
    pub async fn suspend(&self, tenant: TenantId) -> Result<(), Error> {
        self.set_status(tenant, SUSPENDED).await
    }

    /// Serves a suspended tenant again. One that is active stays so.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) when there is no such tenant, or it is neither active nor suspended.
    pub async fn resume(&self, tenant: TenantId) -> Result<(), Error> {
        self.set_status(tenant, ACTIVE).await
    }

    async fn set_status(&self, tenant: TenantId, status: &str) -> Result<(), Error> {
        let from = if mutant!("platform_any_status") { "true".to_owned() } else { format!("status in ('{ACTIVE}', '{SUSPENDED}')") };
        let text = format!("update {} set status = $2 where id = $1 and {from}", self.tenants);
        self.change(vec![text], tenant, status).await
    }

    /// The domains of a tenant, in the order of their hosts.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn domains(&self, tenant: TenantId) -> Result<Vec<Domain>, Error> {
        let Self { domains, column, .. } = self;
        let text = format!("select host, is_primary, is_active, verified_at from {domains} where {column} = $1 order by host");
        let rows = self.pool.rows(text, arguments(tenant, &[])?).await?;
        rows.iter().map(domain).collect()
    }

    /// Adds a domain to a tenant. It is answered at when it has been [verified](Self::verify_domain) and
    /// [activated](Self::activate_domain).
    ///
    /// The host is taken in the one spelling that [`Host`](crate::layers::resolve::Host) gives it: lower-case, punycode, without a port or a
    /// dot at its end.
    ///
    /// # Errors
    /// [`Unique`](super::ErrorKind::Unique) when the host is a tenant's already, [`Check`](super::ErrorKind::Check) when it is no host in
    /// that spelling, [`Reference`](super::ErrorKind::Reference) when there is no such tenant.
    pub async fn add_domain(&self, tenant: TenantId, host: &str) -> Result<(), Error> {
        let Self { domains, column, .. } = self;
        self.change(vec![format!("insert into {domains} ({column}, id, host) values ($1, gen_random_uuid(), $2)")], tenant, host).await
    }

    /// Marks a domain as shown to be the tenant's. When it was shown first is kept.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) when the tenant has no such domain.
    pub async fn verify_domain(&self, tenant: TenantId, host: &str) -> Result<(), Error> {
        self.set_domain(tenant, host, "verified_at = coalesce(verified_at, now())").await
    }

    /// Answers at a domain.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) when the tenant has no such domain.
    pub async fn activate_domain(&self, tenant: TenantId, host: &str) -> Result<(), Error> {
        self.set_domain(tenant, host, "is_active = true").await
    }

    /// Answers at a domain no more. It stays the tenant's.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) when the tenant has no such domain.
    pub async fn deactivate_domain(&self, tenant: TenantId, host: &str) -> Result<(), Error> {
        self.set_domain(tenant, host, "is_active = false").await
    }

    /// Makes a domain the tenant's primary one, in the place of the one that was.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) when the tenant has no such domain, [`Unique`](super::ErrorKind::Unique) when another one was
    /// made primary at the same time; then nothing has changed.
    pub async fn make_domain_primary(&self, tenant: TenantId, host: &str) -> Result<(), Error> {
        let Self { domains, column, .. } = self;
        let before = format!("update {domains} set is_primary = false where {column} = $1 and is_primary and host <> $2");
        let after = format!("update {domains} set is_primary = true where {column} = $1 and host = $2");
        self.change(vec![before, after], tenant, host).await
    }

    /// Takes a domain from a tenant. Then another one may have it.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) when the tenant has no such domain.
    pub async fn remove_domain(&self, tenant: TenantId, host: &str) -> Result<(), Error> {
        let Self { domains, column, .. } = self;
        self.change(vec![format!("delete from {domains} where {column} = $1 and host = $2")], tenant, host).await
    }

    async fn set_domain(&self, tenant: TenantId, host: &str, assignment: &str) -> Result<(), Error> {
        let Self { domains, column, .. } = self;
        let is = if mutant!("platform_any_domain") { "= $1 or true" } else { "= $1" };
        self.change(vec![format!("update {domains} set {assignment} where ({column} {is}) and host = $2")], tenant, host).await
    }

    /// Runs statements of a tenant and a text in one transaction. The last one has to find its row.
    async fn change(&self, statements: Vec<String>, tenant: TenantId, text: &str) -> Result<(), Error> {
        let mut connection = self.pool.acquire().await?;
        let mut transaction = connection.begin(self.pool.opening(None)).await?;
        let mut affected = 0;
        for statement in statements {
            #[expect(clippy::disallowed_methods, reason = "made of the conventions, whose names the manifest has checked")]
            let query = sqlx::query(sqlx::AssertSqlSafe(statement)).persistent(self.pool.keeps_statements());
            affected = query.bind(tenant.uuid()).bind(text).execute(&mut *transaction).await?.rows_affected();
        }
        if affected == 0 && !mutant!("platform_found_unseen") {
            transaction.rollback().await?;
            return Err(Error::not_found());
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Closes the connections, after those in use have come back.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn arguments(tenant: TenantId, texts: &[&str]) -> Result<PgArguments, Error> {
    let mut arguments = PgArguments::default();
    arguments.add(tenant.uuid()).map_err(Error::encode)?;
    for text in texts {
        arguments.add(*text).map_err(Error::encode)?;
    }
    Ok(arguments)
}

fn tenant(row: &PgRow) -> Result<Tenant, Error> {
    Ok(Tenant { id: row.try_get::<Uuid, _>(0)?.into(), slug: row.try_get(1)?, name: row.try_get(2)?, status: row.try_get(3)? })
}

fn domain(row: &PgRow) -> Result<Domain, Error> {
    Ok(Domain { host: row.try_get(0)?, is_primary: row.try_get(1)?, is_active: row.try_get(2)?, verified_at: row.try_get(3)? })
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform").field("pool", &self.pool).finish_non_exhaustive()
    }
}

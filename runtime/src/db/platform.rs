//! The operator's door: tenants, and nothing of theirs.

use std::fmt;

use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::pool::Pool;
use super::tenancy::connect;
use super::{Config, Error, StartError, startup};
use crate::mutants::mutant;
use crate::schema::{Conventions, TenantId, quoted};

/// The operator's door: it makes and lists tenants. It has a role and connections of its own, cannot be had from a [`Tenancy`](super::Tenancy),
/// and what it can do stands here:
///
/// - [`create_tenant`](Self::create_tenant)
/// - [`tenants`](Self::tenants)
pub struct Platform {
    pool: Pool,
    table: String,
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
    /// `active` or `suspended`.
    pub status: String,
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
        Ok(Self { pool, table: format!("{}.tenants", quoted(conventions.platform_schema)) })
    }

    /// Makes a tenant.
    ///
    /// # Errors
    /// [`Unique`](super::ErrorKind::Unique) when the slug is taken, [`Check`](super::ErrorKind::Check) when it or the name is not one.
    pub async fn create_tenant(&self, slug: &str, name: &str) -> Result<TenantId, Error> {
        let tenant = TenantId::generate();
        let text = format!("insert into {} (id, slug, name) values ($1, $2, $3)", self.table);
        let mut connection = self.pool.acquire().await?;
        let mut transaction = connection.begin(self.pool.opening(None)).await?;
        #[expect(clippy::disallowed_methods, reason = "made of the conventions, whose names the manifest has checked")]
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).persistent(self.pool.keeps_statements());
        query.bind(tenant.uuid()).bind(slug).bind(name).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(tenant)
    }

    /// All tenants, in the order of their slugs.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        let text = format!("select id, slug, name, status from {} order by slug", self.table);
        let mut connection = self.pool.acquire().await?;
        #[expect(clippy::disallowed_methods, reason = "made of the conventions, whose names the manifest has checked")]
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).persistent(self.pool.keeps_statements());
        if mutant!("pooler_outside") {
            return query.fetch_all(connection.raw()).await?.iter().map(tenant).collect();
        }
        let mut transaction = connection.begin(self.pool.opening(None)).await?;
        let rows = query.fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        rows.iter().map(tenant).collect()
    }

    /// Closes the connections, after those in use have come back.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn tenant(row: &PgRow) -> Result<Tenant, Error> {
    Ok(Tenant { id: row.try_get::<Uuid, _>(0)?.into(), slug: row.try_get(1)?, name: row.try_get(2)?, status: row.try_get(3)? })
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform").field("pool", &self.pool).finish_non_exhaustive()
    }
}

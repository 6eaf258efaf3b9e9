//! The door of what must be known before a tenant is: one name in, one answer out.

use std::fmt;
use std::sync::Arc;

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, Encode, Postgres, Row, Type};
use uuid::Uuid;

use super::Error;
use super::tenancy::Core;
use crate::mutants::mutant;
use crate::schema::TenantId;
use crate::schema::ir::{Name, TENANT_BY_HOST, TENANT_BY_ID, TENANT_BY_SLUG};

/// A tenant that there is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Found {
    /// Its id.
    pub tenant: TenantId,
    /// Whether it is served: neither suspended, nor closing, nor still being made.
    pub active: bool,
}

/// Whose a host, a slug or an id is. Clones share the connections of the [`Tenancy`](super::Tenancy) that it comes from.
///
/// It runs no statement of anybody: each question is one function of the database, which answers for the name that it is given and for no
/// other. What it can do stands here:
///
/// - [`by_host`](Self::by_host)
/// - [`by_slug`](Self::by_slug)
/// - [`by_id`](Self::by_id)
///
/// It is what [`Resolve`](crate::layers::resolve::Resolve) looks tenants up in:
///
/// ```
/// use axum::Router;
/// use tenantry::Tenancy;
/// use tenantry::layers::resolve::{Resolve, ResolveError};
///
/// fn serve(tenancy: &Tenancy, routes: Router) -> Result<Router, ResolveError> {
///     let resolve = Resolve::builder(tenancy.directory()).domains().tenancy(tenancy).build()?;
///     Ok(resolve.around(routes))
/// }
/// ```
#[derive(Clone)]
pub struct Directory {
    core: Arc<Core>,
}

impl Directory {
    pub(super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// The tenant whose verified and active domain the host is. The host is taken as it stands: in lower case, without a port.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_host(&self, host: &str) -> Result<Option<Found>, Error> {
        self.ask(TENANT_BY_HOST, host).await
    }

    /// The tenant of that slug, in lower case.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_slug(&self, slug: &str) -> Result<Option<Found>, Error> {
        self.ask(TENANT_BY_SLUG, slug).await
    }

    /// The tenant of that id. An id of nobody is `None`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_id(&self, tenant: TenantId) -> Result<Option<Found>, Error> {
        self.ask(TENANT_BY_ID, tenant.uuid()).await
    }

    async fn ask<'q, K: Encode<'q, Postgres> + Type<Postgres>>(&self, function: &str, key: K) -> Result<Option<Found>, Error> {
        let name = Name::new(self.core.registry.conventions().platform_schema, function);
        let text = format!("select tenant, active from {name}($1)");
        let mut arguments = PgArguments::default();
        arguments.add(key).map_err(Error::encode)?;
        let row = self.core.pool.rows(text, arguments).await?.into_iter().next();
        row.map(|row| {
            Ok(Found { tenant: row.try_get::<Uuid, _>(0)?.into(), active: row.try_get::<bool, _>(1)? || mutant!("directory_active") })
        })
        .transpose()
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").field("pool", &self.core.pool).finish_non_exhaustive()
    }
}

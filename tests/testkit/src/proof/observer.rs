//! The observer: it sees every tenant's rows, and says whether those of a tenant have changed.
//!
//! With a login that row security does not bind it looks at all tenants at once. Where there is none (level `managed`), it looks as the
//! application's role, in the context of one tenant after the other, and the report says so.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use tenantry::TenantId;

use super::model::World;
use super::sql;

/// What the observer saw of one tenant: per model the number of rows and a digest over every column of every row.
pub(super) type Digest = BTreeMap<usize, (i64, String)>;

/// The observer's connection.
pub(super) struct Observer {
    pub(super) connection: PgConnection,
    bypasses: bool,
}

impl Observer {
    /// Logs in as the administrator, where row security does not bind that login, else as the application's role.
    pub(super) async fn connect(bypasses: bool, admin: &PgConnectOptions, app: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        let login = if bypasses { admin } else { app };
        Ok(Self { connection: PgConnection::connect_with(login).await?, bypasses })
    }

    /// Looks at the tenants, in their order.
    pub(super) async fn look(&mut self, world: &World, tenants: &[TenantId]) -> Result<Vec<Digest>, sqlx::Error> {
        let seen = if self.bypasses {
            sql::digests(&mut self.connection, world, tenants).await?
        } else {
            sql::digests_one_by_one(&mut self.connection, world, tenants).await?
        };
        let mut digests = vec![Digest::new(); tenants.len()];
        for (model, tenant, rows, digest) in seen {
            let place = tenants.iter().position(|other| other.uuid() == tenant);
            if let (Some(place), Ok(model)) = (place, usize::try_from(model)) {
                digests[place].insert(model, (rows, digest));
            }
        }
        Ok(digests)
    }

    /// Clears the tenants' rows away.
    pub(super) async fn clear(&mut self, world: &World, tenants: &[TenantId]) -> Result<(), sqlx::Error> {
        sql::clear(&mut self.connection, world, tenants, self.bypasses).await
    }
}

/// Whether row security does not bind the login of the connection.
pub(super) async fn bypasses(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select rolsuper or rolbypassrls from pg_roles where rolname = current_user").fetch_one(connection).await
}

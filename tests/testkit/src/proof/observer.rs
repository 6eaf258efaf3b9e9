//! The privileged observer: it sees every tenant's rows, and says whether those of a tenant have changed.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use tenantry::TenantId;

use super::model::World;
use super::sql;

/// What the observer saw of one tenant: per model the number of rows and a digest over every column of every row.
pub(super) type Digest = BTreeMap<usize, (i64, String)>;

/// Looks at the tenants, in their order.
pub(super) async fn look(connection: &mut PgConnection, world: &World, tenants: &[TenantId]) -> Result<Vec<Digest>, sqlx::Error> {
    let mut digests = vec![Digest::new(); tenants.len()];
    for (model, tenant, rows, digest) in sql::digests(connection, world, tenants).await? {
        let place = tenants.iter().position(|other| other.uuid() == tenant);
        if let (Some(place), Ok(model)) = (place, usize::try_from(model)) {
            digests[place].insert(model, (rows, digest));
        }
    }
    Ok(digests)
}

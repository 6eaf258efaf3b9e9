//! Letting go of what need not be kept: old orders of customers who are gone.

use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Date, Error, TenantDb};

use crate::sql;

/// What is asked for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurgeOrders {
    /// What left on this day or later stays.
    pub shipped_before: Date,
}

/// What was deleted.
#[derive(Debug, Serialize)]
pub struct Purged {
    /// How many orders; their lines went with them.
    pub orders: u64,
}

/// `POST /purges`.
pub(super) async fn post(mut db: TenantDb, Json(body): Json<PurgeOrders>) -> Result<Json<Purged>, Problem> {
    Ok(Json(purge_orders(&mut db, body).await?))
}

/// Deletes the orders of closed customers that left before that day.
///
/// # Errors
/// When the database cannot be asked.
pub async fn purge_orders(db: &mut TenantDb, PurgeOrders { shipped_before }: PurgeOrders) -> Result<Purged, Error> {
    db.transaction(async |tx| {
        let tenant = tx.tenant();
        let sql = sql!(
            "delete from app.sales_orders o
              using app.customers c
              where o.tenant_id = $1 and o.shipped_on < $2
                and c.tenant_id = o.tenant_id and c.id = o.customer and c.status = 'closed'"
        );
        let deleted = sqlx::query(sql).bind(tenant).bind(shipped_before).execute(tx).await?;
        Ok(Purged { orders: deleted.rows_affected() })
    })
    .await
}

//! Shipping: each call takes the orders that are due next, and two packers who call at once never get the same one.

use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Date, Error, Id, TenantDb};

use super::{Customer, SalesOrder};
use crate::input::Limit;
use crate::sql;

/// What is asked for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShipOrders {
    /// The day on which they leave.
    pub shipped_on: Date,
    /// How many orders at most.
    #[serde(default)]
    pub limit: Limit,
}

/// An order that leaves.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Shipped {
    /// The order.
    pub id: Id<SalesOrder>,
    /// Its number.
    pub number: i64,
    /// Whose it is.
    pub customer: Id<Customer>,
}

/// `POST /shipments`.
pub(super) async fn post(mut db: TenantDb, Json(body): Json<ShipOrders>) -> Result<Json<Vec<Shipped>>, Problem> {
    Ok(Json(ship_orders(&mut db, body).await?))
}

/// Ships the orders that are required first, of customers who may order, and tells them by number. An order that another call has its hands
/// on is passed over.
///
/// # Errors
/// When the database cannot be asked.
pub async fn ship_orders(db: &mut TenantDb, ShipOrders { shipped_on, limit }: ShipOrders) -> Result<Vec<Shipped>, Error> {
    let mut shipped: Vec<Shipped> = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let sql = sql!(
                "with due as (
                   select o.id
                     from app.sales_orders o
                    where o.tenant_id = $1 and o.shipped_on is null and o.placed_on <= $2
                      and exists (select from app.customers c
                                   where c.tenant_id = $1 and c.id = o.customer and c.status = 'active')
                    order by o.required_on nulls last, o.number
                    limit $3
                      for update of o skip locked
                 )
                 update app.sales_orders o
                    set shipped_on = $2
                   from due
                  where o.tenant_id = $1 and o.id = due.id
              returning o.id, o.number, o.customer"
            );
            Ok(sqlx::query_as(sql).bind(tenant).bind(shipped_on).bind(limit.rows()).fetch_all(tx).await?)
        })
        .await?;
    shipped.sort_by_key(|order| order.number);
    Ok(shipped)
}

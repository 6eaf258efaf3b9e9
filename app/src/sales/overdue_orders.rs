//! The orders that should have left.

use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Date, Error, Id, TenantDb};

use super::{Customer, SalesOrder};
use crate::input::{Limit, Params};

/// The parameters.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The day to look from.
    pub on: Date,
    /// How many orders.
    #[serde(default)]
    pub limit: Limit,
}

/// An order that was required and has not left.
#[derive(Debug, Serialize)]
pub struct OverdueOrder {
    /// The order.
    pub id: Id<SalesOrder>,
    /// Its number.
    pub number: i64,
    /// When it should have been there.
    pub required_on: Date,
    /// For how many days.
    pub days_late: i32,
    /// Who waits.
    pub customer: Id<Customer>,
    /// That customer's name.
    pub name: String,
    /// Whom to call.
    pub phone: Option<String>,
}

/// `GET /reports/overdue_orders?on=…`.
pub(super) async fn get(mut db: TenantDb, Params(asked): Params<Asked>) -> Result<Json<Vec<OverdueOrder>>, Problem> {
    Ok(Json(overdue_orders(&mut db, asked).await?))
}

/// The orders that should have been there before that day and have not left, those that wait longest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn overdue_orders(db: &mut TenantDb, Asked { on, limit }: Asked) -> Result<Vec<OverdueOrder>, Error> {
    db.transaction(async |tx| {
        let query = sqlx::query_as!(
            OverdueOrder,
            r#"select o.id as "id: Id<SalesOrder>", o.number, o.required_on as "required_on!: Date", $2 - o.required_on as "days_late!",
                      c.id as "customer: Id<Customer>", c.name, c.phone
                 from app.sales_orders o
                 join app.customers c on c.tenant_id = o.tenant_id and c.id = o.customer
                where o.tenant_id = $1 and o.shipped_on is null and o.required_on < $2
                order by o.required_on, o.number
                limit $3"#,
            tx.tenant(),
            on as Date,
            limit.rows()
        );
        Ok(query.fetch_all(tx).await?)
    })
    .await
}

//! What was sold, month by month, with the total so far.

use serde::Serialize;
use tenantry::http::{Json, Problem};
use tenantry::{Date, Error, Money, TenantDb};

use crate::input::{Params, Period};
use crate::money;
use crate::sql;

/// A month in which something was sold, in one currency.
#[derive(Debug, Serialize)]
pub struct Month {
    /// Its first day.
    pub month: Date,
    /// How many orders were placed.
    pub orders: i64,
    /// What they come to.
    pub revenue: Money,
    /// What all orders since the beginning of the period come to.
    pub running_total: Money,
}

/// `GET /reports/sales_by_month?from=…&to=…`.
pub(super) async fn get(mut db: TenantDb, Params(period): Params<Period>) -> Result<Json<Vec<Month>>, Problem> {
    Ok(Json(sales_by_month(&mut db, period).await?))
}

/// The months of the period in which orders were placed, by currency and in order.
///
/// # Errors
/// A period that is none; a sum that is too large to be told.
pub async fn sales_by_month(db: &mut TenantDb, period: Period) -> Result<Vec<Month>, Error> {
    let Period { from, to } = period.checked()?;
    let rows: Vec<(Date, String, i64, String, String)> = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let sql = sql!(
                "select date_trunc('month', placed_on::timestamp)::date, total_currency, count(*), sum(total)::text,
                        (sum(sum(total)) over (partition by total_currency
                                                   order by date_trunc('month', placed_on::timestamp)::date))::text
                   from app.sales_orders
                  where tenant_id = $1 and placed_on between $2 and $3
                  group by date_trunc('month', placed_on::timestamp)::date, total_currency
                  order by 2, 1"
            );
            Ok(sqlx::query_as(sql).bind(tenant).bind(from).bind(to).fetch_all(tx).await?)
        })
        .await?;
    let month = |(month, currency, orders, revenue, running_total): (Date, String, i64, String, String)| {
        let revenue = money::sum(&revenue, &currency)?;
        Ok(Month { month, orders, revenue, running_total: money::sum(&running_total, &currency)? })
    };
    rows.into_iter().map(month).collect()
}

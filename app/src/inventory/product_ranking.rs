//! The products by what was sold of them.

use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Date, Error, Id, Money, TenantDb};

use super::Product;
use crate::input::{Limit, Params, Period};
use crate::money;
use crate::sql;

/// The parameters.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How many products.
    #[serde(default)]
    pub limit: Limit,
}

/// A product and its rank among those that were sold in the same currency.
#[derive(Debug, Serialize)]
pub struct RankedProduct {
    /// From 1; products that come to the same share it.
    pub rank: i64,
    /// The product.
    pub product: Id<Product>,
    /// Its name.
    pub name: String,
    /// How many units were sold.
    pub units: i64,
    /// What was sold of it.
    pub revenue: Money,
    /// The part that this is of all sales in that currency, in percent with two digits after the point; null when nothing was paid for.
    pub share: Option<f64>,
}

/// `GET /reports/product_ranking?from=…&to=…`.
pub(super) async fn get(mut db: TenantDb, Params(asked): Params<Asked>) -> Result<Json<Vec<RankedProduct>>, Problem> {
    Ok(Json(product_ranking(&mut db, asked).await?))
}

type Row = (i64, Id<Product>, String, i64, String, String, Option<f64>);

/// The products of which something was ordered in the period, by currency and rank.
///
/// # Errors
/// A period that is none; a sum that is too large to be told.
pub async fn product_ranking(db: &mut TenantDb, Asked { from, to, limit }: Asked) -> Result<Vec<RankedProduct>, Error> {
    let Period { from, to } = Period { from, to }.checked()?;
    let rows: Vec<Row> = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let sql = sql!(
                "select rank() over by_revenue, p.id, p.name, sum(l.quantity), sum(l.total)::text, l.total_currency,
                        round(100 * sum(l.total) / nullif(sum(sum(l.total)) over by_currency, 0), 2)::float8
                   from app.sales_order_lines l
                   join app.sales_orders o on o.tenant_id = l.tenant_id and o.id = l.sales_order
                   join app.products p on p.tenant_id = l.tenant_id and p.id = l.product
                  where l.tenant_id = $1 and o.placed_on between $2 and $3
                  group by p.id, p.name, l.total_currency
                 window by_currency as (partition by l.total_currency),
                        by_revenue as (partition by l.total_currency order by sum(l.total) desc)
                  order by l.total_currency, 1, p.name
                  limit $4"
            );
            Ok(sqlx::query_as(sql).bind(tenant).bind(from).bind(to).bind(limit.rows()).fetch_all(tx).await?)
        })
        .await?;
    let ranked = |(rank, product, name, units, revenue, currency, share): Row| {
        Ok(RankedProduct { rank, product, name, units, revenue: money::sum(&revenue, &currency)?, share })
    };
    rows.into_iter().map(ranked).collect()
}

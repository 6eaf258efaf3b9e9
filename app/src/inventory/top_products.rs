//! What sells best in each category.

use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Currency, Error, Id, Money, TenantDb};

use super::{Category, Product};
use crate::input::Params;
use crate::money;
use crate::sql;

/// The parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The currency of the sales that are looked at: amounts in different ones cannot be compared.
    pub currency: String,
    /// How many products of each category: 1 to 10.
    pub count: i64,
}

/// A product that sells well.
#[derive(Debug, Serialize)]
pub struct TopProduct {
    /// The category.
    pub category: Id<Category>,
    /// Its name.
    pub category_name: String,
    /// The product.
    pub product: Id<Product>,
    /// Its name.
    pub product_name: String,
    /// What was sold of it.
    pub revenue: Money,
}

/// `GET /reports/top_products?currency=…&count=…`.
pub(super) async fn get(mut db: TenantDb, Params(asked): Params<Asked>) -> Result<Json<Vec<TopProduct>>, Problem> {
    Ok(Json(top_products(&mut db, &asked).await?))
}

type Row = (Id<Category>, String, Id<Product>, String, String);

/// The best products of each category by what was sold of them, at most 1000 rows.
///
/// # Errors
/// A currency that is none; a count that is too large or too small.
pub async fn top_products(db: &mut TenantDb, Asked { currency, count }: &Asked) -> Result<Vec<TopProduct>, Error> {
    let currency: Currency = currency.parse().map_err(|_| Error::rule("currency", "", "a currency is a code such as EUR"))?;
    if !(1..=10).contains(count) {
        return Err(Error::rule("count", "", "1 to 10 products of each category are told"));
    }
    let rows: Vec<Row> = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let sql = sql!(
                "select c.id, c.name, best.id, best.name, best.revenue::text
                   from app.categories c
                  cross join lateral (
                        select p.id, p.name, sum(l.total) as revenue
                          from app.products p
                          join app.sales_order_lines l on l.tenant_id = p.tenant_id and l.product = p.id
                         where p.tenant_id = c.tenant_id and p.category = c.id and l.total_currency = $2
                         group by p.id, p.name
                         order by sum(l.total) desc, p.name
                         limit $3
                  ) as best
                  where c.tenant_id = $1
                  order by c.name, best.revenue desc, best.name
                  limit 1000"
            );
            Ok(sqlx::query_as(sql).bind(tenant).bind(currency.code()).bind(count).fetch_all(tx).await?)
        })
        .await?;
    let top = |(category, category_name, product, product_name, revenue): Row| {
        Ok(TopProduct { category, category_name, product, product_name, revenue: money::sum(&revenue, currency.code())? })
    };
    rows.into_iter().map(top).collect()
}

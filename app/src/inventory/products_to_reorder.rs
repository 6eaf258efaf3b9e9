//! What runs out, and from whom to order more.

use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Error, Id, TenantDb};

use super::Product;
use crate::input::{Limit, Params};

/// The parameters.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// How many products.
    #[serde(default)]
    pub limit: Limit,
}

/// A product that runs out.
#[derive(Debug, Serialize)]
pub struct ProductToReorder {
    /// The product.
    pub id: Id<Product>,
    /// Its article number.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How many units are in stock or on their way.
    pub units: i64,
    /// At how many more are ordered.
    pub reorder_level: i32,
    /// Who delivers it.
    pub supplier: Option<String>,
    /// Whom to call.
    pub phone: Option<String>,
}

/// `GET /reports/products_to_reorder`.
pub(super) async fn get(mut db: TenantDb, Params(asked): Params<Asked>) -> Result<Json<Vec<ProductToReorder>>, Problem> {
    Ok(Json(products_to_reorder(&mut db, asked).await?))
}

/// The products that are still sold and of which no more are in stock and on their way than their level, those that lack most first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn products_to_reorder(db: &mut TenantDb, Asked { limit }: Asked) -> Result<Vec<ProductToReorder>, Error> {
    db.transaction(async |tx| {
        let query = sqlx::query_as!(
            ProductToReorder,
            r#"select p.id as "id: Id<Product>", p.code, p.name, p.units_in_stock::bigint + p.units_on_order as "units!", p.reorder_level,
                      s.name as "supplier?", s.phone as "phone?"
                 from app.products p
                 left join app.suppliers s on s.tenant_id = p.tenant_id and s.id = p.supplier
                where p.tenant_id = $1 and not p.discontinued and p.units_in_stock::bigint + p.units_on_order <= p.reorder_level
                order by p.units_in_stock::bigint + p.units_on_order - p.reorder_level, p.code
                limit $2"#,
            tx.tenant(),
            limit.rows()
        );
        Ok(query.fetch_all(tx).await?)
    })
    .await
}

//! New prices for many products at once: all of them, or none.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Error, Money, TenantDb};

use crate::sql;

/// The most prices of a call.
const MAX_PRICES: usize = 1_000;

/// What is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePrices {
    /// The new prices; at least one.
    pub prices: Vec<NewPrice>,
}

/// The price of a product from now on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPrice {
    /// The product's article number.
    pub code: String,
    /// The price of one unit, not below zero.
    pub unit_price: Money,
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct ChangedPrices {
    /// How many products have a new price.
    pub changed: usize,
}

/// `POST /price_changes`.
pub(super) async fn post(mut db: TenantDb, Json(body): Json<ChangePrices>) -> Result<Json<ChangedPrices>, Problem> {
    Ok(Json(change_prices(&mut db, &body).await?))
}

/// Changes the prices. A product that already costs as much is changed to the same.
///
/// # Errors
/// A rule that was broken, with the pointer of the value that is to blame; an article number that this tenant does not have.
pub async fn change_prices(db: &mut TenantDb, ChangePrices { prices }: &ChangePrices) -> Result<ChangedPrices, Error> {
    check(prices)?;
    let codes: Vec<&str> = prices.iter().map(|price| price.code.as_str()).collect();
    let amounts: Vec<i64> = prices.iter().map(|price| price.unit_price.amount()).collect();
    let currencies: Vec<String> = prices.iter().map(|price| price.unit_price.currency().code().to_owned()).collect();
    db.transaction(async |tx| {
        let tenant = tx.tenant();
        let sql = sql!(
            "update app.products p
                set unit_price = new.amount, unit_price_currency = new.currency
               from unnest($2::text[], $3::bigint[], $4::text[]) as new (code, amount, currency)
              where p.tenant_id = $1 and p.code = new.code
          returning p.code"
        );
        let changed: Vec<String> = sqlx::query_scalar(sql).bind(tenant).bind(&codes).bind(amounts).bind(currencies).fetch_all(tx).await?;
        let changed: HashSet<&str> = changed.iter().map(String::as_str).collect();
        match codes.iter().position(|code| !changed.contains(code)) {
            Some(index) => Err(Error::rule("reference", format!("/prices/{index}/code"), "there is no product with this article number")),
            None => Ok(ChangedPrices { changed: changed.len() }),
        }
    })
    .await
}

/// The rules that need no database.
fn check(prices: &[NewPrice]) -> Result<(), Error> {
    if prices.is_empty() || prices.len() > MAX_PRICES {
        return Err(Error::rule("prices", "/prices", "1 to 1000 prices are changed at once"));
    }
    let mut codes = HashSet::new();
    for (index, NewPrice { code, unit_price }) in prices.iter().enumerate() {
        if code.contains('\0') {
            return Err(Error::rule("nul", format!("/prices/{index}/code"), "must not contain the character U+0000"));
        }
        if !codes.insert(code) {
            return Err(Error::rule("twice", format!("/prices/{index}/code"), "a product gets one price"));
        }
        if unit_price.amount() < 0 {
            return Err(Error::rule("unit_price", format!("/prices/{index}/unit_price"), "a price is not below zero"));
        }
    }
    Ok(())
}

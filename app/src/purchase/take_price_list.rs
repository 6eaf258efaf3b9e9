//! A supplier's price list: what it offers is there afterwards, at its price.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Error, Id, Money, TenantDb};
use uuid::Uuid;

use super::Supplier;
use crate::sql;

/// The most items of a list.
const MAX_ITEMS: usize = 1_000;

/// A price list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// Whose list it is.
    pub supplier: Id<Supplier>,
    /// What it offers; at least one item.
    pub items: Vec<Item>,
}

/// Something that a supplier offers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The article number.
    pub code: String,
    /// The name.
    pub name: String,
    /// The price of one unit, not below zero.
    pub unit_price: Money,
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct TakenPriceList {
    /// How many products are new.
    pub new: usize,
    /// How many were there and have got the name and the price of the list.
    pub changed: usize,
}

/// `POST /price_lists`.
pub(super) async fn post(mut db: TenantDb, Json(list): Json<PriceList>) -> Result<Json<TakenPriceList>, Problem> {
    Ok(Json(take_price_list(&mut db, &list).await?))
}

/// Takes the list, all of it or nothing: what has an article number that is known gets name and price, everything else becomes a product.
///
/// # Errors
/// A rule that was broken, with the pointer of the value that is to blame: among them a supplier that does not exist for this tenant, and an
/// article number that another supplier's product has.
pub async fn take_price_list(db: &mut TenantDb, list: &PriceList) -> Result<TakenPriceList, Error> {
    check(list)?;
    let PriceList { supplier, items } = list;
    let ids: Vec<Uuid> = items.iter().map(|_| Uuid::now_v7()).collect();
    let codes: Vec<&str> = items.iter().map(|item| item.code.as_str()).collect();
    let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
    let amounts: Vec<i64> = items.iter().map(|item| item.unit_price.amount()).collect();
    let currencies: Vec<String> = items.iter().map(|item| item.unit_price.currency().code().to_owned()).collect();
    db.transaction(async |tx| {
        let tenant = tx.tenant();
        let sql = sql!(
            "insert into app.products as p (tenant_id, id, code, name, supplier, unit_price, unit_price_currency)
             select $1, item.id, item.code, item.name, $2, item.amount, item.currency
               from unnest($3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[]) as item (id, code, name, amount, currency)
                 on conflict (tenant_id, code) do update
                set name = excluded.name, unit_price = excluded.unit_price, unit_price_currency = excluded.unit_price_currency
              where p.supplier is not distinct from excluded.supplier
          returning p.code, p.version = 1"
        );
        let query = sqlx::query_as(sql).bind(tenant).bind(*supplier).bind(ids).bind(&codes).bind(names).bind(amounts).bind(currencies);
        let taken: HashMap<String, bool> = query.fetch_all(tx).await?.into_iter().collect();
        if let Some(index) = codes.iter().position(|code| !taken.contains_key(*code)) {
            let pointer = format!("/items/{index}/code");
            return Err(Error::rule("supplier", pointer, "another supplier's product has this article number"));
        }
        let new = taken.values().filter(|new| **new).count();
        Ok(TakenPriceList { new, changed: taken.len() - new })
    })
    .await
}

/// The rules that need no database.
fn check(PriceList { items, .. }: &PriceList) -> Result<(), Error> {
    if items.is_empty() || items.len() > MAX_ITEMS {
        return Err(Error::rule("items", "/items", "a list has 1 to 1000 items"));
    }
    let mut codes = HashSet::new();
    for (index, Item { code, name, unit_price }) in items.iter().enumerate() {
        if let Some((field, _)) = [("code", code), ("name", name)].into_iter().find(|(_, text)| text.contains('\0')) {
            return Err(Error::rule("nul", format!("/items/{index}/{field}"), "must not contain the character U+0000"));
        }
        if !codes.insert(code) {
            return Err(Error::rule("twice", format!("/items/{index}/code"), "an article number stands on the list once"));
        }
        if unit_price.amount() < 0 {
            return Err(Error::rule("unit_price", format!("/items/{index}/unit_price"), "a price is not below zero"));
        }
    }
    Ok(())
}

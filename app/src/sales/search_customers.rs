//! Finding a customer by a part of its name, its number or its city, a page at a time.

use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Error, Id, TenantDb};

use super::Customer;
use crate::input::{Limit, Params};
use crate::sql;

/// The most characters that are looked for.
const MAX_TEXT: usize = 100;

/// The parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// What is looked for; large and small letters are the same.
    pub text: String,
    /// The last customer of the page before.
    #[serde(default)]
    pub after: Option<Id<Customer>>,
    /// How many customers.
    #[serde(default)]
    pub limit: Limit,
}

/// A customer that was found.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Found {
    /// The customer.
    pub id: Id<Customer>,
    /// Its number.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its city.
    pub city: Option<String>,
}

/// `GET /search/customers?text=…&after=…`.
pub(super) async fn get(mut db: TenantDb, Params(search): Params<Search>) -> Result<Json<Vec<Found>>, Problem> {
    Ok(Json(search_customers(&mut db, &search).await?))
}

/// The customers by name. A page begins behind the customer that `after` names; behind another tenant's, as behind one that does not exist,
/// there is nothing.
///
/// # Errors
/// A text that is empty or too long, or holds U+0000.
pub async fn search_customers(db: &mut TenantDb, search: &Search) -> Result<Vec<Found>, Error> {
    let Search { text, after, limit } = search;
    if text.is_empty() || text.chars().nth(MAX_TEXT).is_some() || text.contains('\0') {
        return Err(Error::rule("text", "", "a text to look for has 1 to 100 characters, none of them U+0000"));
    }
    db.transaction(async |tx| {
        let tenant = tx.tenant();
        let sql = sql!(
            "select id, code, name, city
               from app.customers
              where tenant_id = $1
                and (name ilike $2 or code ilike $2 or city ilike $2)
                and ($3::uuid is null
                     or (name, id) > (select last.name, last.id from app.customers last where last.tenant_id = $1 and last.id = $3))
              order by name, id
              limit $4"
        );
        Ok(sqlx::query_as(sql).bind(tenant).bind(part(text)).bind(*after).bind(limit.rows()).fetch_all(tx).await?)
    })
    .await
}

/// The pattern of texts that hold that one, whose own signs stand for themselves.
fn part(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for char in text.chars() {
        if matches!(char, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern.push('%');
    pattern
}

//! Customers that may be one and the same.

use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Error, Id, TenantDb};

use super::Customer;
use crate::input::{Limit, Params};
use crate::sql;

/// The parameters.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// How many pairs.
    #[serde(default)]
    pub limit: Limit,
}

/// Two customers whose names are the same but for signs, blanks and large letters.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Pair {
    /// The one that is there longer.
    pub first: Id<Customer>,
    /// Its number.
    pub first_code: String,
    /// Its name.
    pub first_name: String,
    /// The other one.
    pub second: Id<Customer>,
    /// Its number.
    pub second_code: String,
    /// Its name.
    pub second_name: String,
    /// Whether they have the same telephone number, too.
    pub same_phone: bool,
}

/// `GET /reports/duplicate_customers`.
pub(super) async fn get(mut db: TenantDb, Params(asked): Params<Asked>) -> Result<Json<Vec<Pair>>, Problem> {
    Ok(Json(duplicate_customers(&mut db, asked).await?))
}

/// The pairs, by their numbers.
///
/// # Errors
/// When the database cannot be asked.
pub async fn duplicate_customers(db: &mut TenantDb, Asked { limit }: Asked) -> Result<Vec<Pair>, Error> {
    db.transaction(async |tx| {
        let tenant = tx.tenant();
        let sql = sql!(
            "select a.id as first, a.code as first_code, a.name as first_name,
                    b.id as second, b.code as second_code, b.name as second_name,
                    coalesce(a.phone = b.phone, false) as same_phone
               from app.customers a
               join app.customers b
                 on b.tenant_id = a.tenant_id
                and b.id > a.id
                and lower(regexp_replace(b.name, '[^[:alnum:]]+', '', 'g')) = lower(regexp_replace(a.name, '[^[:alnum:]]+', '', 'g'))
              where a.tenant_id = $1
              order by a.code, b.code
              limit $2"
        );
        Ok(sqlx::query_as(sql).bind(tenant).bind(limit.rows()).fetch_all(tx).await?)
    })
    .await
}

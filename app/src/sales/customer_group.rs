//! A company with its subsidiaries, theirs, and so on, and what each has ordered.

use serde::Serialize;
use tenantry::http::{Json, Problem};
use tenantry::{Error, Id, Money, TenantDb};

use super::Customer;
use crate::input::RowId;
use crate::money;
use crate::sql;

/// A company of the group.
#[derive(Debug, Serialize)]
pub struct Member {
    /// The company.
    pub id: Id<Customer>,
    /// Its name.
    pub name: String,
    /// How far below the company that was asked about: 0 for that one.
    pub depth: i32,
    /// How many orders it has placed in the currency of `ordered`.
    pub orders: i64,
    /// What they come to; null when there are none. A company that orders in several currencies is told once for each.
    pub ordered: Option<Money>,
}

/// `GET /customers/{id}/group`.
pub(super) async fn get(mut db: TenantDb, RowId(id): RowId<Customer>) -> Result<Json<Vec<Member>>, Problem> {
    Ok(Json(customer_group(&mut db, id).await?))
}

type Row = (Id<Customer>, String, i32, i64, Option<String>, Option<String>);

/// The group from the top down, at most 1000 rows of it, 16 levels deep; each company is followed by its subsidiaries. Two companies that
/// say of each other that they belong to it are told once.
///
/// # Errors
/// A customer that does not exist.
pub async fn customer_group(db: &mut TenantDb, id: Id<Customer>) -> Result<Vec<Member>, Error> {
    let rows: Vec<Row> = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let sql = sql!(
                "with recursive members as (
                   select c.id, c.name, 0 as depth, array[c.id] as path
                     from app.customers c
                    where c.tenant_id = $1 and c.id = $2
                   union all
                   select c.id, c.name, m.depth + 1, m.path || c.id
                     from members m
                     join app.customers c on c.tenant_id = $1 and c.parent = m.id
                    where m.depth < 16 and c.id <> all (m.path)
                 )
                 select m.id, m.name, m.depth, count(o.id), sum(o.total)::text, o.total_currency
                   from members m
                   left join app.sales_orders o on o.tenant_id = $1 and o.customer = m.id
                  group by m.id, m.name, m.depth, m.path, o.total_currency
                  order by m.path, o.total_currency
                  limit 1000"
            );
            Ok(sqlx::query_as(sql).bind(tenant).bind(id).fetch_all(tx).await?)
        })
        .await?;
    if rows.is_empty() {
        return Err(Error::not_found());
    }
    let member = |(id, name, depth, orders, total, currency): Row| {
        let ordered = total.zip(currency).map(|(total, currency)| money::sum(&total, &currency)).transpose()?;
        Ok(Member { id, name, depth, orders, ordered })
    };
    rows.into_iter().map(member).collect()
}

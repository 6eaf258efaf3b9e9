//! A customer's statement: the orders of a period, with what was in them.

use serde::Serialize;
use tenantry::http::{Json, Problem};
use tenantry::{Date, Error, Id, Money, TenantDb};

use super::{Customer, SalesOrder};
use crate::input::{Params, Period, RowId};
use crate::money;
use crate::sql;

/// What a customer has ordered in a period.
#[derive(Debug, Serialize)]
pub struct Statement {
    /// The customer's number.
    pub code: String,
    /// The customer's name.
    pub name: String,
    /// The orders by date and number.
    pub orders: Vec<StatementLine>,
}

/// An order on a statement.
#[derive(Debug, Serialize)]
pub struct StatementLine {
    /// The order.
    pub order: Id<SalesOrder>,
    /// Its number.
    pub number: i64,
    /// When it was placed.
    pub placed_on: Date,
    /// When it left.
    pub shipped_on: Option<Date>,
    /// How many lines it has.
    pub lines: i64,
    /// How many units were ordered.
    pub units: i64,
    /// What it comes to.
    pub total: Money,
}

/// `GET /customers/{id}/statement?from=…&to=…`.
pub(super) async fn get(mut db: TenantDb, RowId(id): RowId<Customer>, Params(period): Params<Period>) -> Result<Json<Statement>, Problem> {
    Ok(Json(customer_statement(&mut db, id, period).await?))
}

type Row = (Id<SalesOrder>, i64, Date, Option<Date>, i64, i64, String, String);

/// The statement. Another tenant's customer is not found.
///
/// # Errors
/// A customer that does not exist; a period that is none.
pub async fn customer_statement(db: &mut TenantDb, id: Id<Customer>, period: Period) -> Result<Statement, Error> {
    let Period { from, to } = period.checked()?;
    let (customer, rows): (Customer, Vec<Row>) = db
        .transaction(async |tx| {
            let customer = tx.run(Customer::repo().find(id)).await?;
            let tenant = tx.tenant();
            let sql = sql!(
                "select o.id, o.number, o.placed_on, o.shipped_on, count(*), sum(l.quantity), sum(l.total)::text, o.total_currency
                   from app.customers c
                   join app.sales_orders o on o.tenant_id = c.tenant_id and o.customer = c.id
                   join app.sales_order_lines l on l.tenant_id = o.tenant_id and l.sales_order = o.id
                  where c.tenant_id = $1 and c.id = $2 and o.placed_on between $3 and $4
                  group by o.id, o.number, o.placed_on, o.shipped_on, o.total_currency
                  order by o.placed_on, o.number"
            );
            let rows = sqlx::query_as(sql).bind(tenant).bind(id).bind(from).bind(to).fetch_all(tx).await?;
            Ok((customer, rows))
        })
        .await?;
    let line = |(order, number, placed_on, shipped_on, lines, units, total, currency): Row| {
        let total = money::sum(&total, &currency)?;
        Ok(StatementLine { order, number, placed_on, shipped_on, lines, units, total })
    };
    let orders = rows.into_iter().map(line).collect::<Result<_, Error>>()?;
    Ok(Statement { code: customer.code, name: customer.name, orders })
}

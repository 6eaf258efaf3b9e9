//! Placing an order: one call, one transaction, order and lines together.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tenantry::http::{Json, Problem};
use tenantry::{Currency, Date, Error, Id, ModelEnum, Money, TenantDb, TenantTx};
use uuid::Uuid;

use super::{Customer, CustomerStatus, NewSalesOrder, NewSalesOrderLine, SalesOrder, SalesOrderLine};
use crate::inventory::Product;
use crate::sql;

/// The most lines of an order.
const MAX_LINES: usize = 1_000;

/// What an order is placed with.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// The number that the customer knows, unique within the tenant.
    pub number: i64,
    /// Who places it.
    pub customer: Id<Customer>,
    /// When it was placed.
    pub placed_on: Date,
    /// When it must be there.
    #[serde(default)]
    pub required_on: Option<Date>,
    /// When it left.
    #[serde(default)]
    pub shipped_on: Option<Date>,
    /// What the transport costs.
    #[serde(default)]
    pub freight: Option<Money>,
    /// To whom it goes.
    #[serde(default)]
    pub ship_name: Option<String>,
    /// Street and number.
    #[serde(default)]
    pub ship_address: Option<String>,
    /// The city.
    #[serde(default)]
    pub ship_city: Option<String>,
    /// The state or province.
    #[serde(default)]
    pub ship_region: Option<String>,
    /// The postal code.
    #[serde(default)]
    pub ship_postal_code: Option<String>,
    /// The country.
    #[serde(default)]
    pub ship_country: Option<String>,
    /// What is ordered; at least one line.
    pub lines: Vec<OrderLine>,
}

/// A line of an order to be placed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// What is ordered.
    pub product: Id<Product>,
    /// How many units; at least 1.
    pub quantity: i32,
    /// The price of one unit, not below zero; the product's own when it is left out.
    #[serde(default)]
    pub unit_price: Option<Money>,
    /// What is taken off, 0 to 100 percent.
    #[serde(default)]
    pub discount_percent: i32,
}

/// The order that was placed, with its lines.
#[derive(Debug, Serialize)]
pub struct PlacedOrder {
    /// The order.
    #[serde(flatten)]
    pub order: SalesOrder,
    /// Its lines in order.
    pub lines: Vec<SalesOrderLine>,
}

/// `POST /sales_orders`.
pub(super) async fn post(mut db: TenantDb, OriginalUri(uri): OriginalUri, Json(order): Json<PlaceOrder>) -> Result<Response, Problem> {
    let placed = place_order(&mut db, &order).await?;
    let location = format!("{}/{}", uri.path(), placed.order.id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(placed)).into_response())
}

/// Places an order with its lines: the totals are computed here, and either all of it is there or nothing.
///
/// # Errors
/// A rule that was broken, with the pointer of the value that is to blame; a number that is taken; a customer or a product that does not
/// exist for this tenant.
pub async fn place_order(db: &mut TenantDb, order: &PlaceOrder) -> Result<PlacedOrder, Error> {
    check(order)?;
    db.transaction(async |tx| {
        may_order(tx, order.customer).await?;
        let prices = prices(tx, order).await?;
        let priced = price_lines(order, &prices)?;
        let total = sum(&priced)?;
        let placed = tx.run(SalesOrder::repo().create(&new_order(order, total))).await?;
        let mut lines = Vec::with_capacity(priced.len());
        for (line, position) in priced.into_iter().zip(1..) {
            let new = NewSalesOrderLine {
                sales_order: placed.id,
                position,
                product: line.product,
                unit_price: line.unit_price,
                quantity: line.quantity,
                discount_percent: line.discount_percent,
                total: line.total,
            };
            lines.push(tx.run(SalesOrderLine::repo().create(&new)).await?);
        }
        Ok(PlacedOrder { order: placed, lines })
    })
    .await
}

/// The rules that need no database.
fn check(order: &PlaceOrder) -> Result<(), Error> {
    if order.lines.is_empty() {
        return Err(Error::rule("no_lines", "/lines", "an order has at least one line"));
    }
    if order.lines.len() > MAX_LINES {
        return Err(Error::rule("too_many_lines", "/lines", "an order has at most 1000 lines"));
    }
    for (index, line) in order.lines.iter().enumerate() {
        if line.quantity < 1 {
            return Err(Error::rule("quantity", format!("/lines/{index}/quantity"), "at least 1"));
        }
        if !(0..=100).contains(&line.discount_percent) {
            return Err(Error::rule("discount", format!("/lines/{index}/discount_percent"), "within 0 and 100"));
        }
    }
    check_texts(order)
}

/// The lengths are checked where the columns are known; U+0000 is no character for PostgreSQL, so it would not get as far as that.
fn check_texts(order: &PlaceOrder) -> Result<(), Error> {
    let texts = [
        ("/ship_name", &order.ship_name),
        ("/ship_address", &order.ship_address),
        ("/ship_city", &order.ship_city),
        ("/ship_region", &order.ship_region),
        ("/ship_postal_code", &order.ship_postal_code),
        ("/ship_country", &order.ship_country),
    ];
    match texts.into_iter().find(|(_, text)| text.as_deref().is_some_and(|text| text.contains('\0'))) {
        Some((pointer, _)) => Err(Error::rule("nul", pointer, "must not contain the character U+0000")),
        None => Ok(()),
    }
}

/// The customer is there and may order; until the order is placed nobody changes that, hence the lock. Another tenant's is not there.
async fn may_order(tx: &mut TenantTx<'_>, customer: Id<Customer>) -> Result<(), Error> {
    let tenant = tx.tenant();
    let sql = sql!("select status from app.customers where tenant_id = $1 and id = $2 for share");
    let status: Option<String> = sqlx::query_scalar(sql).bind(tenant).bind(customer).fetch_optional(tx).await?;
    match status.as_deref().map(CustomerStatus::from_word) {
        Some(Some(CustomerStatus::Active)) => Ok(()),
        Some(_) => Err(Error::rule("customer_status", "/customer", "the customer is not active, so it cannot order")),
        None => Err(missing("/customer")),
    }
}

/// The same for a row that was never there and for another tenant's.
fn missing(pointer: impl Into<Cow<'static, str>>) -> Error {
    Error::rule("reference", pointer, "refers to a row that does not exist")
}

/// The prices of the products that the order names. Another tenant's product is not among them, as if it did not exist.
async fn prices(tx: &mut TenantTx<'_>, order: &PlaceOrder) -> Result<HashMap<Uuid, Money>, Error> {
    let tenant = tx.tenant();
    let products: Vec<Uuid> = order.lines.iter().map(|line| line.product.uuid()).collect();
    let rows: Vec<(Uuid, i64, String)> =
        sqlx::query_as(sql!("select id, unit_price, unit_price_currency from app.products where tenant_id = $1 and id = any($2)"))
            .bind(tenant)
            .bind(products)
            .fetch_all(tx)
            .await?;
    let price = |(id, amount, currency): (Uuid, i64, String)| {
        let currency: Currency = currency.parse().ok()?;
        Some((id, Money::new(amount, currency).ok()?))
    };
    Ok(rows.into_iter().filter_map(price).collect())
}

struct PricedLine {
    product: Id<Product>,
    unit_price: Money,
    quantity: i32,
    discount_percent: i32,
    total: Money,
    /// The value of the body that the price comes from.
    priced_by: String,
}

fn price_lines(order: &PlaceOrder, prices: &HashMap<Uuid, Money>) -> Result<Vec<PricedLine>, Error> {
    let price = |(index, line): (usize, &OrderLine)| {
        let OrderLine { product, quantity, unit_price, discount_percent } = *line;
        let own = *prices.get(&product.uuid()).ok_or_else(|| missing(format!("/lines/{index}/product")))?;
        let (unit_price, source) = unit_price.map_or((own, "product"), |given| (given, "unit_price"));
        let priced_by = format!("/lines/{index}/{source}");
        if unit_price.amount() < 0 {
            return Err(Error::rule("unit_price", priced_by, "a price is not below zero"));
        }
        let too_large = || Error::rule("total", format!("/lines/{index}"), "the total of the line is too large");
        let total = line_total(unit_price, quantity, discount_percent).ok_or_else(too_large)?;
        Ok(PricedLine { product, unit_price, quantity, discount_percent, total, priced_by })
    };
    order.lines.iter().enumerate().map(price).collect()
}

/// Price × quantity × (100 − discount) ÷ 100 in minor units, rounded half to even; `None` when it is beyond what [`Money`] holds.
///
/// ```
/// use tenantry::Money;
/// use tenantry_app::sales::line_total;
///
/// let price = Money::new(250, "EUR".parse()?)?;
/// assert_eq!(line_total(price, 1, 1).map(Money::amount), Some(248)); // 247.5 goes to the even neighbour
/// assert_eq!(line_total(price, 1, 3).map(Money::amount), Some(242)); // 242.5, too
/// # Ok::<(), tenantry::MoneyError>(())
/// ```
#[must_use]
pub fn line_total(unit_price: Money, quantity: i32, discount_percent: i32) -> Option<Money> {
    let hundredths = i128::from(unit_price.amount()) * i128::from(quantity) * (100 - i128::from(discount_percent));
    let (whole, rest) = (hundredths.div_euclid(100), hundredths.rem_euclid(100));
    let up = rest > 50 || (rest == 50 && whole % 2 != 0);
    let amount = i64::try_from(whole + i128::from(up)).ok()?;
    Money::new(amount, unit_price.currency()).ok()
}

fn sum(lines: &[PricedLine]) -> Result<Money, Error> {
    let currency = lines.first().map(|line| line.total.currency());
    let mut total: i64 = 0;
    for line in lines {
        if Some(line.total.currency()) != currency {
            return Err(Error::rule("currency_mismatch", line.priced_by.clone(), "the lines of an order have one currency"));
        }
        // Each is within 2^53, and there are at most a thousand.
        total = total.saturating_add(line.total.amount());
    }
    let too_large = || Error::rule("total", "/lines", "the total of the order is too large");
    currency.and_then(|currency| Money::new(total, currency).ok()).ok_or_else(too_large)
}

fn new_order(order: &PlaceOrder, total: Money) -> NewSalesOrder {
    NewSalesOrder {
        number: order.number,
        customer: order.customer,
        placed_on: order.placed_on,
        required_on: order.required_on,
        shipped_on: order.shipped_on,
        freight: order.freight,
        ship_name: order.ship_name.clone(),
        ship_address: order.ship_address.clone(),
        ship_city: order.ship_city.clone(),
        ship_region: order.ship_region.clone(),
        ship_postal_code: order.ship_postal_code.clone(),
        ship_country: order.ship_country.clone(),
        total,
    }
}

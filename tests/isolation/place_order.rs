//! `POST /sales_orders` under proof: what is drawn for it, and a second opinion of what it does.

use axum::http::Method;
use serde_json::{Map, Value, json};
use tenantry::Money;
use tenantry_testkit::proof::{Answer, Draw, Effect, Operation, Request, Row, Rows};
use uuid::Uuid;

/// The hand-written route that places an order with its lines.
pub(crate) fn place_order() -> Operation {
    Operation::route("POST /sales_orders", order).effect(effect)
}

fn order(draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]) -> Option<Request> {
    // Most orders have given prices in one currency; the others take what the products cost, in whatever currency.
    let currency = draw.percent(80).then(|| *draw.pick(&["EUR", "JPY"]).unwrap_or(&"EUR"));
    let active: Vec<Uuid> = own.of("customers").filter(|(_, row)| row["status"] == "active").map(|(id, _)| id).collect();
    let customer = match draw.pick(&active) {
        Some(active) if draw.percent(80) => *active,
        _ => reference(draw, "customers", own, others)?,
    };
    let lines = if draw.percent(5) { 0 } else { 1 + draw.below(3) };
    let lines = (0..lines).map(|_| {
        let mut line = Map::from_iter([
            ("product".to_owned(), json!(reference(draw, "products", own, others)?)),
            ("quantity".to_owned(), json!(draw.below(25))),
            ("discount_percent".to_owned(), json!(draw.below(102))),
        ]);
        if let Some(currency) = currency {
            let amount = if draw.percent(2) { Money::MAX } else { draw.below(10_000) as i64 };
            line.insert("unit_price".to_owned(), json!({"amount": amount, "currency": currency}));
        }
        Some(Value::Object(line))
    });
    let mut body = json!({"customer": customer, "placed_on": "2026-11-25", "lines": lines.collect::<Option<Vec<_>>>()?});
    body["number"] = json!(draw.below(500));
    if draw.percent(30) {
        body["ship_city"] = json!("Graz");
    }
    Some(Request::new(Method::POST, "/sales_orders", body))
}

/// Mostly a row of one's own, now and then another tenant's or nobody's.
pub(crate) fn reference(draw: &mut Draw, table: &str, own: Rows<'_>, others: &[Rows<'_>]) -> Option<Uuid> {
    match draw.below(30) {
        0 => Some(draw.uuid()),
        1 => draw.pick(others).map(|other| other.ids(table)).and_then(|ids| draw.pick(&ids).copied()),
        _ => draw.pick(&own.ids(table)).copied(),
    }
}

/// A price for so many, less a discount.
struct Line {
    price: (i64, String),
    quantity: i64,
    discount: i64,
}

impl Line {
    fn of(own: Rows<'_>, line: &Value) -> Option<Self> {
        let product = own.get("products", line["product"].as_str()?.parse().ok()?)?;
        let price = line.get("unit_price").or_else(|| product.get("unit_price"))?;
        let price = (price["amount"].as_i64()?, price["currency"].as_str()?.to_owned());
        Some(Self { price, quantity: line["quantity"].as_i64()?, discount: line["discount_percent"].as_i64()? })
    }

    /// In minor units, rounded half to even, where it is not too large.
    fn total(&self) -> Option<i64> {
        let exact = i128::from(self.price.0) * i128::from(self.quantity * (100 - self.discount));
        let (below, rest) = (exact / 100, exact % 100);
        let rounded = if rest * 2 > 100 || (rest * 2 == 100 && below % 2 == 1) { below + 1 } else { below };
        within(rounded)
    }
}

fn within(amount: i128) -> Option<i64> {
    i64::try_from(amount).ok().filter(|amount| *amount <= Money::MAX)
}

/// An order that is due to be placed.
struct Due {
    /// Each with its total.
    lines: Vec<(Line, i64)>,
    total: i64,
}

/// The order, or the code of the refusal that is due.
fn judged(own: Rows<'_>, body: &Value) -> Result<Due, &'static str> {
    let lines = body["lines"].as_array().filter(|lines| !lines.is_empty()).ok_or("no_lines")?;
    for line in lines {
        if line["quantity"] == 0 {
            return Err("quantity");
        }
        if line["discount_percent"].as_i64() > Some(100) {
            return Err("discount");
        }
    }
    let customer = body["customer"].as_str().and_then(|id| own.get("customers", id.parse().ok()?)).ok_or("reference")?;
    if customer["status"] != "active" {
        return Err("customer_status");
    }
    let mut priced = Vec::new();
    for line in lines {
        let line = Line::of(own, line).ok_or("reference")?;
        if line.price.0 < 0 {
            return Err("unit_price");
        }
        let total = line.total().ok_or("total")?;
        priced.push((line, total));
    }
    if priced.iter().any(|(line, _)| line.price.1 != priced[0].0.price.1) {
        return Err("currency_mismatch");
    }
    let total = within(priced.iter().map(|(_, total)| i128::from(*total)).sum()).ok_or("total")?;
    if own.of("sales_orders").any(|(_, order)| order["number"] == body["number"]) {
        return Err("unique");
    }
    Ok(Due { lines: priced, total })
}

fn effect(own: Rows<'_>, request: &Request, answer: &Answer) -> Result<Effect, String> {
    let body = request.body();
    let Due { lines, total } = match judged(own, body) {
        Ok(due) => due,
        Err(code) if answer.body()["errors"][0]["code"] == code => return Ok(Effect::none()),
        Err(code) => return Err(format!("it should be refused for `{code}`")),
    };
    if answer.status() != Some(201) {
        return Err("it should be placed".to_owned());
    }
    let id = id_of(answer.body())?;
    let mut order: Row = body.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect();
    order.remove("lines");
    let currency = lines[0].0.price.1.clone();
    let money = |amount: i64| json!({"amount": amount, "currency": currency});
    order.insert("total".to_owned(), money(total));
    let mut effect = Effect::none().insert("sales_orders", id, order);
    let asked = body["lines"].as_array().ok_or("lines")?;
    let placed =
        answer.body()["lines"].as_array().filter(|placed| placed.len() == lines.len()).ok_or("it has other lines than were ordered")?;
    for (index, (line, total)) in lines.iter().enumerate() {
        let row = json!({
            "sales_order": id,
            "position": index + 1,
            "product": asked[index]["product"],
            "unit_price": money(line.price.0),
            "quantity": line.quantity,
            "discount_percent": line.discount,
            "total": money(*total),
        });
        let row = row.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect();
        effect = effect.insert("sales_order_lines", id_of(&placed[index])?, row);
    }
    Ok(effect)
}

fn id_of(row: &Value) -> Result<Uuid, String> {
    row["id"].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| "it has no id".to_owned())
}

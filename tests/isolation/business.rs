//! The other hand-written routes under proof: reports, which write nothing, and rules that write by statements of their own. An answer that holds
//! another tenant's text is a leak, and an id of another tenant's gets the answer of one that does not exist.

use axum::http::Method;
use serde_json::{Value, json};
use tenantry_testkit::proof::{Draw, Effect, Operation, Request, Rows};

use crate::place_order::reference;

/// Every report: it is answered, and nothing has been written.
pub(crate) fn reports() -> Operation {
    Operation::route("GET reports", report).effect(|_, request, answer| {
        // A customer of nobody's is not found. Amounts of one row are within bounds; their sums may not be.
        let sum = answer.status() == Some(422) && answer.body()["errors"][0]["code"] == "sum";
        let missing = answer.status() == Some(404) && request.path().starts_with("/customers/");
        if answer.accepted() || missing || sum { Ok(Effect::none()) } else { Err("it should be answered".to_owned()) }
    })
}

fn report(draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]) -> Option<Request> {
    const REPORTS: [&str; 7] = [
        "/reports/duplicate_customers",
        "/reports/overdue_orders?on=2030-01-01",
        "/reports/product_ranking?from=2022-01-01&to=2030-01-01&limit=200",
        "/reports/products_to_reorder",
        "/reports/sales_by_month?from=2022-01-01&to=2030-01-01",
        "/reports/top_products?currency=EUR&count=10",
        "/search/customers?text=a&limit=200",
    ];
    let path = match draw.below(10) {
        0 => format!("/customers/{}/statement?from=2022-01-01&to=2030-01-01", reference(draw, "customers", own, others)?),
        1 => format!("/customers/{}/group", reference(draw, "customers", own, others)?),
        2 => format!("/search/customers?text=e&after={}", reference(draw, "customers", own, others)?),
        _ => (*draw.pick(&REPORTS)?).to_owned(),
    };
    Some(Request::new(Method::GET, path, Value::Null))
}

/// The rules that change many rows at once. What they have done to the caller's rows is read again; nobody else's may have changed.
pub(crate) fn changes() -> Operation {
    Operation::route("POST changes", change)
}

fn change(draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]) -> Option<Request> {
    let (path, body) = match draw.below(4) {
        0 => ("/shipments", json!({"shipped_on": "2026-11-26", "limit": 1 + draw.below(3)})),
        1 => ("/purges", json!({"shipped_before": "2030-01-01"})),
        2 => {
            let prices = codes(draw, own, others).into_iter().map(|code| json!({"code": code, "unit_price": price(draw)}));
            ("/price_changes", json!({"prices": prices.collect::<Vec<_>>()}))
        }
        _ => {
            let items =
                codes(draw, own, others).into_iter().map(|code| json!({"code": code, "name": "Offered", "unit_price": price(draw)}));
            let items: Vec<Value> = items.collect();
            ("/price_lists", json!({"supplier": reference(draw, "suppliers", own, others)?, "items": items}))
        }
    };
    Some(Request::new(Method::POST, path, body))
}

fn price(draw: &mut Draw) -> Value {
    json!({"amount": draw.below(10_000), "currency": "EUR"})
}

/// Article numbers: of one's own products, of another tenant's, and new ones.
fn codes(draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]) -> Vec<String> {
    let of =
        |rows: Rows<'_>| -> Vec<String> { rows.of("products").filter_map(|(_, row)| row["code"].as_str().map(str::to_owned)).collect() };
    let (ours, theirs): (Vec<String>, Vec<String>) = (of(own), others.iter().flat_map(|rows| of(*rows)).collect());
    let mut codes: Vec<String> = Vec::new();
    for _ in 0..=draw.below(3) {
        let code = match draw.below(6) {
            0 => draw.pick(&theirs).cloned(),
            1 => Some(draw.uuid().simple().to_string()),
            _ => draw.pick(&ours).cloned(),
        };
        codes.extend(code.filter(|code| !codes.contains(code)));
    }
    codes
}

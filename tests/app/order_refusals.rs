//! Orders that are not placed: every rule, and bodies that are none.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use tenantry::{Actor, ErrorKind};
use tenantry_app::inventory::Category;
use tenantry_tests::category;

use crate::shop::{Shop, request};

/// The largest amount and number.
const MAX: i64 = tenantry::Money::MAX;

fn money(amount: i64, currency: &str) -> Value {
    json!({ "amount": amount, "currency": currency })
}

/// Each of these orders is refused with that status and those errors.
async fn refused(shop: &Shop, cases: impl IntoIterator<Item = (Value, u16, &str)>) {
    for (order, status, error) in cases {
        let answer = shop.order(&order).await;
        assert_eq!(answer.errors(), (status, vec![error.to_owned()]), "{answer:?}");
    }
    assert_eq!(shop.orders().await, [0; 4], "nothing is placed");
}

#[tokio::test]
async fn every_rule_of_the_lines_names_the_value_that_is_to_blame() {
    let shop = Shop::open().await;
    let dollars = json!({ "code": "D", "name": "Imported", "unit_price": money(300, "USD") });
    let dollars = shop.send(shop.ours.tenant, "POST", "/api/products", dollars.to_string()).await.json();
    let owed = json!({ "code": "N", "name": "Refund", "unit_price": money(-1, "EUR") });
    let owed = shop.send(shop.ours.tenant, "POST", "/api/products", owed.to_string()).await.json();
    let with = |lines: Value| {
        let mut order = shop.ours.order(1);
        order["lines"] = lines;
        order
    };
    let line = |key: &str, value: Value| {
        let mut line = shop.ours.line(1);
        line[key] = value;
        with(json!([shop.ours.line(1), line]))
    };
    let costly = |quantity: i32| json!({ "product": shop.ours.product, "quantity": quantity, "unit_price": money(MAX, "EUR") });
    let cases = [
        (with(json!([])), 422, "/lines no_lines"),
        (with(vec![shop.ours.line(1); 1_001].into()), 422, "/lines too_many_lines"),
        (line("quantity", json!(0)), 422, "/lines/1/quantity quantity"),
        (line("quantity", json!(i32::MIN)), 422, "/lines/1/quantity quantity"),
        (line("quantity", json!(i64::MAX)), 422, "/lines/1/quantity form"),
        (line("discount_percent", json!(-1)), 422, "/lines/1/discount_percent discount"),
        (line("discount_percent", json!(101)), 422, "/lines/1/discount_percent discount"),
        (line("discount_percent", json!(i32::MIN)), 422, "/lines/1/discount_percent discount"),
        (line("unit_price", money(-1, "EUR")), 422, "/lines/1/unit_price unit_price"),
        (line("product", owed["id"].clone()), 422, "/lines/1/product unit_price"),
        (line("unit_price", money(1, "USD")), 422, "/lines/1/unit_price currency_mismatch"),
        (line("product", dollars["id"].clone()), 422, "/lines/1/product currency_mismatch"),
        (line("unit_price", money(MAX + 1, "EUR")), 422, "/lines/1/unit_price form"),
        (line("unit_price", money(1, "eur")), 422, "/lines/1/unit_price form"),
        (with(json!([shop.ours.line(1), costly(2)])), 422, "/lines/1 total"),
        (with(json!([costly(i32::MAX)])), 422, "/lines/0 total"),
        (with(json!([shop.ours.line(1), costly(1)])), 422, "/lines total"),
        (with(vec![costly(1); 1_000].into()), 422, "/lines total"),
    ];
    refused(&shop, cases).await;
}

#[tokio::test]
async fn every_field_of_the_order_is_refused_with_its_pointer() {
    let shop = Shop::open().await;
    let with = |key: &str, value: Value| {
        let mut order = shop.ours.order(1);
        order[key] = value;
        order
    };
    let mut cases = vec![
        (with("number", json!(MAX + 1)), 422, "/number check"),
        (with("number", json!(-MAX - 1)), 422, "/number check"),
        (with("number", json!(i64::MIN)), 422, "/number check"),
        (with("number", json!(u64::MAX)), 422, "/number form"),
        (with("number", json!(1.5)), 422, "/number form"),
        (with("number", json!("1")), 422, "/number form"),
        (with("customer", json!("1")), 422, "/customer form"),
        (with("customer", Value::Null), 422, "/customer form"),
        (with("freight", money(i64::MIN, "EUR")), 422, "/freight form"),
        (with("freight", json!(1)), 422, "/freight form"),
        (with("lines", Value::Null), 422, "/lines form"),
        (with("lines", json!([1])), 422, "/lines/0 form"),
        (with("total", money(1, "EUR")), 422, "/total form"),
        (with("tenant_id", json!(shop.theirs.tenant.to_string())), 422, "/tenant_id form"),
        (with("ship_postal_code", json!("x".repeat(21))), 422, "/ship_postal_code check"),
        (with("ship_name", json!("é".repeat(201))), 422, "/ship_name check"),
    ];
    let texts = ["/ship_name", "/ship_address", "/ship_city", "/ship_region", "/ship_postal_code", "/ship_country"];
    let expected: Vec<_> = texts.iter().map(|pointer| format!("{pointer} nul")).collect();
    cases.extend(texts.iter().zip(&expected).map(|(pointer, error)| (with(&pointer[1..], json!("a\0b")), 422, error.as_str())));
    let dates = ["2026-02-29", "2026-11-24T00:00:00Z", "10000-01-01", "-001-01-01", "infinity", ""];
    cases.extend(dates.map(|date| (with("placed_on", json!(date)), 422, "/placed_on form")));
    cases.extend(dates.map(|date| (with("shipped_on", json!(date)), 422, "/shipped_on form")));
    refused(&shop, cases).await;
}

#[tokio::test]
async fn what_stands_on_the_edge_is_placed() {
    let shop = Shop::open().await;
    for (number, date) in [(MAX, "0000-01-01"), (-MAX, "9999-12-31"), (0, "2024-02-29")] {
        let mut order = shop.ours.order(number);
        order["placed_on"] = json!(date);
        order["freight"] = money(-MAX, "USD");
        order["ship_name"] = json!("é".repeat(200));
        order["lines"] = json!([{ "product": shop.ours.product, "quantity": 1, "unit_price": money(MAX, "JPY") }]);
        let answer = shop.order(&order).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let placed = answer.json();
        assert_eq!((&placed["number"], &placed["placed_on"]), (&json!(number), &json!(date)));
        assert_eq!(placed["total"], money(MAX, "JPY"));
    }
}

#[tokio::test]
async fn a_customer_that_is_not_active_cannot_order() {
    let shop = Shop::open().await;
    for status in ["on_hold", "closed"] {
        let path = format!("/api/customers/{}", shop.ours.customer);
        let patched = shop.send(shop.ours.tenant, "PATCH", &path, json!({ "status": status }).to_string()).await;
        assert_eq!(patched.status, 200, "{patched:?}");
        refused(&shop, [(shop.ours.order(1), 422, "/customer customer_status")]).await;
    }
}

#[tokio::test]
async fn bodies_that_are_no_order_are_told_apart() {
    let shop = Shop::open().await;
    let order = shop.ours.order(1).to_string();
    let twice = order.replacen('{', r#"{"number":2,"#, 1);
    let unknown_in_line = order.replacen(r#""quantity""#, r#""amount":1,"quantity""#, 1);
    for (body, status, errors) in [
        (String::new(), 415, vec![]),
        ("{".to_owned(), 400, vec![]),
        (format!("{order}}}"), 400, vec![]),
        (format!("{order} {order}"), 400, vec![]),
        ("{\"lines\":[".to_owned(), 400, vec![]),
        ("[".repeat(100_000), 422, vec!["/0 form"]),
        ("null".to_owned(), 422, vec![" form"]),
        ("{}".to_owned(), 422, vec![" form"]),
        (twice, 422, vec![" form"]),
        (unknown_in_line, 422, vec!["/lines/0/amount form"]),
        (format!("{{\"ship_name\":\"{}\"}}", "x".repeat(1 << 20)), 413, vec![]),
    ] {
        let shown: String = body.chars().take(200).collect();
        let answer = shop.send(shop.ours.tenant, "POST", "/api/sales_orders", body).await;
        let errors: Vec<_> = errors.into_iter().map(str::to_owned).collect();
        assert_eq!(answer.errors(), (status, errors), "{shown}: {answer:?}");
    }
    for media in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"] {
        let mut request = request(shop.ours.tenant, "POST", "/api/sales_orders", order.clone());
        request.headers_mut().insert("content-type", media.parse().unwrap());
        assert_eq!(shop.answer(request).await.errors(), (415, vec![]), "{media}");
    }
    let mut latin = order.clone().into_bytes();
    latin.extend_from_slice(b"\xff");
    let (parts, _) = request(shop.ours.tenant, "POST", "/api/sales_orders", order.clone()).into_parts();
    assert_eq!(shop.answer(Request::from_parts(parts, Body::from(latin))).await.errors(), (400, vec![]));

    let mut nobody = request(shop.ours.tenant, "POST", "/api/sales_orders", order.clone());
    nobody.headers_mut().remove("x-tenant");
    assert_eq!(shop.answer(nobody).await.status, 401);
    assert_eq!(shop.send(shop.ours.tenant, "PUT", "/api/sales_orders", order).await.errors(), (405, vec![]));
    let line = shop.ours.line(1).to_string();
    assert_eq!(shop.send(shop.ours.tenant, "POST", "/api/sales_order_lines", line).await.errors(), (405, vec![]));
    assert_eq!(shop.orders().await, [0; 4]);
}

#[tokio::test]
async fn a_text_that_the_database_cannot_keep_is_no_fault_of_the_service() {
    let shop = Shop::open().await;
    let db = shop.bed.tenancy.tenant(shop.ours.tenant, Actor::System);
    let refused = db.run(Category::repo().create(&category("a\0b"))).await.unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::Check { column: None });
}

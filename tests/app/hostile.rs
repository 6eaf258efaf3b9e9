//! Orders by somebody who means harm: long, odd and someone else's.

use serde_json::{Value, json};

use crate::shop::Shop;

/// The largest answer to a body of a mebibyte.
const SHORT: usize = 4_096;

fn with(mut order: Value, key: &str, value: Value) -> Value {
    order[key] = value;
    order
}

#[tokio::test]
async fn a_hostile_body_makes_no_large_answer() {
    let shop = Shop::open().await;
    let long = "9".repeat(500_000);
    let order = || shop.ours.order(1);
    let mut line = shop.ours.line(1);
    line[&long] = json!(1);
    for (what, body, place) in [
        ("a key", with(order(), &long, json!(1)), ""),
        ("a key of a line", with(order(), "lines", json!([line])), "/lines/0"),
        ("a number", with(order(), "number", json!(long)), "/number"),
        ("an id", with(order(), "customer", json!(long)), "/customer"),
        ("a date", with(order(), "placed_on", json!(long)), "/placed_on"),
        ("a currency", with(order(), "freight", json!({ "amount": 1, "currency": long })), "/freight"),
        ("an amount", with(order(), "freight", json!({ "amount": long, "currency": "EUR" })), "/freight"),
        ("lines", with(order(), "lines", json!(long)), "/lines"),
    ] {
        let answer = shop.order(&body).await;
        assert!(answer.body.len() < SHORT, "{what}: {} bytes", answer.body.len());
        let (status, errors) = answer.errors();
        assert_eq!((status, errors.len()), (422, 1), "{what}");
        assert!(errors[0].starts_with(place) && errors[0].ends_with(" form"), "{what}: {errors:?}");
    }
    assert_eq!(shop.orders().await, [0; 4], "nothing is placed");
}

#[tokio::test]
async fn what_is_refused_says_what_was_expected() {
    let shop = Shop::open().await;
    let answer = shop.order(&with(shop.ours.order(1), "number", json!("9".repeat(100_000)))).await;
    assert!(answer.json()["errors"][0]["detail"].as_str().unwrap().ends_with("expected i64"), "{answer:?}");
    let tenant = shop.order(&with(shop.ours.order(1), "tenant_id", json!(shop.theirs.tenant.to_string()))).await;
    assert_eq!(tenant.errors(), (422, vec!["/tenant_id form".to_owned()]));
}

#[tokio::test]
async fn a_key_has_one_spelling() {
    let shop = Shop::open().await;
    let id = &shop.ours.customer;
    for spelling in [format!("urn:uuid:{id}"), format!("{{{id}}}"), id.replace('-', ""), format!(" {id}"), format!("{id}\0"), String::new()]
    {
        let answer = shop.order(&with(shop.ours.order(1), "customer", json!(spelling))).await;
        assert_eq!(answer.errors(), (422, vec!["/customer form".to_owned()]), "{spelling}");
    }
    assert_eq!(shop.order(&with(shop.ours.order(1), "customer", json!(id.to_uppercase()))).await.status, 201);
}

/// A shared cache would answer the next tenant with it.
#[tokio::test]
async fn every_answer_stays_out_of_caches() {
    let shop = Shop::open().await;
    let placed = shop.order(&shop.ours.order(1)).await;
    let place = format!("/api/sales_orders/{}", placed.json()["id"].as_str().unwrap());
    let refused = shop.order(&shop.ours.order(1)).await;
    let answers =
        [placed, refused, shop.send(shop.ours.tenant, "GET", &place, "").await, shop.send(shop.theirs.tenant, "GET", &place, "").await];
    assert_eq!(answers.each_ref().map(|answer| answer.status), [201, 409, 200, 404]);
    for answer in answers {
        assert_eq!(answer.headers.get("cache-control").map(|value| value.as_bytes()), Some(b"no-store".as_slice()), "{answer:?}");
    }
}

//! Fields that are read-only for a role: `credit_limit` of a customer is so for `sales`.

use serde_json::{Value, json};
use tenantry::Actor;
use tenantry::permissions::{Caller, Role};

use crate::service::{Answer, Shop, as_role};

const LIMIT: &str = "/credit_limit permission";

fn problem(status: u16, errors: &[&str]) -> (u16, Vec<String>) {
    (status, errors.iter().map(|&error| error.to_owned()).collect())
}

async fn customer(shop: &Shop) -> (String, Value) {
    let limit = json!({ "amount": 50_000, "currency": "EUR" });
    let row = shop.created("/customers", json!({ "code": "C", "name": "Customer", "credit_limit": limit })).await;
    (format!("/customers/{}", row["id"].as_str().unwrap()), row)
}

#[tokio::test]
async fn a_read_only_field_is_refused_whatever_it_is_set_to() {
    let shop = Shop::open().await;
    let sales = as_role("sales");
    let (path, row) = customer(&shop).await;
    for value in [r#"{"amount":1,"currency":"EUR"}"#, "null", r#"{"amount":50000,"currency":"EUR"}"#, r#""wrong""#] {
        let body = format!(r#"{{"name":"Renamed","credit_limit":{value}}}"#);
        assert_eq!(shop.send(&sales, "PATCH", &path, &body).await.errors(), problem(422, &[LIMIT]), "{value}");
        let body = format!(r#"{{"code":"D","name":"New","credit_limit":{value}}}"#);
        assert_eq!(shop.send(&sales, "POST", "/customers", &body).await.errors(), problem(422, &[LIMIT]), "{value}");
    }
    assert_eq!(shop.send(&sales, "GET", &path, "").await.json(), row, "it is shown, and as it was");
    assert_eq!(shop.bed.count("customers", shop.bed.a).await, 1);
}

#[tokio::test]
async fn every_error_is_told_at_once() {
    let shop = Shop::open().await;
    let body = r#"{"code":7,"credit_limit":null,"credit_limit":null,"nmae":"x","version":1}"#;
    let errors = shop.send(&as_role("sales"), "POST", "/customers", body).await.errors();
    assert_eq!(
        errors,
        problem(422, &["/code type", LIMIT, "/credit_limit duplicate", "/nmae unknown", "/version managed", "/name required"])
    );
}

#[tokio::test]
async fn other_fields_and_other_roles_are_free() {
    let shop = Shop::open().await;
    let (sales, admin) = (as_role("sales"), as_role("admin"));
    let (path, row) = customer(&shop).await;
    let renamed = shop.send(&sales, "PATCH", &path, r#"{"name":"Renamed"}"#).await.json();
    assert_eq!((&renamed["name"], &renamed["credit_limit"]), (&json!("Renamed"), &row["credit_limit"]));
    let made = shop.send(&sales, "POST", "/customers", r#"{"code":"D","name":"New"}"#).await;
    assert_eq!((made.status, &made.json()["credit_limit"]), (201, &Value::Null));
    let changed = |answer: Answer| answer.json()["credit_limit"]["amount"].clone();
    let body = |amount: i32| format!(r#"{{"credit_limit":{{"amount":{amount},"currency":"EUR"}}}}"#);
    assert_eq!(changed(shop.send(&admin, "PATCH", &path, &body(1)).await), 1);
    // Who is both may what one of them may.
    let both: Vec<_> = [&sales, &admin].into_iter().flat_map(Caller::roles).cloned().collect();
    assert_eq!(changed(shop.send(&Caller::new(Actor::System, both), "PATCH", &path, &body(2)).await), 2);
}

#[tokio::test]
async fn a_role_beside_it_frees_the_field_only_where_it_covers_the_route() {
    let shop = Shop::open().await;
    let (path, _) = customer(&shop).await;
    let reader = Role::new("reader", ["customers:read", "sales_orders:*"]).unwrap();
    let sales = as_role("sales").roles()[0].clone();
    let body = r#"{"credit_limit":null}"#;
    for roles in [vec![sales.clone(), reader.clone().into()], vec![reader.into(), sales]] {
        let caller = Caller::new(Actor::System, roles);
        assert_eq!(shop.send(&caller, "PATCH", &path, body).await.errors(), problem(422, &[LIMIT]));
    }
}

#[tokio::test]
async fn a_row_that_needs_the_field_is_made_by_somebody_else() {
    let shop = Shop::open().await;
    let clerk = Role::new("clerk", ["customers:create"]).unwrap().readonly(["customers.name", "customers.status"]).unwrap();
    let clerk = Caller::new(Actor::System, [clerk]);
    let refused = shop.send(&clerk, "POST", "/customers", r#"{"code":"C"}"#).await;
    assert_eq!(refused.errors(), problem(422, &["/name permission"]), "the status has a default");
}

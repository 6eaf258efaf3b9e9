//! What each verb does when all is well.

use serde_json::{Value, json};

use crate::service::{Service, path};

#[tokio::test]
async fn what_is_created_is_there_at_its_location() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let answer = tenant.send("POST", "/customers", r#"{"code":"A"}"#).await;
    assert_eq!((answer.status, answer.header("content-type"), answer.header("cache-control")), (201, "application/json", "no-store"));
    let found = tenant.get(answer.header("location")).await;
    assert_eq!((found.status, &found.body), (200, &answer.body));
    assert_eq!(found.header("cache-control"), "no-store");
    assert_eq!(answer.header("location"), path("customers", &answer.json()));
}

#[tokio::test]
async fn every_kind_comes_back_as_it_was_given() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let parent = tenant.customer("parent").await;
    let body = json!({
        "code": "Ä\u{1F980}\"\\\u{7f}\u{1}", "name": "", "status": "on_hold", "credit_limit": {"amount": -9_007_199_254_740_991_i64, "currency": "EUR"},
        "rank": -2_147_483_648_i64, "bought": 9_007_199_254_740_991_i64, "letters": false, "since": "0000-01-01",
        "called_at": "9999-12-30T21:59:59.999999Z", "external": "ffffffff-ffff-ffff-ffff-ffffffffffff", "parent": parent["id"],
    });
    let row = tenant.created("/customers", body.clone()).await;
    for (key, value) in body.as_object().unwrap() {
        assert_eq!(&row[key], value, "{key}");
    }
    assert_eq!((&row["version"], &row["balance"]), (&json!(1), &Value::Null));
    assert!(row.get("tenant_id").is_none());
    let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 17);
}

#[tokio::test]
async fn a_row_is_the_struct_in_json() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let answer = tenant.send("POST", "/customers", r#"{"code":"A","name":"n","credit_limit":{"amount":1,"currency":"EUR"}}"#).await;
    let id = answer.json()["id"].as_str().unwrap().parse().unwrap();
    let customer = tenant.db().run(crate::models::Customer::repo().find(id)).await.unwrap();
    assert_eq!(serde_json::to_string(&customer).unwrap(), answer.body);
}

#[tokio::test]
async fn what_is_absent_has_its_default() {
    let service = Service::start().await;
    let row = service.tenant().await.customer("A").await;
    assert_eq!((&row["status"], &row["rank"], &row["bought"], &row["letters"]), (&json!("active"), &json!(5), &json!(0), &json!(true)));
    assert_eq!((&row["name"], &row["credit_limit"], &row["parent"]), (&Value::Null, &Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let body = json!({"code": "A", "name": "n", "rank": 1, "credit_limit": {"amount": 5, "currency": "EUR"}});
    let before = tenant.created("/customers", body).await;
    let place = path("customers", &before);
    for (patch, key, expected) in [
        (r#"{"name":null}"#, "name", json!(null)),
        (r#"{"rank":2}"#, "rank", json!(2)),
        (r#"{"credit_limit":null}"#, "credit_limit", json!(null)),
        (r#"{"code":"B"}"#, "code", json!("B")),
    ] {
        let before = tenant.get(&place).await.json();
        let answer = tenant.send("PATCH", &place, patch).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut wanted = before.clone();
        wanted[key] = expected;
        wanted["version"] = json!(before["version"].as_i64().unwrap() + 1);
        wanted["updated_at"] = answer.json()["updated_at"].clone();
        assert_eq!(answer.json(), wanted);
        assert_eq!(tenant.get(&place).await.body, answer.body);
    }
}

#[tokio::test]
async fn an_empty_patch_writes_nothing_and_returns_the_row() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let place = path("customers", &tenant.customer("A").await);
    let before = tenant.get(&place).await;
    assert_eq!(tenant.send("PATCH", &place, "{}").await, before);
    assert_eq!(tenant.get(&place).await, before);
}

#[tokio::test]
async fn what_is_deleted_is_gone() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let (parent, other) = (tenant.customer("A").await, tenant.customer("B").await);
    let child = tenant.created("/customers", json!({"code": "C", "parent": parent["id"]})).await;
    let answer = tenant.send("DELETE", &path("customers", &parent), "").await;
    assert_eq!((answer.status, answer.body.as_str(), answer.header("cache-control")), (204, "", "no-store"));
    assert_eq!(tenant.get(&path("customers", &parent)).await.status, 404);
    assert_eq!(tenant.send("DELETE", &path("customers", &parent), "").await.status, 404);
    assert_eq!(tenant.get(&path("customers", &other)).await.status, 200);
    assert_eq!(tenant.get(&path("customers", &child)).await.json()["parent"], Value::Null);
}

#[tokio::test]
async fn only_the_routes_that_a_model_names_are_there() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let customer = tenant.customer("A").await;
    let order = tenant.created("/orders", json!({"customer": customer["id"], "number": 1})).await;
    for (method, path, allow) in [
        ("PATCH", path("orders", &order), "GET,HEAD"),
        ("DELETE", path("orders", &order), "GET,HEAD"),
        ("PUT", "/orders".to_owned(), "GET,HEAD,POST"),
    ] {
        let answer = tenant.send(method, &path, "").await;
        assert_eq!((answer.errors(), answer.header("allow")), ((405, vec![]), allow), "{method} {path}");
    }
    for path in ["/notes", "/notes/1", "/", "/customers/", "/Customers", "/tenants", "/customers/1/2"] {
        assert_eq!(tenant.get(path).await.errors(), (404, vec![]), "{path}");
    }
}

#[tokio::test]
async fn a_nested_api_says_where_it_is() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let nested = axum::Router::new().nest("/api/v1", tenantry::http::routes(&service.api));
    let answer = crate::service::answer(&nested, tenant.request("POST", "/api/v1/customers", r#"{"code":"A"}"#)).await;
    assert_eq!(answer.header("location"), format!("/api/v1{}", path("customers", &answer.json())));
}

//! Two tenants over HTTP: one makes a row and reads it back; to the other it is a row that does not exist.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tenantry::TenantId;
use tenantry::http::{Api, CursorKey, answer_with_problems};
use tenantry::layers::DevTenant;
use tenantry_tests::Bed;
use tower::ServiceExt;
use uuid::Uuid;

/// The service as it is served, without a socket.
fn service(bed: &Bed) -> Router {
    let cursors = CursorKey::from_secret(&[7; 32]).unwrap();
    let routes = tenantry_app::router(&Api::new(bed.tenancy.registry(), cursors));
    DevTenant::new(&bed.tenancy, "test", ([127, 0, 0, 1], 0).into()).unwrap().around(answer_with_problems(routes))
}

/// Sends a request; the status, the headers without the date, and the body.
async fn send(service: &Router, tenant: TenantId, method: &str, uri: &str, body: Option<Value>) -> (StatusCode, Vec<String>, String) {
    let mut request = Request::builder().method(method).uri(uri).header("x-tenant", tenant.to_string());
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let request = request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap();
    let (parts, body) = service.clone().oneshot(request).await.unwrap().into_parts();
    let headers = parts.headers.iter().filter(|(name, _)| *name != header::DATE).map(|(name, value)| format!("{name}: {value:?}"));
    let body = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, headers.collect(), String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn what_one_tenant_makes_the_other_does_not_find() {
    let bed = Bed::new().await;
    let service = service(&bed);
    let new = json!({"code": "ALFKI", "name": "Alfreds Futterkiste"});
    let (status, headers, body) = send(&service, bed.a, "POST", "/customers", Some(new.clone())).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let made: Value = serde_json::from_str(&body).unwrap();
    let uri = format!("/customers/{}", made["id"].as_str().unwrap());
    assert!(headers.contains(&format!("location: {uri:?}")), "{headers:?}");

    let (status, _, body) = send(&service, bed.a, "GET", &uri, None).await;
    assert_eq!((status, serde_json::from_str::<Value>(&body).unwrap()), (StatusCode::OK, made.clone()));

    let random = format!("/customers/{}", Uuid::now_v7());
    for (method, body) in [("GET", None), ("PATCH", Some(json!({"name": "Mine"}))), ("DELETE", None)] {
        let foreign = send(&service, bed.b, method, &uri, body.clone()).await;
        assert_eq!(foreign.0, StatusCode::NOT_FOUND, "{method}: {}", foreign.2);
        assert_eq!(foreign, send(&service, bed.b, method, &random, body).await, "{method}: as for a row that does not exist");
    }
    let (_, _, list) = send(&service, bed.b, "GET", "/customers", None).await;
    assert_eq!(list, r#"{"items":[],"next":null}"#);
    assert_eq!(send(&service, bed.b, "POST", "/customers", Some(new)).await.0, StatusCode::CREATED, "its own keys are free");

    let (_, _, list) = send(&service, bed.a, "GET", "/customers", None).await;
    assert_eq!(serde_json::from_str::<Value>(&list).unwrap()["items"], json!([made]), "and the row is as it was");
}

#[tokio::test]
async fn an_order_cannot_name_another_tenants_product() {
    let bed = Bed::new().await;
    let service = service(&bed);
    let product = json!({"code": "1", "name": "Chai", "unit_price": {"amount": 1800, "currency": "EUR"}});
    let made = async |tenant, uri: &str, body: &Value| {
        let (status, _, text) = send(&service, tenant, "POST", uri, Some(body.clone())).await;
        assert_eq!(status, StatusCode::CREATED, "{text}");
        serde_json::from_str::<Value>(&text).unwrap()["id"].clone()
    };
    let (own, foreign) = (made(bed.a, "/products", &product).await, made(bed.b, "/products", &product).await);
    let customer = made(bed.a, "/customers", &json!({"code": "C", "name": "C"})).await;
    let order = |product: &Value| json!({"number": 1, "customer": customer, "placed_on": "2026-11-24", "lines": [{"product": own, "quantity": 1}, {"product": product, "quantity": 2}]});
    let refused = send(&service, bed.a, "POST", "/sales_orders", Some(order(&foreign))).await;
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.2);
    assert_eq!(refused, send(&service, bed.a, "POST", "/sales_orders", Some(order(&json!(Uuid::now_v7())))).await);
    assert_eq!((bed.count("sales_orders", bed.a).await, bed.count("sales_order_lines", bed.a).await), (0, 0), "all or nothing");
    made(bed.a, "/sales_orders", &order(&own)).await;
    assert_eq!(bed.count("sales_order_lines", bed.a).await, 2);
}

//! The check comes first: before the body, before a connection, before any row.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream;
use serde_json::json;
use tenantry::Actor;
use tenantry::permissions::Permission;
use uuid::Uuid;

use crate::service::{Shop, answer, as_role, with_grants};

/// A body that says whether anybody has read of it.
fn watched() -> (Body, Arc<AtomicBool>) {
    let read = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&read);
    let chunk = move || {
        seen.store(true, Ordering::Relaxed);
        Ok::<_, std::io::Error>(Bytes::from_static(b"{}"))
    };
    (Body::from_stream(stream::once(async move { chunk() })), read)
}

#[tokio::test]
async fn a_refused_body_is_not_read() {
    let shop = Shop::open().await;
    let (auditor, admin) = (as_role("auditor"), as_role("admin"));
    for (caller, status, is_read) in [(Some(&auditor), 403, false), (None, 401, false), (Some(&admin), 422, true)] {
        for (method, path) in
            [("POST", "/customers".to_owned()), ("PATCH", format!("/customers/{}", Uuid::now_v7())), ("POST", "/purges".to_owned())]
        {
            let (body, read) = watched();
            let request = shop.request(shop.bed.a, caller, method, &path, "").map(|_| body);
            let answer = answer(&shop.router, request).await;
            // An empty patch is none.
            let status = if method == "PATCH" && is_read { 404 } else { status };
            assert_eq!((answer.status, read.load(Ordering::Relaxed)), (status, is_read), "{method} {path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_refused_request_needs_no_connection() {
    let shop = Shop::with(|config| config.max_connections(1).acquire_timeout(Duration::from_millis(200))).await;
    let mut db = shop.bed.tenancy.tenant(shop.bed.a, Actor::System);
    let held = db.transaction(async |tx| {
        sqlx::query("select id from app.customers where tenant_id = $1").bind(tx.tenant()).execute(&mut *tx).await?;
        // The only connection is this one's.
        let served = shop.send(&as_role("admin"), "GET", "/customers", "").await;
        let refused = shop.send(&with_grants(&["orders:read"]), "GET", "/customers", "").await;
        Ok((served.status, refused.status))
    });
    assert_eq!(held.await.unwrap(), (503, 403));
}

#[tokio::test]
async fn what_is_refused_has_changed_nothing() {
    let shop = Shop::open().await;
    let row = shop.created("/customers", json!({ "code": "C", "name": "Customer" })).await;
    let path = format!("/customers/{}", row["id"].as_str().unwrap());
    let reader = with_grants(&["customers:read"]);
    assert!(shop.send(&reader, "PATCH", &path, r#"{"name":"x"}"#).await.names(&Permission::of("customers:update")));
    assert!(shop.send(&reader, "DELETE", &path, "").await.names(&Permission::of("customers:delete")));
    assert!(shop.send(&reader, "POST", "/customers", r#"{"code":"D","name":"x"}"#).await.names(&Permission::of("customers:create")));
    assert_eq!(shop.send(&reader, "GET", &path, "").await.json(), row);
    assert_eq!(shop.bed.count("customers", shop.bed.a).await, 1);
}

/// A refusal depends on nothing but route and caller: it answers no question about rows.
#[tokio::test]
async fn a_refusal_is_the_same_for_every_row() {
    let shop = Shop::open().await;
    let row = shop.created("/customers", json!({ "code": "C", "name": "Customer" })).await;
    let own = row["id"].as_str().unwrap().to_owned();
    let reader = with_grants(&["customers:read"]);
    for method in ["PATCH", "DELETE"] {
        let mut answers = Vec::new();
        for (tenant, id) in
            [(shop.bed.a, own.as_str()), (shop.bed.b, &own), (shop.bed.a, &Uuid::now_v7().to_string()), (shop.bed.a, "none")]
        {
            let request = shop.request(tenant, Some(&reader), method, &format!("/customers/{id}"), "{}");
            answers.push(answer(&shop.router, request).await);
        }
        assert_eq!(answers[0].status, 403);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    }
}

#[tokio::test]
async fn head_needs_what_get_needs() {
    let shop = Shop::open().await;
    let head = shop.send(&with_grants(&["orders:read"]), "HEAD", "/customers", "").await;
    assert_eq!((head.status, &*head.body), (403, ""));
    assert_eq!(shop.send(&with_grants(&["customers:read"]), "HEAD", "/customers", "").await.status, 200);
}

/// What does not exist is no matter of permissions, whoever asks.
#[tokio::test]
async fn unknown_paths_and_methods_are_told_to_everybody() {
    let shop = Shop::open().await;
    let nobody = with_grants(&[]);
    assert_eq!(shop.send(&nobody, "GET", "/nothing", "").await.status, 404);
    assert_eq!(shop.send(&nobody, "PUT", "/customers", "").await.status, 405);
    assert_eq!(shop.send(&nobody, "POST", "/sales_order_lines", "{}").await.status, 405);
}

//! Hand-written routes: mounted with a permission they have it checked, and without one they get no tenant.

#[path = "../db/log.rs"]
mod log;

use axum::Router;
use axum::http::Request;
use axum::routing::get;
use tenantry::http::{Problem, Routes, UncheckedPermissions};
use tenantry::permissions::{Allowed, Permission};
use tenantry::{Error, TenantDb};

use self::log::Log;
use crate::service::{Shop, answer, api, as_role, with_grants};

const COUNT: Permission = Permission::of("reports:count");

async fn count(mut db: TenantDb) -> Result<String, Error> {
    let sql = "select count(*) from app.customers where tenant_id = $1";
    let count: i64 = db.transaction(async |tx| Ok(sqlx::query_scalar(sql).bind(tx.tenant()).fetch_one(tx).await?)).await?;
    Ok(count.to_string())
}

/// A rule that writes a field by itself must ask, as the generated routes do.
async fn raise(allowed: Allowed, _: TenantDb) -> Result<String, Problem> {
    if allowed.is_readonly("customers", "credit_limit") {
        return Err(Problem::forbidden(&COUNT));
    }
    Ok("raised".to_owned())
}

fn mounted() -> Router {
    let routes = Routes::new(&api()).get("/count", COUNT, count).post("/count", COUNT, count).put("/count", COUNT, count);
    let routes =
        routes.patch("/count", COUNT, count).delete("/count", COUNT, count).post("/raise", Permission::of("customers:update"), raise);
    routes.into_router()
}

#[tokio::test]
async fn a_mounted_route_has_its_permission() {
    let shop = Shop::open().await;
    let (may, may_not) = (with_grants(&["reports:*"]), with_grants(&["customers:*"]));
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let answer_to = async |caller| answer(&mounted(), shop.request(shop.bed.a, Some(caller), method, "/count", "")).await;
        let served = answer_to(&may).await;
        assert_eq!((served.status, &*served.body), (200, "0"), "{method}");
        assert!(answer_to(&may_not).await.names(&COUNT), "{method}");
    }
    let listed = Routes::new(&api()).get("/count", COUNT, count).listed().to_vec();
    assert_eq!(listed.iter().map(|route| (route.method, route.path.as_str())).collect::<Vec<_>>(), [("GET", "/count")]);
}

#[tokio::test]
async fn a_rule_hears_which_fields_are_closed() {
    let shop = Shop::open().await;
    let raised = async |role| answer(&mounted(), shop.request(shop.bed.a, Some(&as_role(role)), "POST", "/raise", "")).await.status;
    assert_eq!((raised("admin").await, raised("sales").await, raised("auditor").await), (200, 403, 403));
}

/// Forgotten, it serves nobody, and the log says what to do.
#[tokio::test]
async fn a_route_beside_the_others_gets_no_tenant() {
    let shop = Shop::open().await;
    let router = tenantry_app::router(&api()).route("/count/{id}", get(count));
    let log = Log::default();
    let forgotten = {
        let _listening = log.listen();
        answer(&router, shop.request(shop.bed.a, Some(&as_role("admin")), "GET", "/count/a-secret?of=theirs", "")).await
    };
    let expected = r#"{"type":"urn:tenantry:problem:forbidden","title":"The caller lacks a permission","status":403}"#;
    assert_eq!((forgotten.status, &*forgotten.body), (403, expected));
    let text = log.text();
    assert!(text.contains("ERROR") && text.contains("/count/{id}") && text.contains("mount it with `http::Routes`"), "{text}");
    assert!(!text.contains("a-secret") && !text.contains("theirs"), "{text}");
    // A handler that takes no tenant is nobody's business.
    let open = Router::new().route("/open", get(async || "open"));
    assert_eq!(answer(&open, shop.request(shop.bed.a, None, "GET", "/open", "")).await.status, 200);
}

#[tokio::test]
async fn a_layer_may_say_that_nobody_checks() {
    let shop = Shop::open().await;
    let router = tenantry_app::router(&api()).route("/count", get(count));
    let unchecked = |mut request: Request<axum::body::Body>| {
        request.extensions_mut().insert(UncheckedPermissions);
        request
    };
    for path in ["/count", "/customers", "/reports/duplicate_customers"] {
        let answer = answer(&router, unchecked(shop.request(shop.bed.a, None, "GET", path, ""))).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    // It opens no tenant.
    let without = Request::get("/customers").body(axum::body::Body::empty()).unwrap();
    assert_eq!(answer(&router, unchecked(without)).await.code(), "no-tenant");
}

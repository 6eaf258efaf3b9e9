//! What the README shows, compiled verbatim and served.
#![expect(missing_docs, missing_debug_implementations, reason = "the README's code is shown as it is, without them")]

pub mod customer;
pub mod rename;
pub mod router;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tenantry::http::{Api, CursorKey};
use tenantry::schema::ir::Schema;
use tenantry::{Config, Platform, Registry, Tenancy, TenantId, layers, migrate};
use tenantry_testkit::{ACT, Stage};
use tower::ServiceExt;

tenantry::manifest!("readme/models.toml");

const README: &str = include_str!("../../README.md");

#[test]
fn the_readme_shows_this_code() {
    let shown =
        [("customer.rs", include_str!("customer.rs")), ("rename.rs", include_str!("rename.rs")), ("router.rs", include_str!("router.rs"))];
    for (name, code) in shown {
        assert!(README.contains(&format!("```rust\n{code}```")), "tests/readme/{name} is not in README.md as it stands");
    }
    let code = include_str!("customer.rs");
    let lines = code.lines().skip_while(|line| !line.starts_with("#[tenant_model")).take_while(|line| *line != "}").count() + 1;
    assert!(lines < 15, "the README's struct has {lines} lines");
}

/// Sends a request as a tenant.
async fn send(service: &Router, method: Method, path: &str, tenant: TenantId, body: Option<Value>) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).header("x-tenant", tenant.to_string());
    let request = match body {
        Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    };
    let response = service.clone().oneshot(request.unwrap()).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

#[tokio::test]
async fn from_the_struct_to_table_policies_repository_and_routes() {
    let registry = Registry::new(MODELS, CONVENTIONS).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let schema = Schema::of(&registry);
    let next = migrate::next(folder.path(), &schema, Some("first")).unwrap();
    migrate::write(folder.path(), next.generated.as_ref(), &schema).unwrap();

    let server = tenantry_tests::server();
    let password = Stage::test_password(server).unwrap();
    let database = server.create_database("readme").unwrap();
    let stage = Stage::set(database, &CONVENTIONS, folder.path(), password, &mut |_| {}).await.unwrap();
    let platform = Config::new(stage.url("platform").expose_with_password()).unwrap();
    let platform = Platform::start(&platform, &CONVENTIONS).await.unwrap();
    let (a, b) = (platform.create_tenant("a", "A", ACT).await.unwrap(), platform.create_tenant("b", "B", ACT).await.unwrap());

    // Starting looks at the fence of every table, so the policies are there.
    let config = Config::new(stage.url("app").expose_with_password()).unwrap();
    let tenancy = Tenancy::start(&config, MODELS, CONVENTIONS).await.unwrap();
    let api = Api::new(tenancy.registry(), CursorKey::random().unwrap());
    let service = layers::development(&tenancy, router::router(&api), "test", ([127, 0, 0, 1], 8080).into()).unwrap();

    let parent = json!({ "code": "1", "name": "Parent", "status": "active" });
    let (status, parent) = send(&service, Method::POST, "/api/customers", a, Some(parent)).await;
    assert_eq!(status, StatusCode::CREATED, "{parent}");
    let child = json!({ "code": "2", "name": "Child", "status": "active", "parent": parent["id"] });
    let (status, child) = send(&service, Method::POST, "/api/customers", a, Some(child)).await;
    assert_eq!(status, StatusCode::CREATED, "{child}");

    let path = format!("/api/customers/{}", child["id"].as_str().unwrap());
    assert_eq!(send(&service, Method::GET, &path, a, None).await, (StatusCode::OK, child.clone()));
    assert_eq!(send(&service, Method::GET, &path, b, None).await.0, StatusCode::NOT_FOUND);
    let renaming = json!({ "id": child["id"], "name": "Renamed" });
    assert_eq!(send(&service, Method::POST, "/api/rename", b, Some(renaming.clone())).await.0, StatusCode::NOT_FOUND);
    assert_eq!(send(&service, Method::POST, "/api/rename", a, Some(renaming)).await.0, StatusCode::NO_CONTENT);
    assert_eq!(send(&service, Method::GET, &path, a, None).await.1["name"], "Renamed");
    let refused = json!({ "id": parent["id"], "name": "Renamed" });
    assert_eq!(send(&service, Method::POST, "/api/rename", a, Some(refused)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(&service, Method::DELETE, &path, a, None).await.0, StatusCode::NO_CONTENT);
}

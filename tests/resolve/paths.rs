//! The tenant in the path.

use axum::Router;
use axum::body::Body;
use axum::extract::OriginalUri;
use axum::http::Uri;
use axum::routing::get;
use tenantry::layers::Resolve;
use tenantry::layers::resolve::{PathPrefix, Resolved};
use tower::ServiceExt;

use crate::service::{self, Service};

fn paths() -> Service {
    Service::with(|builder| builder.path(PathPrefix::new("/t").unwrap()))
}

#[tokio::test]
async fn the_routes_see_the_path_without_the_tenant_and_the_original_beside_it() {
    let service = paths();
    let tenant = service.tenants.get("acme");
    for (uri, rest) in [("/t/acme/customers?limit=2", "/customers?limit=2"), ("/t/ACME/", "/"), ("/t/acme", "/"), ("/t/acme//x", "//x")] {
        let answer = service.send(service::get(uri).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.body, format!("{tenant} {rest} {uri}"));
    }
}

#[tokio::test]
async fn a_segment_is_a_slug_as_it_stands_there() {
    let service = paths();
    for uri in
        ["/t/", "/t//", "/t/%61cme/", "/t/acme%2f/", "/t/acme.example.com/", "/t/./acme/", "/t/../t/acme/", "/t/acme,globex/", "/t/www/"]
    {
        assert_eq!(service.whose(service::get(uri)).await, Err(404), "{uri}");
    }
    for uri in ["/", "/t", "/tt/acme/", "//t/acme/", "/x/t/acme/", "/T/acme/", "/%74/acme/"] {
        assert_eq!(service.whose(service::get(uri)).await, Err(401), "{uri}");
    }
    assert_eq!(service.whose(service::get("/t/acme/../globex/")).await, Ok("acme".to_owned()));
}

async fn nested(axum::Extension(Resolved(_)): axum::Extension<Resolved>, uri: Uri, OriginalUri(original): OriginalUri) -> String {
    format!("{uri} {original}")
}

/// Below a path, in front of routes and behind other ones.
#[tokio::test]
async fn a_router_with_the_layer_around_it_is_nested() {
    let tenants = paths().tenants;
    let resolve = Resolve::builder(tenants).path(PathPrefix::new("/t").unwrap()).build().unwrap();
    let inner = Router::new().nest("/api", Router::new().route("/customers", get(nested)));
    let router = Router::new().route("/health", get(async || "well")).nest("/v1", resolve.around(inner));
    for (uri, status, body) in [
        ("/v1/t/acme/api/customers?x=1", 200, "/customers?x=1 /v1/t/acme/api/customers?x=1"),
        ("/v1/t/acme/api/nothing", 404, ""),
        ("/health", 200, "well"),
    ] {
        let response = router.clone().oneshot(service::get(uri).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), status, "{uri}");
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert_eq!(bytes, body, "{uri}");
    }
}

/// As a layer of routes, where it takes nothing off their paths since they have been matched.
#[tokio::test]
async fn it_is_a_layer_of_tower() {
    let resolve = Resolve::builder(paths().tenants).domains().build().unwrap();
    let router = Router::new().route("/customers", get(nested)).layer(resolve);
    let request = service::get("/customers").header("host", "acme.org").body(Body::empty()).unwrap();
    assert_eq!(router.clone().oneshot(request).await.unwrap().status(), 200);
    let request = service::get("/customers").header("host", "nobody.org").body(Body::empty()).unwrap();
    assert_eq!(router.oneshot(request).await.unwrap().status(), 404);
}

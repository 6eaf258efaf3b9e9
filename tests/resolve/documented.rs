//! What `docs/resolve.md` and the example of the runtime show, run.

use std::sync::Arc;

use axum::body::Body;
use axum::routing::get;
use axum::{Extension, Router};
use tenantry::TenantId;
use tenantry::layers::resolve::{Resolved, VerifiedClaim};
use tower::ServiceExt;

use crate::another::previews;
use crate::service::{self, Service};

const PAGE: &str = include_str!("../../docs/resolve.md");

#[path = "../../runtime/examples/resolve.rs"]
#[expect(dead_code, reason = "its `main` reads the command line")]
mod example;

#[test]
fn the_page_shows_this_code() {
    for (name, code) in [("everything.rs", include_str!("everything.rs")), ("another.rs", include_str!("another.rs"))] {
        assert!(PAGE.contains(&format!("```rust\n{code}```")), "tests/resolve/{name} is not in docs/resolve.md as it stands");
    }
    let lines = include_str!("another.rs").lines().count();
    assert!(lines < 60, "another resolver has {lines} lines");
}

#[tokio::test]
async fn another_resolver_is_a_source_like_the_others() {
    let tenants = Arc::clone(&Service::with_hosts().tenants);
    let (acme, globex) = (tenants.get("acme"), tenants.get("globex"));
    let whose = async |Extension(Resolved(tenant)): Extension<Resolved>| tenant.to_string();
    let router = previews(tenants, Router::new().route("/", get(whose))).unwrap();
    let status = async |host: &str, claim: Option<TenantId>| {
        let mut request = service::get("/").header("host", host);
        if let Some(claim) = claim {
            request = request.extension(VerifiedClaim(claim));
        }
        router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
    };
    assert_eq!(status("ACME--42.preview.example.com:8443", None).await, 200);
    assert_eq!(status("acme--42.preview.example.com", Some(acme)).await, 200);
    assert_eq!(status("acme--42.preview.example.com", Some(globex)).await, 404);
    assert_eq!(status("nobody--42.preview.example.com", None).await, 404);
    assert_eq!(status("closed--42.preview.example.com", None).await, 404);
    assert_eq!(status("acme.preview.example.com", None).await, 404);
    assert_eq!(status("acme--x.preview.example.com", None).await, 404);
    assert_eq!(status("acme--42.preview.example.com@evil.org", None).await, 400);
    assert_eq!(status("acme.org", None).await, 401);
}

/// Over a socket, through HTTP's own parser, with the addresses of peers.
#[tokio::test]
async fn the_example_shows_what_it_says() {
    insta::assert_snapshot!(example::tour().await.unwrap().join("\n"));
}

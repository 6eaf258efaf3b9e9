//! A closed tenant is served no more, and nobody can tell it from one that never was.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use tenantry::layers::Resolve;
use tenantry_tests::{Answer, answer};

use crate::desk::{Desk, TICKET};

async fn at(router: &Router, host: &str) -> Answer {
    let mut answer = answer(router, Request::get("/").header("host", host).body(Body::empty()).unwrap()).await;
    answer.headers.remove("date");
    answer
}

#[tokio::test]
async fn a_closed_tenants_next_request_is_that_of_nobody() {
    let desk = Desk::new().await;
    let (platform, a) = (&desk.platform, desk.bed.a);
    platform.add_domain(a, "shop.a.example", TICKET).await.unwrap();
    platform.verify_domain_by_hand(a, "shop.a.example", TICKET).await.unwrap();
    platform.activate_domain(a, "shop.a.example", TICKET).await.unwrap();
    // What is remembered is for another suite: each of these asks anew.
    let fresh = || {
        let resolve = Resolve::builder(desk.bed.tenancy.directory()).subdomains_of("example.com".parse().unwrap()).domains().build();
        resolve.unwrap().around(Router::new().route("/", get("here")))
    };
    let nobody = at(&fresh(), "nobody.example.com").await;
    assert_eq!(nobody.status, 404);
    for host in ["a.example.com", "shop.a.example"] {
        assert_eq!(at(&fresh(), host).await.status, 200);
    }
    platform.suspend(a, TICKET).await.unwrap();
    for host in ["a.example.com", "shop.a.example"] {
        assert_eq!(at(&fresh(), host).await, nobody);
    }
    // A suspended tenant is closed as an active one is, and nothing opens it again.
    platform.close_tenant(a, TICKET).await.unwrap();
    platform.resume(a, TICKET).await.unwrap_err();
    for host in ["a.example.com", "shop.a.example"] {
        assert_eq!(at(&fresh(), host).await, nobody);
    }
    assert_eq!(at(&fresh(), "b.example.com").await.status, 200);
    let status = platform.tenants().await.unwrap().into_iter().find(|tenant| tenant.id == a).map(|tenant| tenant.status);
    assert_eq!(status.as_deref(), Some("closing"));
}

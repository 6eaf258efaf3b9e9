//! What an outsider sees.

use axum::body::Body;
use axum::http::{HeaderName, Method, Request};
use tenantry::TenantId;
use tenantry::layers::resolve::{Holds, PathPrefix, VerifiedClaim};

use crate::service::{Answer, PROXY, Service, from, get};

fn all() -> Service {
    Service::with(|builder| {
        let builder = builder.subdomains_of("example.com".parse().unwrap()).domains().claim().path(PathPrefix::new("/t").unwrap());
        builder.header(HeaderName::from_static("x-tenant"), Holds::Slug).proxies("10.0.0.0/8".parse().unwrap())
    })
}

#[tokio::test]
async fn names_that_agree_are_served() {
    let service = all();
    let claim = VerifiedClaim(service.tenants.get("acme"));
    let request = from(PROXY, "/t/acme/x").header("host", "acme.example.com").header("x-tenant", "acme").extension(claim);
    assert_eq!(service.whose(request).await, Ok("acme".to_owned()));
    assert_eq!(service.whose(get("/").header("host", "example.com").extension(claim)).await, Ok("acme".to_owned()));
}

#[tokio::test]
async fn names_that_disagree_are_refused_and_not_ranked() {
    let service = all();
    let (acme, globex) = (VerifiedClaim(service.tenants.get("acme")), VerifiedClaim(service.tenants.get("globex")));
    let proxy = || from(PROXY, "/").header("host", "acme.org");
    for (what, request) in [
        ("claim, host", get("/").header("host", "acme.org").extension(globex)),
        ("claim, subdomain", get("/").header("host", "acme.example.com").extension(globex)),
        ("host, header", proxy().header("x-tenant", "globex")),
        ("host, path", get("/t/globex/").header("host", "acme.org")),
        ("claim, header", from(PROXY, "/").header("host", "example.com").header("x-tenant", "globex").extension(acme)),
        ("claim, host, header", proxy().header("x-tenant", "globex").extension(acme)),
        ("host, nobody's path", get("/t/nobody/").header("host", "acme.org")),
        ("nobody's claim, host", get("/").header("host", "acme.org").extension(VerifiedClaim(TenantId::generate()))),
        ("host, path of one that is not active", get("/t/closed/").header("host", "acme.org")),
    ] {
        assert_eq!(service.whose(request).await, Err(404), "{what}");
    }
}

#[tokio::test]
async fn a_tenant_that_is_not_active_is_not_served_under_any_name() {
    let service = all();
    let claim = VerifiedClaim(service.tenants.get("closed"));
    assert_eq!(service.by_host("closed.org").await, Err(404));
    assert_eq!(service.by_host("closed.example.com").await, Err(404));
    assert_eq!(service.whose(get("/").header("host", "example.com").extension(claim)).await, Err(404));
    assert_eq!(service.whose(get("/t/closed/").header("host", "example.com")).await, Err(404));
    assert_eq!(service.whose(from(PROXY, "/").header("host", "example.com").header("x-tenant", "closed")).await, Err(404));
}

#[tokio::test]
async fn unknown_inactive_and_disagreeing_are_the_same_bytes_on_every_verb() {
    let service = all();
    let claim = VerifiedClaim(service.tenants.get("globex"));
    let expected = r#"{"type":"urn:tenantry:problem:not-found","title":"Not found","status":404}"#;
    for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
        let mut answers: Vec<Answer> = Vec::new();
        for (path, host, claim) in [
            ("/customers/secret-path", "nobody.example.com", None),
            ("/customers/secret-path", "nobody.org", None),
            ("/customers/secret-path", "closed.example.com", None),
            ("/customers/secret-path", "closed.org", None),
            ("/customers/secret-path", "shop.acme.example.com", None),
            ("/customers/secret-path", "acme.org", Some(claim)),
            ("/t/nobody/customers/secret-path", "example.com", None),
            ("/t/closed/customers/secret-path", "example.com", None),
            ("/t/www/customers/secret-path", "example.com", None),
        ] {
            let mut request = Request::builder().method(&method).uri(path).header("host", host);
            if let Some(claim) = claim {
                request = request.extension(claim);
            }
            answers.push(service.send(request.body(Body::from("{}")).unwrap()).await);
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{method}: {answers:?}");
        assert_eq!((answers[0].status, answers[0].body.as_str()), (404, expected));
    }
}

#[tokio::test]
async fn a_refusal_says_what_to_mend_and_echoes_nothing() {
    let service = all();
    let answer = service.send(get("/secret-path").header("host", "secret@acme.org").body(Body::empty()).unwrap()).await;
    insta::assert_snapshot!(answer.body, @r#"{"type":"urn:tenantry:problem:host","title":"The request must name one host","status":400,"detail":"the host holds an `@`: leave out the user's name"}"#);
    let answer = service.send(get("/secret-path").header("host", "example.com").body(Body::empty()).unwrap()).await;
    insta::assert_snapshot!(answer.body, @r#"{"type":"urn:tenantry:problem:no-tenant","title":"The request names no tenant","status":401}"#);
    let request = from(PROXY, "/secret-path").header("host", "example.com").header("x-tenant", "secret,acme");
    let answer = service.send(request.body(Body::empty()).unwrap()).await;
    insta::assert_snapshot!(answer.body, @r#"{"type":"urn:tenantry:problem:tenant-name","title":"The header that names the tenant must stand there once and hold one name","status":400}"#);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn a_look_up_that_fails_is_not_a_tenant_that_is_not_there() {
    let service = all();
    service.tenants.fail(true);
    let answer = service.send(get("/").header("host", "acme.org").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.headers["retry-after"].to_str().unwrap()), (503, "1"));
}

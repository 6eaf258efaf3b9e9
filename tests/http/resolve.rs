//! The generated routes behind the layer that finds the tenant: they work as they do behind any other, and a host of nobody looks like a
//! row of nobody.

use std::collections::HashMap;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use tenantry::http::{UncheckedPermissions, answer_with_problems, routes};
use tenantry::layers::Resolve;
use tenantry::layers::resolve::{Found, Host, Lookup, PathPrefix, Slug, VerifiedClaim};
use tenantry::{Error, TenantId};

use crate::service::{Answer, Caller, Service, answer, nobody, path};

/// Tenants by their slugs.
struct Listed(HashMap<&'static str, Found>);

impl Lookup for Listed {
    async fn by_host(&self, _: &Host) -> Result<Option<Found>, Error> {
        Ok(None)
    }

    async fn by_slug(&self, slug: &Slug) -> Result<Option<Found>, Error> {
        Ok(self.0.get(slug.as_str()).copied())
    }

    async fn by_id(&self, tenant: TenantId) -> Result<Option<Found>, Error> {
        Ok(self.0.values().copied().find(|found| found.tenant == tenant))
    }
}

/// The routes, for a tenant `acme`, and `closed`, which is not active.
fn resolved(service: &Service, acme: Caller<'_>, closed: Caller<'_>) -> Router {
    let listed = [("acme", acme, true), ("closed", closed, false)];
    let listed = listed.map(|(slug, caller, active)| (slug, Found { tenant: caller.tenant, active }));
    let resolve = Resolve::builder(Listed(listed.into()))
        .subdomains_of("example.com".parse().unwrap())
        .domains()
        .path(PathPrefix::new("/t").unwrap())
        .claim()
        .tenancy(&service.tenancy)
        .build()
        .unwrap();
    answer_with_problems(Router::new().nest("/api", resolve.around(answer_with_problems(routes(&service.api)))))
}

async fn send(router: &Router, method: &str, host: &str, path: &str, body: &str, claim: Option<TenantId>) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("host", host).header("content-type", "application/json");
    request = request.extension(UncheckedPermissions);
    if let Some(claim) = claim {
        request = request.extension(VerifiedClaim(claim));
    }
    answer(router, request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn the_generated_routes_work_behind_it_unchanged() {
    let service = Service::start().await;
    let (acme, closed) = (service.tenant().await, service.tenant().await);
    let router = resolved(&service, acme, closed);
    let created = send(&router, "POST", "acme.example.com", "/api/customers", r#"{"code":"A"}"#, None).await;
    assert_eq!(created.status, 201, "{created:?}");
    let row = created.json();
    assert_eq!(created.header("location"), format!("/api{}", path("customers", &row)));
    // The row is the tenant's own, whoever names it how.
    assert_eq!(acme.get(&path("customers", &row)).await.json(), row);
    for (host, prefix, claim) in
        [("acme.example.com", "/api", None), ("example.com", "/api/t/acme", None), ("example.com", "/api", Some(acme.tenant))]
    {
        let found = send(&router, "GET", host, &format!("{prefix}{}", path("customers", &row)), "", claim).await;
        assert_eq!((found.status, found.json()), (200, row.clone()));
    }
    let created = send(&router, "POST", "example.com", "/api/t/acme/customers", r#"{"code":"B"}"#, None).await;
    assert_eq!(created.header("location"), format!("/api/t/acme{}", path("customers", &created.json())));
    let page = send(&router, "GET", "example.com", "/api/t/acme/customers?sort=code&limit=1", "", None).await.json();
    assert_eq!(page["items"][0]["code"], "A");
    let next = format!("/api/t/acme/customers?sort=code&limit=1&after={}", page["next"].as_str().unwrap());
    assert_eq!(send(&router, "GET", "acme.example.com", &next, "", None).await.json()["items"][0]["code"], "B");
    assert_eq!(send(&router, "GET", "example.com", "/api/customers", "", None).await.status, 401);
}

/// What `docs/resolve.md` shows.
#[tokio::test]
async fn the_service_of_the_page_serves() {
    let service = Service::start().await;
    let acme = service.tenant().await;
    let row = acme.customer("mine").await;
    let listed = Listed([("acme", Found { tenant: acme.tenant, active: true })].into());
    let router = crate::everything::service(listed, &service.tenancy, routes(&service.api)).unwrap();
    let path = path("customers", &row);
    assert_eq!(send(&router, "GET", "acme.example.com", &path, "", None).await.json(), row);
    assert_eq!(send(&router, "GET", "example.com", &format!("/t/acme{path}"), "", Some(acme.tenant)).await.json(), row);
    assert_eq!(send(&router, "GET", "nobody.example.com", &path, "", None).await.status, 404);
}

#[tokio::test]
async fn a_host_of_nobody_looks_like_a_row_of_nobody() {
    let service = Service::start().await;
    let (acme, closed, victim) = (service.tenant().await, service.tenant().await, service.tenant().await);
    let router = resolved(&service, acme, closed);
    let (own, foreign) = (acme.customer("mine").await, victim.customer("theirs").await);
    let (theirs, mine) = (path("customers", &foreign), path("customers", &own));
    let none = format!("/customers/{}", nobody());
    for (method, body) in [("GET", ""), ("HEAD", ""), ("PATCH", r#"{"name":"x"}"#), ("DELETE", "")] {
        let mut answers = Vec::new();
        for (host, prefix, path, claim) in [
            ("acme.example.com", "/api", &theirs, None),
            ("acme.example.com", "/api", &none, None),
            ("nobody.example.com", "/api", &mine, None),
            ("closed.example.com", "/api", &mine, None),
            ("shop.acme.example.com", "/api", &mine, None),
            ("acme.org", "/api", &mine, None),
            ("example.com", "/api/t/nobody", &mine, None),
            ("example.com", "/api/t/closed", &mine, None),
            ("acme.example.com", "/api", &mine, Some(victim.tenant)),
            ("acme.example.com", "/api", &mine, Some(closed.tenant)),
        ] {
            answers.push(send(&router, method, host, &format!("{prefix}{path}"), body, claim).await);
        }
        assert_eq!((answers[0].status, answers[0].header("content-length")), (404, "74"), "{method}");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{method}: {answers:#?}");
    }
    assert_eq!(acme.get(&mine).await.json(), own);
    assert_eq!(victim.get(&theirs).await.json(), foreign);
}

#[tokio::test]
async fn the_layer_and_the_database_take_the_same_texts_for_slugs() {
    let service = Service::start().await;
    let letters = ["", "a", "z", "0", "9", "-", "_", ".", " ", "é", "\n"];
    let mut texts: Vec<String> = Vec::new();
    for first in letters {
        for second in letters {
            for third in letters {
                texts.push(format!("{first}{second}{third}"));
            }
        }
    }
    texts.extend([62, 63, 64].into_iter().flat_map(|length| ["a".repeat(length), format!("a{}a", "-".repeat(length - 2))]));
    let taken = service.slugs(&texts).await;
    let parsed: Vec<String> = texts.iter().filter(|text| Slug::parse(text).is_ok()).cloned().collect();
    assert!(!taken.is_empty() && taken.len() < texts.len());
    assert_eq!(parsed, taken);
}

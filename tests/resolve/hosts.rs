//! The tenant by its host.

use axum::http::Version;
use tenantry::layers::resolve::Found;

use crate::service::{Service, get, host, slug};

#[tokio::test]
async fn a_host_in_any_spelling_is_its_tenants() {
    let service = Service::with_hosts();
    for spelling in [
        "acme.example.com",
        "ACME.Example.COM",
        "acme.example.com.",
        "acme.example.com:8443",
        "Acme.example.com.:80",
        "acme.org",
        "ACME.ORG",
        "acme.org.",
        "acme.org:8443",
    ] {
        assert_eq!(service.by_host(spelling).await, Ok("acme".to_owned()), "{spelling}");
    }
    // One look-up for each of the two names: what is remembered has one spelling, too.
    assert_eq!(service.tenants.asked(), 2);
    let tenant = service.tenants.get("globex");
    service.tenants.set(host("bücher.example"), Found { tenant, active: true });
    for spelling in ["xn--bcher-kva.example", "XN--BCHER-KVA.example:80"] {
        assert_eq!(service.by_host(spelling).await, Ok("globex".to_owned()), "{spelling}");
    }
    let unicode = axum::http::HeaderValue::from_bytes("BÜCHER.example".as_bytes()).unwrap();
    assert_eq!(service.whose(get("/").header("host", unicode)).await, Ok("globex".to_owned()));
}

#[tokio::test]
async fn what_is_no_host_is_refused() {
    let service = Service::with_hosts();
    for host in [
        "",
        "evil.org@acme.example.com",
        "acme:secret@acme.org",
        "acme.org, globex.org",
        "acme.org,globex.org",
        "acme.%65xample.com",
        "acme .example.com",
        "acme..example.com",
        "acme.example.com..",
        "-acme.example.com",
        "acme.org:port",
        "acme.org:80:80",
        "acme.org/",
        "http://acme.org",
        "127.1",
        "[::1",
    ] {
        assert_eq!(service.by_host(host).await, Err(400), "{host:?}");
    }
    assert_eq!(service.tenants.asked(), 0);
}

#[tokio::test]
async fn a_request_has_one_host() {
    let service = Service::with_hosts();
    assert_eq!(service.whose(get("/")).await, Err(400));
    assert_eq!(service.whose(get("/").header("host", "acme.org").header("host", "globex.org")).await, Err(400));
    assert_eq!(service.whose(get("/").header("host", "acme.org").header("host", "acme.org")).await, Err(400));
}

#[tokio::test]
async fn target_and_header_name_the_same_host() {
    let service = Service::with_hosts();
    let acme = || Ok("acme".to_owned());
    assert_eq!(service.whose(get("http://acme.org/").header("host", "ACME.org:80")).await, acme());
    assert_eq!(service.whose(get("http://globex.org/").header("host", "acme.org")).await, Err(400));
    assert_eq!(service.whose(get("http://acme.org/")).await, Err(400));
    let http2 = |uri: &str| get(uri).version(Version::HTTP_2);
    assert_eq!(service.whose(http2("https://acme.org/")).await, acme());
    assert_eq!(service.whose(http2("https://acme.org/").header("host", "acme.org")).await, acme());
    assert_eq!(service.whose(http2("https://globex.org/").header("host", "acme.org")).await, Err(400));
    assert_eq!(service.whose(http2("https://user@acme.org/")).await, Err(400));
}

#[tokio::test]
async fn more_than_one_label_before_a_base_domain_is_nobodys() {
    let service = Service::with_hosts();
    for host in ["shop.acme.example.com", "globex.acme.example.com", "www.acme.example.com", "a.b.c.acme.example.com"] {
        assert_eq!(service.by_host(host).await, Err(404), "{host}");
    }
}

#[tokio::test]
async fn the_base_domain_reserved_slugs_and_addresses_name_no_tenant() {
    let service = Service::with_hosts();
    // Somebody has got hold of it.
    let tenant = service.tenants.get("globex");
    service.tenants.set(slug("www"), Found { tenant, active: true });
    for host in ["example.com", "EXAMPLE.com.:80", "www.example.com", "WWW.example.com", "127.0.0.1:80", "[::1]"] {
        assert_eq!(service.by_host(host).await, Err(401), "{host}");
    }
    assert_eq!(service.tenants.asked(), 0);
}

#[tokio::test]
async fn nobody_takes_a_subdomain_by_calling_it_a_domain_of_their_own() {
    let service = Service::with_hosts();
    let tenant = service.tenants.get("acme");
    for name in ["globex.example.com", "shop.globex.example.com", "example.com", "www.example.com"] {
        service.tenants.set(host(name), Found { tenant, active: true });
    }
    assert_eq!(service.by_host("globex.example.com").await, Ok("globex".to_owned()));
    assert_eq!(service.by_host("shop.globex.example.com").await, Err(404));
    assert_eq!(service.by_host("example.com").await, Err(401));
    assert_eq!(service.by_host("www.example.com").await, Err(401));
}

#[tokio::test]
async fn a_source_that_is_off_is_not_read() {
    let subdomains = Service::with(|builder| builder.subdomains_of("example.com".parse().unwrap()));
    assert_eq!(subdomains.by_host("acme.example.com").await, Ok("acme".to_owned()));
    assert_eq!(subdomains.by_host("acme.org").await, Err(401));
    let domains = Service::with(|builder| builder.domains());
    assert_eq!(domains.by_host("acme.org").await, Ok("acme".to_owned()));
    assert_eq!(domains.by_host("acme.example.com").await, Err(404));
    let claims = Service::with(|builder| builder.claim());
    assert_eq!(claims.whose(get("/t/acme/").header("host", "acme.org").header("x-tenant", "acme")).await, Err(401));
    assert_eq!(claims.whose(get("/")).await, Err(401));
}

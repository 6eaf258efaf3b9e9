//! Headers that are believed from a proxy and from nobody else.

use axum::http::HeaderName;
use tenantry::layers::Resolve;
use tenantry::layers::resolve::{Forwarding, Holds, ResolveError};

use crate::service::{PROXY, STRANGER, Service, from, get, slug};

const X_TENANT: HeaderName = HeaderName::from_static("x-tenant");

fn forwarding(forwarding: Forwarding) -> Service {
    Service::with(|builder| builder.domains().proxies("10.0.0.0/8".parse().unwrap()).forwarding(forwarding))
}

fn header(holds: Holds) -> Service {
    Service::with(|builder| builder.domains().header(X_TENANT, holds).proxies("10.0.0.0/8".parse().unwrap()))
}

fn acme() -> Result<String, u16> {
    Ok("acme".to_owned())
}

fn globex() -> Result<String, u16> {
    Ok("globex".to_owned())
}

#[tokio::test]
async fn a_forwarded_host_is_believed_from_a_proxy_alone() {
    for (kind, name, value) in
        [(Forwarding::XForwardedHost, "x-forwarded-host", "acme.org"), (Forwarding::Forwarded, "forwarded", "for=192.0.2.1;host=acme.org")]
    {
        let service = forwarding(kind);
        assert_eq!(service.whose(from(PROXY, "/").header("host", "globex.org").header(name, value)).await, acme());
        for peer in [STRANGER, "127.0.0.1:4711", "[::1]:4711", "11.0.0.1:4711"] {
            assert_eq!(service.whose(from(peer, "/").header("host", "globex.org").header(name, value)).await, globex(), "{peer}");
        }
        assert_eq!(service.whose(get("/").header("host", "globex.org").header(name, value)).await, globex());
        // What nobody believes is not looked at, either.
        assert_eq!(service.whose(from(STRANGER, "/").header("host", "globex.org").header(name, "a@b, c")).await, globex());
        assert_eq!(service.whose(from(PROXY, "/").header("host", "globex.org")).await, globex());
        assert_eq!(service.whose(from("[::ffff:10.0.0.1]:4711", "/").header("host", "globex.org").header(name, value)).await, acme());
        // The request of a proxy has one host of its own, too.
        assert_eq!(service.whose(from(PROXY, "/").header(name, value)).await, Err(400));
    }
}

#[tokio::test]
async fn only_the_header_that_the_proxy_writes_is_read() {
    let service = forwarding(Forwarding::XForwardedHost);
    assert_eq!(service.whose(from(PROXY, "/").header("host", "globex.org").header("forwarded", "host=acme.org")).await, globex());
    let service = forwarding(Forwarding::Forwarded);
    assert_eq!(service.whose(from(PROXY, "/").header("host", "globex.org").header("x-forwarded-host", "acme.org")).await, globex());
    let none = Service::with(|builder| builder.domains().proxies("10.0.0.0/8".parse().unwrap()));
    assert_eq!(none.whose(from(PROXY, "/").header("host", "globex.org").header("x-forwarded-host", "acme.org")).await, globex());
}

#[tokio::test]
async fn what_a_client_has_written_before_the_proxy_does_not_count() {
    let service = forwarding(Forwarding::Forwarded);
    let request = || from(PROXY, "/").header("host", "closed.org");
    assert_eq!(service.whose(request().header("forwarded", "host=globex.org, for=192.0.2.1;host=acme.org")).await, acme());
    assert_eq!(service.whose(request().header("forwarded", "host=globex.org").header("forwarded", "host=acme.org")).await, acme());
    assert_eq!(service.whose(request().header("forwarded", "host=\"globex.org, for=192.0.2.1;host=acme.org")).await, Err(400));
    assert_eq!(service.whose(request().header("forwarded", "host=acme.org;host=globex.org")).await, Err(400));
}

#[tokio::test]
async fn x_forwarded_host_has_one_value() {
    let service = forwarding(Forwarding::XForwardedHost);
    let request = || from(PROXY, "/").header("host", "closed.org");
    assert_eq!(service.whose(request().header("x-forwarded-host", "acme.org, globex.org")).await, Err(400));
    assert_eq!(service.whose(request().header("x-forwarded-host", "acme.org").header("x-forwarded-host", "globex.org")).await, Err(400));
    assert_eq!(service.whose(request().header("x-forwarded-host", "acme.org@globex.org")).await, Err(400));
}

#[tokio::test]
async fn the_tenant_header_is_believed_from_a_proxy_alone() {
    let service = header(Holds::Slug);
    // A base domain would do as well: a host that names no tenant.
    let request = |peer: &str| from(peer, "/").header("host", "127.0.0.1").header("x-tenant", "acme");
    assert_eq!(service.whose(request(PROXY)).await, acme());
    assert_eq!(service.whose(request(STRANGER)).await, Err(401));
    assert_eq!(service.whose(get("/").header("host", "127.0.0.1").header("x-tenant", "acme")).await, Err(401));
    // Against the host: a stranger's header is nothing, a proxy's is a second name.
    let both = |peer: &str| from(peer, "/").header("host", "globex.org").header("x-tenant", "acme");
    assert_eq!(service.whose(both(STRANGER)).await, globex());
    assert_eq!(service.whose(both(PROXY)).await, Err(404));
    let loopback = Service::with(|builder| builder.header(X_TENANT, Holds::Slug).proxies(tenantry::layers::resolve::Proxies::loopback()));
    assert_eq!(loopback.whose(request("127.0.0.1:4711")).await, acme());
    assert_eq!(loopback.whose(request("[::1]:4711")).await, acme());
    assert_eq!(loopback.whose(request(PROXY)).await, Err(401));
}

#[tokio::test]
async fn the_tenant_header_stands_there_once_and_names_one() {
    let service = header(Holds::Slug);
    let request = || from(PROXY, "/").header("host", "127.0.0.1");
    assert_eq!(service.whose(request().header("x-tenant", "ACME")).await, acme());
    assert_eq!(service.whose(request().header("x-tenant", "acme").header("x-tenant", "globex")).await, Err(400));
    assert_eq!(service.whose(request().header("x-tenant", "acme").header("x-tenant", "acme")).await, Err(400));
    for value in ["acme,globex", "acme, globex", "", "acme.example.com", "ac%6de", "-acme", "a b", "acme;x"] {
        assert_eq!(service.whose(request().header("x-tenant", value)).await, Err(400), "{value:?}");
    }
    assert_eq!(service.whose(request().header("x-tenant", "www")).await, Err(404));
    assert_eq!(service.whose(request()).await, Err(401));
}

#[tokio::test]
async fn a_header_holds_a_slug_or_an_id_and_not_what_it_looks_like() {
    let service = header(Holds::Id);
    let id = service.tenants.get("acme").to_string();
    let request = |value: &str| from(PROXY, "/").header("host", "127.0.0.1").header("x-tenant", value);
    assert_eq!(service.whose(request(&id)).await, acme());
    assert_eq!(service.whose(request("acme")).await, Err(400));
    assert_eq!(service.whose(request(&id.replace('-', ""))).await, Err(400));
    assert_eq!(service.whose(request(&format!("{id},{id}"))).await, Err(400));
    assert_eq!(service.whose(request(&tenantry::TenantId::generate().to_string())).await, Err(404));
    // A tenant whose slug is the id of another.
    let service = header(Holds::Slug);
    let id = service.tenants.get("acme").to_string();
    let globex = tenantry::layers::resolve::Found { tenant: service.tenants.get("globex"), active: true };
    service.tenants.set(slug(&id), globex);
    assert_eq!(
        service.send(request(&id).body(axum::body::Body::empty()).unwrap()).await.body.split(' ').next(),
        Some(globex.tenant.to_string().as_str())
    );
}

#[test]
fn what_nobody_could_be_believed_about_is_not_built() {
    let builder = || Resolve::builder(std::sync::Arc::new(crate::service::Tenants::default()));
    assert_eq!(builder().build().unwrap_err(), ResolveError::NoSource);
    assert_eq!(builder().header(X_TENANT, Holds::Slug).build().unwrap_err(), ResolveError::HeaderWithoutProxies(X_TENANT));
    assert_eq!(builder().domains().forwarding(Forwarding::Forwarded).build().unwrap_err(), ResolveError::ForwardingWithoutProxies);
    let address = "127.0.0.1".parse().unwrap();
    assert!(matches!(builder().subdomains_of(address).build().unwrap_err(), ResolveError::AddressAsBase(_)));
    let expiry = std::time::Duration::from_secs(301);
    let remember = tenantry::layers::resolve::Remember { expiry, ..Default::default() };
    assert_eq!(builder().domains().remember(remember).build().unwrap_err(), ResolveError::Expiry);
}

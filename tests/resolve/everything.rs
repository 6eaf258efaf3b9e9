//! Every source at once.

use axum::Router;
use axum::http::HeaderName;
use tenantry::Tenancy;
use tenantry::layers::Resolve;
use tenantry::layers::resolve::{Forwarding, Holds, Lookup, PathPrefix};

/// Finds the tenant before the routes, which take it as `TenantDb`.
pub fn service(directory: impl Lookup, tenancy: &Tenancy, routes: Router) -> Result<Router, Box<dyn std::error::Error>> {
    let resolve = Resolve::builder(directory)
        // acme.example.com
        .subdomains_of("example.com".parse()?)
        // shop.acme.org, which the tenant has verified
        .domains()
        // /t/acme/customers
        .path(PathPrefix::new("/t")?)
        // The tenant of a verified token.
        .claim()
        // X-Tenant: acme, from a proxy.
        .header(HeaderName::from_static("x-tenant"), Holds::Slug)
        .proxies("10.0.0.0/8".parse()?)
        // The proxy hands the host on in this header.
        .forwarding(Forwarding::XForwardedHost)
        .tenancy(tenancy)
        .build()?;
    Ok(resolve.around(routes))
}

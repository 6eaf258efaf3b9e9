//! The tenant from a header, for development only: whoever sends `X-Tenant` is believed.
//!
//! It stands in for resolution and authentication, so it refuses to be built unless the environment says `demo` or `test` and the service
//! listens on loopback. What it leaves in the request is what the real layers leave there: a
//! [`TenantSlot`](crate::http::TenantSlot). It knows no caller, so it says [`UncheckedPermissions`]: every route is open.
//!
//! ```
//! use axum::Router;
//! use tenantry::layers::DevTenant;
//!
//! fn serve(tenancy: &tenantry::Tenancy, routes: Router) -> Result<Router, tenantry::layers::DevTenantRefusal> {
//!     let address = ([127, 0, 0, 1], 8080).into();
//!     Ok(DevTenant::new(tenancy, "demo", address)?.around(routes))
//! }
//! ```

use std::net::SocketAddr;

use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use tracing::Span;

use super::gate::{self, Gate};
use super::scope;
use crate::db::Tenancy;
use crate::http::{Problem, UncheckedPermissions};
use crate::schema::TenantId;

/// The header that names the tenant, by its id.
pub const HEADER: &str = "x-tenant";

/// Believes the header `X-Tenant`. See the [module](self).
#[derive(Clone, Debug)]
pub struct DevTenant {
    tenancy: Tenancy,
}

/// Why a service may not believe a header.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DevTenantRefusal {
    /// The environment is neither of the two.
    #[error("the tenant layer for development needs TENANTRY_ENV to be `demo` or `test`")]
    Environment,
    /// Others could reach it.
    #[error("the tenant layer for development serves this machine only; listen on 127.0.0.1 or [::1] instead of {0}")]
    Address(SocketAddr),
}

impl DevTenant {
    /// For a service that listens on that address.
    ///
    /// # Errors
    /// When the environment is neither `demo` nor `test`, or the address is not loopback.
    pub fn new(tenancy: &Tenancy, environment: &str, address: SocketAddr) -> Result<Self, DevTenantRefusal> {
        if !matches!(environment, "demo" | "test") {
            return Err(DevTenantRefusal::Environment);
        }
        if !address.ip().is_loopback() {
            return Err(DevTenantRefusal::Address(address));
        }
        Ok(Self { tenancy: tenancy.clone() })
    }

    /// Puts the layer around the routes.
    pub fn around(self, routes: Router) -> Router {
        tracing::warn!("permissions are not checked: the tenant layer for development knows nobody");
        gate::around_each(self, routes)
    }
}

impl Gate for DevTenant {
    async fn admit(&self, parts: &mut Parts) -> Result<Span, Problem> {
        let tenant = tenant(&parts.headers)?;
        parts.extensions.insert(UncheckedPermissions);
        Ok(scope::open(parts, Some(&self.tenancy), tenant))
    }
}

/// One header with one id. Two of them, or a list, could mean different tenants to different readers.
fn tenant(headers: &HeaderMap) -> Result<TenantId, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let first = values.next().ok_or_else(Problem::no_tenant)?;
    let malformed =
        || Problem::new(StatusCode::BAD_REQUEST, "tenant-header", "The header X-Tenant must be given once and hold the tenant's id");
    if values.next().is_some() {
        return Err(malformed());
    }
    let text = first.to_str().map_err(|_| malformed())?;
    // A uuid has more spellings than this one; there is one way to name a tenant.
    if text.len() != 36 {
        return Err(malformed());
    }
    text.parse().map_err(|_| malformed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&[u8]]) -> HeaderMap {
        values.iter().map(|value| (HEADER.parse().unwrap(), axum::http::HeaderValue::from_bytes(value).unwrap())).collect()
    }

    #[test]
    fn one_id_is_taken() {
        let id = TenantId::generate();
        assert_eq!(tenant(&headers(&[id.to_string().as_bytes()])).unwrap(), id);
    }

    #[test]
    fn everything_else_is_refused() {
        let id = TenantId::generate().to_string();
        assert_eq!(tenant(&headers(&[])).unwrap_err().status(), 401);
        let list = format!("{id},{id}");
        let braced = format!("{{{id}}}");
        let simple = id.replace('-', "");
        for values in [
            vec![id.as_bytes(), id.as_bytes()],
            vec![list.as_bytes()],
            vec![b"".as_slice()],
            vec![b"acme".as_slice()],
            vec![braced.as_bytes()],
            vec![simple.as_bytes()],
            vec![b"\xff\xfe".as_slice()],
        ] {
            assert_eq!(tenant(&headers(&values)).unwrap_err().status(), 400, "{values:?}");
        }
    }
}

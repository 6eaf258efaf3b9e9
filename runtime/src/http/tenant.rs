//! How a handler gets its tenant: from a slot of the request, once.
//!
//! A layer finds out the tenant and puts a [`TenantSlot`] into the request's extensions. A handler takes [`TenantDb`] as an argument, on a
//! route whose permission has been checked.
//! `Extensions` holds only what can be cloned and the handle cannot, so that it travels in a slot that is empty after the first take: one
//! request, one handle.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::{Problem, access};
use crate::db::TenantDb;
use crate::mutants::mutant;
use crate::schema::TenantId;

/// The tenant of a request, until it is taken. Clones share one handle.
///
/// ```
/// use axum::http::Request;
/// use tenantry::http::TenantSlot;
///
/// fn scope(mut request: Request<()>, db: tenantry::TenantDb) -> Request<()> {
///     request.extensions_mut().insert(TenantSlot::new(db));
///     request
/// }
/// ```
#[derive(Clone)]
pub struct TenantSlot(Arc<Mutex<Option<TenantDb>>>);

impl TenantSlot {
    /// A slot that holds the handle.
    #[must_use]
    pub fn new(db: TenantDb) -> Self {
        Self(Arc::new(Mutex::new(Some(db))))
    }

    /// Takes the handle; `None` when it was taken before. The extractor alone does, which knows whether the permission was checked.
    pub(crate) fn take(&self) -> Option<TenantDb> {
        // A panic while the lock was held leaves the slot as it was, or empty.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The tenant of the handle that it holds.
    pub(crate) fn tenant(&self) -> Option<TenantId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(TenantDb::tenant)
    }
}

impl fmt::Debug for TenantSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TenantSlot(..)")
    }
}

/// Takes the tenant of the request.
///
/// # Errors
/// 401 when no layer has put a slot there; 403, and a line in the log, when nobody has checked the route's permission; 500, and a line in the
/// log, when the handle was taken before.
impl<S: Sync> FromRequestParts<S> for TenantDb {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let slot = parts
            .extensions
            .get::<TenantSlot>()
            .ok_or_else(|| if mutant!("http_no_tenant") { Problem::not_found() } else { Problem::no_tenant() })?;
        access::allowed(parts)?;
        slot.take().ok_or_else(|| {
            tracing::error!("the tenant of a request was taken twice: a handler or a layer takes `TenantDb` more than once");
            if mutant!("http_taken_twice") { Problem::no_tenant() } else { Problem::internal() }
        })
    }
}

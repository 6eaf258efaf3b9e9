//! The layers of a request, each usable alone in any axum application.

pub mod dev_tenant;

pub use dev_tenant::{DevTenant, DevTenantRefusal};

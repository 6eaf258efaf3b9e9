//! Row-based multi-tenancy on PostgreSQL.

extern crate self as tenantry;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod schema;

pub use schema::{
    Actor, Base, Column, Conventions, Currency, Date, Entry, Field, Id, Model, ModelEnum, Money, MoneyError, Registry, RequestId,
    RowTenant, Stamps, TenantId, TenantModel, Timestamp,
};
pub use tenantry_macros::{ModelEnum, manifest, tenant_model};

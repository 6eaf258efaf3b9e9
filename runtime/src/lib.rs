//! Row-based multi-tenancy on PostgreSQL.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

extern crate self as tenantry;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod schema;

pub use schema::{
    Actor, Base, Column, Conventions, Currency, Date, Entry, Field, Id, Model, ModelEnum, Money, MoneyError, Registry, RequestId,
    RowTenant, Stamps, TenantId, TenantModel, Timestamp,
};

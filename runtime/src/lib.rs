//! Row-based multi-tenancy on PostgreSQL.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

extern crate self as tenantry;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod db;
pub mod diff;
pub mod http;
pub mod layers;
pub mod migrate;
mod mutants;
pub mod repo;
pub mod schema;
pub mod sql;
#[cfg(test)]
mod testing;

pub use db::{Config, ConfigError, Error, ErrorKind, Platform, Rule, StartError, StatementRefusal, Tenancy, TenantDb, TenantTx, Unit};
pub use repo::{After, List, Page, Repo};
pub use schema::{
    Actor, Base, Col, Column, Conventions, Currency, Date, Entry, Field, Id, Model, ModelEnum, Money, MoneyError, Registry, RequestId,
    RowTenant, Stamps, TenantId, TenantModel, Timestamp,
};
pub use tenantry_macros::{ModelEnum, manifest, tenant_model};

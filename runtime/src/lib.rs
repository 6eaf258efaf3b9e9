//! Row-based multi-tenancy for services on PostgreSQL: the tenants share tables, each row belongs to one of them, and neither the types of
//! this crate nor the fences of its tables let one reach another's rows.
//!
//! # A first model
//!
//! A model is a struct. Its table, statements, repository and routes come from it:
//!
//! ```
//! use tenantry::{Error, Field, Id, Stamps, TenantDb, tenant_model};
//!
//! /// A customer of the tenant.
//! #[tenant_model(table = "customers")]
//! pub struct Customer {
//!     /// The key.
//!     pub id: Id<Customer>,
//!     /// The number that the business gave it, unique within the tenant.
//!     #[model(unique, max_len = 32)]
//!     pub code: String,
//!     /// The name of the company.
//!     #[model(max_len = 200, filter, sort)]
//!     pub name: String,
//!     /// The company that it belongs to.
//!     #[model(references(on_delete = "set null"))]
//!     pub parent: Option<Id<Customer>>,
//!     /// How often and when it was changed.
//!     #[model(flatten)]
//!     pub stamps: Stamps,
//! }
//!
//! async fn rename(db: &mut TenantDb, id: Id<Customer>, name: &str) -> Result<Customer, Error> {
//!     db.transaction(async |tx| {
//!         let customer = tx.run(Customer::repo().find(id)).await?;
//!         if customer.name == name {
//!             return Err(Error::rule("same_name", "/name", "the customer has that name already"));
//!         }
//!         let patch = CustomerPatch { name: Field::Set(name.to_owned()), ..CustomerPatch::default() };
//!         tx.run(Customer::repo().update(id, &patch)).await
//!     })
//!     .await
//! }
//! ```
//!
//! [`tenant_model`](macro@tenant_model) adds the field `tenant_id`, which can be read and not made, and the types `NewCustomer` and
//! `CustomerPatch`, which have none. [`manifest!`] lists an application's models from its `models.toml`; [`http::routes`] serves them;
//! `cargo xtask gen-migrations` writes their SQL, and `cargo xtask show Customer` prints all that is generated.
//!
//! # The ways into the database
//!
//! | type | what it is for |
//! |---|---|
//! | [`Tenancy`] | what a service starts with; it refuses to when the models, the role or the database are not as they must be |
//! | [`TenantDb`] | one tenant's handle, as a request or a job holds it: it runs a [`Unit`] alone, or opens a transaction |
//! | [`TenantTx`] | the tenant's transaction: it runs units, and hand-written SQL, for which it is an sqlx executor |
//! | [`Directory`] | what must be known before a tenant is: whose a host, a slug or an id is; one name in, one answer out |
//! | [`Platform`] | the operator's door, with a role and connections of its own: tenants, their domains and who is let in, each change with its [`Act`] |
//! | [`Identities`] | who there is in the whole database, by e-mail or id: a role and connections of its own, one key in, one answer out |
//! | [`Listener`] | hears which tenants the operator has changed, so that what is remembered of them can be forgotten |
//!
//! Repository methods run nothing. They return units, and a unit carries no tenant: the handle or the transaction that runs it binds its
//! own. Pools and connections are never handed out.
//!
//! # What is promised
//!
//! - Without a tenant there is no query. That is a type: what would get around it does not compile.
//! - Every generated statement carries `tenant_id = $1`, and every table has forced row level security that fails closed. Each of the two
//!   isolates when the other is gone.
//! - Every hand-written statement has the tenant as its first argument, and binds each of its relations to it. One that does not is refused
//!   before it is sent, and does not build under `sql!`, which [`manifest!`] brings.
//! - Every primary, foreign and unique key of a tenant's table contains the tenant, so a reference to another tenant's row cannot be
//!   stored.
//! - Another tenant's row looks like one that does not exist: [`ErrorKind::NotFound`].
//! - However a transaction ends (an error, a panic, a dropped future, a broken connection), the next one starts clean. One in which
//!   something failed is not committed, unless a savepoint took that back.
//!
//! # What is not
//!
//! - What the text of a hand-written statement does not show: what the functions and views read that `models.toml` lists, and what
//!   [`without_predicate_check`](TenantTx::without_predicate_check) lets through. Row level security bounds what they reach.
//! - Whoever holds the login of the administrator, the owner or the migrator, or can change the service's code, is not held off.
//! - Tenants share a server and may feel each other's load.
//!
//! # The modules
//!
//! They stand on each other, each only on those before it. [`schema`], [`permissions`], [`diff`] and [`sql`] are pure: definitions, who may do
//! what, differences of definitions, and both as text. [`auth`] judges who is asking, [`db`] has the ways in, [`repo`] the repository, [`http`]
//! the routes, [`layers`] what stands in front of them, [`people`] who has an account where, [`operator`]
//! the operator's side over HTTP, and [`migrate`] the migrations and the provision of a database; [`lint`] audits one that is there.
//!
//! The example `tenant_context` shows the transaction alone, without HTTP; `resolve` shows the layer that finds a request's tenant, alone,
//! and `authenticate` the one that finds out who sends it.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

extern crate self as tenantry;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod auth;
pub mod db;
pub mod diff;
pub mod http;
pub mod layers;
pub mod lint;
pub mod migrate;
mod mutants;
pub mod operator;
pub mod people;
pub mod permissions;
pub mod repo;
pub mod schema;
pub mod sql;
#[cfg(test)]
mod testing;

pub use db::{
    Act, Change, Config, ConfigError, Directory, Domain, Error, ErrorKind, Identities, Identity, Isolation, Listener, Platform, Pooler,
    Rule, SqlCounters, StartError, StatementRefusal, Tenancy, Tenant, TenantDb, TenantHash, TenantTx, Unit,
};
pub use repo::{After, List, Page, Repo};
pub use schema::{
    Actor, Base, Col, Column, Conventions, Currency, Date, Entry, Field, Id, Model, ModelEnum, Money, MoneyError, Record, Registry,
    RequestId, RowTenant, SharedModel, Stamps, TenantId, TenantModel, Timestamp,
};
pub use tenantry_macros::{ModelEnum, manifest, tenant_model};

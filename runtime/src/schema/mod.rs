//! What a model is: the types that `#[tenant_model]` writes into and that every other floor reads.
//!
//! A model is described once, by its [`ModelDef`]. The tables, the statements, the routes and the proof are functions of it. This floor
//! is pure: it knows nothing of sqlx, of axum or of a clock.

mod action;
mod arg;
mod cell;
mod column;
mod conventions;
mod def;
mod id;
mod ident;
pub mod ir;
mod model;
mod money;
pub mod platform;
mod registry;
mod tenant;
mod time;
pub mod verify;

pub use action::{Action, is_permission};
pub use arg::Arg;
pub use cell::{Cells, ReadError, Source};
pub(crate) use column::read_text;
pub use column::{Base, Column, ModelEnum};
pub use conventions::Conventions;
pub use def::{ColumnDef, Index, Kind, Literal, Managed, ModelDef, ModelRef, OnDelete, Scope, Unique, Verb, Verbs};
pub use id::Id;
pub use ident::{identifier, quoted};
pub use model::{Col, Field, Model, NewRow, Patch, Record, SharedModel, TenantModel};
pub use money::{Currency, Money, MoneyError};
pub use registry::{Entry, Registry};
pub use tenant::{Actor, RequestId, RowTenant, TenantId};
pub use time::{Date, Stamps, TimeError, Timestamp};

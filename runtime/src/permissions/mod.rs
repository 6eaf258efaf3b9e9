//! Who may do what: permissions, the roles that cover them, callers, and the matrix of all of it. Nothing here knows of axum: a
//! route is a path and a method, as text.
//!
//! A [`Permission`] is `table:action`. Each route needs one: the generated ones that of their model and verb, a hand-written one what it is
//! [mounted](crate::http::Routes) with, which may be [something else](Needs). A [`Role`] has [`Grant`]s, which cover permissions: `customers:read`, `customers:*`, `*:read`, `*`.
//! A [`Caller`] is who asks, with roles; a key may narrow them by scopes.
//!
//! ```
//! use tenantry::Actor;
//! use tenantry::permissions::{Caller, Permission, Role, RoleError};
//!
//! # fn main() -> Result<(), RoleError> {
//! let clerk = Role::new("clerk", ["customers:*", "orders:read"])?.readonly(["customers.credit_limit"])?;
//! let caller = Caller::new(Actor::System, [clerk]);
//!
//! let allowed = caller.allows(&Permission::of("customers:update")).expect("a clerk changes customers");
//! assert!(allowed.is_readonly("customers", "credit_limit"));
//! assert!(caller.allows(&Permission::of("orders:delete")).is_none());
//! # Ok(())
//! # }
//! ```

mod caller;
mod error;
mod matrix;
mod needs;
mod permission;
mod role;

pub use caller::{Allowed, Caller};
pub use error::RoleError;
pub use matrix::{Matrix, Misfit, Route};
pub use needs::Needs;
pub use permission::{Grant, Permission};
pub use role::Role;

//! HTTP: JSON in and out over [`ModelDef`](crate::schema::ModelDef), problems, and the routes of the models.
//!
//! Nothing here is generic over a model. What comes in is read by a streaming reader over the definition ([`reader`]), what goes out is
//! written from the cells of the wire by the kind of the column ([`writer`]), and every refusal is a [`Problem`]. Each route has a permission, of
//! which a caller is asked before anything of the request is read ([`Routes`], [`Authorizer`]).
//!
//! ```
//! use axum::Router;
//! use tenantry::http::{Api, CursorKey, answer_with_problems, routes};
//! use tenantry::Registry;
//!
//! fn service(registry: &Registry, secret: &[u8]) -> Result<Router, tenantry::http::SecretError> {
//!     let api = Api::new(registry, CursorKey::from_secret(secret)?);
//!     Ok(answer_with_problems(Router::new().nest("/api", routes(&api))))
//! }
//! ```

mod access;
mod body;
mod challenge;
pub mod cursor;
mod error;
mod fold;
mod handlers;
mod health;
mod json;
mod mount;
pub mod problem;
pub mod query;
pub mod reader;
mod routes;
mod scalar;
mod tenant;
#[cfg(test)]
mod testing;
pub mod writer;

pub(crate) use challenge::Challenge;
pub(crate) use json::read as read_json;

pub use access::{Access, Authorizer, CallerRoles, UncheckedPermissions};
pub use cursor::{CursorKey, SecretError};
pub use health::health;
pub use json::Json;
pub use mount::Routes;
pub use problem::{FieldError, FieldErrors, Place, Problem};
pub use reader::BodyError;
pub use routes::{Api, answer_with_problems, routes};
pub use tenant::TenantSlot;
pub use writer::{Buffer, WriteError};

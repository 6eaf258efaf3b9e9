//! HTTP: JSON in and out over [`ModelDef`](crate::schema::ModelDef), problems, and the routes of the models.
//!
//! Nothing here is generic over a model. What comes in is read by a streaming reader over the definition ([`reader`]), what goes out is
//! written from the cells of the wire by the kind of the column ([`writer`]), and every refusal is a [`Problem`].

pub mod cursor;
pub mod problem;
pub mod query;
pub mod reader;
mod scalar;
#[cfg(test)]
mod testing;
pub mod writer;

pub use cursor::{CursorKey, SecretError};
pub use problem::{FieldError, FieldErrors, Place, Problem};
pub use reader::BodyError;
pub use writer::{Buffer, WriteError};

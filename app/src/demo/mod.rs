//! Believable data for the demo: the Northwind trading data, loaded through the HTTP API as any client would.

mod data;
mod northwind;
mod table;

pub use northwind::{Load, Loaded, load};
pub use table::DataError;

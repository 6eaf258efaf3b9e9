//! SQL text: a pure function of definitions and conventions. Nothing here runs anything.

mod cache;
mod catalogue;
pub mod ddl;
pub mod provision;
pub mod server;
mod statement;

pub use cache::Statements;
pub use catalogue::{catalogue, layout};
pub(crate) use statement::assigned;
pub use statement::{Op, Shape, Statement};

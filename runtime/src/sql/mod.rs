//! SQL text: a pure function of definitions and conventions. Nothing here runs anything.

mod cache;
pub mod ddl;
mod statement;

pub use cache::Statements;
pub(crate) use statement::assigned;
pub use statement::{Op, Shape, Statement};

//! A unit of work: one statement, its arguments, and what becomes of its rows.

use std::fmt;

use super::Error;
use crate::schema::{Arg, Cells};
use crate::sql::Statement;

/// A statement that has not run yet. [`TenantDb::run`](super::TenantDb::run) runs it alone, [`TenantTx::run`](super::TenantTx::run) in a
/// transaction; both bind their own tenant to it, so a unit carries none.
#[must_use = "a unit does nothing until it is run"]
pub struct Unit<T> {
    pub(crate) statement: Statement,
    pub(crate) args: Vec<Arg>,
    pub(crate) fold: Box<dyn Fold<T>>,
}

/// Takes the rows of a statement as they arrive.
pub(crate) trait Fold<T>: Send {
    /// A row: the tenant's cell, then the columns in their order.
    fn row(&mut self, cells: &mut Cells<'_>) -> Result<(), Error>;

    /// The end: how many rows the statement touched.
    fn finish(self: Box<Self>, affected: u64) -> Result<T, Error>;
}

impl<T> Unit<T> {
    pub(crate) fn new(statement: Statement, args: Vec<Arg>, fold: impl Fold<T> + 'static) -> Self {
        Self { statement, args, fold: Box::new(fold) }
    }
}

impl<T> fmt::Debug for Unit<T> {
    // The arguments are a tenant's data and do not belong into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unit").field("statement", &self.statement).finish_non_exhaustive()
    }
}

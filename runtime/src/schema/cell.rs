//! Values on their way from PostgreSQL: the binary format of the wire protocol, read by position.

use std::fmt;

/// A row as it came from the server.
pub trait Source {
    /// The bytes of the cell in PostgreSQL's binary format; `None` is null.
    ///
    /// # Errors
    /// When there is no such cell, or it is not in the binary format.
    fn cell(&self, index: usize) -> Result<Option<&[u8]>, ReadError>;
}

/// Reads the cells of a row in order.
pub struct Cells<'a> {
    source: &'a dyn Source,
    next: usize,
}

impl<'a> Cells<'a> {
    /// Starts at the first cell.
    #[must_use]
    pub fn new(source: &'a dyn Source) -> Self {
        Self { source, next: 0 }
    }

    /// The next cell; `None` is null.
    ///
    /// # Errors
    /// When the row has no further cell, or it is not in the binary format.
    pub fn next_cell(&mut self) -> Result<Option<&'a [u8]>, ReadError> {
        let index = self.next;
        self.next += 1;
        self.source.cell(index)
    }

    /// The next cell, which must not be null.
    ///
    /// # Errors
    /// When it is null, or there is none.
    pub fn value(&mut self) -> Result<&'a [u8], ReadError> {
        self.next_cell()?.ok_or(ReadError::Null)
    }

    /// Whether the next cell is null; it is not taken.
    ///
    /// # Errors
    /// When the row has no further cell.
    pub fn next_is_null(&self) -> Result<bool, ReadError> {
        Ok(self.source.cell(self.next)?.is_none())
    }

    /// The whole row, to read cells out of order.
    #[must_use]
    pub const fn source(&self) -> &'a dyn Source {
        self.source
    }

    /// Passes over some cells.
    pub fn skip(&mut self, count: usize) {
        self.next += count;
    }
}

impl fmt::Debug for Cells<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cells").field("next", &self.next).finish_non_exhaustive()
    }
}

/// A cell that does not hold what its column says. It carries no value: those belong to a tenant.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Null in a column that takes none.
    #[error("unexpected null")]
    Null,
    /// Fewer cells than the model has columns.
    #[error("the row has too few columns")]
    Missing,
    /// The text format, or another length than the type has.
    #[error("unexpected binary form of {0}")]
    Form(&'static str),
    /// A value that the type cannot hold.
    #[error("value out of range for {0}")]
    Range(&'static str),
}

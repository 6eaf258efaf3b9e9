//! A row of sqlx as the source of cells.

use sqlx::postgres::{PgRow, PgValueFormat};
use sqlx::{Row, ValueRef};

use crate::schema::{ReadError, Source};

pub(crate) struct WireRow<'a>(pub(crate) &'a PgRow);

impl Source for WireRow<'_> {
    fn cell(&self, index: usize) -> Result<Option<&[u8]>, ReadError> {
        let value = self.0.try_get_raw(index).map_err(|_| ReadError::Missing)?;
        if value.is_null() {
            return Ok(None);
        }
        if value.format() != PgValueFormat::Binary {
            return Err(ReadError::Form("the text format"));
        }
        value.as_bytes().map(Some).map_err(|_| ReadError::Missing)
    }
}

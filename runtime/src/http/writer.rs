//! JSON out: the cells of a row, as they came from the wire, become JSON by the kind of their column.
//!
//! No struct stands between. The result is equal, byte for byte, to serde_json over the struct of the model, which a property test holds.

use std::io::Write as _;

use crate::mutants::mutant;
use crate::schema::{Cells, Column, ColumnDef, Date, Kind, ModelDef, Money, ReadError, Timestamp, read_text};

/// Why a row was not written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The buffer would grow beyond its limit, in bytes.
    #[error("the answer is larger than {0} bytes")]
    Full(usize),
    /// A cell does not hold what its column says.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Bytes up to a limit: what an answer may take of the memory, however long the rows are.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    limit: usize,
}

impl Buffer {
    /// The limit when the configuration says nothing: 8 MiB.
    pub const DEFAULT_LIMIT: usize = 8 * 1024 * 1024;

    /// An empty buffer that takes so many bytes. It grows as it is written to.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit }
    }

    /// Adds the bytes: all of them, or none.
    ///
    /// # Errors
    /// When they do not fit.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        if bytes.len() > self.limit.saturating_sub(self.bytes.len()) {
            return Err(WriteError::Full(self.limit));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// What was written.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What was written, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> bytes::Bytes {
        self.bytes.into()
    }
}

impl std::io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.push(bytes).map_err(std::io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Writes a row: an object with the columns of the model in their order, but those that are secret. The first cell is the tenant, which JSON
/// does not show either.
///
/// # Errors
/// When the cells are not a row of the model, or the buffer is full. What was written before stays in the buffer.
pub fn write_row(out: &mut Buffer, def: &ModelDef, cells: &mut Cells<'_>) -> Result<(), WriteError> {
    cells.skip(1);
    // The key is never secret, so there is a first column.
    let mut before = b"{";
    for column in def.columns {
        if column.secret && !mutant!("secret_in_json") {
            cells.skip(column.kind.width());
            continue;
        }
        out.push(before)?;
        write_text(out, column.name)?;
        out.push(b":")?;
        write_value(out, column, cells)?;
        before = b",";
    }
    out.push(b"}")
}

fn write_value(out: &mut Buffer, column: &ColumnDef, cells: &mut Cells<'_>) -> Result<(), WriteError> {
    if column.nullable && cells.next_is_null()? {
        cells.skip(column.kind.width());
        return out.push(b"null");
    }
    match column.kind {
        Kind::Id(_) | Kind::Uuid => {
            let mut text = uuid::Uuid::encode_buffer();
            let uuid = uuid::Uuid::read(cells)?.hyphenated().encode_lower(&mut text);
            quote(out, format_args!("{uuid}"))
        }
        Kind::Text => write_text(out, read_text(cells)?),
        Kind::Enum(words) => match read_text(cells)? {
            word if words.contains(&word) => write_text(out, word),
            _ => Err(ReadError::Range("enum").into()),
        },
        Kind::Bool => out.push(if bool::read(cells)? || mutant!("http_misread") { b"true" } else { b"false" }),
        Kind::I32 => write_integer(out, i32::read(cells)?),
        Kind::I64 => write_integer(out, i64::read(cells)?),
        Kind::Money => {
            let money = Money::read(cells)?;
            out.push(b"{\"amount\":")?;
            write_integer(out, money.amount())?;
            out.push(b",\"currency\":\"")?;
            out.push(money.currency().code().as_bytes())?;
            out.push(b"\"}")
        }
        Kind::Date => quote(out, format_args!("{}", Date::read(cells)?)),
        Kind::Timestamp => quote(out, format_args!("{}", Timestamp::read(cells)?)),
    }
}

/// A string with the escapes that serde_json writes.
pub(super) fn write_text(out: &mut Buffer, text: &str) -> Result<(), WriteError> {
    let limit = out.limit;
    serde_json::to_writer(out, text).map_err(|_| WriteError::Full(limit))
}

fn write_integer(out: &mut Buffer, value: impl itoa::Integer) -> Result<(), WriteError> {
    out.push(itoa::Buffer::new().format(value).as_bytes())
}

/// A text that needs no escapes, between quotes.
fn quote(out: &mut Buffer, text: std::fmt::Arguments<'_>) -> Result<(), WriteError> {
    let limit = out.limit;
    write!(out, "\"{text}\"").map_err(|_| WriteError::Full(limit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::testing::{Row, THING, Thing, thing};

    fn written(thing: &Thing, limit: usize) -> Result<String, WriteError> {
        let row = Row::of(thing);
        let mut out = Buffer::new(limit);
        write_row(&mut out, &THING, &mut Cells::new(&row))?;
        Ok(String::from_utf8(out.as_bytes().to_vec()).unwrap())
    }

    proptest! {
        #[test]
        fn a_row_is_what_serde_json_makes_of_the_struct(thing in thing()) {
            prop_assert_eq!(written(&thing, Buffer::DEFAULT_LIMIT).unwrap(), serde_json::to_string(&thing).unwrap());
        }

        #[test]
        fn a_full_buffer_is_an_error_at_every_length(thing in thing(), cut in 0_usize..2_000) {
            let whole = serde_json::to_string(&thing).unwrap();
            let limit = cut % whole.len();
            prop_assert_eq!(written(&thing, limit), Err(WriteError::Full(limit)));
            prop_assert_eq!(written(&thing, whole.len()), Ok(whole));
        }

        #[test]
        fn cells_of_any_bytes_are_written_or_refused(cells in prop::collection::vec(prop::option::of(prop::collection::vec(any::<u8>(), 0..20)), 0..20)) {
            let row = Row::from_cells(cells);
            let mut out = Buffer::new(10_000);
            if write_row(&mut out, &THING, &mut Cells::new(&row)).is_ok() {
                prop_assert!(serde_json::from_slice::<serde_json::Value>(out.as_bytes()).is_ok());
            }
        }
    }

    #[test]
    fn null_in_a_column_that_takes_none_is_an_error() {
        let row = Row::from_cells(vec![None; 20]);
        let mut out = Buffer::new(10_000);
        assert_eq!(write_row(&mut out, &THING, &mut Cells::new(&row)), Err(WriteError::Read(ReadError::Null)));
    }

    #[test]
    fn a_word_that_the_enum_lacks_is_an_error() {
        let mut cells = Row::of(&Thing::example()).into_cells();
        for cell in &mut cells {
            if cell.as_deref() == Some(b"open") {
                *cell = Some(b"opened".to_vec());
            }
        }
        let mut out = Buffer::new(10_000);
        let result = write_row(&mut out, &THING, &mut Cells::new(&Row::from_cells(cells)));
        assert_eq!(result, Err(WriteError::Read(ReadError::Range("enum"))));
    }
}

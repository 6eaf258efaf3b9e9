//! Arguments as the cells that the server would send, so that a row is read from them as from the wire.

use tenantry::schema::{Arg, ReadError, Source};

/// A row in PostgreSQL's binary form.
pub(super) struct Row(Vec<Option<Vec<u8>>>);

impl Row {
    pub(super) fn of(args: impl IntoIterator<Item = Arg>) -> Self {
        Self(args.into_iter().map(cell).collect())
    }
}

impl Source for Row {
    fn cell(&self, index: usize) -> Result<Option<&[u8]>, ReadError> {
        self.0.get(index).map(Option::as_deref).ok_or(ReadError::Missing)
    }
}

fn cell(arg: Arg) -> Option<Vec<u8>> {
    match arg {
        Arg::Uuid(value) => value.map(|value| value.as_bytes().to_vec()),
        Arg::Text(value) => value.map(String::into_bytes),
        Arg::Bool(value) => value.map(|value| vec![u8::from(value)]),
        Arg::I32(value) => value.map(|value| value.to_be_bytes().to_vec()),
        Arg::I64(value) => value.map(|value| value.to_be_bytes().to_vec()),
        Arg::Date(value) => value.map(|value| value.pg_days().to_be_bytes().to_vec()),
        Arg::Timestamp(value) => value.map(|value| value.pg_micros().to_be_bytes().to_vec()),
    }
}

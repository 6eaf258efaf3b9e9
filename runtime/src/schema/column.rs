//! The trait that says for a Rust type what column it is.

use serde::Serialize;
use serde::ser::SerializeMap;
use uuid::Uuid;

use super::{Arg, Cells, ColumnDef, Kind, ReadError};

/// A Rust type that can be a field of a model: which column it is, how it becomes an argument, and how it is read from PostgreSQL's
/// binary form. Its JSON form is its [`Serialize`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a column of a tenant model",
    label = "not a column type",
    note = "columns are `Id<T>`, `String`, `bool`, `i32`, `i64`, `Money`, `Date`, `Timestamp`, `uuid::Uuid` and `Option` of each",
    note = "for an enum, write `#[derive(ModelEnum)]` on it; for a group of columns, write `#[model(flatten)]` on the field"
)]
pub trait Column: Sized + Serialize + Send + 'static {
    /// What the column holds.
    const KIND: Kind;
    /// Whether it takes null.
    const NULLABLE: bool = false;
    /// A column of this type with no name and none of the options: what the attribute starts from.
    const COLUMN: ColumnDef = ColumnDef::new("", Self::KIND, Self::NULLABLE);
    /// The type without its `Option`: what a filter compares with.
    type Value: Column;

    /// Adds the value to the arguments: as many as [`Kind::width`] says.
    fn bind(&self, args: &mut Vec<Arg>);

    /// Adds as many nulls, of the same types.
    fn bind_null(args: &mut Vec<Arg>);

    /// Reads the value from the next cells.
    ///
    /// # Errors
    /// When the cells do not hold such a value.
    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError>;

    /// Writes name and value into the JSON object of the model.
    ///
    /// # Errors
    /// What the serializer reports.
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

/// A group of columns that models share, taken in with `#[model(flatten)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a base that a model can take in",
    label = "not a base",
    note = "`#[model(flatten)]` takes a type that implements `tenantry::Base`, such as `tenantry::Stamps`"
)]
pub trait Base: Sized + Serialize + Send + 'static {
    /// The columns in the order in which they are read.
    const COLUMNS: &'static [ColumnDef];

    /// Reads the columns from the next cells.
    ///
    /// # Errors
    /// When the cells do not hold such values.
    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError>;

    /// Writes the columns into the JSON object of the model, in their order.
    ///
    /// # Errors
    /// What the serializer reports.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// An enum whose variants are words in a `text` column with a CHECK; `#[derive(ModelEnum)]` writes it.
pub trait ModelEnum: Sized + 'static {
    /// The words, in the order of the variants.
    const WORDS: &'static [&'static str];

    /// The word of this variant.
    fn word(&self) -> &'static str;

    /// The variant of that word.
    fn from_word(word: &str) -> Option<Self>;
}

impl<T: Column> Column for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = {
        assert!(!T::NULLABLE, "a column is nullable once: Option<Option<_>> has no meaning in SQL");
        true
    };
    type Value = T;

    fn bind(&self, args: &mut Vec<Arg>) {
        match self {
            Some(value) => value.bind(args),
            None => T::bind_null(args),
        }
    }

    fn bind_null(args: &mut Vec<Arg>) {
        T::bind_null(args);
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        if cells.next_is_null()? {
            cells.skip(T::KIND.width());
            return Ok(None);
        }
        T::read(cells).map(Some)
    }
}

impl Column for String {
    const KIND: Kind = Kind::Text;
    type Value = Self;

    fn bind(&self, args: &mut Vec<Arg>) {
        args.push(Arg::Text(Some(self.clone())));
    }

    fn bind_null(args: &mut Vec<Arg>) {
        args.push(Arg::Text(None));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        Ok(read_text(cells)?.to_owned())
    }
}

impl Column for bool {
    const KIND: Kind = Kind::Bool;
    type Value = Self;

    fn bind(&self, args: &mut Vec<Arg>) {
        args.push(Arg::Bool(Some(*self)));
    }

    fn bind_null(args: &mut Vec<Arg>) {
        args.push(Arg::Bool(None));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        match cells.value()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(ReadError::Form("boolean")),
        }
    }
}

impl Column for i32 {
    const KIND: Kind = Kind::I32;
    type Value = Self;

    fn bind(&self, args: &mut Vec<Arg>) {
        args.push(Arg::I32(Some(*self)));
    }

    fn bind_null(args: &mut Vec<Arg>) {
        args.push(Arg::I32(None));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        fixed(cells.value()?, "integer").map(Self::from_be_bytes)
    }
}

impl Column for i64 {
    const KIND: Kind = Kind::I64;
    type Value = Self;

    fn bind(&self, args: &mut Vec<Arg>) {
        args.push(Arg::I64(Some(*self)));
    }

    fn bind_null(args: &mut Vec<Arg>) {
        args.push(Arg::I64(None));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        fixed(cells.value()?, "bigint").map(Self::from_be_bytes)
    }
}

impl Column for Uuid {
    const KIND: Kind = Kind::Uuid;
    type Value = Self;

    fn bind(&self, args: &mut Vec<Arg>) {
        args.push(Arg::Uuid(Some(*self)));
    }

    fn bind_null(args: &mut Vec<Arg>) {
        args.push(Arg::Uuid(None));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError> {
        fixed(cells.value()?, "uuid").map(Self::from_bytes)
    }
}

/// The next cell as text. PostgreSQL's encoding is UTF8 here, which start-up checks.
pub(crate) fn read_text<'a>(cells: &mut Cells<'a>) -> Result<&'a str, ReadError> {
    std::str::from_utf8(cells.value()?).map_err(|_| ReadError::Form("text"))
}

/// The bytes of a type of fixed length.
pub(crate) fn fixed<const N: usize>(bytes: &[u8], what: &'static str) -> Result<[u8; N], ReadError> {
    bytes.try_into().map_err(|_| ReadError::Form(what))
}

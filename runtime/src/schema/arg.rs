//! Values on their way to PostgreSQL.

use uuid::Uuid;

use super::{Date, Timestamp};

/// An argument of a statement. Its type, also of a null, depends on the column alone: a prepared statement is found by its text, so the
/// types behind one text must never change.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// `uuid`.
    Uuid(Option<Uuid>),
    /// `text`.
    Text(Option<String>),
    /// `boolean`.
    Bool(Option<bool>),
    /// `integer`.
    I32(Option<i32>),
    /// `bigint`.
    I64(Option<i64>),
    /// `date`.
    Date(Option<Date>),
    /// `timestamptz`.
    Timestamp(Option<Timestamp>),
}

impl Arg {
    /// Whether the value is null.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        match self {
            Self::Uuid(value) => value.is_none(),
            Self::Text(value) => value.is_none(),
            Self::Bool(value) => value.is_none(),
            Self::I32(value) => value.is_none(),
            Self::I64(value) => value.is_none(),
            Self::Date(value) => value.is_none(),
            Self::Timestamp(value) => value.is_none(),
        }
    }
}

//! What the code that `#[tenant_model]` writes may name: one hidden door, without any promise of stability.

pub use std::fmt::{Debug, Display, Formatter, Result as FmtResult};
pub use std::option::Option::{self, None, Some};
pub use std::result::Result::{self, Err, Ok};
pub use std::vec::Vec;

use std::marker::PhantomData;

use serde::de::Visitor;
pub use serde::ser::SerializeMap;
pub use serde::{Deserialize, Deserializer, Serialize, Serializer};
pub use sqlx::encode::IsNull;
pub use sqlx::error::BoxDynError;
pub use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef};
pub use sqlx::{Decode, Encode, Postgres, Type};
pub use tenantry_macros::sql;

use crate::mutants::mutant;

pub use crate::db::encode::{decode_word, encode_word, is_word_type, word_type};

pub use crate::schema::{
    Action, Arg, Base, Cells, Col, Column, ColumnDef, Field, Id, Index, Kind, Literal, Model, ModelDef, ModelEnum, NewRow, OnDelete, Patch,
    ReadError, Record, RowTenant, Scope, SharedModel, TenantModel, Unique, Verb, Verbs,
};
use crate::schema::{Conventions, Managed, TenantId};

/// The tenant of the row that is being read: its first cell.
///
/// # Errors
/// When the cell holds no uuid.
pub fn read_tenant(cells: &mut Cells<'_>) -> Result<RowTenant, ReadError> {
    uuid::Uuid::read(cells).map(|uuid| RowTenant::read(TenantId::from(uuid)))
}

/// Passes over the tenant's cell of a row that belongs to no tenant.
pub fn skip_tenant(cells: &mut Cells<'_>) {
    cells.skip(1);
}

/// Holds that a shared model's table is listed as shared in the manifest, `schema.table`: what every tenant reads is seen in one place.
///
/// # Panics
/// When it is not, with that message: in a constant, so that the build fails.
#[expect(clippy::panic, reason = "in a constant it fails the build, never a request")]
pub const fn listed<M: Model>(conventions: &Conventions, message: &str) {
    if !matches!(M::DEF.scope, Scope::Shared) {
        return;
    }
    let mut rest = conventions.shared;
    while let [name, others @ ..] = rest {
        if is_qualified_as(name.as_bytes(), conventions.platform_schema.as_bytes(), M::TABLE.as_bytes()) {
            return;
        }
        rest = others;
    }
    panic!("{}", message);
}

/// Whether the name is `schema.table`.
const fn is_qualified_as(name: &[u8], schema: &[u8], table: &[u8]) -> bool {
    let Some((start, rest)) = name.split_at_checked(schema.len()) else { return false };
    match rest {
        [b'.', rest @ ..] => is_same(start, schema) && is_same(rest, table),
        _ => false,
    }
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let (mut one, mut other) = (one, other);
    while let ([a, one_rest @ ..], [b, other_rest @ ..]) = (one, other) {
        if *a != *b {
            return false;
        }
        (one, other) = (one_rest, other_rest);
    }
    one.is_empty() && other.is_empty()
}

/// The columns of a base, which all are the database's to write: callers have no field for them.
#[must_use]
pub const fn managed(columns: &'static [ColumnDef]) -> &'static [ColumnDef] {
    let mut rest = columns;
    while let [column, others @ ..] = rest {
        assert!(!matches!(column.managed, Managed::No), "`flatten` takes a base whose columns the database writes, all of them");
        rest = others;
    }
    columns
}

/// The arguments of a field's new value; none where it stays.
#[must_use]
pub fn change<T>(field: &Field<T>, bind: fn(&T, &mut Vec<Arg>)) -> Option<Vec<Arg>> {
    match field {
        Field::Keep => None,
        Field::Set(value) => {
            let mut args = Vec::new();
            bind(value, &mut args);
            Some(args)
        }
    }
}

/// Stands in the place of a secret value wherever a `Debug` is written: `"…"`, be the value there or null.
pub struct Hidden<'a, T>(pub &'a T);

impl<T: Debug> Debug for Hidden<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        // The value is at hand for this weakening alone.
        if mutant!("secret_in_debug") { self.0.fmt(f) } else { f.write_str("\"…\"") }
    }
}

/// The same for a secret field of a patch: whether it is set may be told, to what may not.
#[must_use]
pub const fn hidden<T>(field: &Field<T>) -> Field<Hidden<'_, T>> {
    match field {
        Field::Keep => Field::Keep,
        Field::Set(value) => Field::Set(Hidden(value)),
    }
}

/// A column that a list can be filtered or sorted by.
#[must_use]
pub const fn col<M, T, const FILTER: bool, const SORT: bool>(name: &'static str) -> Col<M, T, FILTER, SORT> {
    Col::new(name)
}

/// How many columns the parts have together.
#[must_use]
pub const fn count(parts: &[&[ColumnDef]]) -> usize {
    let (mut total, mut rest) = (0, parts);
    while let [part, others @ ..] = rest {
        total += part.len();
        rest = others;
    }
    total
}

/// The columns of the parts, one after the other, so that a base stands where it was flattened.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "const code has no iterators; an index beyond the end fails the build, never a request")]
pub const fn concat<const N: usize>(parts: &[&[ColumnDef]]) -> [ColumnDef; N] {
    let mut all = [ColumnDef::new("", Kind::Bool, false); N];
    let (mut next, mut part) = (0, 0);
    while part < parts.len() {
        let mut column = 0;
        while column < parts[part].len() {
            all[next] = parts[part][column];
            next += 1;
            column += 1;
        }
        part += 1;
    }
    all
}

/// The word of an enum as an argument.
#[must_use]
pub fn word_arg<T: ModelEnum>(value: &T) -> Arg {
    Arg::Text(Some(value.word().to_owned()))
}

/// Reads the word of an enum.
///
/// # Errors
/// When the cell holds none of its words.
pub fn read_word<T: ModelEnum>(cells: &mut Cells<'_>) -> Result<T, ReadError> {
    let word = crate::schema::read_text(cells)?;
    T::from_word(word).ok_or(ReadError::Range("enum"))
}

/// Reads the word of an enum from another format, such as JSON.
///
/// # Errors
/// When it is none of its words; the message names them.
pub fn deserialize_word<'de, T: ModelEnum, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Word<T>(PhantomData<T>);

    impl<T: ModelEnum> Visitor<'_> for Word<T> {
        type Value = T;

        fn expecting(&self, f: &mut Formatter<'_>) -> FmtResult {
            write!(f, "one of {}", T::WORDS.join(", "))
        }

        fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<T, E> {
            T::from_word(word).ok_or_else(|| E::unknown_variant(word, T::WORDS))
        }
    }

    deserializer.deserialize_str(Word(PhantomData))
}

//! What the code that `#[tenant_model]` writes may name: one hidden door, without any promise of stability.

pub use serde::ser::{Serialize, SerializeMap, Serializer};

pub use crate::schema::{
    Arg, Base, Cells as RowCells, Col, Column as ColumnType, ColumnDef as Def, Field, Id, Index, Kind, Literal, Managed, Model, ModelDef,
    ModelEnum as Words, NewRow, OnDelete, Patch, ReadError as RowError, RowTenant as Tenant, Scope, TenantModel, Unique, Verb, Verbs,
};
use crate::schema::{Cells, Column, ColumnDef, ModelEnum, ReadError, RowTenant, TenantId};

/// The tenant of the row that is being read: its first cell.
///
/// # Errors
/// When the cell holds no uuid.
pub fn read_tenant(cells: &mut Cells<'_>) -> Result<RowTenant, ReadError> {
    uuid::Uuid::read(cells).map(|uuid| RowTenant::read(TenantId::from(uuid)))
}

/// The definition of a field of type `T`; the attribute sets the options on top.
#[must_use]
pub const fn column<T: Column>(name: &'static str) -> ColumnDef {
    ColumnDef::new(name, T::KIND, T::NULLABLE)
}

/// A column that a list can be filtered or sorted by.
#[must_use]
pub const fn col<M, T, const FILTER: bool, const SORT: bool>(name: &'static str) -> Col<M, T, FILTER, SORT> {
    Col::new(name)
}

/// How many columns the parts have together.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "const code has no iterators; the loop keeps the index below the length, else the build fails")]
pub const fn count(parts: &[&[ColumnDef]]) -> usize {
    let (mut total, mut part) = (0, 0);
    while part < parts.len() {
        total += parts[part].len();
        part += 1;
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

/// Reads the word of an enum.
///
/// # Errors
/// When the cell holds none of its words.
pub fn read_word<T: ModelEnum>(cells: &mut Cells<'_>) -> Result<T, ReadError> {
    let word = crate::schema::read_text(cells)?;
    T::from_word(word).ok_or(ReadError::Range("enum"))
}

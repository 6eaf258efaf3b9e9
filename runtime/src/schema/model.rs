//! The traits that `#[tenant_model]` implements, and the types of its data transfer objects.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;

use super::{Arg, Cells, Id, ModelDef, ReadError, Scope};

/// A struct that has a table. `#[tenant_model]` writes the implementation.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "an `Id<T>` refers to a row of `T`: write `#[tenant_model(table = \"…\")]` as the first attribute of `{Self}`"
)]
pub trait Model: Sized + 'static {
    /// The Rust name of the struct.
    const NAME: &'static str;
    /// The name of the table, without its schema.
    const TABLE: &'static str;
    /// Who may see a row: its tenant, where nothing else is said.
    const SCOPE: Scope = Scope::Tenant;
    /// The definition, from which everything else comes.
    const DEF: &'static ModelDef;
}

/// A model whose rows can be read: those of a tenant, or those that all tenants share.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model with rows",
    label = "not a model with rows",
    note = "write `#[tenant_model(table = \"…\")]` as the first attribute of the struct"
)]
pub trait Record: Model + Serialize + fmt::Debug + Send {
    /// What a row is created from.
    type New: NewRow;
    /// What a row is changed by.
    type Patch: Patch;

    /// Reads a row: the tenant first, then the columns in their order.
    ///
    /// # Errors
    /// When the cells do not hold such a row.
    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError>;

    /// The key of this row.
    fn id(&self) -> Id<Self>;
}

/// A model whose rows belong to a tenant, which writes them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tenant model",
    label = "not a tenant model",
    note = "write `#[tenant_model(table = \"…\")]`, without `shared`, as the first attribute of the struct: what is shared is written by the platform alone"
)]
pub trait TenantModel: Record {}

/// A model whose rows belong to no tenant: every tenant reads them, and the platform alone writes them, by
/// [`Platform::shared`](crate::Platform::shared).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shared model",
    label = "not a shared model",
    note = "write `#[tenant_model(table = \"…\", shared)]` as the first attribute of the struct; the rows of a tenant are written through its own handle"
)]
pub trait SharedModel: Record {}

/// What a row is created from: every column but the key, the tenant and what the database writes.
pub trait NewRow: Sized + Send + 'static {
    /// Adds the values in the order of [`ModelDef::insertable`].
    fn bind(&self, args: &mut Vec<Arg>);

    /// Reads the values in the same order: how a tool that knows definitions only, such as the drafts of the testkit, makes one.
    ///
    /// # Errors
    /// When the cells do not hold such values.
    fn read(cells: &mut Cells<'_>) -> Result<Self, ReadError>;
}

/// What a row is changed by.
pub trait Patch: Default + Send + 'static {
    /// The new values in the order of [`ModelDef::updatable`]; `None` where the value stays.
    fn changes(&self) -> Vec<Option<Vec<Arg>>>;
}

/// A field of a patch: left alone, or set, which for an `Option` may be to null.
///
/// ```
/// use tenantry::Field;
///
/// let name: Field<Option<String>> = Field::default();
/// assert_eq!(name, Field::Keep);
/// assert_eq!(Field::from(None::<String>), Field::Set(None));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Field<T> {
    /// The value stays.
    #[default]
    Keep,
    /// The value becomes this one.
    Set(T),
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

/// A column that lists can be filtered or sorted by: `Customer::NAME`. Which of the two the model allows is part of the type.
pub struct Col<M, T, const FILTER: bool, const SORT: bool> {
    name: &'static str,
    marker: PhantomData<fn() -> (M, T)>,
}

impl<M, T, const FILTER: bool, const SORT: bool> Col<M, T, FILTER, SORT> {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, marker: PhantomData }
    }

    /// The name of the column.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl<M, T, const FILTER: bool, const SORT: bool> Clone for Col<M, T, FILTER, SORT> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T, const FILTER: bool, const SORT: bool> Copy for Col<M, T, FILTER, SORT> {}

impl<M, T, const FILTER: bool, const SORT: bool> fmt::Debug for Col<M, T, FILTER, SORT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

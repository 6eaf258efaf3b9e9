//! The typed repository.

use std::fmt;
use std::marker::PhantomData;

use super::{List, create, delete, find, update};
use crate::db::{Error, ErrorKind, Fold, Unit};
use crate::schema::{Cells, Id, NewRow, Patch, Record, TenantModel};

/// The repository of a model: `Customer::repo()`. Its methods run nothing; they return a [`Unit`] for a tenant's handle or transaction, so
/// that without a tenant there is no query.
///
/// ```compile_fail,E0277
/// # async fn example<M: tenantry::TenantModel>(id: tenantry::Id<M>) {
/// tenantry::Repo::<M>::new().find(id).await;
/// # }
/// ```
pub struct Repo<M> {
    model: PhantomData<fn() -> M>,
}

impl<M: Record> Repo<M> {
    /// The repository of `M`.
    #[must_use]
    pub const fn new() -> Self {
        Self { model: PhantomData }
    }

    /// The row with that key. [`NotFound`](ErrorKind::NotFound) when there is none, or it is another tenant's.
    pub fn find(self, id: Id<M>) -> Unit<M> {
        find(M::DEF, id.uuid(), One(None))
    }

    /// A page of rows; see [`List`] for what can be asked.
    #[must_use]
    pub fn list(self) -> List<M> {
        List::new()
    }
}

/// What is shared is read here and written by the platform alone: see [`Platform::shared`](crate::Platform::shared).
impl<M: TenantModel> Repo<M> {
    /// A new row, with a key that is made here; the row as it is stored comes back.
    pub fn create(self, new: &M::New) -> Unit<M> {
        let mut values = Vec::new();
        new.bind(&mut values);
        create(M::DEF, values, One(None))
    }

    /// Changes a row and returns it. A patch that changes nothing writes nothing.
    pub fn update(self, id: Id<M>, patch: &M::Patch) -> Unit<M> {
        update(M::DEF, id.uuid(), patch.changes(), One(None))
    }

    /// Deletes a row.
    pub fn delete(self, id: Id<M>) -> Unit<()> {
        delete(M::DEF, id.uuid())
    }
}

impl<M: Record> Default for Repo<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> Clone for Repo<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Repo<M> {}

impl<M: Record> fmt::Debug for Repo<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Repo<{}>", M::NAME)
    }
}

/// Exactly one row.
pub(super) struct One<M>(pub(super) Option<M>);

impl<M: Record> Fold<M> for One<M> {
    fn row(&mut self, cells: &mut Cells<'_>) -> Result<(), Error> {
        if self.0.replace(M::read(cells)?).is_some() {
            // The key is unique, so this is no table of ours.
            return Err(ErrorKind::Internal.into());
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: u64) -> Result<M, Error> {
        self.0.ok_or_else(Error::not_found)
    }
}

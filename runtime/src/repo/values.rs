//! A repository without the struct: the same statements, with rows as values by position.
//!
//! Business code has types and uses [`Repo`](super::Repo). This one is for tools that only know definitions, such as the isolation proof,
//! which must go through the very statements that the typed repository sends.

use std::fmt;

use uuid::Uuid;

use super::query::args_of;
use super::{ListQuery, create, delete, find, list, update};
use crate::db::{Error, ErrorKind, Fold, Unit};
use crate::schema::{Arg, Cells, Column, ModelDef, TenantId};

/// The repository of a model, by its definition.
///
/// ```
/// use tenantry::repo::{Erased, ListQuery};
/// use tenantry::schema::ModelDef;
/// use tenantry::{Error, TenantDb};
///
/// async fn count(db: &TenantDb, def: &'static ModelDef) -> Result<usize, Error> {
///     Ok(db.run(Erased::of(def).list(ListQuery::default())).await?.items.len())
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Erased {
    def: &'static ModelDef,
}

/// A row as values. Its `Debug` shows the tenant alone: without the definition nobody knows which of the values are secret.
#[derive(Clone, PartialEq)]
pub struct Values {
    /// The tenant that the row belongs to.
    pub tenant: TenantId,
    /// One entry for each column of the definition, in its order; money has two arguments, every other kind one.
    pub columns: Vec<Vec<Arg>>,
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// A page of rows as values.
#[derive(Clone, Debug, PartialEq)]
pub struct ValuesPage {
    /// The rows in their order.
    pub items: Vec<Values>,
    /// What [`ListQuery::after`] must be for the page that follows; `None` on the last one.
    pub next: Option<Vec<Arg>>,
}

impl Erased {
    /// The repository of that model.
    #[must_use]
    pub const fn of(def: &'static ModelDef) -> Self {
        Self { def }
    }

    /// Finds a row; an error of kind [`NotFound`](ErrorKind::NotFound) when there is none.
    pub fn find(self, id: Uuid) -> Unit<Values> {
        find(self.def, id, One { def: self.def, row: None })
    }

    /// Makes a row of the values of [`ModelDef::insertable`], in its order. The server refuses values of another type than the column's.
    pub fn create(self, values: Vec<Vec<Arg>>) -> Unit<Values> {
        create(self.def, values.concat(), One { def: self.def, row: None })
    }

    /// Changes a row; one entry for each column of [`ModelDef::updatable`], `None` to keep what it has.
    pub fn update(self, id: Uuid, changes: Vec<Option<Vec<Arg>>>) -> Unit<Values> {
        update(self.def, id, changes, One { def: self.def, row: None })
    }

    /// Deletes a row.
    pub fn delete(self, id: Uuid) -> Unit<()> {
        delete(self.def, id)
    }

    /// One page of rows.
    pub fn list(self, query: ListQuery) -> Unit<ValuesPage> {
        let def = self.def;
        list(def, query, |query| Box::new(Rows { def, query, items: Vec::new(), last: None, more: false }))
    }
}

fn read(def: &'static ModelDef, cells: &mut Cells<'_>) -> Result<Values, Error> {
    let tenant = TenantId::from(Uuid::read(cells)?);
    let columns = def.columns.iter().map(|column| args_of(column.kind, cells)).collect::<Result<_, _>>()?;
    Ok(Values { tenant, columns })
}

struct One {
    def: &'static ModelDef,
    row: Option<Values>,
}

impl Fold<Values> for One {
    fn row(&mut self, cells: &mut Cells<'_>) -> Result<(), Error> {
        if self.row.replace(read(self.def, cells)?).is_some() {
            // The key is unique, so this is no table of ours.
            return Err(ErrorKind::Internal.into());
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: u64) -> Result<Values, Error> {
        self.row.ok_or_else(Error::not_found)
    }
}

struct Rows {
    def: &'static ModelDef,
    query: ListQuery,
    items: Vec<Values>,
    last: Option<Vec<Arg>>,
    more: bool,
}

impl Fold<ValuesPage> for Rows {
    fn row(&mut self, cells: &mut Cells<'_>) -> Result<(), Error> {
        let limit = self.query.limit as usize;
        if self.items.len() == limit {
            self.more = true;
            return Ok(());
        }
        let source = cells.source();
        self.items.push(read(self.def, cells)?);
        if self.items.len() == limit {
            self.last = Some(self.query.keys(self.def, source)?);
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: u64) -> Result<ValuesPage, Error> {
        Ok(ValuesPage { items: self.items, next: self.last.filter(|_| self.more) })
    }
}

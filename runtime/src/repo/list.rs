//! Pages of rows, one after the other, by keyset.

use std::fmt;
use std::marker::PhantomData;

use super::{Condition, ListQuery, MAX_LIMIT, Order, list};
use crate::db::{Error, Fold, Unit};
use crate::schema::{Arg, Cells, Record};

/// Asks for a page of rows. Without a sort the order is that of the keys, which is the order of creation.
///
/// ```
/// # use tenantry::{Col, Error, List, Page, TenantDb, Record};
/// # async fn example<M: Record>(db: &TenantDb, name: Col<M, String, true, true>) -> Result<(), Error> {
/// let first: Page<M> = db.run(List::new().filter(name.prefix("A")).sort(name.asc()).limit(20).unit()).await?;
/// if let Some(after) = first.next {
///     let second = db.run(List::new().filter(name.prefix("A")).sort(name.asc()).limit(20).after(after).unit()).await?;
///     # let _: Page<M> = second;
/// }
/// # Ok(())
/// # }
/// ```
pub struct List<M> {
    query: ListQuery,
    model: PhantomData<fn() -> M>,
}

/// A page of rows.
#[derive(Debug)]
pub struct Page<M> {
    /// The rows in order.
    pub items: Vec<M>,
    /// Where the next page starts; `None` when this is the last one.
    pub next: Option<After<M>>,
}

/// The row that a page starts behind. It belongs to the list that it came from: with another order it means nothing.
pub struct After<M> {
    keys: Vec<Arg>,
    model: PhantomData<fn() -> M>,
}

impl<M: Record> List<M> {
    /// All rows, in the order of creation, 50 at a time.
    #[must_use]
    pub fn new() -> Self {
        Self { query: ListQuery::default(), model: PhantomData }
    }

    /// Only rows for which the condition holds, besides the earlier ones.
    #[must_use]
    pub fn filter(mut self, condition: Condition<M>) -> Self {
        self.query.filters.push(condition.filter);
        self
    }

    /// Orders by the column, behind the earlier ones.
    #[must_use]
    pub fn sort(mut self, order: Order<M>) -> Self {
        self.query.sorts.push(order.sort);
        self
    }

    /// The most rows of the page; at least 1, at most [`MAX_LIMIT`].
    #[must_use]
    pub fn limit(mut self, rows: u32) -> Self {
        self.query.limit = rows.clamp(1, MAX_LIMIT);
        self
    }

    /// Starts behind that row.
    #[must_use]
    pub fn after(mut self, after: After<M>) -> Self {
        self.query.after = Some(after.keys);
        self
    }

    /// The unit to run.
    pub fn unit(self) -> Unit<Page<M>> {
        list(M::DEF, self.query, |query| Box::new(Rows { query, items: Vec::new(), last: None, more: false }))
    }
}

impl<M: Record> Default for List<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Record> fmt::Debug for List<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("model", &M::NAME).finish_non_exhaustive()
    }
}

impl<M> fmt::Debug for After<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("After").finish_non_exhaustive()
    }
}

/// Takes the rows of a page; the one beyond its limit only says that there is more.
struct Rows<M> {
    query: ListQuery,
    items: Vec<M>,
    last: Option<Vec<Arg>>,
    more: bool,
}

impl<M: Record> Fold<Page<M>> for Rows<M> {
    fn row(&mut self, cells: &mut Cells<'_>) -> Result<(), Error> {
        let limit = self.query.limit as usize;
        if self.items.len() == limit {
            self.more = true;
            return Ok(());
        }
        let source = cells.source();
        self.items.push(M::read(cells)?);
        if self.items.len() == limit {
            self.last = Some(self.query.keys(M::DEF, source)?);
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: u64) -> Result<Page<M>, Error> {
        let next = if self.more { self.last } else { None };
        Ok(Page { items: self.items, next: next.map(|keys| After { keys, model: PhantomData }) })
    }
}

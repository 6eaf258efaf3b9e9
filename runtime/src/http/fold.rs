//! Rows on their way from the wire into an answer. No struct stands between.

use std::sync::Arc;

use uuid::Uuid;

use super::writer::{Buffer, WriteError, write_row, write_text};
use super::{CursorKey, Problem};
use crate::db::{Error, ErrorKind, Fold};
use crate::mutants::mutant;
use crate::repo::ListQuery;
use crate::schema::{Arg, Cells, Column, ModelDef, TenantId};

/// A row that was written.
pub(super) struct Written {
    pub(super) id: Uuid,
    pub(super) body: Buffer,
}

/// Exactly one row.
pub(super) struct One {
    def: &'static ModelDef,
    buffer: Buffer,
    id: Option<Uuid>,
}

impl One {
    pub(super) const fn new(def: &'static ModelDef, limit: usize) -> Self {
        Self { def, buffer: Buffer::new(limit), id: None }
    }
}

impl Fold<Written> for One {
    fn row(&mut self, cells: &mut Cells<'_>) -> Result<(), Error> {
        let mut key = Cells::new(cells.source());
        key.skip(1);
        if self.id.replace(Uuid::read(&mut key)?).is_some() {
            // The key is unique, so this is no table of ours.
            return Err(ErrorKind::Internal.into());
        }
        // One row is about as large as the body that it came from, so a limit that it breaks is not the caller's fault.
        write_row(&mut self.buffer, self.def, cells).map_err(|error| logged(self.def, error))
    }

    fn finish(self: Box<Self>, _: u64) -> Result<Written, Error> {
        let id = self.id.ok_or_else(Error::not_found)?;
        Ok(Written { id, body: self.buffer })
    }
}

/// A page: `{"items":[…],"next":…}`. What does not fit is the caller's to mend, by asking for fewer rows.
pub(super) type PageBody = Result<Buffer, Problem>;

/// What a page needs to know of its list.
pub(super) struct Page {
    pub(super) def: &'static ModelDef,
    pub(super) tenant: TenantId,
    pub(super) cursors: Arc<CursorKey>,
    pub(super) query: ListQuery,
    pub(super) limit: usize,
}

/// Takes the rows of a page; the one beyond its limit only says that there is more.
pub(super) struct Rows {
    page: Page,
    buffer: Buffer,
    full: bool,
    rows: u32,
    last: Option<Vec<Arg>>,
    more: bool,
}

impl Rows {
    pub(super) const fn new(page: Page) -> Self {
        let buffer = Buffer::new(page.limit);
        Self { page, buffer, full: false, rows: 0, last: None, more: false }
    }

    fn write(&mut self, cells: &mut Cells<'_>) -> Result<(), WriteError> {
        self.buffer.push(if self.rows == 0 { b"{\"items\":[" } else { b"," })?;
        write_row(&mut self.buffer, self.page.def, cells)
    }

    fn close(&mut self) -> Result<(), WriteError> {
        self.buffer.push(if self.rows == 0 { b"{\"items\":[],\"next\":" } else { b"],\"next\":" })?;
        match self.last.take().filter(|_| self.more) {
            Some(keys) => {
                let cursor = self.page.cursors.seal(self.page.tenant, self.page.def, &self.page.query, &keys);
                write_text(&mut self.buffer, &cursor)?;
            }
            None => self.buffer.push(b"null")?,
        }
        self.buffer.push(b"}")
    }
}

impl Fold<PageBody> for Rows {
    fn row(&mut self, cells: &mut Cells<'_>) -> Result<(), Error> {
        if self.rows == self.page.query.limit && !mutant!("http_extra_row") {
            self.more = true;
            return Ok(());
        }
        if self.full {
            return Ok(());
        }
        let source = cells.source();
        match self.write(cells) {
            Ok(()) => self.rows += 1,
            // The rest of the page is passed over, and the caller told in the end: the statement itself did not fail.
            Err(WriteError::Full(_)) => self.full = true,
            Err(error) => return Err(logged(self.page.def, error)),
        }
        if self.rows == self.page.query.limit {
            self.last = Some(self.page.query.keys(self.page.def, source)?);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, _: u64) -> Result<PageBody, Error> {
        if (self.full && !mutant!("http_page_cut")) || self.close().is_err() {
            return Ok(Err(Problem::new(axum::http::StatusCode::BAD_REQUEST, "page-too-large", "The page is too large")
                .with_detail(format!("a page may have at most {} bytes; ask for fewer rows with `limit`", self.page.limit))));
        }
        Ok(Ok(self.buffer))
    }
}

/// A row that cannot be written is a fault of the service, and which it was stands in the log only.
fn logged(def: &ModelDef, error: WriteError) -> Error {
    tracing::error!(table = def.table, %error, "a row cannot be written as JSON");
    ErrorKind::Internal.into()
}

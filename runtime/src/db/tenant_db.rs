//! One tenant's database, as a request, a job or a command holds it.

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use tracing::Instrument;

use super::tenancy::Core;
use super::tx::{Context, Read, TenantTx};
use super::{Error, ErrorKind, Isolation, Unit, retry};
use crate::mutants::mutant;
use crate::schema::{Actor, Arg, RequestId, TenantId};

/// One tenant's database. It is not `Clone`, and a transaction borrows it alone, so that a transaction inside a transaction, which would
/// wait for a second connection while it holds the first, does not compile:
///
/// ```compile_fail,E0499
/// # async fn nested(db: &mut tenantry::TenantDb) -> Result<(), tenantry::Error> {
/// db.transaction(async |_| db.transaction(async |_| Ok(())).await).await
/// # }
/// ```
pub struct TenantDb {
    core: Arc<Core>,
    context: Context,
}

/// Opens the transaction, does the work and commits: the body of both forms, which differ in the type of the work alone.
///
/// No ping is paid for when a connection is taken from the pool, so that one which the server has closed shows at BEGIN. Nothing has been done
/// by then, so another one is tried, once.
macro_rules! in_transaction {
    ($db:ident, $isolation:expr, $work:ident) => {{
        let mut connection = $db.core.pool.acquire().await?;
        let mut another;
        let mut begun = TenantTx::begin(&$db.core, &mut connection, $db.context, $isolation).await;
        if begun.as_ref().is_err_and(|error| *error.kind() == ErrorKind::Unavailable) && !mutant!("begin_once") {
            drop(begun);
            // Back first: there may be no other place in the pool.
            drop(connection);
            another = $db.core.pool.acquire().await?;
            begun = TenantTx::begin(&$db.core, &mut another, $db.context, $isolation).await;
        }
        let mut tx = begun?;
        let result = match $work(&mut tx).await {
            Ok(result) => result,
            Err(error) => return Err(tx.explain(error)),
        };
        tx.commit().await?;
        Ok(result)
    }};
}

impl TenantDb {
    pub(crate) const fn new(core: Arc<Core>, tenant: TenantId, actor: Actor, request: RequestId) -> Self {
        Self { core, context: Context { tenant, actor, request } }
    }

    /// The tenant.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.context.tenant
    }

    /// Runs a unit alone.
    ///
    /// # Errors
    /// What the statement fails with; see [`ErrorKind`](super::ErrorKind).
    pub async fn run<T>(&self, unit: Unit<T>) -> Result<T, Error> {
        self.enter(async |tx: &mut TenantTx<'_>| tx.run(unit).await).await
    }

    /// Runs a statement of the library's own alone; see [`TenantTx::own`].
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) async fn own<T: Send>(&self, text: &Arc<str>, args: Vec<Arg>, read: Read<T>) -> Result<Vec<T>, Error> {
        self.enter(async move |tx: &mut TenantTx<'_>| tx.own(text, args, read).await).await
    }

    /// Runs `work` in a transaction: committed when it returns `Ok`, rolled back when it returns an error, panics or is dropped.
    ///
    /// ```
    /// # use tenantry::{Error, TenantDb};
    /// # async fn example(db: &mut TenantDb) -> Result<(), Error> {
    /// let customers: i64 = db
    ///     .transaction(async |tx| {
    ///         let tenant = tx.tenant();
    ///         let sql = "select count(*) from app.customers where tenant_id = $1";
    ///         Ok(sqlx::query_scalar(sql).bind(tenant).fetch_one(tx).await?)
    ///     })
    ///     .await?;
    /// # let _ = customers; Ok(())
    /// # }
    /// ```
    ///
    /// What the transaction lends does not outlive it:
    ///
    /// ```compile_fail
    /// # async fn keep(db: &mut tenantry::TenantDb) -> Result<(), tenantry::Error> {
    /// let mut kept = None;
    /// db.transaction(async |tx| { kept = Some(tx); Ok(()) }).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// What `work` returns; [`Poisoned`](super::ErrorKind::Poisoned) when it returns `Ok` though a statement had failed; or the failure to
    /// begin or to commit.
    pub async fn transaction<T>(&mut self, work: impl AsyncFnOnce(&mut TenantTx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.enter(work).await
    }

    /// The same for callers that are generic themselves and need a boxed future.
    ///
    /// # Errors
    /// As [`TenantDb::transaction`].
    pub fn transaction_boxed<'a, T, F>(&'a mut self, work: F) -> BoxFuture<'a, Result<T, Error>>
    where
        T: Send + 'a,
        F: for<'t> FnOnce(&'t mut TenantTx<'_>) -> BoxFuture<'t, Result<T, Error>> + Send + 'a,
    {
        Box::pin(self.spanned(async { in_transaction!(self, None, work) }))
    }

    /// As [`transaction`](Self::transaction), at that level of isolation, and repeated when the server takes it back because of another one:
    /// a serialization failure (SQLSTATE 40001) or a deadlock (40P01). Whatever else fails goes straight out.
    ///
    /// It is tried [`TRIES`](retry::TRIES) times at most. Before each repetition it waits, without a connection, for a random time of up to
    /// [`FIRST_WAIT`](retry::FIRST_WAIT), which doubles each time up to [`LONGEST_WAIT`](retry::LONGEST_WAIT), so that those who met do not
    /// meet again. `work` runs anew each time: what it does outside of the transaction, it does more than once.
    ///
    /// A transaction is not repeated when its end is unknown, since the connection broke during COMMIT: it may have been committed.
    ///
    /// A closure with `move` takes what it works with along, so that the future may be sent between threads, as handlers demand.
    ///
    /// ```
    /// # use tenantry::{Error, Isolation, TenantDb, TenantTx};
    /// # use uuid::Uuid;
    /// # async fn example(db: &mut TenantDb, product: Uuid) -> Result<(), Error> {
    /// let left: i32 = db
    ///     .transaction_retrying(Isolation::Serializable, async move |tx: &mut TenantTx<'_>| {
    ///         let tenant = tx.tenant();
    ///         let sql = "update app.products set units_in_stock = units_in_stock - 1 where tenant_id = $1 and id = $2
    ///                    returning units_in_stock";
    ///         Ok(sqlx::query_scalar(sql).bind(tenant).bind(product).fetch_one(tx).await?)
    ///     })
    ///     .await?;
    /// # let _ = left; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`transaction`](Self::transaction); a [`Conflict`](super::ErrorKind::Conflict) says by [`tries`](Error::tries) how often it was tried.
    pub async fn transaction_retrying<T>(
        &mut self,
        isolation: Isolation,
        mut work: impl AsyncFnMut(&mut TenantTx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tries = 1;
        loop {
            let work = &mut work;
            let result = self.spanned(async { in_transaction!(self, Some(isolation), work) }).await;
            match result {
                Err(error) if retry::again(&error, tries) => retry::wait(tries).await,
                Err(error) => return Err(error.with_tries(tries)),
                Ok(value) => return Ok(value),
            }
            tries += 1;
        }
    }

    async fn enter<T>(&self, work: impl AsyncFnOnce(&mut TenantTx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.spanned(async { in_transaction!(self, None, work) }).await
    }

    /// Runs the future in the span of tenant and request.
    async fn spanned<T>(&self, transaction: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let span = tracing::info_span!("tenant", tenant = %self.context.tenant, request = %self.context.request);
        transaction.instrument(span).await
    }
}

impl fmt::Debug for TenantDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantDb").field("context", &self.context).finish_non_exhaustive()
    }
}

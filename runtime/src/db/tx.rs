//! The tenant transaction: one connection, one tenant, one exclusive borrow.

use std::fmt;
use std::sync::Arc;

use futures_util::TryStreamExt;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Either, Executor, Postgres, Transaction};
use uuid::Uuid;

use super::checked::Checker;
use super::encode::encode;
use super::pool::Guarded;
use super::row::WireRow;
use super::tenancy::Core;
use super::{Error, ErrorKind, Isolation, Unchecked, Unit};
use crate::mutants::mutant;
use crate::schema::{Actor, Arg, Cells, Conventions, ReadError, RequestId, TenantId};

/// Reads a row.
pub(crate) type Read<T> = fn(&mut Cells<'_>) -> Result<T, ReadError>;

/// Whose transaction it is, and on whose behalf.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub(crate) tenant: TenantId,
    pub(crate) actor: Actor,
    pub(crate) request: RequestId,
}

impl Context {
    /// One message of the simple protocol opens the transaction and names its tenant. `SET LOCAL` takes no parameters, so the values are
    /// typed: uuids, and settings whose names the manifest has checked. It is not `set_config`, which the application may not call.
    fn begin(&self, opening: &str, conventions: &Conventions) -> String {
        let actor = match self.actor {
            Actor::User(id) => id.to_string(),
            Actor::System => String::new(),
        };
        let local = if mutant!("session_set") { "SET" } else { "SET LOCAL" };
        format!(
            "{opening}; {local} {} = '{}'; {local} {} = '{actor}'; {local} {} = '{}'",
            conventions.tenant_setting(),
            self.tenant,
            conventions.actor_setting(),
            conventions.request_setting(),
            self.request,
        )
    }
}

/// A transaction of one tenant. It runs [`Unit`]s, and as an sqlx executor the SQL that people write: arguments always, the first of
/// them the tenant, and every relation in the text bound to it. What is not so is refused before it is sent.
///
/// Whatever fails leaves the transaction poisoned, and a poisoned one is not committed: PostgreSQL would answer COMMIT with ROLLBACK, and
/// sqlx would call that a success.
pub struct TenantTx<'c> {
    core: &'c Core,
    transaction: Transaction<'c, Postgres>,
    context: Context,
    pub(super) poisoned: bool,
    /// Whether the last hand-written statement was a DELETE: a foreign key that fails then means that the row is in use.
    pub(super) deletes: bool,
    /// Savepoints that were begun and neither released nor rolled back. It stays above zero when the future of one was dropped half-way.
    open: u32,
}

impl<'c> TenantTx<'c> {
    pub(crate) async fn begin(
        core: &'c Core,
        connection: &'c mut Guarded,
        context: Context,
        isolation: Option<Isolation>,
    ) -> Result<Self, Error> {
        let transaction = connection.begin(context.begin(&core.pool.opening(isolation), core.registry.conventions())).await?;
        Ok(Self { core, transaction, context, poisoned: false, deletes: false, open: 0 })
    }

    /// Commits what was done, or rolls back and fails when some of it had failed.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        let open = if mutant!("savepoint_uncounted") { 0 } else { self.open };
        if (self.poisoned || open > 0) && !mutant!("commit_poisoned") {
            self.transaction.rollback().await?;
            return Err(ErrorKind::Poisoned.into());
        }
        Ok(self.transaction.commit().await?)
    }

    /// Adds to an error of the work which column it is about. Units have done so already; a hand-written statement knows no models.
    pub(crate) fn explain(&self, error: Error) -> Error {
        self.core.constraints.explain(error, self.deletes)
    }

    /// The tenant, as the first argument of hand-written SQL.
    #[must_use]
    pub const fn tenant(&self) -> Uuid {
        self.context.tenant.uuid()
    }

    /// Runs a unit.
    ///
    /// # Errors
    /// What the statement fails with; the transaction is poisoned then.
    pub async fn run<T>(&mut self, unit: Unit<T>) -> Result<T, Error> {
        let Unit { statement, args, mut fold } = unit;
        let core = self.core;
        let text = core.statements.text(&statement).ok_or(ErrorKind::Internal)?;
        let args = encode(self.context.tenant, args)?;
        let mut row = |row: &PgRow| {
            let source = WireRow(row);
            fold.row(&mut Cells::new(&source))
        };
        let affected = self.exec(text, args, &mut row).await;
        let affected = affected.map_err(|error| core.constraints.explain(error, statement.deletes()))?;
        fold.finish(affected)
    }

    /// Runs a statement of the library's own, over the platform's tables instead of a model's, and reads its rows. As in a unit, `$1` is the
    /// tenant, and the text comes from a renderer.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) async fn own<T: Send>(&mut self, text: &Arc<str>, args: Vec<Arg>, read: Read<T>) -> Result<Vec<T>, Error> {
        let args = encode(self.context.tenant, args)?;
        let mut rows = Vec::new();
        let mut row = |row: &PgRow| -> Result<(), Error> {
            rows.push(read(&mut Cells::new(&WireRow(row)))?);
            Ok(())
        };
        self.exec(Arc::clone(text), args, &mut row).await?;
        Ok(rows)
    }

    /// Every statement of a unit, and of the library's own, passes here. The mark is set before the first await and cleared when all went well, so that an error, a
    /// panic and a dropped future alike leave it.
    async fn exec(
        &mut self,
        text: Arc<str>,
        args: PgArguments,
        on_row: &mut (dyn FnMut(&PgRow) -> Result<(), Error> + Send),
    ) -> Result<u64, Error> {
        let before = self.poisoned;
        self.poisoned = !mutant!("no_poison");
        #[expect(clippy::disallowed_methods, reason = "the text was rendered from the definitions of the models, or from the conventions")]
        let query = sqlx::query_with(sqlx::AssertSqlSafe(text), args).persistent(self.core.pool.keeps_statements());
        let mut affected = 0;
        let mut steps = (&mut *self.transaction).fetch_many(query);
        while let Some(step) = steps.try_next().await? {
            match step {
                Either::Left(done) => affected += done.rows_affected(),
                Either::Right(row) => on_row(&row)?,
            }
        }
        drop(steps);
        if mutant!("commit_each") {
            self.control("commit; begin").await?;
        }
        // The mark of an earlier failure stays: a statement that was refused before it was sent has not aborted the transaction.
        self.poisoned = before && !mutant!("success_heals");
        Ok(affected)
    }

    /// Runs `work` in a savepoint: kept when it returns `Ok`, and taken back when it returns an error, so that the transaction can go on.
    ///
    /// ```
    /// # use tenantry::{Error, TenantTx};
    /// # async fn example(tx: &mut TenantTx<'_>) -> Result<(), Error> {
    /// let attempt = tx.savepoint(async |tx| {
    ///     let sql = "update app.customers set name = $2 where tenant_id = $1 and code = $3";
    ///     let tenant = tx.tenant();
    ///     sqlx::query(sql).bind(tenant).bind("Alfreds").bind("ALFKI").execute(tx).await?;
    ///     Ok(())
    /// });
    /// let renamed = attempt.await.is_ok();
    /// # let _ = renamed; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What `work` returns; [`Poisoned`](ErrorKind::Poisoned) when it returns `Ok` though a statement had failed, and at once when one had
    /// failed before, since nothing of the transaction would be kept.
    pub async fn savepoint<T>(&mut self, work: impl AsyncFnOnce(&mut TenantTx<'c>) -> Result<T, Error>) -> Result<T, Error> {
        let before = self.poisoned;
        if before && !mutant!("savepoint_heals") {
            return Err(ErrorKind::Poisoned.into());
        }
        self.open += 1;
        self.control("savepoint tenantry").await?;
        let result = match work(self).await {
            Ok(value) if !self.poisoned || mutant!("savepoint_unread") => Ok(value),
            Ok(_) => Err(Error::from(ErrorKind::Poisoned)),
            Err(error) => Err(error),
        };
        match &result {
            Ok(_) => self.control("release savepoint tenantry").await?,
            Err(_) => {
                if !mutant!("savepoint_kept") {
                    self.control("rollback to savepoint tenantry").await?;
                }
                self.control("release savepoint tenantry").await?;
                self.poisoned = before && !mutant!("savepoint_heals");
            }
        }
        self.open -= 1;
        result
    }

    /// A statement about the transaction itself.
    async fn control(&mut self, text: &'static str) -> Result<(), Error> {
        let before = std::mem::replace(&mut self.poisoned, true);
        (&mut *self.transaction).execute(text).await?;
        self.poisoned = before;
        Ok(())
    }

    /// The executor for SQL that is right and yet refused: it leaves out the check of predicates and of the first argument, and nothing else.
    /// Row level security still holds. Its uses are easy to find, `cargo xtask tidy` lists them, and [`SqlCounters`](super::SqlCounters) counts
    /// what comes by it.
    pub fn without_predicate_check(&mut self) -> Unchecked<'_, 'c> {
        Unchecked::new(self)
    }

    /// Whether a statement may be prepared for later.
    pub(super) fn keeps_statements(&self) -> bool {
        self.core.pool.keeps_statements()
    }

    /// The check of hand-written statements.
    pub(super) fn checker(&self) -> &'c Checker {
        &self.core.checker
    }

    pub(super) fn connection(&mut self) -> (&mut sqlx::PgConnection, &mut bool) {
        (&mut self.transaction, &mut self.poisoned)
    }
}

impl fmt::Debug for TenantTx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantTx").field("context", &self.context).field("poisoned", &self.poisoned).finish_non_exhaustive()
    }
}

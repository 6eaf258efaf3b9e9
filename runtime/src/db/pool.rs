//! The pool, which nobody can reach.

use std::fmt;
use std::time::Duration;

use sqlx::Connection;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgPool, PgPoolOptions, PgRow};
use sqlx::{Postgres, Transaction};

use super::{Config, Error, Isolation, Pooler};
use crate::mutants::mutant;

/// The connections of the application's role. A `&PgPool` is an executor, so the pool stays behind this type, which does not dereference.
pub(crate) struct Pool {
    pool: PgPool,
    pooler: Pooler,
    /// Milliseconds that each transaction allows its statements.
    statement_timeout: Option<u128>,
}

impl Pool {
    /// Opens no connection yet.
    pub(crate) fn new(config: &Config, statements: usize) -> Self {
        let connect = config.connect().statement_cache_capacity(statements);
        let pool = PgPoolOptions::new()
            .max_connections(config.max_connections)
            .min_connections(config.min_connections)
            .acquire_timeout(if mutant!("acquire_unbounded") { Duration::from_secs(3600) } else { config.acquire_timeout })
            .idle_timeout(config.idle_timeout)
            .max_lifetime(config.max_lifetime)
            // A broken connection shows at BEGIN, before anything was done; a ping would cost every request a round trip.
            .test_before_acquire(false)
            .connect_lazy_with(connect);
        Self { pool, pooler: config.pooler, statement_timeout: config.local_statement_milliseconds() }
    }

    pub(crate) async fn acquire(&self) -> Result<Guarded, Error> {
        Ok(Guarded { connection: self.pool.acquire().await?, armed: false })
    }

    pub(crate) fn connections(&self) -> Connections {
        Connections { open: self.pool.size(), idle: u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX) }
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Runs one statement of the library's own: in a transaction, for the bounds that it has, and since a pooler may give the next statement
    /// another connection.
    pub(super) async fn rows(&self, text: String, arguments: PgArguments) -> Result<Vec<PgRow>, Error> {
        let mut connection = self.acquire().await?;
        #[expect(clippy::disallowed_methods, reason = "made of the conventions, whose names the manifest has checked, and quoted")]
        let query = sqlx::query_with(sqlx::AssertSqlSafe(text), arguments).persistent(self.keeps_statements());
        if mutant!("pooler_outside") {
            return Ok(query.fetch_all(connection.raw()).await?);
        }
        let mut transaction = connection.begin(self.opening(None)).await?;
        let rows = query.fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(rows)
    }

    /// Whether a statement may be prepared for later. Behind a pooler the next transaction may be on another of the server's connections,
    /// where there is no such statement, or somebody else's of the same name.
    pub(crate) fn keeps_statements(&self) -> bool {
        self.pooler != Pooler::Transaction || mutant!("pooler_persistent")
    }

    /// The beginning of every transaction; what is added stands behind a semicolon.
    pub(crate) fn opening(&self, isolation: Option<Isolation>) -> String {
        let begin = isolation.map_or("BEGIN", Isolation::begin);
        match self.statement_timeout {
            Some(milliseconds) => format!("{begin}; SET LOCAL statement_timeout = {milliseconds}"),
            None => begin.to_owned(),
        }
    }
}

/// The connections of a service at one moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Connections {
    /// How many there are, those that are being made or closed among them.
    pub open: u32,
    /// How many of them nobody uses.
    pub idle: u32,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("size", &self.pool.size()).field("idle", &self.pool.num_idle()).finish()
    }
}

/// A connection that is closed rather than returned when it is dropped between two states.
pub(crate) struct Guarded {
    connection: PoolConnection<Postgres>,
    armed: bool,
}

impl Guarded {
    /// Opens a transaction with that text. sqlx's `begin` is not safe to drop half-way: the connection would go back to the pool inside an open
    /// transaction, where the next request's write is lost. Here it is closed.
    pub(crate) async fn begin(&mut self, text: String) -> Result<Transaction<'_, Postgres>, Error> {
        self.armed = !mutant!("begin_unguarded");
        #[expect(clippy::disallowed_methods, reason = "made of typed values only: uuids and checked identifiers")]
        let transaction = self.connection.begin_with(sqlx::AssertSqlSafe(text)).await?;
        self.armed = false;
        Ok(transaction)
    }

    pub(crate) fn raw(&mut self) -> &mut sqlx::PgConnection {
        &mut self.connection
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if self.armed {
            self.connection.close_on_drop();
        }
    }
}

//! The pool, which nobody can reach.

use std::fmt;

use sqlx::Connection;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Postgres, Transaction};

use super::{Config, Error};
use crate::mutants::mutant;

/// The connections of the application's role. A `&PgPool` is an executor, so the pool stays behind this type, which does not dereference.
pub(crate) struct Pool(PgPool);

impl Pool {
    /// Opens no connection yet.
    pub(crate) fn new(config: &Config, statements: usize) -> Self {
        let connect = config.connect.clone().statement_cache_capacity(statements);
        let pool = PgPoolOptions::new()
            .max_connections(config.max_connections)
            .min_connections(config.min_connections)
            .acquire_timeout(config.acquire_timeout)
            .idle_timeout(config.idle_timeout)
            .max_lifetime(config.max_lifetime)
            // A broken connection shows at BEGIN, before anything was done; a ping would cost every request a round trip.
            .test_before_acquire(false)
            .connect_lazy_with(connect);
        Self(pool)
    }

    pub(crate) async fn acquire(&self) -> Result<Guarded, Error> {
        Ok(Guarded { connection: self.0.acquire().await?, armed: false })
    }

    pub(crate) async fn close(&self) {
        self.0.close().await;
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("size", &self.0.size()).field("idle", &self.0.num_idle()).finish()
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

//! SQL that a test puts together.

use sqlx::{PgConnection, Row};
use uuid::Uuid;

/// Runs statements over the simple protocol, whatever is in them: how a test builds a fixture, spoils it, or attacks. They are one
/// transaction unless they say otherwise.
///
/// # Errors
/// What the server says.
pub async fn execute(connection: &mut PgConnection, statements: &str) -> Result<(), sqlx::Error> {
    #[expect(clippy::disallowed_methods, reason = "a test's own text, run by a test")]
    let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()));
    statements.execute(connection).await.map(drop)
}

/// The texts of the first column of a query that a test puts together, with the uuid as its only argument.
///
/// # Errors
/// What the server says; also when the column is no text.
pub async fn column(connection: &mut PgConnection, query: &str, argument: Uuid) -> Result<Vec<String>, sqlx::Error> {
    #[expect(clippy::disallowed_methods, reason = "a test's own text, run by a test")]
    let query = sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned()));
    query.bind(argument).fetch_all(connection).await
}

/// The texts of the first column of a query without arguments, over the simple protocol: how a test looks at a plan.
///
/// # Errors
/// What the server says; also when the column is no text.
pub async fn lines(connection: &mut PgConnection, query: &str) -> Result<Vec<String>, sqlx::Error> {
    #[expect(clippy::disallowed_methods, reason = "a test's own text, run by a test")]
    let query = sqlx::raw_sql(sqlx::AssertSqlSafe(query.to_owned()));
    query.fetch_all(connection).await?.iter().map(|row| row.try_get(0)).collect()
}

/// A statement that a test has put together, for `sqlx::query` and its kind.
#[expect(clippy::disallowed_methods, reason = "a test's own text, run by a test")]
pub fn made(text: impl Into<String>) -> impl sqlx::SqlSafeStr {
    sqlx::AssertSqlSafe(text.into())
}

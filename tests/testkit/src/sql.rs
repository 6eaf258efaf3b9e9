//! SQL that a test puts together.

use futures_util::StreamExt as _;
use sqlx::postgres::{PgDatabaseError, PgRow};
use sqlx::{Either, PgConnection, Row, TypeInfo as _, ValueRef as _};
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

/// Everything that the server says to statements over the simple protocol: each value of each row, and every part of an error. A value that is
/// no text is the name of its type.
pub async fn said(connection: &mut PgConnection, statements: &str) -> Vec<String> {
    #[expect(clippy::disallowed_methods, reason = "a test's own text, run by a test")]
    let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()));
    let (mut said, mut answers) = (Vec::new(), statements.fetch_many(connection));
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(Either::Left(_)) => {}
            Ok(Either::Right(row)) => said.extend((0..row.len()).filter_map(|at| shown(&row, at))),
            Err(error) => {
                said.extend(told(&error));
                break;
            }
        }
    }
    said
}

/// The value of a column, unless it is null.
fn shown(row: &PgRow, at: usize) -> Option<String> {
    let value = row.try_get_raw(at).ok().filter(|value| !value.is_null())?;
    Some(value.as_str().map_or_else(|_| format!("a {}", value.type_info().name()), str::to_owned))
}

/// Every part of an error: its text, detail and hint, where it was, and what it names.
#[must_use]
pub fn told(error: &sqlx::Error) -> Vec<String> {
    let server = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    let parts = server
        .map(|error| [error.detail(), error.hint(), error.r#where(), error.schema(), error.table(), error.column(), error.constraint()]);
    std::iter::once(error.to_string()).chain(parts.into_iter().flatten().flatten().map(str::to_owned)).collect()
}

/// A statement that a test has put together, for `sqlx::query` and its kind.
#[expect(clippy::disallowed_methods, reason = "a test's own text, run by a test")]
pub fn made(text: impl Into<String>) -> impl sqlx::SqlSafeStr {
    sqlx::AssertSqlSafe(text.into())
}

//! SQL that a test puts together.

use sqlx::PgConnection;

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

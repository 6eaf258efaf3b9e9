//! The level of the database, and what it leaves open.

use sqlx::PgConnection;

use super::{Fault, Level, Opening};
use crate::schema::Conventions;

pub(super) async fn look(
    connection: &mut PgConnection,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<(Level, Vec<&'static Opening>), sqlx::Error> {
    let comment: Option<String> = sqlx::query_scalar("select obj_description(to_regnamespace($1)::oid, 'pg_namespace')")
        .bind(conventions.platform_schema)
        .persistent(false)
        .fetch_one(&mut *connection)
        .await?;
    let level = Level::of_comment(comment.as_deref());
    let there: bool = sqlx::query_scalar("select to_regrole($1) is not null and to_regrole($2) is not null")
        .bind(conventions.role("app"))
        .bind(conventions.role("owner"))
        .persistent(false)
        .fetch_one(&mut *connection)
        .await?;
    // Where the roles are missing the login is another one, which is told by its name.
    if !there {
        return Ok((level, Vec::new()));
    }
    let question = match level.question(conventions) {
        Ok(question) => question,
        Err(error) => {
            faults.push(Fault::new(error.to_string(), "change the conventions"));
            return Ok((level, Vec::new()));
        }
    };
    #[expect(clippy::disallowed_methods, reason = "rendered from checked names")]
    let places: Vec<i32> = sqlx::query_scalar(sqlx::AssertSqlSafe(question)).persistent(false).fetch_all(connection).await?;
    Ok((level, level.at(&places)))
}

//! Sending an attack, and reading everything that comes back.

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgDatabaseError;
use sqlx::{Either, PgConnection, Row as _};

use super::super::sql::code;
use super::statement::{Body, Play};
use crate::execute;

/// The answer of the statement that counts.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// The rows that the server counts; none where it counts none.
    pub(super) count: Option<usize>,
    /// The first column of the rows.
    pub(super) texts: Vec<String>,
}

/// Sends it, and reads what the statement that counts is answered.
pub(super) async fn run(connection: &mut PgConnection, play: &Play) -> Result<Answer, sqlx::Error> {
    match &play.body {
        Body::Sql(body) => {
            let statements: Vec<&str> =
                play.before.iter().map(String::as_str).chain([body.as_str()]).chain(play.after.iter().map(String::as_str)).collect();
            let mut answers = answers(connection, &statements.join("; ")).await?;
            Ok(if play.at < answers.len() { answers.swap_remove(play.at) } else { Answer::default() })
        }
        Body::Out(body) => {
            // The driver loses its place when COPY is refused before the first byte. What refuses it then also refuses its plan.
            execute(connection, &format!("{}; {}", play.before.join("; "), planned(body))).await?;
            let bytes: Vec<_> = connection.copy_out_raw(body).await?.try_collect().await?;
            execute(connection, &play.after.join("; ")).await?;
            let text = String::from_utf8_lossy(&bytes.concat()).into_owned();
            Ok(Answer { count: None, texts: text.lines().map(unhexed).collect() })
        }
        Body::In(body) => {
            execute(connection, &play.before.join("; ")).await?;
            // That the server asks for rows is enough.
            connection.copy_in_raw(body).await?.abort("an attack that got through").await?;
            execute(connection, "rollback").await?;
            Ok(Answer::default())
        }
    }
}

/// What an error tells, with its detail.
pub(super) fn heard(error: &sqlx::Error) -> String {
    let detail = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>()).and_then(PgDatabaseError::detail);
    format!("{} {error} {}", code(error), detail.unwrap_or_default())
}

/// EXPLAIN for the query of a COPY.
fn planned(copy: &str) -> String {
    let query = copy.trim_start_matches("copy ").trim_end_matches(" to stdout");
    match query.strip_prefix('(').and_then(|query| query.strip_suffix(')')) {
        Some(query) => format!("explain {query}"),
        None => {
            let (table, columns) = query.split_once(" (").unwrap_or((query, "*)"));
            format!("explain select {} from {table}", columns.trim_end_matches(')'))
        }
    }
}

/// What each statement of a message is answered: the texts of its first column.
async fn answers(connection: &mut PgConnection, text: &str) -> Result<Vec<Answer>, sqlx::Error> {
    #[expect(clippy::disallowed_methods, reason = "a test's own text, of literals that it has quoted")]
    let mut stream = sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned())).fetch_many(connection);
    let (mut answers, mut texts) = (Vec::new(), Vec::new());
    while let Some(item) = stream.try_next().await? {
        match item {
            Either::Left(done) => {
                answers.push(Answer { count: usize::try_from(done.rows_affected()).ok(), texts: std::mem::take(&mut texts) });
            }
            Either::Right(row) => texts.push(row.try_get(0)?),
        }
    }
    Ok(answers)
}

/// A line of COPY that is hexadecimal, decoded; any other as it is.
fn unhexed(line: &str) -> String {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? * 16 + digit(*low)?),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = line.as_bytes().chunks(2).map(byte).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| line.to_owned())
}

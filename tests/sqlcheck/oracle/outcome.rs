//! What a statement did, and how two of its runs differ.

use std::fmt;

use sqlx::postgres::{PgQueryResult, PgRow};
use sqlx::{Column, Either, Row, TypeInfo, ValueRef};

use super::{A, B};

/// What a statement did on one side.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Outcome {
    end: Result<Answer, Failure>,
    /// Tenant A's rows afterwards, and whether all others are as they were.
    left: Option<(String, bool)>,
}

/// Rows in any order, since nobody has asked for one that would tell ties apart.
#[derive(Debug, Eq, PartialEq)]
struct Answer {
    columns: Vec<(String, String)>,
    rows: Vec<Vec<Option<Vec<u8>>>>,
    affected: u64,
}

/// What the server said instead.
#[derive(Debug, Eq, PartialEq)]
struct Failure {
    code: String,
    message: String,
}

impl Outcome {
    /// Of what the driver has got. An error of its own is none of the statement.
    pub(super) fn of(steps: Result<Vec<Either<PgQueryResult, PgRow>>, sqlx::Error>) -> Result<Self, sqlx::Error> {
        let end = match steps {
            Ok(steps) => Ok(Answer::of(steps)),
            Err(sqlx::Error::Database(error)) => {
                Err(Failure { code: error.code().unwrap_or_default().into_owned(), message: error.message().to_owned() })
            }
            Err(error) => return Err(error),
        };
        Ok(Self { end, left: None })
    }

    pub(super) fn left(&mut self, own: String, foreign_is_untouched: bool) {
        self.left = Some((own, foreign_is_untouched));
    }

    /// Whether there is something to look at. The word stands in every text that writes.
    pub(super) fn may_have_written(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.end.is_ok() && ["insert", "update", "delete"].iter().any(|word| text.contains(word))
    }

    pub(super) fn is_timeout(&self) -> bool {
        self.code() == Some("57014")
    }

    /// The server's code, when it refused or failed.
    pub(crate) fn code(&self) -> Option<&str> {
        self.end.as_ref().err().map(|failure| failure.code.as_str())
    }

    /// Whether the server could not make sense of the text: a syntax error, an unknown or ambiguous name, a feature that it has not.
    pub(crate) fn is_nonsense(&self) -> bool {
        self.code().is_some_and(|code| code.starts_with("42") || code.starts_with("0A"))
    }

    /// Whether there was anything to see: rows, or rows written.
    pub(crate) fn is_empty(&self) -> bool {
        self.end.as_ref().is_ok_and(|answer| answer.rows.is_empty() && answer.affected == 0)
    }
}

impl Answer {
    fn of(steps: Vec<Either<PgQueryResult, PgRow>>) -> Self {
        let mut answer = Self { columns: Vec::new(), rows: Vec::new(), affected: 0 };
        for step in steps {
            match step {
                Either::Left(result) => answer.affected += result.rows_affected(),
                Either::Right(row) => {
                    if answer.columns.is_empty() {
                        let column = |column: &sqlx::postgres::PgColumn| (column.name().to_owned(), column.type_info().name().to_owned());
                        answer.columns = row.columns().iter().map(column).collect();
                    }
                    answer.rows.push((0..row.len()).map(|place| cell(&row, place)).collect());
                }
            }
        }
        answer.rows.sort();
        answer
    }
}

fn cell(row: &PgRow, place: usize) -> Option<Vec<u8>> {
    let value = row.try_get_raw(place).expect("the column is there");
    (!value.is_null()).then(|| value.as_bytes().expect("bytes").to_vec())
}

/// Two runs of one statement that should have been the same.
#[derive(Debug)]
pub(crate) struct Difference {
    both: Outcome,
    alone: Outcome,
}

impl Difference {
    /// The outcome when there is one.
    pub(super) fn between(both: Outcome, alone: Outcome) -> Result<Outcome, Box<Self>> {
        let untouched = |outcome: &Outcome| outcome.left.as_ref().is_none_or(|(_, untouched)| *untouched);
        if both == alone && untouched(&both) { Ok(both) } else { Err(Box::new(Self { both, alone })) }
    }

    /// Whether the server could not make sense of the text on either side.
    pub(crate) fn is_nonsense(&self) -> bool {
        self.both.is_nonsense() || self.alone.is_nonsense()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "with tenants A and B:\n{}\nwith tenant A alone:\n{}", self.both, self.alone)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.end {
            Ok(answer) => write!(f, "{answer}")?,
            Err(failure) => writeln!(f, "  error {}: {}", failure.code, failure.message)?,
        }
        if let Some((own, untouched)) = &self.left {
            let foreign = if *untouched { "as they were" } else { "CHANGED" };
            writeln!(f, "  rows that are not tenant A's: {foreign}; tenant A's:")?;
            own.lines().try_for_each(|line| writeln!(f, "    {line}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// As many rows as are shown.
        const SHOWN: usize = 12;
        writeln!(f, "  {} rows, {} affected", self.rows.len(), self.affected)?;
        for row in self.rows.iter().take(SHOWN) {
            let cells = row.iter().zip(&self.columns).map(|(cell, (name, kind))| format!("{name}: {}", shown(cell.as_deref(), kind)));
            writeln!(f, "    {}", cells.collect::<Vec<_>>().join(", "))?;
        }
        if self.rows.len() > SHOWN {
            writeln!(f, "    …")?;
        }
        Ok(())
    }
}

/// A value as the driver got it, for the types that statements here have.
fn shown(cell: Option<&[u8]>, kind: &str) -> String {
    let Some(bytes) = cell else { return "null".to_owned() };
    match kind {
        "UUID" if bytes == A.as_bytes() => "A".to_owned(),
        "UUID" if bytes == B.as_bytes() => "B".to_owned(),
        "TEXT" => format!("{:?}", String::from_utf8_lossy(bytes)),
        "BOOL" => (bytes != [0]).to_string(),
        "INT4" => bytes.try_into().map_or_else(|_| "?".to_owned(), |bytes| i32::from_be_bytes(bytes).to_string()),
        "INT8" => bytes.try_into().map_or_else(|_| "?".to_owned(), |bytes| i64::from_be_bytes(bytes).to_string()),
        _ => format!("{kind} {bytes:02x?}"),
    }
}

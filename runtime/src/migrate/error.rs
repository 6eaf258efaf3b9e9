//! What can go wrong with migrations.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::diff::Refusal;

/// A migration could not be written, read, applied or taken back. Nothing is half done: files are written all or none, and each migration
/// is one transaction. No message holds a row: PostgreSQL's DETAIL is left out, here and in the debug output.
pub struct MigrateError(Box<Kind>);

#[derive(Debug, thiserror::Error)]
pub(super) enum Kind {
    #[error("there is no folder {}: give the one that `cargo xtask gen-migrations` wrote to", .0.display())]
    NoFolder(PathBuf),
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} is not UTF-8 text", .0.display())]
    NotText(PathBuf),
    #[error("{}: {problem}", path.display())]
    File { path: PathBuf, problem: String },
    #[error("the name `{0}` is not made of a-z, 0-9 and _ (at most 60 characters)")]
    Name(String),
    #[error("{}", list(.0))]
    Refused(Vec<Refusal>),
    #[error(
        "cannot become {role}, which owns all tables: run `cargo xtask provision` with this login first, or log in as a superuser or as a \
         member of {role}"
    )]
    Role { role: String, source: sqlx::Error },
    #[error("another migration is running on this database, or its lock was not released within a minute")]
    Locked { source: sqlx::Error },
    #[error("the file of migration {version} changed after it was applied; restore the file, and put the change into a new migration")]
    Changed { version: i64 },
    #[error(
        "migration {version} ({description}) is applied here, but the folder has no file of it: the database is ahead of this version of the \
         code"
    )]
    Missing { version: i64, description: String },
    #[error("migration {version} is not applied, but the later {latest} is; renumber it, so that every database applies them in one order")]
    OutOfOrder { version: i64, latest: i64 },
    #[error("migration {version} ({description}) failed and was taken back{}", place(.source))]
    Failed { version: i64, description: String, source: sqlx::Error },
    #[error("nothing is applied, so there is nothing to take back")]
    NothingApplied,
    #[error("migration {version} has no .down.sql file, so it cannot be taken back")]
    NoDown { version: i64 },
    #[error("the migrations are applied, but the fence is open: {}", .0.join("; "))]
    Fence(Vec<String>),
    #[error("the database did not answer as expected")]
    Database(#[source] sqlx::Error),
}

impl MigrateError {
    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Kind::Read { path: path.to_owned(), source }.into()
    }

    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Kind::Write { path: path.to_owned(), source }.into()
    }

    pub(super) fn file(path: &Path, problem: impl Into<String>) -> Self {
        Kind::File { path: path.to_owned(), problem: problem.into() }.into()
    }

    /// What the generator refused, if that is the reason.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        match &*self.0 {
            Kind::Refused(refusals) => refusals,
            _ => &[],
        }
    }
}

impl From<Kind> for MigrateError {
    fn from(kind: Kind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<Vec<Refusal>> for MigrateError {
    fn from(refusals: Vec<Refusal>) -> Self {
        Kind::Refused(refusals).into()
    }
}

/// The messages only: sqlx's debug output holds PostgreSQL's DETAIL, which may be a tenant's row.
impl fmt::Debug for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MigrateError({self}")?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        f.write_str(")")
    }
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for MigrateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.0)
    }
}

fn list(refusals: &[Refusal]) -> String {
    let lines: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// What the server calls the fault, the constraint that it is about, and where in the file it is.
fn place(error: &sqlx::Error) -> String {
    let Some(error) = error.as_database_error().and_then(|error| error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>()) else {
        return String::new();
    };
    let constraint = error.constraint().map(|constraint| format!(", constraint {constraint}")).unwrap_or_default();
    let at = match error.position() {
        Some(sqlx::postgres::PgErrorPosition::Original(at)) => format!(", at character {at} of its file"),
        _ => String::new(),
    };
    format!(" (SQLSTATE {}{constraint}{at})", error.code())
}

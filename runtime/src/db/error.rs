//! The error of everything that runs for a tenant, and which failure becomes which.
//!
//! An error carries no row data: PostgreSQL's DETAIL and, for some codes, its message quote values, so both are dropped where they arrive.
//! What is kept is the SQLSTATE and the name of the constraint, for the log; what a client may see is made from [`ErrorKind`] alone.

use std::borrow::Cow;
use std::fmt;

use super::StatementRefusal;
use crate::mutants::mutant;
use crate::schema::ReadError;

/// Why something did not run for a tenant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error {
    kind: ErrorKind,
    sqlstate: Option<Box<str>>,
    constraint: Option<Box<str>>,
    /// How often the transaction was tried.
    tries: u32,
}

/// The kinds of [`Error`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such row, or it is another tenant's: the two are the same.
    NotFound,
    /// A unique key of the tenant is taken.
    Unique {
        /// The columns of the key; empty when the constraint is not one of a model.
        columns: Vec<&'static str>,
    },
    /// A reference to a row that does not exist for this tenant.
    Reference {
        /// The column that refers.
        column: Option<&'static str>,
    },
    /// The row is still referred to.
    Referenced {
        /// The table of the rows that refer to it.
        by: Option<&'static str>,
    },
    /// A value that the column does not take.
    Check {
        /// The column.
        column: Option<&'static str>,
    },
    /// A business rule refused.
    Rule(Rule),
    /// A hand-written statement that was refused before it was sent.
    Statement(StatementRefusal),
    /// The transaction was to be committed though a statement of it had failed; it was rolled back.
    Poisoned,
    /// The statement took longer than allowed.
    Timeout,
    /// Another transaction stood in the way; the same one may succeed when repeated.
    Conflict,
    /// No connection could be had, or it broke.
    Unavailable,
    /// The tenant does not exist.
    UnknownTenant,
    /// The service or its database is not as it should be. The log has the code.
    Internal,
}

/// The refusal of a business rule: 422 in HTTP.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    /// A word for programs, such as `currency_mismatch`.
    pub code: Cow<'static, str>,
    /// The JSON pointer (RFC 6901) of the value that is to blame; empty for the whole.
    pub pointer: Cow<'static, str>,
    /// A sentence for people.
    pub detail: Cow<'static, str>,
}

impl Error {
    /// The refusal of a business rule.
    ///
    /// ```
    /// use tenantry::{Error, ErrorKind};
    ///
    /// let error = Error::rule("posted", "/status", "a posted entry does not change");
    /// assert!(matches!(error.kind(), ErrorKind::Rule(rule) if rule.code == "posted"));
    /// ```
    #[must_use]
    pub fn rule(code: impl Into<Cow<'static, str>>, pointer: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::from(ErrorKind::Rule(Rule { code: code.into(), pointer: pointer.into(), detail: detail.into() }))
    }

    /// There is no such row.
    #[must_use]
    pub fn not_found() -> Self {
        Self::from(ErrorKind::NotFound)
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The SQLSTATE (PostgreSQL manual, appendix A), when the server reported the failure.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        self.sqlstate.as_deref()
    }

    /// How often the transaction was tried: more than once only by [`TenantDb::transaction_retrying`](super::TenantDb::transaction_retrying).
    #[must_use]
    pub const fn tries(&self) -> u32 {
        self.tries
    }

    pub(crate) const fn with_tries(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }

    /// Whether the server has taken the transaction back because of another one, so that the same may succeed when it is repeated. Only what
    /// the server itself has said counts: of a connection that broke, nobody knows what became of the transaction.
    pub(crate) fn is_passing(&self) -> bool {
        self.kind == ErrorKind::Conflict && matches!(self.sqlstate(), Some("40001" | "40P01"))
    }

    pub(crate) fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// A value that cannot be sent. The cause may quote it, so it is dropped.
    pub(crate) fn encode(_cause: sqlx::error::BoxDynError) -> Self {
        Self::from(ErrorKind::Internal)
    }

    fn database(error: &dyn sqlx::error::DatabaseError) -> Self {
        let sqlstate = error.code().map(|code| code.into_owned().into_boxed_str());
        let kind = match sqlstate.as_deref().unwrap_or_default() {
            "23505" | "23P01" => ErrorKind::Unique { columns: Vec::new() },
            "23503" => ErrorKind::Reference { column: None },
            // 54000: a text that is too long for an index of its column, about 2,700 bytes; the server does not say which.
            // 22021: a text with U+0000 in it, which a hand-written statement may bind.
            "54000" if mutant!("too_long_for_index") => ErrorKind::Internal,
            "23514" | "23502" | "22021" | "54000" => ErrorKind::Check { column: None },
            "57014" | "55P03" => ErrorKind::Timeout,
            "40001" | "40P01" => ErrorKind::Conflict,
            // The transaction was ended by an earlier failure (25P02) or by the server for idling (25P03).
            "25P02" => ErrorKind::Poisoned,
            "25P03" | "57P01" | "57P02" | "57P03" => ErrorKind::Unavailable,
            // Class 08: the connection; 28, 3D000: the login or the database is gone; 53: no disk, memory or connection is left.
            code if code.starts_with("08") || code.starts_with("28") || code.starts_with("53") || code == "3D000" => ErrorKind::Unavailable,
            _ => ErrorKind::Internal,
        };
        if mutant!("error_detail") {
            let detail = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().and_then(|error| error.detail());
            return Self { kind, sqlstate, constraint: detail.map(Box::from), tries: 1 };
        }
        Self { kind, sqlstate, constraint: error.constraint().map(Box::from), tries: 1 }
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, sqlstate: None, constraint: None, tries: 1 }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => Self::database(&*error),
            sqlx::Error::RowNotFound => Self::not_found(),
            sqlx::Error::Configuration(cause) => match cause.downcast::<StatementRefusal>() {
                Ok(refusal) => Self::from(ErrorKind::Statement(*refusal)),
                Err(_) => Self::from(ErrorKind::Internal),
            },
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::BeginFailed
            | sqlx::Error::WorkerCrashed => Self::from(ErrorKind::Unavailable),
            _ => Self::from(ErrorKind::Internal),
        }
    }
}

impl From<ReadError> for Error {
    fn from(_: ReadError) -> Self {
        Self::from(ErrorKind::Internal)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::NotFound => f.write_str("no such row")?,
            ErrorKind::Unique { columns } => write!(f, "taken already: {}", columns.join(", "))?,
            ErrorKind::Reference { column } => write!(f, "{} refers to a row that does not exist", column.unwrap_or("a column"))?,
            ErrorKind::Referenced { by } => write!(f, "the row is still referred to by {}", by.unwrap_or("another table"))?,
            ErrorKind::Check { column } => write!(f, "{} does not take this value", column.unwrap_or("a column"))?,
            ErrorKind::Rule(rule) => write!(f, "{}: {}", rule.code, rule.detail)?,
            ErrorKind::Statement(refusal) => write!(f, "statement refused: {refusal}")?,
            ErrorKind::Poisoned => f.write_str("a statement of the transaction had failed, so it was rolled back")?,
            ErrorKind::Timeout => f.write_str("the statement took too long")?,
            ErrorKind::Conflict => f.write_str("another transaction stood in the way")?,
            ErrorKind::Unavailable => f.write_str("the database cannot be reached")?,
            ErrorKind::UnknownTenant => f.write_str("no such tenant")?,
            ErrorKind::Internal => f.write_str("internal error")?,
        }
        if self.tries > 1 {
            write!(f, ", after {} tries", self.tries)?;
        }
        match &self.sqlstate {
            Some(code) => write!(f, " (SQLSTATE {code})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

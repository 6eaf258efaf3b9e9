//! Values that come as text, in a body or in a query string, by the kind of their column.

use std::borrow::Cow;

use uuid::Uuid;

use crate::schema::{Arg, ColumnDef, Currency, Kind, Literal, Money};

/// Why a value is refused; where it stood is the caller's to say. It never holds the value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) detail: Cow<'static, str>,
}

impl Refusal {
    pub(super) fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into() }
    }

    pub(super) fn kind(must: impl std::fmt::Display) -> Self {
        Self::new("type", format!("must be {must}"))
    }
}

/// A value of a kind that JSON writes as a string.
pub(super) fn text(column: &ColumnDef, text: &str) -> Result<Arg, Refusal> {
    match column.kind {
        Kind::Text => plain(column, text),
        Kind::Enum(words) if words.contains(&text) => Ok(Arg::Text(Some(text.to_owned()))),
        Kind::Enum(words) => Err(Refusal::new("word", format!("must be one of {}", words.join(", ")))),
        Kind::Id(_) | Kind::Uuid => uuid(text).map(|uuid| Arg::Uuid(Some(uuid))),
        Kind::Date => text.parse().map(|date| Arg::Date(Some(date))).map_err(|error| Refusal::new("date", error.to_string())),
        Kind::Timestamp => text.parse().map(|at| Arg::Timestamp(Some(at))).map_err(|error| Refusal::new("timestamp", error.to_string())),
        Kind::Bool | Kind::I32 | Kind::I64 | Kind::Money => Err(Refusal::kind(described(column.kind))),
    }
}

/// A uuid in the form of RFC 9562: 36 characters with hyphens, in either case.
pub(super) fn uuid(text: &str) -> Result<Uuid, Refusal> {
    let hyphenated = if text.len() == 36 { Uuid::try_parse(text).ok() } else { None };
    hyphenated.ok_or(Refusal::new("uuid", "must be a uuid such as 01890a5d-ac96-774b-bcce-b302099a8057"))
}

/// An integer within what the column holds.
pub(super) fn integer(kind: Kind, value: i64) -> Result<Arg, Refusal> {
    match kind {
        Kind::I32 => match i32::try_from(value) {
            Ok(value) => Ok(Arg::I32(Some(value))),
            Err(_) => Err(out_of_range(kind)),
        },
        Kind::I64 if value.unsigned_abs() <= Money::MAX.unsigned_abs() => Ok(Arg::I64(Some(value))),
        Kind::I64 => Err(out_of_range(kind)),
        _ => Err(Refusal::kind(described(kind))),
    }
}

/// The refusal of an integer that the column cannot hold.
pub(super) fn out_of_range(kind: Kind) -> Refusal {
    let range = if kind == Kind::I32 { "-2147483648 and 2147483647" } else { "-9007199254740991 and 9007199254740991" };
    Refusal::new("range", format!("must be within {range}"))
}

/// The currency of an amount.
pub(super) fn currency(text: &str) -> Result<Currency, Refusal> {
    text.parse().map_err(|error: crate::schema::MoneyError| Refusal::new("currency", error.to_string()))
}

/// What a value of that kind is, after "must be".
pub(super) const fn described(kind: Kind) -> &'static str {
    match kind {
        Kind::Id(_) | Kind::Uuid => "a string that holds a uuid",
        Kind::Text | Kind::Enum(_) => "a string",
        Kind::Bool => "true or false",
        Kind::I32 | Kind::I64 => "an integer",
        Kind::Money => "an object such as {\"amount\": 1999, \"currency\": \"EUR\"}",
        Kind::Date => "a string that holds a date, such as 2026-11-24",
        Kind::Timestamp => "a string that holds an instant, such as 2026-11-24T08:15:30Z",
    }
}

/// The nulls of a column.
pub(super) fn nulls(kind: Kind) -> Vec<Arg> {
    let mut args = Vec::with_capacity(kind.width());
    kind.bind_null(&mut args);
    args
}

/// The argument of the column's default; none when there is no default of its kind.
pub(super) fn default(column: &ColumnDef) -> Option<Arg> {
    match (column.kind, column.default?) {
        (Kind::Text | Kind::Enum(_), Literal::Str(text)) => Some(Arg::Text(Some(text.to_owned()))),
        (Kind::I32 | Kind::I64, Literal::Int(value)) => integer(column.kind, value).ok(),
        (Kind::Bool, Literal::Bool(value)) => Some(Arg::Bool(Some(value))),
        _ => None,
    }
}

fn plain(column: &ColumnDef, text: &str) -> Result<Arg, Refusal> {
    // PostgreSQL's text cannot hold it (manual, 8.3), and would answer with an error of its own.
    if text.contains('\0') {
        return Err(Refusal::new("nul", "must not contain the character U+0000"));
    }
    match column.max_len {
        Some(max) if longer_than(text, max) => Err(Refusal::new("length", format!("must have at most {max} characters"))),
        _ => Ok(Arg::Text(Some(text.to_owned()))),
    }
}

/// Whether the text has more characters than that. A character has at least one byte, so that most texts need no counting.
fn longer_than(text: &str, max: u32) -> bool {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    text.len() > max && text.chars().nth(max).is_some()
}

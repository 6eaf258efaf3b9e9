//! The rules, and what each says to write instead.

use std::fmt;

/// Why a statement was refused. Its text says what to write instead.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// More than [`MAX_BYTES`](crate::MAX_BYTES).
    TooLong,
    /// Nothing but white space and comments.
    Empty,
    /// Another first word.
    Verb,
    /// A semicolon, also as the last character.
    Semicolon,
    /// A function that a statement may not name.
    Name(&'static str),
    /// `SELECT … INTO`, which makes a table.
    SelectInto,
    /// `MERGE INTO`.
    Merge,
    /// A control character other than tab and line break, also within quotes.
    Control,
    /// White space or an invisible character outside ASCII and outside quotes; PostgreSQL takes it for a letter.
    Invisible,
    /// `U&'…'` or `U&"…"`.
    UnicodeEscape,
    /// A character that PostgreSQL's statements do not have, or the backquote.
    Character,
    /// A number or `$1` that runs into a letter, a quote or a dollar sign.
    Number,
    /// A dollar sign that begins neither `$1` nor `$tag$`.
    Dollar,
    /// `\'` in a string without E.
    Backslash,
    /// `'…` without its end.
    OpenString,
    /// `"…` without its end.
    OpenName,
    /// `$tag$…` without its end.
    OpenDollarQuote,
    /// `/*…` without its end.
    OpenComment,
    /// Something that the parser cannot read, PostgreSQL's or not.
    Unreadable,
    /// A token that the parser takes for another than PostgreSQL does.
    Misread,
    /// A name of more than 63 bytes.
    LongName,
    /// Parentheses in parentheses.
    TooDeep,
    /// Very many tokens, or a very long chain of operators.
    TooLarge,
    /// A relation with rows of tenants whose tenant is not shown to be `$1`.
    Unbound,
    /// A relation without its schema.
    Schema,
    /// A relation with a catalog in front of its schema.
    Catalog,
    /// A relation of PostgreSQL's own schemas.
    System,
    /// A relation that is called shared is written to.
    SharedWrite,
    /// `app.customers as c (a, b)`.
    Renamed,
    /// `NATURAL JOIN`.
    Natural,
    /// `JOIN … USING (…) AS …`, or a name for a whole join.
    JoinAlias,
    /// `TABLESAMPLE`.
    Sample,
    /// `ONLY app.customers`, `app.customers *`.
    Only,
    /// Something that PostgreSQL does not have, or that the check does not take.
    Construct,
    /// A function with a schema that `models.toml` does not list.
    Function,
    /// `INSERT` without its columns.
    InsertColumns,
    /// `INSERT` whose columns lack the tenant.
    InsertTenant,
    /// `INSERT` that gives another tenant than `$1`, or might.
    InsertValue,
    /// The tenant column is assigned.
    Assigned,
    /// `ON CONFLICT` whose target lacks the tenant.
    ConflictTarget,
    /// A relation or sub-select that the check has not come by. It means a fault in the check.
    Unjudged,
}

// Written out, since a derive would build a parser of Rust in front of this small crate.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the text is longer than 1 MiB: bind large values as arguments",
            Self::Empty => "there is no statement: write one SELECT, INSERT, UPDATE, DELETE or WITH",
            Self::Verb => {
                "a statement begins with SELECT, INSERT, UPDATE, DELETE or WITH; write rows as `select … from (values …)`"
            }
            Self::Semicolon => {
                "one statement only, without a semicolon: leave it out, and run further statements by calls of their own"
            }
            Self::Name(name) => return write!(f, "`{name}` could step out of the tenant: leave it out; when it names something of yours, give that another name"),
            Self::SelectInto => "`into` stands only in INSERT INTO: SELECT … INTO makes a table, which a migration does",
            Self::Merge => "MERGE is not taken: write INSERT … ON CONFLICT, or an UPDATE and an INSERT",
            Self::Control => "control characters are not taken: write a space, or bind the value as an argument",
            Self::Invisible => "this character looks like white space and is a letter to PostgreSQL: write a plain space",
            Self::UnicodeEscape => "U& forms are not taken: write the characters themselves, or E'\\u0041'",
            Self::Character => "this character has no place outside quotes: quote names with \"…\" and text with '…'",
            Self::Number => "a number runs into what follows: write a space between them",
            Self::Dollar => "a dollar sign begins an argument such as `$1` or a quote such as `$$text$$`",
            Self::Backslash => {
                "a backslash before a quote ends the string or does not, as a setting of the server says: write E'…' and double the backslash"
            }
            Self::OpenString => "this string has no end: close it with ' and double a ' within it",
            Self::OpenName => "this quoted name has no end: close it with \"",
            Self::OpenDollarQuote => "this dollar quote has no end: close it with the tag that opened it",
            Self::OpenComment => "this comment has no end: close it with */, once for each /* within it",
            Self::Unreadable => {
                "the check cannot read this: docs/hand-written-sql.md has what it cannot read and what to write instead"
            }
            Self::Misread => {
                "PostgreSQL and the check read this differently: put spaces around operators, write `=` for `==`, and a string in one piece"
            }
            Self::LongName => "a name has at most 63 bytes: PostgreSQL cuts off the rest, so that two names could be one",
            Self::TooDeep => "this is nested too deeply to be checked: move the inner parts into WITH",
            Self::TooLarge => "this is too long to be checked: bind lists as arrays, as in `= any($2)` or `from unnest($2)`",
            Self::Unbound => "a relation is not bound to the tenant",
            Self::Schema => "a relation is written without its schema",
            Self::Catalog => "a relation is written with three names: leave the first one out",
            Self::System => "a relation of PostgreSQL's catalogue shows what belongs to no tenant",
            Self::SharedWrite => "a shared relation is read only: write it with the platform's role",
            Self::Renamed => "a relation with new names for its columns cannot be checked: rename columns in the select list",
            Self::Natural => "NATURAL JOIN compares whatever columns have one name: write the comparison in ON",
            Self::JoinAlias => "a name for a join hides the relations in it: leave it out",
            Self::Sample => "TABLESAMPLE draws from the rows of every tenant: write `order by random() limit …`",
            Self::Only => "ONLY and `*` behind a relation are not taken: leave them out",
            Self::Construct => "this is not taken",
            Self::Function => "a function is called that models.toml does not list",
            Self::InsertColumns => "an INSERT names its columns",
            Self::InsertTenant => "an INSERT names the tenant column",
            Self::InsertValue => "an INSERT gives `$1` to the tenant column",
            Self::Assigned => "no statement assigns the tenant column: leave it out of SET",
            Self::ConflictTarget => {
                "the target of ON CONFLICT contains the tenant column, since a key over all tenants reaches another tenant's row"
            }
            Self::Unjudged => {
                "the check did not see every part of this statement, which is a fault in it: please report the statement"
            }
        })
    }
}

impl std::error::Error for Rule {}

//! Why and where a statement was refused.

use std::fmt;

/// Why a statement was refused. Its text says what to write instead.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Rule {
    /// More than [`MAX_BYTES`](crate::MAX_BYTES).
    #[error("the text is longer than 1 MiB: bind large values as arguments")]
    TooLong,
    /// Nothing but white space and comments.
    #[error("there is no statement: write one SELECT, INSERT, UPDATE, DELETE or WITH")]
    Empty,
    /// Another first word.
    #[error("a statement begins with SELECT, INSERT, UPDATE, DELETE or WITH; write rows as `select … from (values …)`")]
    Verb,
    /// A semicolon, also as the last character.
    #[error("one statement only, without a semicolon: leave it out, and run further statements by calls of their own")]
    Semicolon,
    /// A function that a statement may not name.
    #[error("`{0}` could step out of the tenant: leave it out; when it names something of yours, give that another name")]
    Name(&'static str),
    /// `SELECT … INTO`, which makes a table.
    #[error("`into` stands only in INSERT INTO: SELECT … INTO makes a table, which a migration does")]
    SelectInto,
    /// `MERGE INTO`.
    #[error("MERGE is not taken: write INSERT … ON CONFLICT, or an UPDATE and an INSERT")]
    Merge,
    /// A control character other than tab and line break, also within quotes.
    #[error("control characters are not taken: write a space, or bind the value as an argument")]
    Control,
    /// White space or an invisible character outside ASCII and outside quotes; PostgreSQL takes it for a letter.
    #[error("this character looks like white space and is a letter to PostgreSQL: write a plain space")]
    Invisible,
    /// `U&'…'` or `U&"…"`.
    #[error("U& forms are not taken: write the characters themselves, or E'\\u0041'")]
    UnicodeEscape,
    /// A character that PostgreSQL's statements do not have, or the backquote.
    #[error("this character has no place outside quotes: quote names with \"…\" and text with '…'")]
    Character,
    /// A number or `$1` that runs into a letter, a quote or a dollar sign.
    #[error("a number runs into what follows: write a space between them")]
    Number,
    /// A dollar sign that begins neither `$1` nor `$tag$`.
    #[error("a dollar sign begins an argument such as `$1` or a quote such as `$$text$$`")]
    Dollar,
    /// `\'` in a string without E.
    #[error("a backslash before a quote ends the string or does not, as a setting of the server says: write E'…' and double the backslash")]
    Backslash,
    /// `'…` without its end.
    #[error("this string has no end: close it with ' and double a ' within it")]
    OpenString,
    /// `"…` without its end.
    #[error("this quoted name has no end: close it with \"")]
    OpenName,
    /// `$tag$…` without its end.
    #[error("this dollar quote has no end: close it with the tag that opened it")]
    OpenDollarQuote,
    /// `/*…` without its end.
    #[error("this comment has no end: close it with */, once for each /* within it")]
    OpenComment,
}

/// A statement that was refused: the rule and the place.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    rule: Rule,
    line: usize,
    column: usize,
}

impl Refusal {
    /// `at` is the byte where it happened; one that is no beginning of a character counts as the end of the text.
    pub(crate) fn new(rule: Rule, text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { rule, line, column }
    }

    /// The rule that was broken.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub const fn column(&self) -> usize {
        self.column
    }

    /// The refusal, the line it is about and a caret under the place, for an error that can only point at the whole text.
    ///
    /// ```
    /// let text = "select 1;";
    /// let refusal = tenantry_sqlcheck::statement(text).unwrap_err();
    /// assert!(refusal.explain(text).ends_with("\n  select 1;\n          ^"));
    /// ```
    #[must_use]
    pub fn explain(&self, text: &str) -> String {
        /// As much of a line as is shown on either side of the place, in characters.
        const AROUND: usize = 60;
        let line = text.split('\n').nth(self.line - 1).unwrap_or_default();
        let start = (self.column - 1).saturating_sub(AROUND);
        let shown: String = line.chars().skip(start).take(2 * AROUND).map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("{self}\n  {shown}\n  {:>width$}", '^', width = self.column - start)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.rule)
    }
}

impl std::error::Error for Refusal {}

/// Everything for which a statement was refused, in the order of the text; at least one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Refusals {
    first: Refusal,
    more: Vec<Refusal>,
}

impl Refusals {
    /// The first of them.
    #[must_use]
    pub const fn first(&self) -> &Refusal {
        &self.first
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Refusal> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// All of them as [`Refusal::explain`] says it, with an empty line between.
    #[must_use]
    pub fn explain(&self, text: &str) -> String {
        self.iter().map(|refusal| refusal.explain(text)).collect::<Vec<_>>().join("\n\n")
    }
}

impl From<Refusal> for Refusals {
    fn from(first: Refusal) -> Self {
        Self { first, more: Vec::new() }
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.more.iter().try_for_each(|refusal| write!(f, "\n{refusal}"))
    }
}

impl std::error::Error for Refusals {}

//! Why and where a statement was refused.

use std::fmt;

use sqlparser::tokenizer::Location;

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
    /// Something that the parser cannot read, PostgreSQL's or not.
    #[error("the check cannot read this: docs/hand-written-sql.md has what it cannot read and what to write instead")]
    Unreadable,
    /// A token that the parser takes for another than PostgreSQL does.
    #[error("PostgreSQL and the check read this differently: put spaces around operators, write `=` for `==`, and a string in one piece")]
    Misread,
    /// A name of more than 63 bytes.
    #[error("a name has at most 63 bytes: PostgreSQL cuts off the rest, so that two names could be one")]
    LongName,
    /// Parentheses in parentheses.
    #[error("this is nested too deeply to be checked: move the inner parts into WITH")]
    TooDeep,
    /// Very many tokens, or a very long chain of operators.
    #[error("this is too long to be checked: bind lists as arrays, as in `= any($2)` or `from unnest($2)`")]
    TooLarge,
    /// A relation with rows of tenants whose tenant is not shown to be `$1`.
    #[error("a relation is not bound to the tenant")]
    Unbound,
    /// A relation without its schema.
    #[error("a relation is written without its schema")]
    Schema,
    /// A relation with a catalog in front of its schema.
    #[error("a relation is written with three names: leave the first one out")]
    Catalog,
    /// A relation of PostgreSQL's own schemas.
    #[error("a relation of PostgreSQL's catalogue shows what belongs to no tenant")]
    System,
    /// A relation that is called shared is written to.
    #[error("a shared relation is read only: write it with the platform's role")]
    SharedWrite,
    /// `app.customers as c (a, b)`.
    #[error("a relation with new names for its columns cannot be checked: rename columns in the select list")]
    Renamed,
    /// `NATURAL JOIN`.
    #[error("NATURAL JOIN compares whatever columns have one name: write the comparison in ON")]
    Natural,
    /// `JOIN … USING (…) AS …`, or a name for a whole join.
    #[error("a name for a join hides the relations in it: leave it out")]
    JoinAlias,
    /// `TABLESAMPLE`.
    #[error("TABLESAMPLE draws from the rows of every tenant: write `order by random() limit …`")]
    Sample,
    /// `ONLY app.customers`, `app.customers *`.
    #[error("ONLY and `*` behind a relation are not taken: leave them out")]
    Only,
    /// Something that PostgreSQL does not have, or that the check does not take.
    #[error("this is not taken")]
    Construct,
    /// A function with a schema that `models.toml` does not list.
    #[error("a function is called that models.toml does not list")]
    Function,
    /// `INSERT` without its columns.
    #[error("an INSERT names its columns")]
    InsertColumns,
    /// `INSERT` whose columns lack the tenant.
    #[error("an INSERT names the tenant column")]
    InsertTenant,
    /// `INSERT` that gives another tenant than `$1`, or might.
    #[error("an INSERT gives `$1` to the tenant column")]
    InsertValue,
    /// The tenant column is assigned.
    #[error("no statement assigns the tenant column: leave it out of SET")]
    Assigned,
    /// `ON CONFLICT` whose target lacks the tenant.
    #[error("the target of ON CONFLICT contains the tenant column, since a key over all tenants reaches another tenant's row")]
    ConflictTarget,
    /// A relation or sub-select that the check has not come by. It means a fault in the check.
    #[error("the check did not see every part of this statement, which is a fault in it: please report the statement")]
    Unjudged,
}

/// A statement that was refused: the rule and the place.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    rule: Rule,
    line: usize,
    column: usize,
    /// What to write in this very statement, where the rule's own text cannot say it; else empty.
    advice: Box<str>,
}

impl Refusal {
    /// `at` is the byte where it happened; one that is no beginning of a character counts as the end of the text.
    pub(crate) fn new(rule: Rule, text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { rule, line, column, advice: Box::default() }
    }

    /// At a place that the parser names.
    pub(crate) fn at(rule: Rule, place: Location, advice: String) -> Self {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
        Self { rule, line: number(place.line), column: number(place.column), advice: advice.into() }
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
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if self.advice.is_empty() { write!(f, "{}", self.rule) } else { f.write_str(&self.advice) }
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

impl Refusals {
    /// In the order of the text; `None` when there is nothing to refuse.
    pub(crate) fn of(mut all: Vec<Refusal>) -> Option<Self> {
        all.sort_by_key(|refusal| (refusal.line, refusal.column));
        all.dedup();
        let mut all = all.into_iter();
        all.next().map(|first| Self { first, more: all.collect() })
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

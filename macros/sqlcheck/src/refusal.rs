//! Why and where a statement was refused.

use std::fmt;

use sqlparser::tokenizer::Location;

use crate::Rule;

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

//! From text to a tree. The tree is another reader's, so what it was made from is compared with what PostgreSQL would have seen: token by
//! token, by where each begins and ends and what kind it is. A text that the two readers cut differently is refused.

use sqlparser::ast::Statement;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token as Theirs, TokenWithSpan, Tokenizer};

use crate::count::Count;
use crate::lexer::{Placed, Token as Ours};
use crate::mutants::mutant;
use crate::stack::Depth;
use crate::{Refusal, Rule};

/// The most tokens of a statement.
pub(crate) const MAX_TOKENS: usize = 20_000;
/// The deepest nesting of parentheses and brackets.
const MAX_DEPTH: usize = 32;
/// The most operators between two commas or parentheses: a chain of them is as deep as it is long.
pub(crate) const MAX_CHAIN: usize = 500;
/// The most joins that wait for their ON, as in `a join b join c on … on …`.
const MAX_JOINS: usize = 4;
/// The longest name that PostgreSQL does not cut off, in bytes.
const MAX_NAME: usize = 63;

const DIALECT: PostgreSqlDialect = PostgreSqlDialect {};

/// Why there is no tree.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It would be deeper than was allowed here.
    Deep,
    Refused(Refusal),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Reads one statement that the lexical check has passed, at most so deep, and counts its parts by its tokens.
pub(crate) fn parse(text: &str, ours: &[Placed<'_>], depth: Depth) -> Result<(Statement, Count), Failure> {
    // The parser's reader comes second, so that it never sees a text that is too large.
    if longest_chain(text, ours)? > depth.chain {
        return Err(Failure::Deep);
    }
    let mut theirs = Tokenizer::new(&DIALECT, text).tokenize_with_location().map_err(|error| unreadable(&error.message, error.location))?;
    theirs.retain(|token| !matches!(token.token, Theirs::Whitespace(_) | Theirs::EOF));
    tokens_agree(text, ours, &theirs)?;
    let mut parser = Parser::new(&DIALECT).with_recursion_limit(depth.recursion).with_tokens_with_locations(theirs);
    let statement = parser.parse_statement().map_err(|error| failure(error, depth))?;
    let rest = parser.peek_token();
    if rest.token == Theirs::EOF {
        Ok((statement, Count::of(ours.iter().map(|&(token, ..)| token))))
    } else if !depth.last {
        Err(Failure::Deep)
    } else {
        Err(unreadable(&format!("`{}` was not expected here", rest.token), rest.span.start).into())
    }
}

fn failure(error: ParserError, depth: Depth) -> Failure {
    match error {
        ParserError::RecursionLimitExceeded => Failure::Deep,
        _ if !depth.last => Failure::Deep,
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => {
            let (message, place) = message.rsplit_once(" at Line: ").unwrap_or((&message, ""));
            let (line, column) = place.split_once(", Column: ").unwrap_or_default();
            unreadable(message, Location { line: line.parse().unwrap_or(1), column: column.parse().unwrap_or(1) }).into()
        }
    }
}

fn unreadable(message: &str, place: Location) -> Refusal {
    let message = match message.strip_prefix("No infix parser") {
        Some(_) => "it knows no such operator".to_owned(),
        None => message.replace("Expected", "expected").replace("expected: ", "expected ").replace(", found: ", ", found "),
    };
    Refusal::at(
        Rule::Unreadable,
        place,
        format!("the check cannot read this ({message}): docs/hand-written-sql.md has what it cannot read and what to write instead"),
    )
}

/// How many operators there are in the longest chain of them.
fn longest_chain(text: &str, tokens: &[Placed<'_>]) -> Result<usize, Refusal> {
    let mut shape = Shape::default();
    for &(token, start, _) in tokens {
        if let Some(rule) = long_name(token).or_else(|| shape.step(token)) {
            return Err(Refusal::new(rule, text, start));
        }
    }
    Ok(shape.longest)
}

/// Rule: the parser was shown the very tokens that PostgreSQL will see.
fn tokens_agree(text: &str, ours: &[Placed<'_>], theirs: &[TokenWithSpan]) -> Result<(), Refusal> {
    let mut cursor = Cursor { text, at: 0, place: Location { line: 1, column: 1 } };
    let mut theirs = theirs.iter();
    for &(ours, start, end) in ours {
        let (start, end) = (cursor.advance(start), cursor.advance(end));
        let agreed = theirs.next().is_some_and(|theirs| theirs.span.start == start && theirs.span.end == end && same(ours, &theirs.token));
        if !agreed && !mutant!("tokens_agree") {
            return Err(Refusal::at(Rule::Misread, start, String::new()));
        }
    }
    match theirs.next() {
        Some(token) if !mutant!("tokens_agree") => Err(Refusal::at(Rule::Misread, token.span.start, String::new())),
        _ => Ok(()),
    }
}

/// Whether a token is the same thing to both. `==` is an operator that somebody could have made, and the parser takes it for `=`.
fn same(ours: Ours<'_>, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Ours::Word(word), Theirs::Word(theirs)) => theirs.quote_style.is_none() && theirs.value == word,
        (Ours::Quoted(_), Theirs::Word(theirs)) => theirs.quote_style == Some('"'),
        (
            Ours::Value,
            Theirs::Number(..)
            | Theirs::SingleQuotedString(_)
            | Theirs::EscapedStringLiteral(_)
            | Theirs::DollarQuotedString(_)
            | Theirs::NationalStringLiteral(_)
            | Theirs::HexStringLiteral(_)
            | Theirs::SingleQuotedByteStringLiteral(_)
            | Theirs::Placeholder(_),
        ) => true,
        (Ours::Operator(_), Theirs::Word(_) | Theirs::Number(..) | Theirs::Placeholder(_) | Theirs::DoubleEq) => false,
        (Ours::Operator(_), _) => true,
        (Ours::Symbol(symbol), theirs) => matches!(
            (symbol, theirs),
            (b'(', Theirs::LParen)
                | (b')', Theirs::RParen)
                | (b'[', Theirs::LBracket)
                | (b']', Theirs::RBracket)
                | (b',', Theirs::Comma)
                | (b'.', Theirs::Period)
                | (b':', Theirs::Colon)
        ),
        _ => false,
    }
}

/// Rule: PostgreSQL cuts off what a name has beyond 63 bytes, so that two names of this text could be one.
fn long_name(token: Ours<'_>) -> Option<Rule> {
    match token {
        Ours::Word(name) | Ours::Quoted(name) if name.len() > MAX_NAME && !mutant!("long_name") => Some(Rule::LongName),
        _ => None,
    }
}

/// How deep and how long a statement is, as far as it has been read. What is counted bounds the parser's recursion and that of the tree.
#[derive(Default)]
struct Shape {
    tokens: usize,
    /// What stands around the innermost parenthesis that is open.
    around: Vec<Level>,
    level: Level,
    longest: usize,
}

/// What stands between two parentheses.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Operators since the last comma.
    chain: usize,
    /// Joins whose ON has not come yet; each is a level that the parser does not count.
    joins: usize,
    /// CROSS JOIN has no ON.
    cross: bool,
}

impl Shape {
    fn step(&mut self, token: Ours<'_>) -> Option<Rule> {
        self.tokens += 1;
        let cross = std::mem::take(&mut self.level.cross);
        match token {
            Ours::Symbol(b'(' | b'[') => {
                self.level.chain += 1;
                self.around.push(std::mem::take(&mut self.level));
            }
            Ours::Symbol(b')' | b']') => self.level = self.around.pop().unwrap_or_default(),
            Ours::Symbol(b',') => self.level = Level::default(),
            Ours::Operator(_) => self.level.chain += 1,
            Ours::Word(word) => self.word(word, cross),
            Ours::Symbol(_) | Ours::Quoted(_) | Ours::Value => {}
        }
        self.longest = self.longest.max(self.level.chain);
        if self.tokens > MAX_TOKENS || self.longest > MAX_CHAIN {
            Some(Rule::TooLarge)
        } else if self.around.len() > MAX_DEPTH || self.level.joins > MAX_JOINS {
            Some(Rule::TooDeep)
        } else {
            None
        }
    }

    fn word(&mut self, word: &str, cross: bool) {
        let is = |own: &&str| word.eq_ignore_ascii_case(own);
        if ["cross", "natural"].iter().any(is) {
            self.level.cross = true;
        } else if is(&"join") && !cross {
            self.level.joins += 1;
        } else if ["on", "using"].iter().any(is) {
            self.level.joins = self.level.joins.saturating_sub(1);
        } else if CHAINS.iter().any(is) {
            self.level.chain += 1;
        }
    }
}

/// Words that can make what stands before them a part of something longer.
const CHAINS: [&str; 17] = [
    "and",
    "or",
    "not",
    "is",
    "isnull",
    "notnull",
    "in",
    "like",
    "ilike",
    "similar",
    "between",
    "overlaps",
    "collate",
    "at",
    "union",
    "intersect",
    "except",
];

/// Turns ascending bytes into lines and columns.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
    place: Location,
}

impl Cursor<'_> {
    fn advance(&mut self, to: usize) -> Location {
        for c in self.text.get(self.at..to).unwrap_or_default().chars() {
            if c == '\n' {
                self.place = Location { line: self.place.line + 1, column: 1 };
            } else {
                self.place.column += 1;
            }
        }
        self.at = to;
        self.place
    }
}

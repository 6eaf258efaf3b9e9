//! From text to a tree. The tree is another reader's, so what it was made from is compared with what PostgreSQL would have seen: token by
//! token, by where each begins and ends and what kind it is. A text that the two readers cut differently is refused.

use sqlparser::ast::Statement;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token as Theirs, TokenWithSpan, Tokenizer, Whitespace};

use crate::lexer::{Lexer, Token as Ours};
use crate::mutants::mutant;
use crate::{Refusal, Rule};

/// The most tokens of a statement.
pub(crate) const MAX_TOKENS: usize = 20_000;
/// The deepest nesting of parentheses and brackets.
pub(crate) const MAX_DEPTH: usize = 32;
/// The most operators between two commas or parentheses: a chain of them is as deep as it is long.
pub(crate) const MAX_CHAIN: usize = 500;
/// The longest name that PostgreSQL does not cut off, in bytes.
pub(crate) const MAX_NAME: usize = 63;

const DIALECT: PostgreSqlDialect = PostgreSqlDialect {};

/// Reads one statement that the lexical check has passed.
pub(crate) fn parse(text: &str) -> Result<Statement, Refusal> {
    let mut tokens =
        Tokenizer::new(&DIALECT, text).tokenize_with_location().map_err(|error| unreadable(text, &error.message, error.location))?;
    tokens.retain(|token| {
        !matches!(
            token.token,
            Theirs::Whitespace(
                Whitespace::Space
                    | Whitespace::Newline
                    | Whitespace::Tab
                    | Whitespace::SingleLineComment { .. }
                    | Whitespace::MultiLineComment(_)
            )
        )
    });
    agree(text, &tokens)?;
    let mut parser = Parser::new(&DIALECT).with_tokens_with_locations(tokens);
    let statement = parser.parse_statement().map_err(|error| refusal(text, error))?;
    let rest = parser.peek_token();
    if rest.token == Theirs::EOF {
        Ok(statement)
    } else {
        Err(unreadable(text, &format!("`{}` was not expected here", rest.token), rest.span.start))
    }
}

fn refusal(text: &str, error: ParserError) -> Refusal {
    match error {
        ParserError::RecursionLimitExceeded => Refusal::new(Rule::TooDeep, text, 0),
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => {
            let (message, place) = message.rsplit_once(" at Line: ").unwrap_or((&message, ""));
            let (line, column) = place.split_once(", Column: ").unwrap_or_default();
            unreadable(text, message, Location { line: line.parse().unwrap_or(1), column: column.parse().unwrap_or(1) })
        }
    }
}

fn unreadable(_: &str, message: &str, place: Location) -> Refusal {
    let message = message.replace("Expected: ", "expected ").replace(", found: ", ", found ");
    Refusal::at(
        Rule::Unreadable,
        place,
        format!("the check cannot read this ({message}): docs/hand-written-sql.md has what it cannot read and what to write instead"),
    )
}

/// Walks through both readings of a text at once.
fn agree(text: &str, tokens: &[TokenWithSpan]) -> Result<(), Refusal> {
    let mut lexer = Lexer::new(text)?;
    let mut cursor = Cursor { text, at: 0, place: Location { line: 1, column: 1 } };
    let mut shape = Shape::default();
    let mut theirs = tokens.iter();
    while let Some((start, ours)) = lexer.next_token()? {
        let begin = cursor.advance(start);
        let end = cursor.advance(lexer.position());
        let agreed = theirs.next().is_some_and(|theirs| theirs.span.start == begin && theirs.span.end == end && same(ours, &theirs.token));
        if !agreed && !mutant!("tokens_agree") {
            return Err(Refusal::at(Rule::Misread, begin, String::new()));
        }
        if let Some(rule) = short_name(ours).or_else(|| shape.step(ours)) {
            return Err(Refusal::at(rule, begin, String::new()));
        }
    }
    match theirs.next() {
        None => Ok(()),
        Some(token) if token.token == Theirs::EOF || mutant!("tokens_agree") => Ok(()),
        Some(token) => Err(Refusal::at(Rule::Misread, token.span.start, String::new())),
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

/// Refuses names that PostgreSQL would cut off, so that two of them could be one.
fn short_name(token: Ours<'_>) -> Option<Rule> {
    match token {
        Ours::Word(name) | Ours::Quoted(name) if name.len() > MAX_NAME && !mutant!("short_name") => Some(Rule::LongName),
        _ => None,
    }
}

/// How deep and how long a statement is, as far as it has been read. What is counted bounds the parser's recursion and that of the tree.
#[derive(Default)]
struct Shape {
    tokens: usize,
    /// For each open parenthesis, how many operators have been chained there.
    chains: Vec<usize>,
    chain: usize,
}

impl Shape {
    fn step(&mut self, token: Ours<'_>) -> Option<Rule> {
        self.tokens += 1;
        match token {
            Ours::Symbol(b'(' | b'[') => {
                self.chains.push(self.chain + 1);
                self.chain = 0;
            }
            Ours::Symbol(b')' | b']') => self.chain = self.chains.pop().unwrap_or_default(),
            Ours::Symbol(b',') => self.chain = 0,
            Ours::Operator(_) => self.chain += 1,
            Ours::Word(word) if chains(word) => self.chain += 1,
            Ours::Symbol(_) | Ours::Word(_) | Ours::Quoted(_) | Ours::Value => {}
        }
        if self.tokens > MAX_TOKENS || self.chain > MAX_CHAIN {
            Some(Rule::TooLarge)
        } else if self.chains.len() > MAX_DEPTH {
            Some(Rule::TooDeep)
        } else {
            None
        }
    }
}

/// Whether a word can make what stands before it a part of something longer.
fn chains(word: &str) -> bool {
    const WORDS: [&str; 19] = [
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
        "join",
        "case",
    ];
    WORDS.iter().any(|own| word.eq_ignore_ascii_case(own))
}

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

//! What a hand-written SQL statement must look like before Tenantry lets it near the database.
//!
//! [`check`] decides for every relation in a statement, at any depth, whether it is bound to the tenant, which is the first argument, `$1`. It
//! refuses when it is unsure, and names all that stands in the way at once. Why what it accepts stays within the tenant is written down in
//! [`soundness`].
//!
//! ```
//! use tenantry_sqlcheck::{Conventions, Rule, check};
//!
//! let conventions = Conventions::DEFAULT;
//! assert!(check("select name from app.customers where tenant_id = $1", &conventions).is_ok());
//!
//! let refusals = check("select c.name from app.customers c where c.tenant_id = $1 or c.active", &conventions).unwrap_err();
//! assert_eq!(refusals.first().rule(), Rule::Unbound);
//! ```
//!
//! [`statement`] takes the text of one statement and says which [`Verb`] it has, or where and why it is refused. It reads the text by
//! PostgreSQL's lexical rules (chapter 4.1 of its manual), since a reader with other rules could be shown one statement while the server
//! runs another. Where PostgreSQL offers an odd spelling that nobody needs, the text is refused rather than understood.
//!
//! The check is pure and takes time linear in the length of the text, so that it can run at compile time (`sql!`) and for every new text at
//! run time. What it says does not depend on the server's settings.
//!
//! The names it refuses are a guard rail that makes mistakes visible early. The fence is the server's: the application's role has no right
//! to these functions where that can be revoked, and row level security holds for whatever text arrives.
//!
//! ```
//! use tenantry_sqlcheck::{Rule, Verb, statement};
//!
//! assert_eq!(statement("select name from app.customers where tenant_id = $1"), Ok(Verb::Select));
//!
//! let refusal = statement("select 1; drop table app.customers").unwrap_err();
//! assert_eq!((refusal.rule(), refusal.line(), refusal.column()), (Rule::Semicolon, 1, 9));
//! ```
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod advice;
mod bind;
mod conventions;
mod count;
mod expr;
mod functions;
mod joins;
mod judge;
mod lexer;
mod mutants;
mod names;
mod parse;
mod query;
mod refusal;
mod rule;
mod scope;
#[doc = include_str!("soundness.md")]
pub mod soundness {}
mod stack;
mod tables;
mod write;

pub use conventions::Conventions;
pub use refusal::{Refusal, Refusals};
pub use rule::Rule;

use lexer::{Lexer, Placed, Token};
use mutants::mutant;
use stack::Depth;

/// The longest text that is looked at, in bytes: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;

/// What a statement does, by its first word.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Verb {
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `WITH`, in front of any of the others; its parts may write, too.
    With,
}

impl Verb {
    fn of(word: &str) -> Option<Self> {
        [("select", Self::Select), ("insert", Self::Insert), ("update", Self::Update), ("delete", Self::Delete), ("with", Self::With)]
            .into_iter()
            .find_map(|(name, verb)| word.eq_ignore_ascii_case(name).then_some(verb))
    }
}

/// Checks what [`statement`] checks, and that every relation in the text is bound to the tenant, which is its first argument, `$1`.
///
/// # Errors
/// Everything that stands in the way, each with its line and column and what to write instead.
pub fn check(text: &str, conventions: &Conventions<'_>) -> Result<Verb, Refusals> {
    check_within(text, conventions, stack::ANYWHERE)
}

/// [`check`] for a macro: what it says is the same. It makes use of the compiler's stack, which is larger than that of a worker at run time, and
/// so rarely needs a thread of its own for a statement that goes deep.
///
/// # Errors
/// As [`check`].
pub fn check_in_the_compiler(text: &str, conventions: &Conventions<'_>) -> Result<Verb, Refusals> {
    check_within(text, conventions, stack::IN_THE_COMPILER)
}

fn check_within(text: &str, conventions: &Conventions<'_>, depth: Depth) -> Result<Verb, Refusals> {
    let (verb, tokens) = read(text)?;
    Refusals::of(stack::refusals(text, &tokens, conventions, depth)).map_or(Ok(verb), Err)
}

/// Checks that the text is exactly one statement that reads or writes rows, and names nothing that would step out of its tenant.
///
/// # Errors
/// The first thing that stands in the way, with its line and column and what to write instead.
pub fn statement(text: &str) -> Result<Verb, Refusal> {
    read(text).map(|(verb, _)| verb)
}

/// The lexical check, and the tokens it has seen: the first of them when there are too many for the check of the tree.
fn read(text: &str) -> Result<(Verb, Vec<Placed<'_>>), Refusal> {
    if text.len() > MAX_BYTES {
        return Err(Refusal::new(Rule::TooLong, text, 0));
    }
    let mut lexer = Lexer::new(text)?;
    let first = lexer.next_token()?.ok_or_else(|| Refusal::new(Rule::Empty, text, 0))?;
    let verb = match first {
        (_, Token::Word(word)) => Verb::of(word),
        _ => None,
    };
    let verb = verb.ok_or_else(|| Refusal::new(Rule::Verb, text, first.0))?;
    let mut place = Place::after(verb);
    let mut tokens = vec![(first.1, first.0, lexer.position())];
    while let Some((at, token)) = lexer.next_token()? {
        if let Some(rule) = semicolon(token).or_else(|| name(token)).or_else(|| place.step(token)) {
            return Err(Refusal::new(rule, text, at));
        }
        if tokens.len() <= parse::MAX_TOKENS {
            tokens.push((token, at, lexer.position()));
        }
    }
    Ok((verb, tokens))
}

/// Rule: one statement, so that nothing can follow the one that was judged.
fn semicolon(token: Token<'_>) -> Option<Rule> {
    (token == Token::Symbol(b';') && !mutant!("semicolon")).then_some(Rule::Semicolon)
}

/// Rule: no name of a function that steps out of the tenant, whatever it names here.
fn name(token: Token<'_>) -> Option<Rule> {
    match token {
        Token::Word(name) | Token::Quoted(name) if !mutant!("name") => names::refused(name).map(Rule::Name),
        _ => None,
    }
}

/// Where in the statement the reader is: as much as it takes to tell `INSERT INTO` from `SELECT … INTO`, which makes a table.
///
/// `insert` is no reserved word, so `select count(*) insert into stolen from app.customers` is a `SELECT … INTO` whose column is called
/// insert. An INSERT stands at the beginning, right after an opening parenthesis, or after the parts of a WITH; nowhere else.
struct Place {
    depth: usize,
    /// Whether the statement that follows the parts of the outermost WITH may still come.
    main_awaited: bool,
    before: Before,
}

/// The token that was read last.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Before {
    Open,
    Close,
    /// The word INSERT, where a statement can begin.
    Insert,
    Merge,
    Other,
}

impl Place {
    fn after(verb: Verb) -> Self {
        let before = if verb == Verb::Insert { Before::Insert } else { Before::Other };
        Self { depth: 0, main_awaited: verb == Verb::With, before }
    }

    fn step(&mut self, token: Token<'_>) -> Option<Rule> {
        let before = self.before;
        self.before = Before::Other;
        match token {
            Token::Symbol(b'(') => {
                self.depth += 1;
                self.before = Before::Open;
            }
            Token::Symbol(b')') => {
                self.depth = self.depth.saturating_sub(1);
                self.before = Before::Close;
            }
            Token::Word(word) => return self.word(word, before),
            Token::Symbol(_) | Token::Operator(_) | Token::Quoted(_) | Token::Value => {}
        }
        None
    }

    /// Rule: INTO stands behind the INSERT that begins a statement, and nowhere else.
    fn word(&mut self, word: &str, before: Before) -> Option<Rule> {
        let after_with = self.depth == 0 && self.main_awaited;
        if word.eq_ignore_ascii_case("into") {
            return match before {
                Before::Insert => None,
                _ if mutant!("word_into") => None,
                Before::Merge => Some(Rule::Merge),
                Before::Open | Before::Close | Before::Other => Some(Rule::SelectInto),
            };
        }
        if word.eq_ignore_ascii_case("insert") && (before == Before::Open || (after_with && before == Before::Close)) {
            self.before = Before::Insert;
        } else if word.eq_ignore_ascii_case("merge") {
            self.before = Before::Merge;
        }
        if after_with && matches!(Verb::of(word), Some(Verb::Select | Verb::Insert | Verb::Update | Verb::Delete)) {
            self.main_awaited = false;
        }
        None
    }
}

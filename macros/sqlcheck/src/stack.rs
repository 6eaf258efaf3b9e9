//! How deep the check may go where it stands, and where it goes when that is not enough.
//!
//! The parser takes up to 90 KB of stack a level without optimisation, and a worker of an asynchronous runtime has two megabytes in all. So a
//! statement is first read to a depth that fits everywhere, which nearly all do. One that goes deeper is read on a thread with a stack of its
//! own, to a depth that fits there; one that goes deeper still is refused. The thread costs several times what the reading does, so an
//! optimised build, which takes a tenth of the stack, goes deeper before it needs one; not deeper than would fit without, since the build of
//! the parser can be set apart from ours.
//!
//! Where the parser comes to its limit it may try a word as a name instead, and complain of something else. So every complaint of the first
//! reading leads to the second. That a reading succeeds in spite of the limit does no harm: the words that it tries so are those of special
//! forms, which then are calls of functions with the same arguments, and neither binds anything.

use crate::judge::{Judge, OwnNames};
use crate::lexer::Placed;
use crate::parse::{self, Failure};
use crate::{Conventions, Refusal, Rule};

/// How deep a statement may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth {
    /// Calls of the parser within each other.
    pub(crate) recursion: usize,
    /// Operators in a row, each of which is a level of the tree.
    pub(crate) chain: usize,
    /// Whether this is as deep as it gets.
    pub(crate) last: bool,
}

/// What fits into any stack.
pub(crate) const ANYWHERE: Depth = Depth { recursion: if cfg!(debug_assertions) { 7 } else { 16 }, chain: 64, last: false };
/// What fits into the compiler's stack and that of the analyser of an editor, eight megabytes each, along with what is there already.
pub(crate) const IN_THE_COMPILER: Depth = Depth { recursion: 16, ..ANYWHERE };
/// What fits into the stack of the thread.
const ON_A_THREAD: Depth = Depth { recursion: 64, chain: parse::MAX_CHAIN, last: true };
/// The stack of the thread, in bytes; only what is used of it takes memory.
const STACK: usize = 16 << 20;

/// Everything for which a statement is refused that the lexical check has passed.
pub(crate) fn refusals(text: &str, tokens: &[Placed<'_>], conventions: &Conventions<'_>, here: Depth) -> Vec<Refusal> {
    let failure = match judged(text, tokens, conventions, here) {
        Err(Failure::Deep) => std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            let thread = thread.spawn_scoped(scope, || judged(text, tokens, conventions, ON_A_THREAD));
            thread.map_or(Err(Failure::Deep), |thread| thread.join().unwrap_or(Err(Failure::Deep)))
        }),
        ended => ended,
    };
    match failure {
        Ok(refusals) => refusals,
        Err(Failure::Refused(refusal)) => vec![refusal],
        Err(Failure::Deep) => vec![Refusal::new(Rule::TooDeep, text, 0)],
    }
}

fn judged(text: &str, tokens: &[Placed<'_>], conventions: &Conventions<'_>, depth: Depth) -> Result<Vec<Refusal>, Failure> {
    let (statement, parts) = parse::parse(text, tokens, depth)?;
    let own = OwnNames::new();
    Ok(Judge::new(conventions, &own).judge(&statement, parts))
}

//! A count of the parts of a statement, made twice: by the check as it goes through the tree, and from the tokens, which the parser has no part
//! in. What the parser has passed over, or the check, is counted once only.

use crate::lexer::Token;

/// The words that begin a part in PostgreSQL's grammar and, being reserved, mean nothing else but as a label.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Count {
    pub(crate) selects: usize,
    pub(crate) joins: usize,
    pub(crate) inserts: usize,
}

impl Count {
    pub(crate) fn of<'a>(tokens: impl Iterator<Item = Token<'a>>) -> Self {
        let mut count = Self::default();
        let mut label = false;
        for token in tokens {
            if let (Token::Word(word), false) = (token, label) {
                count.selects += usize::from(word.eq_ignore_ascii_case("select"));
                count.joins += usize::from(word.eq_ignore_ascii_case("join"));
                count.inserts += usize::from(word.eq_ignore_ascii_case("into"));
            }
            label = match token {
                Token::Word(word) => word.eq_ignore_ascii_case("as"),
                token => token == Token::Symbol(b'.'),
            };
        }
        count
    }
}

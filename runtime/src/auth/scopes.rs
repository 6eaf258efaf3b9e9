//! What a token or a key may be used for.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The most scopes of one credential.
const MOST: usize = 64;
/// The most characters of one.
const LONGEST: usize = 64;

/// Scopes, each a word such as `orders:read` (RFC 6749, section 3.3). Without any, a credential may do nothing that asks for one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Scopes(BTreeSet<Box<str>>);

/// A text that is no list of scopes. It does not repeat the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "scopes are at most {MOST} different words of 1 to {LONGEST} visible ASCII characters other than `\"` and `\\`, with one space between them"
)]
pub struct ScopesError;

impl Scopes {
    /// Whether that scope is among them: the whole word, no pattern.
    #[must_use]
    pub fn allow(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Whether all of these are among those: nobody grants what they do not have.
    #[must_use]
    pub fn are_within(&self, others: &Self) -> bool {
        self.0.is_subset(&others.0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each, in the order of the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|scope| &**scope)
    }
}

impl FromStr for Scopes {
    type Err = ScopesError;

    fn from_str(text: &str) -> Result<Self, ScopesError> {
        let mut scopes = BTreeSet::new();
        if text.is_empty() {
            return Ok(Self(scopes));
        }
        for scope in text.split(' ') {
            let fits =
                (1..=LONGEST).contains(&scope.len()) && scope.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
            if !fits || scopes.len() == MOST || !scopes.insert(scope.into()) {
                return Err(ScopesError);
            }
        }
        Ok(Self(scopes))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.iter().enumerate() {
            let space = if position == 0 { "" } else { " " };
            write!(f, "{space}{scope}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_different_words() {
        for text in ["", "a", "orders:read orders:write", "a b c"] {
            assert_eq!(text.parse::<Scopes>().unwrap().to_string(), text);
        }
        let long = "x".repeat(65);
        let many = (0..65).map(|number| number.to_string()).collect::<Vec<_>>().join(" ");
        for text in [" ", " a", "a ", "a  b", "a a", "a\tb", "a\"", "a\\", "ä", &long, &many] {
            assert_eq!(text.parse::<Scopes>(), Err(ScopesError), "{text:?}");
        }
    }

    #[test]
    fn a_scope_is_a_whole_word() {
        let scopes: Scopes = "orders:read".parse().unwrap();
        assert!(scopes.allow("orders:read") && !scopes.allow("orders") && !scopes.allow("orders:*") && !scopes.allow(""));
        let more: Scopes = "orders:read orders:write".parse().unwrap();
        assert!(scopes.are_within(&more) && !more.are_within(&scopes) && Scopes::default().are_within(&scopes));
    }
}

//! Who may operate: names, and hashes of their tokens.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::db::is_operator;
use crate::mutants::mutant;

/// The variable that names them.
const VARIABLE: &str = "TENANTRY_OPERATORS";

/// The operators: for each a name, which the acts get, and the SHA-256 of a token, which nobody can make a token of. `Debug` shows the names alone.
///
/// The text is `name:hash`, and further ones behind commas. A token is as good as its randomness: 32 random bytes are.
///
/// ```console
/// $ token=$(openssl rand -hex 32)
/// $ printf %s "$token" | sha256sum | cut -d ' ' -f 1
/// ```
///
/// ```
/// use tenantry::operator::Operators;
///
/// let hash = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";
/// let operators: Operators = format!("ada:{hash}").parse()?;
/// assert_eq!(format!("{operators:?}"), r#"Operators(["ada"])"#);
/// assert!(format!("ada:{hash},ada:{hash}").parse::<Operators>().is_err());
/// # Ok::<(), tenantry::operator::OperatorsError>(())
/// ```
#[derive(Clone)]
pub struct Operators(Arc<[Operator]>);

struct Operator {
    name: Arc<str>,
    hash: [u8; 32],
}

/// Why a text names no operators. It repeats no hash.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OperatorsError {
    /// The variable is not set.
    #[error(
        "{VARIABLE} is not set; set it to name:hash, the hash being the SHA-256 of a token as 64 hexadecimal digits, and further ones behind commas"
    )]
    Missing,
    /// There is nobody.
    #[error("there must be at least one operator: name:hash")]
    Nobody,
    /// One of them is no `name:hash`.
    #[error("operator {0} is no name:hash: a name of 1 to 100 visible characters and 64 hexadecimal digits in small letters")]
    Form(
        /// Which, from 1.
        usize,
    ),
    /// Two have one name, or one token: an act would be anybody's.
    #[error("operator {0} has the name or the token of one before it")]
    Twice(
        /// Which, from 1.
        usize,
    ),
}

impl Operators {
    /// Those of `TENANTRY_OPERATORS`.
    ///
    /// # Errors
    /// When it is not set, or names none.
    pub fn from_env() -> Result<Self, OperatorsError> {
        std::env::var(VARIABLE).map_err(|_| OperatorsError::Missing)?.parse()
    }

    /// Whose token it is. All are compared, each in a time that does not depend on where it differs, so that how long it takes tells neither
    /// whether nor whose it is.
    pub(super) fn whose(&self, token: &[u8]) -> Option<&Arc<str>> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        let mut found = None;
        for operator in self.0.iter() {
            if bool::from(operator.hash.ct_eq(&hash)) {
                found = Some(&operator.name);
            }
        }
        if mutant!("operator_token_unread") { found.or_else(|| self.0.first().map(|operator| &operator.name)) } else { found }
    }
}

impl FromStr for Operators {
    type Err = OperatorsError;

    fn from_str(text: &str) -> Result<Self, OperatorsError> {
        let mut operators: Vec<Operator> = Vec::new();
        for (at, entry) in text.split(',').map(str::trim).enumerate().filter(|(_, entry)| !entry.is_empty()) {
            let operator = read(entry).ok_or(OperatorsError::Form(at + 1))?;
            if operators.iter().any(|other| other.name == operator.name || other.hash == operator.hash) && !mutant!("operator_named_twice")
            {
                return Err(OperatorsError::Twice(at + 1));
            }
            operators.push(operator);
        }
        if operators.is_empty() { Err(OperatorsError::Nobody) } else { Ok(Self(operators.into())) }
    }
}

fn read(entry: &str) -> Option<Operator> {
    let (name, digits) = entry.rsplit_once(':')?;
    if !is_operator(name) || name.contains(':') || digits.len() != 64 {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, two) in hash.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let [high, low] = two else { return None };
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Some(Operator { name: name.into(), hash })
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl fmt::Debug for Operators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|operator| &*operator.name).collect();
        f.debug_tuple("Operators").field(&names).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hash(token: &str) -> String {
        Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_token_is_its_operators() {
        let operators: Operators = format!("ada:{}, ci@deploy:{},", hash("one"), hash("two")).parse().unwrap();
        let whose = |token: &str| operators.whose(token.as_bytes()).map(|name| name.to_string());
        assert_eq!((whose("one").as_deref(), whose("two").as_deref()), (Some("ada"), Some("ci@deploy")));
        for other in ["", "onE", "one ", "three", &hash("one")] {
            assert_eq!(whose(other), None, "{other}");
        }
    }

    #[test]
    fn what_names_nobody_or_somebody_twice_is_refused() {
        let (one, two) = (hash("one"), hash("two"));
        let parse = |text: String| text.parse::<Operators>().unwrap_err();
        for nobody in ["", " ", ",", " , ,"] {
            assert_eq!(parse(nobody.to_owned()), OperatorsError::Nobody);
        }
        let upper = one.to_uppercase();
        for odd in ["ada", "ada:", ":", &format!(":{one}"), &format!("ada:{upper}"), &format!("a b:{one}"), &format!("a:b:{one}")] {
            assert_eq!(parse(odd.to_owned()), OperatorsError::Form(1), "{odd}");
        }
        assert_eq!(parse(format!("ada:{one},bob:{one}0")), OperatorsError::Form(2));
        assert_eq!(parse(format!("ada:{one},ada:{two}")), OperatorsError::Twice(2));
        assert_eq!(parse(format!("ada:{one},bob:{two},eve:{one}")), OperatorsError::Twice(3));
        assert!(!parse(format!("ada:{one},x:{two}0")).to_string().contains(&two));
    }

    #[test]
    fn only_names_are_shown() {
        let operators: Operators = format!("ada:{}", hash("one")).parse().unwrap();
        assert_eq!(format!("{operators:?}"), r#"Operators(["ada"])"#);
    }

    proptest! {
        #[test]
        fn any_text_names_operators_or_none(text in ".{0,200}", token in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(operators) = text.parse::<Operators>() {
                prop_assert!(!operators.0.is_empty() && operators.0.iter().all(|operator| is_operator(&operator.name)));
            }
            let operators: Operators = format!("ada:{}", hash("one")).parse().unwrap();
            prop_assert_eq!(operators.whose(&token).is_some(), token == b"one");
        }
    }
}

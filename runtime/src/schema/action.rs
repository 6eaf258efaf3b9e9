//! What permissions are about: actions on the rows of a table.

use super::Verb;

/// What is done with the rows of a table: the word behind the colon of `customers:read`. Hand-written routes may have words of their own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Action {
    /// To list rows, or to get one.
    Read,
    /// To make a row.
    Create,
    /// To change a row.
    Update,
    /// To delete a row.
    Delete,
}

impl Action {
    /// Every action, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Read, Self::Create, Self::Update, Self::Delete];

    /// The word that stands in `permissions(…)`, and behind the colon where nothing else is said.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl Verb {
    /// What the generated route does with rows. Who may list them may get them, and the other way round.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            Self::List | Self::Get => Action::Read,
            Self::Create => Action::Create,
            Self::Patch => Action::Update,
            Self::Delete => Action::Delete,
        }
    }
}

/// The longest word of a permission, in bytes: that of a table's name.
const MAX_WORD: usize = super::ident::MAX_IDENTIFIER;

/// Whether the text is `table:action`: two words of a-z, digits and _, each beginning with a letter.
#[must_use]
pub const fn is_permission(text: &str) -> bool {
    let (mut rest, mut length, mut words) = (text.as_bytes(), 0, 1);
    while let [byte, others @ ..] = rest {
        match byte {
            b':' if words == 1 && length > 0 => (words, length) = (2, 0),
            b'a'..=b'z' if length < MAX_WORD => length += 1,
            b'0'..=b'9' | b'_' if length > 0 && length < MAX_WORD => length += 1,
            _ => return false,
        }
        rest = others;
    }
    words == 2 && length > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_two_words() {
        let long = format!("{}:{}", "a".repeat(63), "b".repeat(63));
        for text in ["customers:read", "a:b", "sales_orders:ship_2", &long] {
            assert!(is_permission(text), "{text}");
        }
        for text in ["", ":", "customers", "customers:", ":read", "customers:read:own", "Customers:read", "customers: read", "1a:b", "a:_b"]
        {
            assert!(!is_permission(text), "{text}");
        }
        for text in [
            "*",
            "customers:*",
            "*:read",
            "cus-tomers:read",
            "kunden:löschen",
            "a:b\0",
            "a:b\n",
            " a:b",
            &format!("a{long}"),
            &format!("{long}b"),
        ] {
            assert!(!is_permission(text), "{text}");
        }
    }
}

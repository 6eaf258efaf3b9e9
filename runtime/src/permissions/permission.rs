//! What a route needs, and what covers it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::RoleError;
use super::error::echo;
use crate::mutants::mutant;
use crate::schema::{ModelDef, Verb, is_permission};

/// What a route needs: `table:action`, such as `customers:read`. The table need not be one; `reports:sales` is fine.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Permission(Cow<'static, str>);

impl Permission {
    /// The permission that stands in the code.
    ///
    /// ```
    /// use tenantry::permissions::Permission;
    ///
    /// const SHIP: Permission = Permission::of("orders:ship");
    /// assert_eq!((SHIP.table(), SHIP.action()), ("orders", "ship"));
    /// ```
    ///
    /// # Panics
    /// When the text is not `table:action`. In a constant that is an error of the build:
    ///
    /// ```compile_fail
    /// use tenantry::permissions::Permission;
    ///
    /// const SHIP: Permission = Permission::of("ship");
    /// ```
    #[must_use]
    pub const fn of(text: &'static str) -> Self {
        assert!(is_permission(text), "a permission is `table:action`: two words of a-z, digits and _, each beginning with a letter");
        Self(Cow::Borrowed(text))
    }

    /// The permission that a generated route needs: what the model says in `permissions(…)`, else its table and the verb's action.
    #[must_use]
    pub fn of_route(def: &ModelDef, verb: Verb) -> Self {
        let action = verb.action();
        let named = def.permissions.iter().find(|(named, _)| *named == action && !mutant!("permission_convention_only"));
        match named {
            Some((_, text)) => Self(Cow::Borrowed(*text)),
            None => Self(Cow::Owned(format!("{}:{}", def.table, action.word()))),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is in front of the colon.
    #[must_use]
    pub fn table(&self) -> &str {
        self.0.split_once(':').map_or(&*self.0, |(table, _)| table)
    }

    /// What is behind it.
    #[must_use]
    pub fn action(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, action)| action)
    }
}

impl FromStr for Permission {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        if is_permission(text) { Ok(Self(Cow::Owned(text.to_owned()))) } else { Err(RoleError::Permission(echo(text))) }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permission({})", self.0)
    }
}

/// What a role covers: one permission, all of a table (`customers:*`), one action on every table (`*:read`), or everything (`*`).
///
/// The wide ones cover what comes later, too.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Grant {
    table: Word,
    action: Word,
}

#[derive(Clone, Eq, Hash, PartialEq)]
enum Word {
    Every,
    One(String),
}

impl Grant {
    /// Whether the permission is covered.
    #[must_use]
    pub fn covers(&self, permission: &Permission) -> bool {
        self.table.is(permission.table()) && self.action.is(permission.action())
    }

    /// Whether everything that the other one covers is covered.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        self.table.includes(&other.table) && self.action.includes(&other.action)
    }
}

impl Word {
    fn of(text: &str) -> Self {
        if text == "*" { Self::Every } else { Self::One(text.to_owned()) }
    }

    fn is(&self, word: &str) -> bool {
        match self {
            Self::Every => true,
            // `orders` is not `orders_archive`.
            Self::One(one) => {
                if mutant!("permission_by_prefix") {
                    word.starts_with(one.as_str())
                } else {
                    one == word
                }
            }
        }
    }

    fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Every, _) => true,
            (Self::One(own), Self::One(other)) => own == other,
            (Self::One(_), Self::Every) => false,
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Every => "*",
            Self::One(word) => word,
        }
    }
}

impl FromStr for Grant {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        if text == "*" {
            return Ok(Self { table: Word::Every, action: Word::Every });
        }
        // With a word in the place of one star, it must be a permission. Two stars have a spelling of their own.
        let read = || {
            let (table, action) = text.split_once(':')?;
            let sample = match (table, action) {
                ("*", "*") => return None,
                ("*", action) => is_permission(&format!("a:{action}")),
                (table, "*") => is_permission(&format!("{table}:a")),
                _ => is_permission(text),
            };
            sample.then(|| Self { table: Word::of(table), action: Word::of(action) })
        };
        read().ok_or_else(|| RoleError::Grant(echo(text)))
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.table, &self.action) {
            (Word::Every, Word::Every) => f.write_str("*"),
            (table, action) => write!(f, "{}:{}", table.text(), action.text()),
        }
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grant({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Action;
    use crate::testing::CUSTOMER;

    fn grant(text: &str) -> Grant {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_no_permission_is_refused_and_repeated_in_part() {
        assert_eq!("customers:read".parse::<Permission>().unwrap(), Permission::of("customers:read"));
        for text in ["", "customers", "customers:*", "*", "a:b:c", "A:b"] {
            assert_eq!(text.parse::<Permission>(), Err(RoleError::Permission(text.to_owned())));
        }
        let error = "x".repeat(100_000).parse::<Permission>().unwrap_err();
        assert!(error.to_string().len() < 300);
    }

    #[test]
    fn what_is_no_grant_is_refused() {
        for text in ["*", "customers:*", "*:read", "customers:read"] {
            assert_eq!(grant(text).to_string(), text);
        }
        for text in
            ["", ":", "*:*", "**", "customers", "customers:", "*:", ":*", "cust*:read", "customers:re*", "*:*:*", "a:b:*", " *", "*\n"]
        {
            assert_eq!(text.parse::<Grant>(), Err(RoleError::Grant(text.to_owned())));
        }
    }

    #[test]
    fn a_grant_covers_what_it_says_and_nothing_that_begins_so() {
        let read = Permission::of("customers:read");
        for text in ["*", "customers:*", "*:read", "customers:read"] {
            assert!(grant(text).covers(&read), "{text}");
        }
        for text in ["customer:*", "customers_archive:*", "*:reads", "*:rea", "customers:update", "orders:read"] {
            assert!(!grant(text).covers(&read), "{text}");
        }
        assert!(!grant("customers:*").covers(&Permission::of("customers_archive:read")));
    }

    #[test]
    fn a_grant_includes_what_covers_no_more() {
        let order = ["*", "customers:*", "customers:read"];
        for (at, wide) in order.iter().enumerate() {
            for (below, narrow) in order.iter().enumerate() {
                assert_eq!(grant(wide).includes(&grant(narrow)), at <= below, "{wide} {narrow}");
            }
        }
        assert!(grant("*:read").includes(&grant("customers:read")));
        assert!(!grant("*:read").includes(&grant("customers:*")) && !grant("customers:*").includes(&grant("*:read")));
    }

    #[test]
    fn a_route_needs_what_the_model_says_or_its_table_and_action() {
        let of = |def: &ModelDef| Verb::ALL.map(|verb| Permission::of_route(def, verb).to_string());
        assert_eq!(of(&CUSTOMER), ["customers:read", "customers:read", "customers:create", "customers:update", "customers:delete"]);
        let def = ModelDef { permissions: &[(Action::Read, "catalogue:read"), (Action::Delete, "catalogue:empty")], ..CUSTOMER };
        assert_eq!(of(&def), ["catalogue:read", "catalogue:read", "customers:create", "customers:update", "catalogue:empty"]);
    }
}

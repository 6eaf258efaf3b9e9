//! Which relation a name means at a place, by PostgreSQL's rules of visibility.

use sqlparser::ast::Ident;

use crate::mutants::mutant;

/// What a relation in a FROM clause is to the check.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// It has rows of tenants; its number among those of the statement.
    Fenced(usize),
    /// It has none, and no tenant column.
    Shared,
    /// A sub-select, a CTE, a function, VALUES or `excluded`: whatever its columns are called, they are not a tenant column.
    Derived,
}

/// A relation in a FROM clause, and the name that it goes by there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    pub(crate) name: Option<&'a Ident>,
    pub(crate) kind: Kind,
}

/// The relations that are visible at a place: those of the query, then those of the queries around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'s, 'a> {
    pub(crate) outer: Option<&'s Scope<'s, 'a>>,
    pub(crate) items: &'s [Item<'a>],
}

/// A relation that a name means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    /// Its place among the items of the innermost scope; `None` when it belongs to a query around it.
    pub(crate) here: Option<usize>,
}

impl<'a> Scope<'_, 'a> {
    /// Rule: a name means the innermost relation that goes by it, whatever that is. Two of one name in one FROM clause are nobody's: PostgreSQL refuses them.
    pub(crate) fn find(&self, name: &Ident) -> Option<Found> {
        if mutant!("find_outermost")
            && let Some(found) = self.outer.and_then(|outer| outer.find(name))
        {
            return Some(Found { here: None, ..found });
        }
        let mut named = self.items.iter().enumerate().filter(|(_, item)| item.name.is_some_and(|own| same(own, name)));
        match (named.next(), named.next()) {
            (Some((index, item)), None) => Some(Found { kind: item.kind, here: Some(index) }),
            (Some(_), Some(_)) if !mutant!("find_first_of_two") => None,
            (Some((index, item)), Some(_)) => Some(Found { kind: item.kind, here: Some(index) }),
            (None, _) => self.outer?.find(name).map(|found| Found { here: None, ..found }),
        }
    }

    /// Whether no query around this one has a relation, so that a column without a qualifier can only be one of this query's.
    pub(crate) fn is_outermost(&self) -> bool {
        self.outer.is_none_or(|outer| outer.items.is_empty() && outer.is_outermost())
    }
}

/// The names of the WITH queries that are visible at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ctes<'s, 'a> {
    pub(crate) outer: Option<&'s Ctes<'s, 'a>>,
    pub(crate) names: &'s [&'a Ident],
}

impl Ctes<'_, '_> {
    pub(crate) fn has(&self, name: &Ident) -> bool {
        self.names.iter().any(|own| same(own, name)) || self.outer.is_some_and(|outer| outer.has(name))
    }
}

/// A place in a statement: the relations and the WITH queries that are visible there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'s, 'a> {
    pub(crate) scope: Option<&'s Scope<'s, 'a>>,
    pub(crate) ctes: Option<&'s Ctes<'s, 'a>>,
}

impl<'s, 'a> At<'s, 'a> {
    /// The same WITH queries, other relations.
    pub(crate) const fn seeing(self, scope: &'s Scope<'s, 'a>) -> Self {
        Self { scope: Some(scope), ctes: self.ctes }
    }
}

/// Rule: two names are one when they are after folding. PostgreSQL folds ASCII letters of names without quotes.
pub(crate) fn same(one: &Ident, other: &Ident) -> bool {
    (one.value.len() == other.value.len() && folded(one).eq(folded(other)))
        || (mutant!("same") && one.value.eq_ignore_ascii_case(&other.value))
}

/// Whether a name is this one, which is given as the catalogue has it.
pub(crate) fn is(name: &Ident, known: &str) -> bool {
    name.value.len() == known.len() && folded(name).eq(known.bytes())
}

/// Whether a name is one of these, which are given as the catalogue has them, sorted.
pub(crate) fn is_one_of(name: &Ident, known: &[&str]) -> bool {
    known.binary_search_by(|entry| entry.bytes().cmp(folded(name))).is_ok()
}

fn folded(name: &Ident) -> impl Iterator<Item = u8> {
    let quoted = name.quote_style.is_some();
    name.value.bytes().map(move |byte| if quoted { byte } else { byte.to_ascii_lowercase() })
}

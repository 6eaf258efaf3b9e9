//! What can be seen of a type without resolving names.

use syn::{GenericArgument, PathArguments, Type};

/// A type as it is written. Rules that look at it are a service to the reader: an alias escapes them, and the laws over the definition
/// hold all the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Shape<'a> {
    /// Whether it is `Option<…>`.
    pub(crate) optional: bool,
    /// The last word of the path: `String`, `Id`; `None` for tuples, references and the like.
    pub(crate) word: Option<&'a syn::Ident>,
    /// The argument: `Customer` of `Id<Customer>`.
    pub(crate) argument: Option<&'a Type>,
}

impl<'a> Shape<'a> {
    pub(crate) fn of(ty: &'a Type) -> Self {
        let outer = Self::plain(ty);
        match outer.argument {
            Some(inner) if outer.is("Option") => Self { optional: true, ..Self::plain(inner) },
            _ => outer,
        }
    }

    /// Whether the type, or the one in its `Option`, has that name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.word.is_some_and(|word| word == name)
    }

    /// Whether it is a name that this crate knows as a column, so that rules about other types can be sure.
    pub(crate) fn is_known(&self) -> bool {
        ["Id", "String", "bool", "i32", "i64", "Money", "Date", "Timestamp", "Uuid"].iter().any(|name| self.is(name))
    }

    fn plain(ty: &'a Type) -> Self {
        let none = Self { optional: false, word: None, argument: None };
        let ty = match ty {
            // A type that came through a `macro_rules` fragment stands in an invisible group.
            Type::Group(group) => &*group.elem,
            other => other,
        };
        let Type::Path(path) = ty else { return none };
        let Some(last) = path.path.segments.last() else { return none };
        let argument = match &last.arguments {
            PathArguments::AngleBracketed(list) => list.args.first().and_then(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            }),
            _ => None,
        };
        Self { optional: false, word: Some(&last.ident), argument }
    }
}

//! The words of the attributes, and what to answer to one that is none of them.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::context::Context;

pub(crate) const MODEL: &str = "model";

pub(crate) const TABLE: &str = "table";
pub(crate) const ROUTES: &str = "routes";
pub(crate) const PERMISSIONS: &str = "permissions";
pub(crate) const SHARED: &str = "shared";
pub(crate) const UNIQUE: &str = "unique";
pub(crate) const INDEX: &str = "index";
pub(crate) const FILTER: &str = "filter";
pub(crate) const SORT: &str = "sort";
pub(crate) const MAX_LEN: &str = "max_len";
pub(crate) const DEFAULT: &str = "default";
pub(crate) const REFERENCES: &str = "references";
pub(crate) const ON_DELETE: &str = "on_delete";
pub(crate) const READONLY: &str = "readonly";
pub(crate) const SECRET: &str = "secret";
pub(crate) const FLATTEN: &str = "flatten";
pub(crate) const RENAME: &str = "rename";

/// What stands in some attribute, and what will.
pub(crate) struct Keys {
    /// Where they stand, for messages: `#[tenant_model(…)]`.
    pub(crate) place: &'static str,
    /// The keys.
    pub(crate) known: &'static [&'static str],
    /// Keys of layers that are not there yet: refused by name, since a key that does nothing would be a promise.
    pub(crate) later: &'static [&'static str],
}

pub(crate) const ON_STRUCT: Keys = Keys {
    place: "#[tenant_model(…)]",
    known: &[TABLE, SHARED, UNIQUE, INDEX, ROUTES, PERMISSIONS],
    later: &["audit", "search", "soft_delete", "series", "hooks", "base"],
};

pub(crate) const ON_FIELD: Keys = Keys {
    place: "#[model(…)] on a field",
    known: &[UNIQUE, INDEX, FILTER, SORT, MAX_LEN, DEFAULT, REFERENCES, READONLY, SECRET, FLATTEN],
    later: &["search", "wide", "encrypted"],
};

pub(crate) const ON_VARIANT: Keys = Keys { place: "#[model(…)] on a variant", known: &[RENAME], later: &[] };

/// The actions of `permissions(…)`, each with the verbs of the routes that need it.
pub(crate) const ACTIONS: [(&str, &[&str]); 4] =
    [("read", &["list", "get"]), ("create", &["create"]), ("update", &["patch"]), ("delete", &["delete"])];

pub(crate) const IN_PERMISSIONS: Keys =
    Keys { place: "permissions(…)", known: &[ACTIONS[0].0, ACTIONS[1].0, ACTIONS[2].0, ACTIONS[3].0], later: &[] };

pub(crate) const IN_REFERENCES: Keys = Keys { place: "references(…)", known: &[ON_DELETE], later: &[] };

impl Keys {
    /// Refuses a key that is none of these, and returns what was probably meant.
    pub(crate) fn refuse(&self, key: &Ident, context: &Context) -> Option<&'static str> {
        let word = key.unraw().to_string();
        if self.later.contains(&word.as_str()) {
            context.error(key, format!("`{word}` comes with a later layer; not available yet"));
            return None;
        }
        let meant = nearest(&word, self.known.iter().chain(self.later).copied());
        let suggestion = match meant {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", list(self.known)),
        };
        context.error(key, format!("unknown key `{word}` in `{}`; {suggestion}", self.place));
        meant
    }
}

/// The word that is nearest to what was written, if one is near.
pub(crate) fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    words
        .map(|known| (strsim::jaro_winkler(word, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// The words for a message: `` `a`, `b` ``.
pub(crate) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

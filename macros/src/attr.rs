//! Reads attributes: from tokens to what was said. Nothing here knows what is allowed together; that is `validate`.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Lit, LitInt, LitStr, Meta};

use crate::context::Context;
use crate::keys;

/// `key`, `key = value` or `key(list)`.
struct Setting {
    key: Ident,
    value: Value,
}

enum Value {
    None,
    Assigned(TokenStream),
    List(TokenStream),
    /// Half typed, which has been reported: the key is there and nothing more is said of it.
    Broken,
}

/// What `#[tenant_model(…)]` says.
#[derive(Debug, Default)]
pub(crate) struct StructAttr {
    pub(crate) table: Option<LitStr>,
    /// Whether `table` stands there at all, be it misspelt; what is wrong with it has been said then.
    pub(crate) says_table: bool,
    /// The rows belong to no tenant.
    pub(crate) shared: Option<Ident>,
    pub(crate) uniques: Vec<Group>,
    pub(crate) indexes: Vec<Group>,
    pub(crate) routes: Routes,
    /// The permission for each action that is named.
    pub(crate) permissions: Vec<(Ident, LitStr)>,
}

/// `unique(a, b)` or `index(a, b)`.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) key: Ident,
    pub(crate) columns: Vec<Ident>,
}

/// Which routes are generated.
#[derive(Debug, Default)]
pub(crate) enum Routes {
    #[default]
    All,
    None,
    Some(Vec<Ident>),
}

/// What `#[model(…)]` says on a field. A flag is the word that set it, for the span of an error.
#[derive(Debug, Default)]
pub(crate) struct FieldAttr {
    pub(crate) unique: Option<Ident>,
    pub(crate) index: Option<Ident>,
    pub(crate) filter: Option<Ident>,
    pub(crate) sort: Option<Ident>,
    pub(crate) max_len: Option<(Ident, u32)>,
    pub(crate) default: Option<(Ident, DefaultValue)>,
    pub(crate) references: Option<(Ident, OnDelete)>,
    pub(crate) readonly: Option<Ident>,
    pub(crate) secret: Option<Ident>,
    pub(crate) flatten: Option<Ident>,
}

/// The literal of `default`.
#[derive(Debug)]
pub(crate) enum DefaultValue {
    Str(LitStr),
    Int(i64),
    Bool(bool),
}

/// What happens when the row that is referred to goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OnDelete {
    Restrict,
    Cascade,
    SetNull,
}

impl OnDelete {
    const WORDS: [(&'static str, Self); 3] = [("restrict", Self::Restrict), ("cascade", Self::Cascade), ("set null", Self::SetNull)];
}

impl StructAttr {
    pub(crate) fn read(tokens: TokenStream, context: &Context) -> Self {
        let mut attr = Self::default();
        let mut seen = Vec::new();
        for setting in settings(tokens, context) {
            let word = setting.key.unraw().to_string();
            // Several keys over several columns are usual; the others are said once.
            let repeats = matches!(word.as_str(), keys::UNIQUE | keys::INDEX);
            if !repeats && !first(&setting.key, &mut seen, context) {
                continue;
            }
            match word.as_str() {
                keys::TABLE => {
                    attr.says_table = true;
                    attr.table = string(setting, "\"customers\"", context);
                }
                keys::SHARED => attr.shared = flag(setting, context),
                keys::UNIQUE => attr.uniques.extend(group(setting, context)),
                keys::INDEX => attr.indexes.extend(group(setting, context)),
                keys::ROUTES => attr.routes = routes(setting, context),
                keys::PERMISSIONS => attr.permissions = permissions(setting, context),
                _ => attr.says_table |= keys::ON_STRUCT.refuse(&setting.key, context) == Some(keys::TABLE),
            }
        }
        attr
    }
}

impl FieldAttr {
    /// The words that are said of a column, for the span of an error.
    pub(crate) fn words(&self) -> impl Iterator<Item = &Ident> {
        let flags = [&self.unique, &self.index, &self.filter, &self.sort, &self.readonly, &self.secret].map(Option::as_ref);
        let valued =
            [self.max_len.as_ref().map(|it| &it.0), self.default.as_ref().map(|it| &it.0), self.references.as_ref().map(|it| &it.0)];
        flags.into_iter().chain(valued).flatten()
    }

    /// Reads every `#[model(…)]` among the attributes.
    pub(crate) fn read(attributes: &[Attribute], context: &Context) -> Self {
        let mut attr = Self::default();
        let mut seen = Vec::new();
        for setting in model_settings(attributes, context) {
            if first(&setting.key, &mut seen, context) {
                attr.set(setting, context);
            }
        }
        attr
    }

    fn set(&mut self, setting: Setting, context: &Context) {
        match setting.key.unraw().to_string().as_str() {
            keys::UNIQUE => self.unique = flag(setting, context),
            keys::INDEX => self.index = flag(setting, context),
            keys::FILTER => self.filter = flag(setting, context),
            keys::SORT => self.sort = flag(setting, context),
            keys::READONLY => self.readonly = flag(setting, context),
            keys::SECRET => self.secret = flag(setting, context),
            keys::FLATTEN => self.flatten = flag(setting, context),
            keys::MAX_LEN => self.max_len = max_len(setting, context),
            keys::DEFAULT => self.default = default(setting, context),
            keys::REFERENCES => self.references = references(setting, context),
            _ => {
                keys::ON_FIELD.refuse(&setting.key, context);
            }
        }
    }
}

/// The word that `#[model(rename = "word")]` gives a variant.
pub(crate) fn rename(attributes: &[Attribute], context: &Context) -> Option<LitStr> {
    let mut word = None;
    let mut seen = Vec::new();
    for setting in model_settings(attributes, context) {
        if !first(&setting.key, &mut seen, context) {
            continue;
        }
        match setting.key.unraw().to_string().as_str() {
            keys::RENAME => word = string(setting, "\"word\"", context),
            _ => {
                keys::ON_VARIANT.refuse(&setting.key, context);
            }
        }
    }
    word
}

/// Whether this is a `#[model…]` attribute, which is ours and not the compiler's.
pub(crate) fn is_model(attribute: &Attribute) -> bool {
    attribute.path().is_ident(keys::MODEL)
}

/// The documentation: the text of the `///` lines, each without its leading space.
pub(crate) fn doc(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                syn::Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
        .map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned())
        .collect();
    lines.join("\n").trim().to_owned()
}

fn model_settings(attributes: &[Attribute], context: &Context) -> Vec<Setting> {
    let mut all = Vec::new();
    for attribute in attributes.iter().filter(|attribute| is_model(attribute)) {
        match &attribute.meta {
            Meta::List(list) => all.extend(settings(list.tokens.clone(), context)),
            other => context.error(other, "write `#[model(…)]` with what it says in parentheses"),
        }
    }
    all
}

/// Splits tokens at their commas. What is half typed is an error of its own and does not hide the rest.
fn settings(tokens: TokenStream, context: &Context) -> Vec<Setting> {
    split(tokens, context).into_iter().filter_map(|part| setting(part, context)).collect()
}

fn split(tokens: TokenStream, context: &Context) -> Vec<Vec<TokenTree>> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => {
                if part.is_empty() {
                    context.error(comma, "expected something before this comma");
                } else {
                    parts.push(std::mem::take(&mut part));
                }
            }
            other => part.push(other),
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

fn setting(part: Vec<TokenTree>, context: &Context) -> Option<Setting> {
    let mut tokens = part.into_iter();
    let key = match tokens.next()? {
        TokenTree::Ident(key) => key,
        other => {
            context.error(other, "expected a key");
            return None;
        }
    };
    let rest: Vec<TokenTree> = tokens.collect();
    let value = match rest.as_slice() {
        [] => Value::None,
        [TokenTree::Group(list)] if list.delimiter() == Delimiter::Parenthesis => Value::List(list.stream()),
        [TokenTree::Punct(punct), value @ ..] if punct.as_char() == '=' => {
            if value.is_empty() {
                context.error(punct, format!("expected a value after `{key} =`"));
                Value::Broken
            } else {
                Value::Assigned(value.iter().cloned().collect())
            }
        }
        [other, ..] => {
            context.error(other, format!("expected `,`, `=` or `(…)` after `{key}`"));
            Value::Broken
        }
    };
    Some(Setting { key, value })
}

/// Refuses a key that was there before.
fn first(key: &Ident, seen: &mut Vec<String>, context: &Context) -> bool {
    let word = key.unraw().to_string();
    if seen.contains(&word) {
        context.error(key, format!("`{word}` is given twice"));
        return false;
    }
    seen.push(word);
    true
}

fn flag(setting: Setting, context: &Context) -> Option<Ident> {
    match setting.value {
        Value::None | Value::Broken => {}
        Value::Assigned(value) | Value::List(value) => {
            context.error(value.into_token_stream_or(&setting.key), format!("`{}` takes no value", setting.key));
        }
    }
    Some(setting.key)
}

fn literal(key: &Ident, value: Value, example: &str, context: &Context) -> Option<Lit> {
    let tokens = match value {
        Value::Assigned(tokens) => tokens,
        Value::Broken => return None,
        Value::None | Value::List(_) => {
            context.error(key, format!("write `{key} = {example}`"));
            return None;
        }
    };
    match syn::parse2(tokens.clone()) {
        Ok(literal) => Some(literal),
        Err(_) => {
            context.error(tokens, format!("expected a literal: `{key} = {example}`"));
            None
        }
    }
}

fn string(setting: Setting, example: &str, context: &Context) -> Option<LitStr> {
    match literal(&setting.key, setting.value, example, context)? {
        Lit::Str(text) => Some(text),
        other => {
            context.error(other, format!("expected a string: `{} = {example}`", setting.key));
            None
        }
    }
}

fn max_len(setting: Setting, context: &Context) -> Option<(Ident, u32)> {
    match literal(&setting.key, setting.value, "200", context)? {
        Lit::Int(number) => match number.base10_parse::<u32>() {
            Ok(0) | Err(_) => {
                context.error(number, "`max_len` is a number of characters between 1 and 4294967295");
                None
            }
            Ok(length) => Some((setting.key, length)),
        },
        other => {
            context.error(other, "expected a number: `max_len = 200`");
            None
        }
    }
}

fn default(setting: Setting, context: &Context) -> Option<(Ident, DefaultValue)> {
    let key = setting.key;
    let tokens = match setting.value {
        Value::Assigned(tokens) => tokens,
        Value::Broken => return None,
        Value::None | Value::List(_) => {
            context.error(&key, "write `default = literal`");
            return None;
        }
    };
    let value = match syn::parse2::<Lit>(tokens.clone()) {
        Ok(Lit::Str(text)) => DefaultValue::Str(text),
        Ok(Lit::Bool(value)) => DefaultValue::Bool(value.value),
        Ok(Lit::Int(number)) => DefaultValue::Int(integer(&number, context)?),
        _ => {
            context.error(tokens, "`default` takes a string, an integer or a boolean literal");
            return None;
        }
    };
    Some((key, value))
}

fn integer(number: &LitInt, context: &Context) -> Option<i64> {
    let value = number.base10_parse();
    if value.is_err() {
        context.error(number, "an integer default has at most 64 bits and no suffix of another type");
    }
    value.ok()
}

fn references(setting: Setting, context: &Context) -> Option<(Ident, OnDelete)> {
    let wanted = "write `references(on_delete = \"restrict\" | \"cascade\" | \"set null\")`";
    let tokens = match setting.value {
        Value::List(tokens) => tokens,
        Value::Broken => return None,
        Value::None | Value::Assigned(_) => {
            context.error(&setting.key, wanted);
            return None;
        }
    };
    if tokens.is_empty() {
        context.error(&setting.key, wanted);
    }
    let mut on_delete = None;
    let mut seen = Vec::new();
    for inner in settings(tokens, context) {
        if !first(&inner.key, &mut seen, context) {
            continue;
        }
        match inner.key.unraw().to_string().as_str() {
            keys::ON_DELETE => on_delete = string(inner, "\"set null\"", context).and_then(|word| action(&word, context)),
            _ => {
                keys::IN_REFERENCES.refuse(&inner.key, context);
            }
        }
    }
    Some((setting.key, on_delete?))
}

fn action(word: &LitStr, context: &Context) -> Option<OnDelete> {
    let text = word.value();
    let found = OnDelete::WORDS.iter().find(|(known, _)| *known == text);
    if found.is_none() {
        context.error(word, format!("`on_delete` is \"restrict\", \"cascade\" or \"set null\", not {text:?}"));
    }
    found.map(|(_, action)| *action)
}

fn group(setting: Setting, context: &Context) -> Option<Group> {
    let columns = match setting.value {
        Value::List(tokens) => words(tokens, "a field", context),
        Value::Broken => return None,
        Value::None | Value::Assigned(_) => Vec::new(),
    };
    if columns.is_empty() {
        context.error(&setting.key, format!("write `{}(a, b)` with names of fields", setting.key));
        return None;
    }
    Some(Group { key: setting.key, columns })
}

fn routes(setting: Setting, context: &Context) -> Routes {
    match setting.value {
        Value::List(tokens) => {
            let verbs = words(tokens, "a verb", context);
            if verbs.is_empty() {
                context.error(&setting.key, "`routes()` names no verb; for none at all write `routes = false`");
            }
            Routes::Some(verbs)
        }
        Value::Assigned(tokens) => {
            match syn::parse2::<Lit>(tokens.clone()) {
                Ok(Lit::Bool(value)) if !value.value => {}
                _ => context.error(tokens, "write `routes = false` for none, or `routes(list, get)` for some"),
            }
            Routes::None
        }
        Value::Broken => Routes::All,
        Value::None => {
            context.error(&setting.key, "write `routes = false` for none, or `routes(list, get)` for some; all is the default");
            Routes::All
        }
    }
}

fn permissions(setting: Setting, context: &Context) -> Vec<(Ident, LitStr)> {
    let tokens = match setting.value {
        Value::List(tokens) if !tokens.is_empty() => tokens,
        Value::Broken => return Vec::new(),
        Value::None | Value::Assigned(_) | Value::List(_) => {
            let wanted = "write `permissions(read = \"customers:read\")`, with any of `read`, `create`, `update` and `delete`";
            context.error(&setting.key, wanted);
            return Vec::new();
        }
    };
    let mut permissions = Vec::new();
    let mut seen = Vec::new();
    for inner in settings(tokens, context) {
        if !first(&inner.key, &mut seen, context) {
            continue;
        }
        if keys::IN_PERMISSIONS.known.contains(&inner.key.unraw().to_string().as_str()) {
            let action = inner.key.clone();
            permissions.extend(string(inner, "\"customers:read\"", context).map(|text| (action, text)));
        } else {
            keys::IN_PERMISSIONS.refuse(&inner.key, context);
        }
    }
    permissions
}

/// Words between commas.
fn words(tokens: TokenStream, what: &str, context: &Context) -> Vec<Ident> {
    let mut words = Vec::new();
    for part in split(tokens, context) {
        match part.as_slice() {
            [TokenTree::Ident(word)] => words.push(word.clone()),
            [TokenTree::Ident(_), other, ..] | [other, ..] => context.error(other, format!("expected the name of {what}")),
            [] => {}
        }
    }
    words
}

trait OrKey {
    /// The tokens, or the key when there are none: an empty stream has no span.
    fn into_token_stream_or(self, key: &Ident) -> TokenStream;
}

impl OrKey for TokenStream {
    fn into_token_stream_or(self, key: &Ident) -> TokenStream {
        if self.is_empty() { key.to_token_stream() } else { self }
    }
}

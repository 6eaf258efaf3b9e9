//! The format of `models.toml`: text in, a manifest or every fault out. It knows nothing of macros or of files.

use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::keys;
use crate::validate::is_snake_case;

/// The keys of `[conventions]`: the fields of `tenantry::Conventions`.
pub(crate) const CONVENTIONS: [&str; 5] = ["schema", "platform_schema", "tenant_column", "settings", "roles"];

/// The keys of `[sql]`, which are fields of `tenantry::Conventions`, too; in each a list of names.
pub(crate) const SQL: [&str; 3] = ["shared", "functions", "views"];

const TABLES: [&str; 3] = ["conventions", "models", "sql"];

/// The longest name that PostgreSQL keeps, in bytes (manual, 4.1.1).
const MAX_IDENTIFIER: usize = 63;

/// What the file says.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) conventions: Conventions,
    /// What hand-written statements may name: pairs of key and names, in the order of the file.
    pub(crate) sql: Vec<(&'static str, Vec<String>)>,
    /// In the order of the file, which is the order of the tables in every listing.
    pub(crate) models: Vec<Entry>,
}

/// The conventions that differ from the defaults, as pairs of key and value.
#[derive(Debug, Default)]
pub(crate) struct Conventions {
    pub(crate) values: Vec<(&'static str, String)>,
}

/// A model and where it stands.
#[derive(Debug, Eq, Hash, PartialEq, Clone)]
pub(crate) struct Entry {
    /// `["inventory", "stock"]`
    pub(crate) module: Vec<String>,
    /// `Item`
    pub(crate) model: String,
}

/// What is wrong, and at which byte.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) message: String,
}

/// Reads the text.
pub(crate) fn parse(text: &str) -> Result<Manifest, Vec<Fault>> {
    let mut faults = Vec::new();
    // The first error of syntax only: what a parser says after it is a guess.
    let root = DeTable::parse(text).map_err(|error| vec![fault(&error.span().unwrap_or_default(), error.message())])?;
    let mut manifest = Manifest::default();
    let mut listed = false;
    for (key, value) in in_order(root.get_ref()) {
        match key.get_ref().as_ref() {
            "conventions" => manifest.conventions = conventions(value, &mut faults),
            "models" => {
                listed = true;
                manifest.models = models(value, &mut faults);
            }
            "sql" => manifest.sql = sql(value, &mut faults),
            other => unknown(other, &key.span(), &TABLES, &mut faults),
        }
    }
    if faults.is_empty() && manifest.models.is_empty() {
        let what = if listed { "`[models]` names no model" } else { "there is no `[models]`" };
        faults.push(Fault { at: 0, message: format!("{what}; an empty manifest is an error, and never means to drop every table") });
    }
    if faults.is_empty() { Ok(manifest) } else { Err(faults) }
}

/// Line and column of a byte, from 1; columns are characters.
pub(crate) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

type Pair<'a, 'b> = (&'a Spanned<DeString<'b>>, &'a Spanned<DeValue<'b>>);

/// The pairs as they stand in the file: the parser sorts them by name.
fn in_order<'a, 'b>(table: &'a DeTable<'b>) -> Vec<Pair<'a, 'b>> {
    let mut pairs: Vec<Pair<'a, 'b>> = table.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    pairs
}

fn conventions(value: &Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Conventions {
    let mut conventions = Conventions::default();
    let Some(table) = value.get_ref().as_table() else {
        faults.push(fault(&value.span(), "`conventions` is a table: `[conventions]`"));
        return conventions;
    };
    for (key, value) in in_order(table) {
        let Some(known) = CONVENTIONS.into_iter().find(|known| known == key.get_ref()) else {
            unknown(key.get_ref(), &key.span(), &CONVENTIONS, faults);
            continue;
        };
        match value.get_ref().as_str() {
            // They are written into SQL, so nothing that would need quotes gets in. A prefix of a role leaves room for its suffix.
            Some(name) if is_snake_case(name) && name.len() <= 40 => conventions.values.push((known, name.to_owned())),
            _ => faults.push(fault(
                &value.span(),
                format!("`{known}` is a name of at most 40 lower-case letters, digits and `_`, a letter first"),
            )),
        }
    }
    conventions
}

fn sql(value: &Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Vec<(&'static str, Vec<String>)> {
    let mut lists = Vec::new();
    let Some(table) = value.get_ref().as_table() else {
        faults.push(fault(&value.span(), "`sql` is a table: `[sql]`"));
        return lists;
    };
    for (key, value) in in_order(table) {
        match SQL.into_iter().find(|known| known == key.get_ref()) {
            Some(known) => lists.push((known, qualified_names(known, value, faults))),
            None => unknown(key.get_ref(), &key.span(), &SQL, faults),
        }
    }
    lists
}

/// A list of names, each with its schema and none of them twice.
fn qualified_names(key: &str, value: &Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Vec<String> {
    let Some(list) = value.get_ref().as_array() else {
        faults.push(fault(&value.span(), format!("`{key}` is a list of names with their schemas: `[\"app.name\"]`")));
        return Vec::new();
    };
    let (mut names, mut seen) = (Vec::new(), HashSet::new());
    for item in list.iter() {
        match item.get_ref().as_str() {
            Some(name) if !is_qualified(name) => faults.push(fault(
                &item.span(),
                format!("{name:?} is no name with its schema: `app.name`, lower-case letters, digits and `_`, a letter first"),
            )),
            Some(name) if seen.insert(name.to_owned()) => names.push(name.to_owned()),
            Some(name) => faults.push(fault(&item.span(), format!("`{name}` is listed twice"))),
            None => faults.push(fault(&item.span(), "a name is a string with its schema: `\"app.name\"`")),
        }
    }
    names
}

/// `schema.name`. Names that would need quotes are not taken: a statement would have to quote them, too.
fn is_qualified(name: &str) -> bool {
    name.split_once('.').is_some_and(|(schema, name)| [schema, name].iter().all(|part| is_snake_case(part) && part.len() <= MAX_IDENTIFIER))
}

fn models(value: &Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Vec<Entry> {
    let mut all = Vec::new();
    let Some(table) = value.get_ref().as_table() else {
        faults.push(fault(&value.span(), "`models` is a table: `[models]`, and in it `module = [\"Model\"]`"));
        return all;
    };
    let mut seen = HashSet::new();
    for (key, value) in in_order(table) {
        let Some(module) = module(key, faults) else { continue };
        for model in names(value, faults) {
            let entry = Entry { module: module.clone(), model: model.get_ref().clone() };
            if seen.insert(entry.clone()) {
                all.push(entry);
            } else {
                faults.push(fault(&model.span(), format!("`{}` is listed twice", model.get_ref())));
            }
        }
    }
    all
}

/// `inventory::stock` as its parts; `crate`, the root of the crate, has none.
fn module(key: &Spanned<DeString<'_>>, faults: &mut Vec<Fault>) -> Option<Vec<String>> {
    if key.get_ref() == "crate" {
        return Some(Vec::new());
    }
    let parts: Vec<String> = key.get_ref().split("::").map(str::to_owned).collect();
    if parts.iter().all(|part| is_identifier(part)) {
        return Some(parts);
    }
    faults.push(fault(
        &key.span(),
        format!("{:?} is no path of a module; write `sales`, or `\"inventory::stock\"` in quotes", key.get_ref()),
    ));
    None
}

/// The names of the models of a module.
fn names(value: &Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Vec<Spanned<String>> {
    let Some(list) = value.get_ref().as_array() else {
        faults.push(fault(&value.span(), "the models of a module are a list of names: `[\"Customer\", \"SalesOrder\"]`"));
        return Vec::new();
    };
    if list.is_empty() {
        faults.push(fault(&value.span(), "the list is empty; name a model or leave the module out"));
    }
    let mut names = Vec::new();
    for item in list.iter() {
        match item.get_ref().as_str() {
            Some(name) if is_identifier(name) => names.push(Spanned::new(item.span(), name.to_owned())),
            Some(name) => faults.push(fault(&item.span(), format!("{name:?} is no name of a struct"))),
            None => faults.push(fault(&item.span(), "the name of a model is a string: `\"Customer\"`")),
        }
    }
    names
}

/// Whether the compiler takes it as a name: letters, digits and underscores, and no key word.
fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok_and(|ident| ident == name)
}

fn unknown(word: &str, at: &Range<usize>, known: &[&'static str], faults: &mut Vec<Fault>) {
    let suggestion = match keys::nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", keys::list(known)),
    };
    faults.push(fault(at, format!("unknown key `{word}`; {suggestion}")));
}

fn fault(at: &Range<usize>, message: impl Into<String>) -> Fault {
    Fault { at: at.start, message: message.into() }
}

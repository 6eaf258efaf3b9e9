//! The rules, one function each. What cannot be seen from one struct alone is a law over the definitions, in `tenantry::schema::verify`.

use std::collections::HashSet;

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, ItemStruct, Token, Type};

use crate::attr::{DefaultValue, Group, OnDelete, Routes};
use crate::context::Context;
use crate::keys;
use crate::model::{Field, Model};

/// The verbs of `routes(…)`, in the order of `tenantry::__private::Verb`.
pub(crate) const VERBS: [&str; 5] = ["list", "get", "create", "patch", "delete"];

/// Those of a model whose rows belong to no tenant, and so are written by none.
pub(crate) const SHARED_VERBS: [&str; 2] = ["list", "get"];

/// The field of the key.
const KEY: &str = "id";

/// The field that the macro adds.
pub(crate) const TENANT_ID: &str = "tenant_id";

/// Every rule over the model.
pub(crate) fn check(model: &Model, item: &ItemStruct, context: &Context) {
    check_named_fields(item, context);
    check_no_generics(item, context);
    check_no_derived_output(&item.attrs, context);
    check_table(model, context);
    check_key(model, item, context);
    check_groups(model, context);
    check_routes(model, context);
    check_permissions(model, context);
    check_distinct(model, context);
    // The key takes no options at all, so the rules about them have nothing to add.
    for field in model.fields.iter().filter(|field| field.name != KEY) {
        check_no_tenant(field, model, context);
        check_shared(field, model, context);
        check_flatten(field, context);
        check_max_len(field, context);
        check_references(field, context);
        check_order(field, context);
        check_secret(field, context);
        check_money(field, context);
        check_default(field, context);
    }
}

/// A column has a name, so a field must have one.
fn check_named_fields(item: &ItemStruct, context: &Context) {
    if !matches!(item.fields, Fields::Named(_)) {
        context.error(&item.ident, "a model is a struct with named fields: each is a column");
    }
}

/// One struct is one table.
fn check_no_generics(item: &ItemStruct, context: &Context) {
    if !item.generics.params.is_empty() {
        context.error(&item.generics, "a model has no generic parameters: one struct is one table");
    } else if let Some(clause) = &item.generics.where_clause {
        context.error(clause, "a model has no `where` clause: one struct is one table");
    }
}

/// A derived `Debug` or `Serialize` would be a second one, and would one day show what must stay secret.
fn check_no_derived_output(attributes: &[Attribute], context: &Context) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        // What cannot be read is the compiler's to complain of.
        for path in derived(attribute).unwrap_or_default() {
            if let Some(word) = written_by_us(&path) {
                context.error(&path, format!("the attribute writes `{word}`; leave it out of `derive`"));
            }
        }
    }
}

/// What a `derive` names.
pub(crate) fn derived(attribute: &Attribute) -> syn::Result<Vec<syn::Path>> {
    let paths = attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated)?;
    Ok(paths.into_iter().collect())
}

/// The trait of that path, if it is one that the attribute implements itself.
pub(crate) fn written_by_us(path: &syn::Path) -> Option<&'static str> {
    let last = path.segments.last()?;
    ["Debug", "Serialize"].into_iter().find(|word| last.ident == word)
}

/// The table is part of every statement and of the path of the routes.
fn check_table(model: &Model, context: &Context) {
    match &model.attr.table {
        None if !model.attr.says_table => {
            context.error_at(proc_macro2::Span::call_site(), "a model says its table: `#[tenant_model(table = \"customers\")]`");
        }
        None => {}
        Some(table) => {
            let name = table.value();
            if !is_snake_case(&name) {
                context.error(table, format!("{name:?} is no name of a table: lower-case letters, digits and `_`, a letter first"));
            } else if name.len() > 63 {
                context.error(table, "the name of a table has at most 63 bytes");
            }
        }
    }
}

/// Every row has the same key, (tenant, id), and it stands first.
fn check_key(model: &Model, item: &ItemStruct, context: &Context) {
    if !matches!(item.fields, Fields::Named(_)) || !item.generics.params.is_empty() {
        return;
    }
    let wanted = format!("the first field of a model is its key: `pub id: Id<{}>`", model.name);
    match model.fields.first() {
        None => context.error(&model.name, wanted),
        Some(field) if field.name != KEY => context.error(&field.ident, wanted),
        Some(field) if !is_own_id(field, &model.name) => context.error(&field.ty, wanted),
        Some(field) => {
            for key in field.attr.words().chain(&field.attr.flatten) {
                context.error(key, format!("`id` takes no options; it is the key already, so `{key}` would say nothing"));
            }
        }
    }
}

fn is_own_id(field: &Field, model: &Ident) -> bool {
    let shape = field.shape();
    let own = |ty: &Type| matches!(ty, Type::Path(path) if path.path.is_ident(model) || path.path.is_ident("Self"));
    shape.is("Id") && !shape.optional && shape.argument.is_some_and(own)
}

/// `number` and `r#number` are one column.
fn check_distinct(model: &Model, context: &Context) {
    for (index, field) in model.fields.iter().enumerate() {
        if model.fields.iter().take(index).any(|other| other.name == field.name) {
            context.error(&field.ident, format!("`{}` is a field already", field.name));
        }
    }
}

/// The macro adds the tenant itself, of a type that cannot be made outside of a read.
fn check_no_tenant(field: &Field, model: &Model, context: &Context) {
    if field.name == TENANT_ID {
        let message = if model.is_shared() {
            "what is `shared` belongs to no tenant; leave the field out"
        } else {
            "the attribute adds `tenant_id` itself; leave the field out"
        };
        context.error(&field.ident, message);
    }
}

/// What every tenant reads and no caller writes has nothing to hide, and nothing to keep callers from. `tenantry::schema::verify` has the same
/// law for definitions that no attribute has written.
fn check_shared(field: &Field, model: &Model, context: &Context) {
    if !model.is_shared() {
        return;
    }
    if let Some(key) = &field.attr.secret {
        context.error(key, "`secret` has no meaning in a `shared` model: every tenant reads its rows");
    }
    if let Some(key) = &field.attr.readonly {
        context.error(key, "`readonly` has no meaning in a `shared` model: no caller writes its rows");
    }
}

/// A base is not a column, so what is said of a column cannot be said of it.
fn check_flatten(field: &Field, context: &Context) {
    let attr = &field.attr;
    if attr.flatten.is_none() {
        return;
    }
    for key in attr.words() {
        context.error(key, format!("`{key}` cannot stand beside `flatten`: a base says itself what its columns are"));
    }
}

/// Only text has a length.
fn check_max_len(field: &Field, context: &Context) {
    let shape = field.shape();
    if let Some((key, _)) = &field.attr.max_len
        && shape.is_known()
        && !shape.is("String")
    {
        context.error(key, "`max_len` is for `String` and `Option<String>`: no other type has a length");
    }
}

/// Only an id refers to a row, and only an optional one can become null.
fn check_references(field: &Field, context: &Context) {
    let Some((key, on_delete)) = &field.attr.references else { return };
    let shape = field.shape();
    if !shape.is("Id") {
        context.error(key, "`references` is for `Id<T>` and `Option<Id<T>>`: the type says which model");
    } else if *on_delete == OnDelete::SetNull && !shape.optional {
        context.error(&field.ty, "`on_delete = \"set null\"` needs a field that can be null: `Option<Id<T>>`");
    }
}

/// A page of a list is found by comparing with the last row of the one before, and nothing compares with null.
fn check_order(field: &Field, context: &Context) {
    if let Some(key) = &field.attr.sort
        && field.shape().optional
    {
        context.error(key, "`sort` on an `Option` is not available: pages over nulls have no stable order yet");
    }
}

/// What is secret is found out by no question. `tenantry::schema::verify` has the same law for definitions that no attribute has written.
fn check_secret(field: &Field, context: &Context) {
    let attr = &field.attr;
    if attr.secret.is_none() || field.is_base() {
        return;
    }
    let told = [
        (&attr.filter, "a list that is filtered by it would tell it, guess by guess"),
        (&attr.sort, "the order of a list would tell it, and its cursors would carry it"),
        (&attr.unique, "a key that is taken would tell that another row has the value"),
    ];
    for (key, why) in told {
        if let Some(key) = key {
            context.error(key, format!("`{key}` cannot stand beside `secret`: {why}"));
        }
    }
    if let Some((key, _)) = &attr.default {
        context.error(key, "`default` cannot stand beside `secret`: everybody reads it in the migrations");
    }
    if field.shape().is("Id") {
        context.error(&field.ty, "a reference cannot be `secret`: deleting the row that it leads to would tell it");
    }
}

/// Money is two columns; none of these has a meaning that all modules share.
fn check_money(field: &Field, context: &Context) {
    let attr = &field.attr;
    if !field.shape().is("Money") {
        return;
    }
    for key in [&attr.filter, &attr.sort, &attr.unique].into_iter().flatten() {
        context.error(key, format!("`{key}` on `Money` is refused until a module needs it: amounts of two currencies do not compare"));
    }
}

/// The default becomes a literal in SQL, so it must be one of the column's type.
fn check_default(field: &Field, context: &Context) {
    let Some((key, value)) = &field.attr.default else { return };
    let shape = field.shape();
    if !shape.is_known() {
        // An enum, or an alias: the laws over the definition compare it with the words of the column.
        return;
    }
    let fits = match value {
        DefaultValue::Str(_) => shape.is("String"),
        DefaultValue::Bool(_) => shape.is("bool"),
        DefaultValue::Int(number) if shape.is("i32") => i32::try_from(*number).is_ok(),
        DefaultValue::Int(number) => shape.is("i64") && number.unsigned_abs() < 1 << 53,
    };
    if !fits {
        context.error(key, "this default does not fit the type: text for `String` and enums, integers in range for `i32` and `i64`, `true` or `false` for `bool`");
    }
}

/// A key or an index over several columns names columns that are there, each once, and is not said twice.
fn check_groups(model: &Model, context: &Context) {
    let mut seen = HashSet::new();
    for group in model.attr.uniques.iter().chain(&model.attr.indexes) {
        check_group(group, model, context);
        let columns: Vec<String> = group.columns.iter().map(ToString::to_string).collect();
        if !seen.insert((group.key.to_string(), columns)) {
            context.error(&group.key, format!("this `{}` is given twice", group.key));
        }
    }
}

fn check_group(group: &Group, model: &Model, context: &Context) {
    let mut seen = HashSet::new();
    for column in &group.columns {
        let word = column.unraw().to_string();
        if !seen.insert(word.clone()) {
            context.error(column, format!("`{word}` is named twice"));
        }
        match model.fields.iter().find(|field| field.name == word) {
            Some(field) if field.is_base() => context.error(column, format!("`{word}` is a base, not a column")),
            Some(field) if group.key == keys::UNIQUE && field.attr.secret.is_some() => {
                context.error(column, format!("`{word}` is `secret`: a key that is taken would tell that another row has the value"));
            }
            Some(field) if group.key == keys::UNIQUE && field.shape().is("Money") => {
                context.error(column, "`unique` on `Money` is refused until a module needs it");
            }
            Some(_) => {}
            None if word == TENANT_ID && !model.is_shared() => {
                context.error(column, "the tenant leads every key and index already; leave it out");
            }
            None => {
                let suggestion = keys::nearest(&word, model.columns().map(|field| field.name.as_str()))
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default();
                context.error(column, format!("`{}` has no field `{word}`{suggestion}", model.name));
            }
        }
    }
}

/// Verbs are a closed list, each once.
fn check_routes(model: &Model, context: &Context) {
    let Routes::Some(verbs) = &model.attr.routes else { return };
    let mut seen = HashSet::new();
    for verb in verbs {
        let word = verb.unraw().to_string();
        if !VERBS.contains(&word.as_str()) {
            let suggestion = match keys::nearest(&word, VERBS.into_iter()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", keys::list(&VERBS)),
            };
            context.error(verb, format!("unknown verb `{word}`; {suggestion}"));
        } else if !seen.insert(word.clone()) {
            context.error(verb, format!("`{word}` is given twice"));
        } else if model.is_shared() && !SHARED_VERBS.contains(&word.as_str()) {
            context.error(verb, format!("`{word}` is no route of a `shared` model: its rows are written by the platform alone"));
        }
    }
}

/// A permission is `table:action`, and some route needs it: one that does nothing would be a promise.
fn check_permissions(model: &Model, context: &Context) {
    for (action, permission) in &model.attr.permissions {
        let text = permission.value();
        let words: Vec<&str> = text.split(':').collect();
        if words.len() != 2 || !words.iter().all(|word| is_snake_case(word) && word.len() <= 63) {
            let message =
                format!("{text:?} is no permission; write `table:action`, two words of a-z, digits and _, such as \"customers:read\"");
            context.error(permission, message);
        }
        let is_generated = |verb: &&str| match &model.attr.routes {
            Routes::All => !model.is_shared() || SHARED_VERBS.contains(verb),
            Routes::None => false,
            Routes::Some(verbs) => verbs.iter().any(|named| named.unraw() == *verb),
        };
        let word = action.unraw().to_string();
        let verbs = keys::ACTIONS.iter().find(|(known, _)| *known == word).map_or(&[][..], |(_, verbs)| *verbs);
        if !verbs.iter().any(is_generated) {
            let why = match model.attr.routes {
                Routes::All => format!("a `shared` model has no {}", keys::list(verbs)),
                Routes::None | Routes::Some(_) => format!("`routes` leaves {} out", keys::list(verbs)),
            };
            context.error(action, format!("no generated route needs a permission to {word}: {why}"));
        }
    }
}

/// Lower-case letters, digits and underscores, a letter first: a name that is the same with and without quotes in SQL.
pub(crate) fn is_snake_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

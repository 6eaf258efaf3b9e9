//! Laws about what columns hold.

use std::collections::HashSet;

use super::Found;
use crate::schema::platform::{PLATFORM, RESERVED_TABLES};
use crate::schema::{ColumnDef, Conventions, Kind, Literal, Managed, ModelDef, Money, Scope, Verb};

/// The models of an application hold tenants' rows, or rows that all tenants share; the other tables are the platform's own.
pub(super) fn verify_scope(model: &'static ModelDef, found: &mut Found) {
    if !matches!(model.scope, Scope::Tenant | Scope::Shared) {
        found.push(model.name, "is not a tenant's model; the manifest lists models with `#[tenant_model]` only");
    }
}

/// What every tenant reads and the platform alone writes is said to be so in the manifest, has no route that writes, and nothing to hide.
pub(super) fn verify_shared(model: &'static ModelDef, conventions: &Conventions, found: &mut Found) {
    if model.scope != Scope::Shared {
        return;
    }
    let name = format!("{}.{}", conventions.platform_schema, model.table);
    if !conventions.shared.contains(&name.as_str()) {
        found.push(model.name, format!("is `shared`, and the manifest does not say so; list \"{name}\" under `shared` of [sql]"));
    }
    // Some names are the platform's wherever a table stands, which is said with the name.
    if PLATFORM.iter().any(|platform| platform.table == model.table) && !RESERVED_TABLES.contains(&model.table) {
        found.push(model.name, format!("its table `{name}` is the platform's; give the model another one"));
    }
    for verb in model.routes.0.iter().filter(|verb| !matches!(verb, Verb::List | Verb::Get)) {
        found.push(model.name, format!("is `shared`, which the platform alone writes, and has the route `{}`; leave it out", verb.word()));
    }
    for column in model.columns.iter().filter(|column| column.secret || column.readonly) {
        found.field(model, column.name, "is `secret` or `readonly`, which has no meaning where every tenant reads and no caller writes");
    }
}

/// The first column is the key, `id: Id<Self>`.
pub(super) fn verify_key(model: &'static ModelDef, found: &mut Found) {
    let own = |column: &&ColumnDef| matches!(column.kind, Kind::Id(target) if target.table == model.table);
    if !model.columns.first().is_some_and(|column| column.is_key() && !column.nullable && own(&column)) {
        found.push(model.name, "the first field must be `pub id: Id<Self>`");
    }
}

/// A default is a value that the column can hold: a word of the enum, a text that is not too long, a number in range.
pub(super) fn verify_defaults(model: &'static ModelDef, found: &mut Found) {
    for column in model.columns {
        let Some(default) = column.default else { continue };
        if column.is_key() || column.managed != Managed::No {
            found.field(model, column.name, "is written by the service or the database and takes no default");
            continue;
        }
        match (column.kind, default) {
            (Kind::Enum(words), Literal::Str(word)) if !words.contains(&word) => {
                found.field(model, column.name, format_args!("has the default {word:?}, which is none of {}", words.join(", ")));
            }
            (Kind::Text, Literal::Str(text)) => {
                let length = text.chars().count();
                if let Some(max) = column.max_len.filter(|max| usize::try_from(*max).is_ok_and(|max| length > max)) {
                    found.field(model, column.name, format_args!("has a default of {length} characters and holds at most {max}"));
                }
            }
            (Kind::I32, Literal::Int(number)) if i32::try_from(number).is_err() => {
                found.field(model, column.name, format_args!("has the default {number}, which an i32 cannot hold"));
            }
            (Kind::I64, Literal::Int(number)) if number.unsigned_abs() > Money::MAX.unsigned_abs() => {
                found.field(model, column.name, format_args!("has the default {number}, which is not within ±(2^53 − 1)"));
            }
            (Kind::Enum(_), Literal::Str(_)) | (Kind::I32 | Kind::I64, Literal::Int(_)) | (Kind::Bool, Literal::Bool(_)) => {}
            _ => found.field(model, column.name, "has a default of another type than its own (text, integers, bool and enums take one)"),
        }
    }
}

/// `max_len` counts the characters of a text, and a text of none is no text.
pub(super) fn verify_lengths(model: &'static ModelDef, found: &mut Found) {
    for column in model.columns {
        match column.max_len {
            Some(_) if column.kind != Kind::Text => found.field(model, column.name, "is no text, so it takes no `max_len`"),
            Some(0) => found.field(model, column.name, "has `max_len = 0`; it must be 1 or more"),
            _ => {}
        }
    }
}

/// An enum has words, each once, and each could stand in a line of text: they are read in checks, JSON and migrations.
pub(super) fn verify_words(model: &'static ModelDef, found: &mut Found) {
    for column in model.columns {
        let Kind::Enum(words) = column.kind else { continue };
        if words.is_empty() {
            found.field(model, column.name, "is an enum without variants");
        }
        let mut seen = HashSet::new();
        for word in words {
            if word.is_empty() || word.len() > 63 || word.chars().any(char::is_control) {
                found.field(model, column.name, format_args!("has the word {word:?}; a word has 1 to 63 bytes and no control characters"));
            }
            if !seen.insert(word) {
                found.field(model, column.name, format_args!("has the word {word:?} twice"));
            }
        }
    }
}

/// The longest text that lists are sorted by, in characters: a cursor holds it, and a query string holds the cursor.
const MAX_SORTED: u32 = 1_000;

/// Lists are filtered and sorted by one column; money is two. Keyset pages over nulls are not offered, nor over texts of any length.
pub(super) fn verify_lists(model: &'static ModelDef, found: &mut Found) {
    for column in model.columns {
        if column.kind == Kind::Money && (column.filter || column.sort) {
            found.field(model, column.name, "is money, which lists are not filtered or sorted by; add a column of its own for that");
        }
        if column.sort && column.nullable {
            found.field(model, column.name, "takes null, and lists are not sorted by such a column; make it a value with a `default`");
        } else if column.sort && column.kind == Kind::Text && column.max_len.is_none_or(|max| max > MAX_SORTED) {
            let message = "is a text that lists are sorted by, so it stands in their cursors; write a `max_len` of at most";
            found.field(model, column.name, format_args!("{message} {MAX_SORTED}"));
        }
    }
}

/// A `readonly` column is not accepted over HTTP; where the create route is there, something else must fill it.
pub(super) fn verify_readonly(model: &'static ModelDef, found: &mut Found) {
    for column in model.columns.iter().filter(|column| column.readonly && column.managed == Managed::No) {
        if !column.nullable && column.default.is_none() && model.routes.has(Verb::Create) {
            let message = "is `readonly`, takes no null and has no default, so the create route could not fill it; add `default = …`, make it \
                           an `Option`, or leave `create` out of `routes(…)`";
            found.field(model, column.name, message);
        }
    }
}

/// What the database writes has the type and name that its trigger knows, takes no null, and nothing else is asked of it.
pub(super) fn verify_managed(model: &'static ModelDef, found: &mut Found) {
    for column in model.columns {
        let expected = match column.managed {
            Managed::No => continue,
            Managed::Version => (Kind::I64, "version"),
            Managed::UpdatedAt => (Kind::Timestamp, "updated_at"),
            Managed::CreatedAt => (Kind::Timestamp, "created_at"),
        };
        if (column.kind, column.name) != expected || column.nullable {
            let (kind, name) = expected;
            found.field(model, column.name, format_args!("is written by the database, so it must be `{name}`, {kind:?}, without null"));
        }
        if column.unique || column.readonly {
            found.field(model, column.name, "is written by the database, so `unique` and `readonly` have no meaning for it");
        }
    }
    let count = |managed| model.columns.iter().filter(|column| column.managed == managed).count();
    if count(Managed::Version) != count(Managed::UpdatedAt) || count(Managed::Version) > 1 {
        found.push(model.name, "one trigger moves `version` and `updated_at`, so a model has both, once, or neither");
    }
}

/// What is secret is found out by no question: not by a filter or an order, not by a key that is taken already, not by a row that cannot be
/// deleted while it is referred to; and a default stands in the migrations for everybody to read.
pub(super) fn verify_secret(model: &'static ModelDef, found: &mut Found) {
    for column in model.columns.iter().filter(|column| column.secret) {
        let reason = if column.is_key() || column.managed != Managed::No {
            "is written by the service or the database and cannot be `secret`"
        } else if column.filter || column.sort {
            "is `secret`, and a list that is filtered or sorted by it would tell it; remove `filter` and `sort`"
        } else if model.in_unique_key(column.name) {
            "is `secret`, and a unique key would tell that another row has the value; make it no part of one"
        } else if column.reference().is_some() {
            "is `secret` and a reference, which is found out by deleting the row that it leads to; a reference cannot be secret"
        } else if column.default.is_some() {
            "is `secret` and has a default, which everybody reads in the migrations; remove `default`"
        } else {
            continue;
        };
        found.field(model, column.name, reason);
    }
}

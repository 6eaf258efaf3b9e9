//! Laws about names.

use std::collections::{HashMap, HashSet};

use super::Found;
use crate::schema::ident::MAX_IDENTIFIER;
use crate::schema::ir::{Rule, Schema, currency_of};
use crate::schema::platform::{DOMAINS, RESERVED_PATHS, RESERVED_TABLES};
use crate::schema::{Conventions, Kind, Literal, ModelDef, is_permission};

/// PostgreSQL's own columns of every table (manual, 5.5).
const SYSTEM_COLUMNS: &[&str] = &["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// An application without models is a manifest that lost its lines, never a wish to drop every table.
pub(super) fn verify_not_empty(models: &[&'static ModelDef], found: &mut Found) {
    if models.is_empty() {
        found
            .push("models.toml", "the manifest lists no model; list one (an empty manifest never means that every table is to be dropped)");
    }
}

/// The names of the conventions stand in every statement, policy and setting: plain identifiers, short enough for a suffix, two schemas.
pub(super) fn verify_conventions(conventions: &Conventions, found: &mut Found) {
    let Conventions { schema, platform_schema, tenant_column, settings, roles, shared, functions, views } = *conventions;
    let names = [
        ("schema", schema),
        ("platform_schema", platform_schema),
        ("tenant_column", tenant_column),
        ("settings", settings),
        ("roles", roles),
    ];
    for (key, name) in names {
        if !is_plain(name) || name.len() > 40 || name.starts_with("pg_") {
            let message = format!(
                "`{key} = {name:?}` in [conventions] is not a plain name: a-z, digits and _, beginning with a letter, at most 40, not pg_…"
            );
            found.push("models.toml", message);
        }
    }
    if schema == platform_schema {
        found.push(
            "models.toml",
            "`schema` and `platform_schema` in [conventions] are one; the platform's tables need a schema of their own",
        );
    }
    if DOMAINS.column(tenant_column).is_some() {
        let message = format!(
            "`tenant_column` in [conventions] is `{tenant_column}`, which is the key of every model, or another column of the platform's domains"
        );
        found.push("models.toml", message);
    }
    for (key, names) in [("shared", shared), ("functions", functions), ("views", views)] {
        for name in names.iter().filter(|name| !is_qualified(name)) {
            let message = format!("{name:?} under `{key}` in [sql] is no name with its schema: write `schema.name`, plain names both");
            found.push("models.toml", message);
        }
    }
}

/// Two models are two tables, and have two names: routes, snapshots and commands find them by either.
pub(super) fn verify_tables(models: &[&'static ModelDef], found: &mut Found) {
    let (mut tables, mut names) = (HashMap::new(), HashSet::new());
    for model in models {
        if let Some(other) = tables.insert(model.table, model.name) {
            found.push(model.name, format!("its table `{}` is that of {other}, too; give it another one", model.table));
        }
        if !names.insert(model.name) {
            found.push(model.name, "another model of the manifest has the same name; give it another one");
        }
    }
}

/// A table's name is a plain identifier, is not one of the platform's, and as a path does not hide a route that every service has.
pub(super) fn verify_table_name(model: &'static ModelDef, conventions: &Conventions, found: &mut Found) {
    let table = model.table;
    if !is_plain(table) || table.len() > MAX_IDENTIFIER {
        let message = format!("its table `{table}` is not a plain name: a-z, digits and _, beginning with a letter, at most 63 bytes");
        found.push(model.name, message);
    }
    if RESERVED_TABLES.contains(&table) {
        let platform = conventions.platform_schema;
        found.push(model.name, format!("the table `{table}` is the platform's ({platform}.{table}); give the model another one"));
    }
    if RESERVED_PATHS.contains(&table) {
        found.push(
            model.name,
            format!("its table `{table}` would have the path /{table}, which the service uses itself; give it another one"),
        );
    }
}

/// Each column of a table has a name of its own: also the second one of money, and the tenant's.
pub(super) fn verify_column_names(model: &'static ModelDef, conventions: &Conventions, found: &mut Found) {
    let mut names = HashMap::from([(conventions.tenant_column.to_owned(), "the tenant's column".to_owned())]);
    for column in model.columns {
        if !is_plain(column.name) || column.name.len() > MAX_IDENTIFIER {
            found.field(model, column.name, "is not a plain name: a-z, digits and _, beginning with a letter, at most 63 bytes");
        }
        if SYSTEM_COLUMNS.contains(&column.name) {
            found.field(model, column.name, "is a column that PostgreSQL keeps in every table; give the field another name");
        }
        let mut own = vec![(column.name.to_owned(), format!("the field `{}`", column.name))];
        if column.kind == Kind::Money {
            own.push((currency_of(column), format!("the currency of `{}`", column.name)));
        }
        for (name, whose) in own {
            if let Some(other) = names.insert(name.clone(), whose.clone()) {
                found.field(model, &name, format_args!("is the column of {whose} and of {other}; rename one of the fields"));
            }
        }
    }
}

/// PostgreSQL keeps no U+0000 in a text.
pub(super) fn verify_texts(model: &'static ModelDef, found: &mut Found) {
    if model.doc.contains('\0') {
        found.push(model.name, "its documentation holds U+0000, which PostgreSQL cannot keep");
    }
    for column in model.columns {
        if let Some(Literal::Str(text)) = column.default
            && text.contains('\0')
        {
            found.field(model, column.name, "has a default with U+0000, which PostgreSQL cannot keep");
        }
    }
}

/// A permission is two words, so that a role can name what it covers; each action has one.
pub(super) fn verify_permissions(model: &'static ModelDef, found: &mut Found) {
    let mut seen = HashSet::new();
    for (action, permission) in model.permissions {
        let word = action.word();
        if !is_permission(permission) {
            found.push(
                model.name,
                format!("its permission to {word} is {permission:?}; write `table:action`, two words of a-z, digits and _"),
            );
        }
        if !seen.insert(word) {
            found.push(model.name, format!("it names two permissions to {word}; leave one out"));
        }
    }
}

/// Tables, keys and indexes of a schema share one space of names, and a table's constraints another. Names that are cut at 63 bytes end in
/// a hash; two that are equal all the same would fail in the database.
pub(super) fn verify_object_names(models: &[&'static ModelDef], conventions: &Conventions, found: &mut Found) {
    let schema = Schema::of_models(models, conventions);
    let mut relations: HashMap<(&str, &str), String> = HashMap::new();
    for table in &schema.tables {
        let model = models.iter().find(|model| model.name == table.model).map_or("models.toml", |model| model.name);
        let mut constraints = HashSet::new();
        let mut relation = |name, what: String, found: &mut Found| {
            if let Some(other) = relations.insert((table.name.schema.as_str(), name), what.clone()) {
                found.push(model, format!("{what} and {other} would both be called `{name}`; rename a table or a field"));
            }
        };
        relation(&table.name.name, format!("the table of {}", table.model), found);
        for constraint in &table.constraints {
            if !constraints.insert(&constraint.name) {
                found.push(model, format!("two of its constraints would be called `{}`; rename a field", constraint.name));
            }
            if matches!(constraint.rule, Rule::PrimaryKey(_) | Rule::Unique(_)) {
                relation(&constraint.name, format!("a key of {}", table.model), found);
            }
        }
        for index in &table.indexes {
            relation(&index.name, format!("an index of {}", table.model), found);
        }
    }
}

/// `schema.name`.
fn is_qualified(name: &str) -> bool {
    name.split_once('.').is_some_and(|(schema, name)| [schema, name].into_iter().all(|part| is_plain(part) && part.len() <= MAX_IDENTIFIER))
}

fn is_plain(name: &str) -> bool {
    name.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

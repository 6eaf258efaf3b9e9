//! The routes of a model: what can be asked, and what a body holds.

use tenantry::http::query;
use tenantry::permissions::Route;
use tenantry::repo::MAX_LIMIT;
use tenantry::schema::{ColumnDef, Kind, Literal, Managed, ModelDef, Verb};

/// The routes, then the fields.
pub(super) fn of(model: &ModelDef) -> String {
    if model.routes.0.is_empty() {
        return "none: the model says `routes = false`".to_owned();
    }
    let mut lines: Vec<String> = Vec::new();
    for verb in Verb::ALL.into_iter().filter(|verb| model.routes.has(*verb)) {
        let Route { method, path, needs, .. } = Route::of_model(model, verb);
        let (width, what) = (model.table.len() + "//{id}".len(), what(verb));
        lines.push(format!("{method:<6} {path:<width$}  {what}; needs {needs}"));
        if verb == Verb::List {
            lines.extend(parameters(model).into_iter().map(|(name, values)| format!("         {name:<7}{values}")));
        }
    }
    lines.push(String::new());
    lines.extend(fields(model));
    lines.join("\n")
}

const fn what(verb: Verb) -> &'static str {
    match verb {
        Verb::List => "a page of rows",
        Verb::Get => "one row",
        Verb::Create => "makes a row",
        Verb::Patch => "changes the fields that the body names",
        Verb::Delete => "deletes a row",
    }
}

/// The parameters of the list.
fn parameters(model: &ModelDef) -> Vec<(&'static str, String)> {
    let filter = |column: &ColumnDef| {
        let operators: Vec<String> = query::operators(column).iter().map(|word| format!("[{word}]")).collect();
        format!("{}{}", column.name, operators.join(""))
    };
    let filters: Vec<String> = model.columns.iter().filter(|column| column.filter).map(filter).collect();
    let sorts: Vec<&str> = model.columns.iter().filter(|column| column.sort).map(|column| column.name).collect();
    let mut parameters = Vec::new();
    if !filters.is_empty() {
        parameters.push(("filter", format!("{}  (equal; in brackets what else)", filters.join(", "))));
    }
    if !sorts.is_empty() {
        parameters.push(("sort", format!("{}  (-{} for descending)", sorts.join(", "), sorts[0])));
    }
    parameters.push(("limit", format!("1 to {MAX_LIMIT}, 50 when it is not given")));
    parameters.push(("after", "the `next` of the page before".to_owned()));
    parameters
}

/// A table of the fields: name, type, and what a body may say of it.
fn fields(model: &ModelDef) -> Vec<String> {
    let writes = model.routes.has(Verb::Create) || model.routes.has(Verb::Patch);
    let rows: Vec<[String; 3]> = model
        .columns
        .iter()
        .map(|column| [column.name.to_owned(), kind(column), if writes { body(column) } else { String::new() }])
        .collect();
    let width = |cell: usize| rows.iter().map(|row| row[cell].chars().count()).max().unwrap_or_default();
    let (name, kind) = (width(0), width(1));
    let line = |row: &[String; 3]| format!("{:<name$}  {:<kind$}  {}", row[0], row[1], row[2]).trim_end().to_owned();
    rows.iter().map(line).collect()
}

fn kind(column: &ColumnDef) -> String {
    let kind = match column.kind {
        Kind::Id(_) if column.is_key() => "uuid".to_owned(),
        Kind::Id(model) => format!("uuid of a {}", model.name),
        Kind::Text => column.max_len.map_or_else(|| "text".to_owned(), |most| format!("text, at most {most} characters")),
        Kind::Bool => "true or false".to_owned(),
        Kind::I32 => "integer of 32 bits".to_owned(),
        Kind::I64 => "integer within ±(2^53 − 1)".to_owned(),
        Kind::Money => r#"{"amount": minor units, "currency": "EUR"}"#.to_owned(),
        Kind::Date => "date, 2026-11-24".to_owned(),
        Kind::Timestamp => "instant, 2026-11-24T08:15:30Z".to_owned(),
        Kind::Uuid => "uuid".to_owned(),
        Kind::Enum(words) => words.join(" | "),
    };
    if column.nullable { format!("{kind}, or null") } else { kind }
}

/// What the body of a create or a patch may say of the column.
fn body(column: &ColumnDef) -> String {
    let written = match column {
        _ if column.is_key() => "made by the service",
        ColumnDef { managed: Managed::CreatedAt | Managed::UpdatedAt | Managed::Version, .. } => "written by the database",
        ColumnDef { readonly: true, .. } => "readonly: only rules of the service change it",
        ColumnDef { default: Some(default), .. } => return unique(column, format!("{} when not given", literal(*default))),
        ColumnDef { nullable: true, .. } => "null when not given",
        _ => "required",
    };
    secret(column, unique(column, written.to_owned()))
}

fn secret(column: &ColumnDef, text: String) -> String {
    if column.secret { format!("{text}; secret: in no answer") } else { text }
}

fn unique(column: &ColumnDef, text: String) -> String {
    if column.unique { format!("{text}, unique") } else { text }
}

fn literal(literal: Literal) -> String {
    match literal {
        Literal::Str(text) => format!("{text:?}"),
        Literal::Int(number) => number.to_string(),
        Literal::Bool(truth) => truth.to_string(),
    }
}

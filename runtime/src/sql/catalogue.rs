//! The statements of a model as a person looks through them: `cargo xtask show` prints them, and tests hold each of them to its laws.

use super::statement::assigned;
use super::{Op, Shape, Statement};
use crate::schema::ModelDef;

/// The widest line of [`layout`], in characters.
const WIDTH: usize = 110;
/// Words that begin a clause, and so a line.
const CLAUSES: [&str; 8] = ["from", "where", "and", "set", "values", "returning", "order", "limit"];

/// Every fixed statement of the model, and of its lists each filter, each order and each kind of next page, with what it is for.
///
/// Lists combine these freely, so not every list is here; each of their parts is.
#[must_use]
pub fn catalogue(model: &'static ModelDef) -> Vec<(String, Statement)> {
    let mut all = vec![("find".to_owned(), Statement::Find(model)), ("create".to_owned(), Statement::Insert(model))];
    if assigned(model, false).next().is_some() {
        all.push(("update".to_owned(), Statement::Update { model, keys: false }));
    }
    if model.updatable().any(|column| model.in_unique_key(column.name)) {
        all.push(("update of a unique key's columns".to_owned(), Statement::Update { model, keys: true }));
    }
    all.push(("delete".to_owned(), Statement::Delete(model)));
    all.extend(shapes(model).into_iter().map(|shape| (title(&shape), Statement::List(model, shape))));
    all
}

fn shapes(model: &'static ModelDef) -> Vec<Shape> {
    let filters: Vec<(&'static str, Op)> = model
        .columns
        .iter()
        .filter(|column| column.filter)
        .flat_map(|column| Op::of(column).into_iter().map(|op| (column.name, op)))
        .collect();
    let sorts: Vec<&'static str> = model.columns.iter().filter(|column| column.sort).map(|column| column.name).collect();
    let mut orders = vec![Vec::new()];
    orders.extend(sorts.iter().flat_map(|name| [vec![(*name, false)], vec![(*name, true)]]));
    if let [first, second, ..] = sorts.as_slice() {
        orders.push(vec![(*first, false), (*second, true)]);
        orders.push(vec![(*first, true), (*second, false)]);
    }
    let pages = orders.into_iter().flat_map(|sorts| [false, true].map(|after| Shape { filters: Vec::new(), sorts: sorts.clone(), after }));
    let mut shapes: Vec<Shape> = pages.collect();
    shapes.extend(filters.iter().map(|filter| Shape { filters: vec![*filter], ..Shape::default() }));
    if filters.len() > 1 {
        let sorts = sorts.first().map(|name| (*name, false)).into_iter().collect();
        shapes.push(Shape { filters: filters.into_iter().filter(|(_, op)| *op == Op::Eq).collect(), sorts, after: true });
    }
    shapes
}

/// `list where city is null, by name descending, next page`.
fn title(shape: &Shape) -> String {
    let mut parts = Vec::new();
    let filters: Vec<String> = shape.filters.iter().map(|(column, op)| format!("{column} {}", words(*op))).collect();
    if !filters.is_empty() {
        parts.push(format!(" where {}", filters.join(" and ")));
    }
    let sorts: Vec<String> = shape
        .sorts
        .iter()
        .map(|(column, descending)| if *descending { format!("{column} descending") } else { (*column).to_owned() })
        .collect();
    if !sorts.is_empty() {
        parts.push(format!(" by {}", sorts.join(", then ")));
    }
    if shape.after {
        parts.push(" (next page)".to_owned());
    }
    format!("list{}", parts.concat())
}

const fn words(op: Op) -> &'static str {
    match op {
        Op::Eq => "equals",
        Op::Prefix => "starts with",
        Op::Gt => "is greater",
        Op::Gte => "is greater or equal",
        Op::Lt => "is less",
        Op::Lte => "is less or equal",
        Op::IsNull => "is null",
        Op::IsNotNull => "is not null",
    }
}

/// A rendered statement in lines of at most 110 characters, a clause on each. It is for reading: the statement that runs is one line.
///
/// ```
/// let text = "select id from app.notes where tenant_id = $1 and id = $2";
/// assert_eq!(tenantry::sql::layout(text), "select id\n  from app.notes\n  where tenant_id = $1\n  and id = $2");
/// ```
#[must_use]
pub fn layout(text: &str) -> String {
    let (mut lines, mut line) = (Vec::new(), String::new());
    let (mut depth, mut assigns) = (0_usize, false);
    for word in text.split(' ') {
        let clause = depth == 0 && CLAUSES.contains(&word) && line != "delete";
        let assignment = assigns && depth == 0 && line.ends_with(',');
        if clause || assignment || line.chars().count() + word.chars().count() >= WIDTH {
            let indent = if clause { "  " } else { "    " };
            lines.push(std::mem::replace(&mut line, format!("{indent}{word}")));
        } else {
            let space = if line.is_empty() { "" } else { " " };
            line.push_str(space);
            line.push_str(word);
        }
        if clause {
            assigns = word == "set";
        }
        depth = (depth + word.matches('(').count()).saturating_sub(word.matches(')').count());
    }
    lines.push(line);
    lines.join("\n")
}

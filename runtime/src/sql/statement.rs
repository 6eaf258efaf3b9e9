//! The statements of a model, rendered from its definition.
//!
//! Parameters are numbered alike in all of them: `$1` is the tenant of the transaction, then the arguments in their order. Every statement
//! binds its table to `$1`; the policy is the second layer behind it. The rows of a shared table belong to no tenant: there is nothing to
//! bind, and `$1` stands in the place of their tenant.

use crate::mutants::mutant;
use crate::schema::ir::currency_of;
use crate::schema::{ColumnDef, Conventions, Kind, ModelDef, Scope, quoted};

/// A statement over one model.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Statement {
    /// One row by its key: `$2`.
    Find(&'static ModelDef),
    /// A new row: `$2` the key, then the insertable columns.
    Insert(&'static ModelDef),
    /// Changes a row: `$2` the key, then for each column whether it changes and its new value.
    Update {
        /// The model.
        model: &'static ModelDef,
        /// Whether columns of unique keys are among those set. An UPDATE that names one locks out inserts of children, even if the value
        /// stays, so they stand only in the form that is used when a patch names such a column.
        keys: bool,
    },
    /// Deletes one row by its key: `$2`.
    Delete(&'static ModelDef),
    /// A page of rows.
    List(&'static ModelDef, Shape),
}

/// What a list statement depends on besides its arguments. Two lists with the same shape are one text, and so one prepared statement.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Shape {
    /// The filters: column and operator.
    pub filters: Vec<(&'static str, Op)>,
    /// The order: column, and whether it descends. The key always ends it, in the last one's direction.
    pub sorts: Vec<(&'static str, bool)>,
    /// Whether the page starts behind a row.
    pub after: bool,
}

/// An operator of a filter. All of them are leakproof in PostgreSQL, so that row security does not keep them from an index.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Op {
    /// Equal.
    Eq,
    /// The text starts with.
    Prefix,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Is null; takes no argument.
    IsNull,
    /// Is not null; takes no argument.
    IsNotNull,
}

impl Op {
    /// What a filter of that column may do, in the order in which it is told: all can be equal, texts start with, numbers and times are
    /// more or less, and what is nullable may be null.
    #[must_use]
    pub fn of(column: &ColumnDef) -> Vec<Self> {
        let mut ops = vec![Self::Eq];
        match column.kind {
            Kind::Text => ops.push(Self::Prefix),
            Kind::I32 | Kind::I64 | Kind::Date | Kind::Timestamp => ops.extend([Self::Gt, Self::Gte, Self::Lt, Self::Lte]),
            Kind::Id(_) | Kind::Bool | Kind::Money | Kind::Uuid | Kind::Enum(_) => {}
        }
        if column.nullable {
            ops.extend([Self::IsNull, Self::IsNotNull]);
        }
        ops
    }

    /// Whether the operator takes an argument.
    #[must_use]
    pub const fn takes_argument(self) -> bool {
        !matches!(self, Self::IsNull | Self::IsNotNull)
    }
}

impl Statement {
    /// The model.
    #[must_use]
    pub const fn model(&self) -> &'static ModelDef {
        match self {
            Self::Find(model) | Self::Insert(model) | Self::Update { model, .. } | Self::Delete(model) | Self::List(model, _) => model,
        }
    }

    /// Whether a foreign key that fails means that the row is still in use, rather than that it refers to nothing.
    #[must_use]
    pub const fn deletes(&self) -> bool {
        matches!(self, Self::Delete(_))
    }

    /// The text.
    #[must_use]
    pub fn render(&self, conventions: &Conventions) -> String {
        let renderer = Renderer { conventions, model: self.model() };
        match self {
            Self::Find(_) => renderer.find(),
            Self::Insert(_) => renderer.insert(),
            Self::Update { keys, .. } => renderer.update(*keys),
            Self::Delete(_) => renderer.delete(),
            Self::List(_, shape) => renderer.list(shape),
        }
    }
}

/// The columns that an UPDATE sets, in order.
pub(crate) fn assigned(model: &'static ModelDef, keys: bool) -> impl Iterator<Item = &'static ColumnDef> {
    model.updatable().filter(move |column| keys || !model.in_unique_key(column.name))
}

/// The names of a field's columns in the table.
pub(crate) fn physical(column: &ColumnDef) -> Vec<String> {
    match column.kind {
        Kind::Money => vec![quoted(column.name), quoted(&currency_of(column))],
        _ => vec![quoted(column.name)],
    }
}

struct Renderer<'a> {
    conventions: &'a Conventions,
    model: &'static ModelDef,
}

impl Renderer<'_> {
    fn table(&self) -> String {
        let schema = if self.is_shared() { self.conventions.platform_schema } else { self.conventions.schema };
        format!("{}.{}", quoted(schema), quoted(self.model.table))
    }

    fn is_shared(&self) -> bool {
        self.model.scope == Scope::Shared
    }

    fn tenant(&self) -> String {
        quoted(self.conventions.tenant_column)
    }

    /// The first layer: the predicate that every statement over rows of tenants carries.
    fn bound(&self) -> Option<String> {
        if self.is_shared() {
            return None;
        }
        if mutant!("predicate") {
            return Some("$1::uuid is not null".to_owned());
        }
        Some(format!("{} = $1", self.tenant()))
    }

    /// The row with the key `$2`.
    fn by_key(&self) -> String {
        self.bound().map_or_else(|| "id = $2".to_owned(), |bound| format!("{bound} and id = $2"))
    }

    /// What a row is read from: the tenant, then all columns in their order. A row of no tenant is read with the one who reads it.
    fn row(&self) -> String {
        let tenant = if self.is_shared() { "$1::uuid".to_owned() } else { self.tenant() };
        let columns = self.model.columns.iter().flat_map(physical);
        [tenant].into_iter().chain(columns).collect::<Vec<_>>().join(", ")
    }

    fn find(&self) -> String {
        format!("select {} from {} where {}", self.row(), self.table(), self.by_key())
    }

    fn insert(&self) -> String {
        let tenant = (!self.is_shared()).then(|| self.tenant());
        let columns: Vec<String> = tenant.into_iter().chain(["id".to_owned()]).chain(self.model.insertable().flat_map(physical)).collect();
        // The arguments are the same ones: of a shared row, `$1` stands behind RETURNING.
        let first = if self.is_shared() { 2 } else { 1 };
        let values: Vec<String> = (first..first + columns.len()).map(|number| format!("${number}")).collect();
        format!("insert into {} ({}) values ({}) returning {}", self.table(), columns.join(", "), values.join(", "), self.row())
    }

    fn update(&self, keys: bool) -> String {
        let mut next = 3;
        let mut assignments = Vec::new();
        for column in assigned(self.model, keys) {
            let flag = next;
            next += 1;
            for name in physical(column) {
                assignments.push(format!("{name} = case when ${flag} then ${next} else {name} end"));
                next += 1;
            }
        }
        format!("update {} set {} where {} returning {}", self.table(), assignments.join(", "), self.by_key(), self.row())
    }

    fn delete(&self) -> String {
        // Whoever runs statements over shared tables counts the rows that come back.
        let returning = if self.is_shared() { " returning $1::uuid" } else { "" };
        format!("delete from {} where {}{returning}", self.table(), self.by_key())
    }

    fn list(&self, shape: &Shape) -> String {
        let mut conditions: Vec<String> = self.bound().into_iter().collect();
        let mut next = 2;
        for (column, op) in &shape.filters {
            let column = quoted(column);
            conditions.push(match op {
                Op::Eq => format!("{column} = ${next}"),
                Op::Prefix => format!("{column} ^@ ${next}"),
                Op::Gt => format!("{column} > ${next}"),
                Op::Gte => format!("{column} >= ${next}"),
                Op::Lt => format!("{column} < ${next}"),
                Op::Lte => format!("{column} <= ${next}"),
                Op::IsNull => format!("{column} is null"),
                Op::IsNotNull => format!("{column} is not null"),
            });
            next += usize::from(op.takes_argument());
        }
        let order = order(shape);
        if shape.after {
            conditions.push(keyset(&order, next));
            next += order.len();
        }
        let mut text = format!("select {} from {}", self.row(), self.table());
        if !conditions.is_empty() {
            text.extend([" where ", &conditions.join(" and ")]);
        }
        let order: Vec<String> =
            order.iter().map(|(column, descending)| if *descending { format!("{column} desc") } else { column.clone() }).collect();
        format!("{text} order by {} limit ${next}", order.join(", "))
    }
}

/// The whole order: the sorts, then the key in the direction of the last one, so that no two rows are equal in it.
fn order(shape: &Shape) -> Vec<(String, bool)> {
    let last = shape.sorts.last().is_some_and(|(_, descending)| *descending);
    shape.sorts.iter().map(|(column, descending)| (quoted(column), *descending)).chain([("id".to_owned(), last)]).collect()
}

/// The rows behind the one whose values are `$next` and following. In one direction it is a row comparison, which an index answers;
/// mixed, the first column is bounded on its own, so that the index has a start (the bare OR read 290,007 rows where this read 4 blocks).
fn keyset(order: &[(String, bool)], next: usize) -> String {
    let descends = order.first().is_some_and(|(_, descending)| *descending);
    if order.iter().all(|(_, descending)| *descending == descends) {
        let columns: Vec<&str> = order.iter().map(|(column, _)| column.as_str()).collect();
        let values: Vec<String> = (next..next + order.len()).map(|number| format!("${number}")).collect();
        let operator = match (descends, mutant!("keyset_repeats")) {
            (true, false) => "<",
            (false, false) => ">",
            (true, true) => "<=",
            (false, true) => ">=",
        };
        return format!("({}) {operator} ({})", columns.join(", "), values.join(", "));
    }
    let mut condition = String::new();
    for (position, (column, descending)) in order.iter().enumerate().rev() {
        let operator = if *descending { '<' } else { '>' };
        let value = format!("${}", next + position);
        condition = match (condition.is_empty(), position) {
            (true, _) => format!("{column} {operator} {value}"),
            (false, 0) => format!("{column} {operator}= {value} and ({column} {operator} {value} or ({condition}))"),
            (false, _) => format!("{column} {operator} {value} or ({column} = {value} and ({condition}))"),
        };
    }
    format!("({condition})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ModelRef, Verb, Verbs};

    fn country() -> &'static ModelDef {
        const COUNTRY: ModelDef = ModelDef {
            columns: &[
                ColumnDef::new("id", Kind::Id(ModelRef { name: "Country", table: "countries", scope: Scope::Shared, def: country }), false),
                ColumnDef { filter: true, sort: true, ..ColumnDef::new("code", Kind::Text, false) },
            ],
            routes: Verbs(&[Verb::List, Verb::Get]),
            ..ModelDef::new("Country", "countries", Scope::Shared)
        };
        &COUNTRY
    }

    #[test]
    fn rows_of_no_tenant_are_bound_to_none_and_read_with_who_reads_them() {
        let render = |statement: Statement| statement.render(&Conventions::DEFAULT);
        let list = |filters, after| Statement::List(country(), Shape { filters, sorts: vec![("code", false)], after });
        for (statement, text) in [
            (Statement::Find(country()), "select $1::uuid, id, code from tenancy.countries where id = $2"),
            (Statement::Insert(country()), "insert into tenancy.countries (id, code) values ($2, $3) returning $1::uuid, id, code"),
            (
                Statement::Update { model: country(), keys: true },
                "update tenancy.countries set code = case when $3 then $4 else code end where id = $2 returning $1::uuid, id, code",
            ),
            (Statement::Delete(country()), "delete from tenancy.countries where id = $2 returning $1::uuid"),
            (list(Vec::new(), false), "select $1::uuid, id, code from tenancy.countries order by code, id limit $2"),
            (
                list(vec![("code", Op::Eq)], true),
                "select $1::uuid, id, code from tenancy.countries where code = $2 and (code, id) > ($3, $4) order by code, id limit $5",
            ),
        ] {
            assert_eq!(render(statement), text);
        }
    }
}

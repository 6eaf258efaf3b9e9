//! FROM: which relations stand there, what each is to the check, and what their joins compare.

use std::ops::Range;

use sqlparser::ast::{
    Expr, Ident, Join, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, Spanned, TableAlias, TableFactor, TableFunctionArgs,
    TableWithJoins, XmlNamespaceDefinition, XmlPassingArgument, XmlPassingClause, XmlTableColumn, XmlTableColumnOption,
};

use crate::Rule;
use crate::advice::Clause;
use crate::functions::among;
use crate::judge::Judge;
use crate::mutants::mutant;
use crate::scope::{At, Item, Kind, Scope, is};

/// Which rows a join keeps without a partner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Keeps {
    Neither,
    Left,
    Right,
    Both,
}

/// Whose tenant column `USING (tenant_id)` would mean on one side of a join.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Column {
    /// That of this relation.
    Of(usize),
    /// Nobody's: there are shared relations only.
    Nobody,
    /// It cannot be told.
    Unknown,
}

impl<'a> Judge<'a> {
    /// The items of a FROM clause, which are added to `items`.
    pub(crate) fn from(&mut self, from: &'a [TableWithJoins], at: At<'_, 'a>, items: &mut Vec<Item<'a>>) {
        for tree in from {
            self.joins(tree, at, items);
        }
    }

    /// A relation and what is joined to it.
    fn joins(&mut self, tree: &'a TableWithJoins, at: At<'_, 'a>, items: &mut Vec<Item<'a>>) -> Column {
        let TableWithJoins { relation, joins } = tree;
        let first = items.len();
        let mut left = self.factor(relation, at, items);
        for Join { relation, global, join_operator } in joins {
            self.without(*global, relation.span(), "GLOBAL JOIN");
            let second = items.len();
            let right = self.factor(relation, at, items);
            let (keeps, constraint) = match join_operator {
                JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) | JoinOperator::CrossJoin(constraint) => {
                    (Keeps::Neither, constraint)
                }
                JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => (Keeps::Left, constraint),
                JoinOperator::Right(constraint) | JoinOperator::RightOuter(constraint) => (Keeps::Right, constraint),
                JoinOperator::FullOuter(constraint) => (Keeps::Both, constraint),
                _ => {
                    self.construct(relation.span(), "a join that PostgreSQL does not have");
                    continue;
                }
            };
            self.say_where(keeps, items, first, second);
            left = match constraint {
                JoinConstraint::On(clause) => {
                    self.on(clause, keeps, at, items.get(first..).unwrap_or_default(), second - first);
                    either(left, right)
                }
                JoinConstraint::Using(columns) => self.using(columns, keeps, left, right),
                JoinConstraint::UsingAlias(_, alias) => {
                    self.refuse(Rule::JoinAlias, alias.span, String::new());
                    Column::Unknown
                }
                JoinConstraint::Natural => {
                    self.refuse(Rule::Natural, relation.span(), String::new());
                    Column::Unknown
                }
                JoinConstraint::None => either(left, right),
            };
        }
        left
    }

    /// ON sees both sides of its join and the queries around, not what stands beside the join, and binds the side whose rows it can drop.
    fn on(&mut self, clause: &'a Expr, keeps: Keeps, at: At<'_, 'a>, items: &[Item<'a>], right: usize) {
        let scope = Scope { outer: at.scope, items };
        self.expr(clause, at.seeing(&scope));
        self.bind(clause, &scope, &droppable(keeps, right, items.len()));
    }

    /// USING compares a column of both sides; the joined relation has one of that name, which is the side's that keeps its rows.
    fn using(&mut self, columns: &'a [ObjectName], keeps: Keeps, left: Column, right: Column) -> Column {
        let tenant = columns.iter().any(
            |column| matches!(column.0.as_slice(), [ObjectNamePart::Identifier(column)] if is(column, self.conventions.tenant_column)),
        );
        let (Column::Of(one), Column::Of(other), true) = (left, right, tenant) else { return either(left, right) };
        if matches!(keeps, Keeps::Neither | Keeps::Left) || mutant!("using_binds") {
            self.follows(Some(one), other);
        }
        if matches!(keeps, Keeps::Neither | Keeps::Right) || mutant!("using_binds") {
            self.follows(Some(other), one);
        }
        match keeps {
            Keeps::Neither | Keeps::Left => left,
            Keeps::Right => right,
            Keeps::Both => Column::Unknown,
        }
    }

    /// Notes for the advice where a relation beneath an outer join can be bound.
    fn say_where(&mut self, keeps: Keeps, items: &[Item<'a>], first: usize, second: usize) {
        let (range, place) = match keeps {
            Keeps::Neither => return,
            Keeps::Left => (second..items.len(), Clause::On),
            Keeps::Right => (first..second, Clause::On),
            Keeps::Both => (first..items.len(), Clause::SubSelect),
        };
        for item in items.get(range).unwrap_or_default() {
            if let Kind::Fenced(index) = item.kind {
                self.bind_in(index, place);
            }
        }
    }

    /// One item of FROM. What is LATERAL sees the items before it, functions always do.
    fn factor(&mut self, factor: &'a TableFactor, at: At<'_, 'a>, items: &mut Vec<Item<'a>>) -> Column {
        self.count.relations += 1;
        let beside = items.clone();
        let scope = Scope { outer: at.scope, items: &beside };
        let lateral_at = at.seeing(&scope);
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_directives,
                inheritance,
            } => {
                let foreign = !with_hints.is_empty()
                    || version.is_some()
                    || !partitions.is_empty()
                    || json_path.is_some()
                    || !index_directives.is_empty();
                self.without(foreign, name.span(), "a hint behind a relation");
                if sample.is_some() {
                    self.refuse(Rule::Sample, name.span(), String::new());
                }
                if inheritance.is_some() {
                    self.refuse(Rule::Only, name.span(), String::new());
                }
                if let Some(TableFunctionArgs { args, settings }) = args {
                    self.without(settings.is_some(), name.span(), "SETTINGS");
                    let span = self.function_name(name);
                    args.iter().for_each(|arg| self.argument(arg, span, lateral_at));
                    items.push(Item { name: self.alias(alias).or_else(|| last(name)), kind: Kind::Derived });
                    return Column::Unknown;
                }
                self.without(*with_ordinality, name.span(), "WITH ORDINALITY behind a relation");
                self.table(name, alias.as_ref(), at, items)
            }
            TableFactor::Derived { lateral, subquery, alias, sample } => {
                if sample.is_some() {
                    self.refuse(Rule::Sample, factor.span(), String::new());
                }
                self.query(subquery, if *lateral || mutant!("derived_sees_beside") { lateral_at } else { at });
                self.derived(alias, items)
            }
            TableFactor::Function { lateral: _, name, args, with_ordinality: _, alias } => {
                let span = self.function_name(name);
                args.iter().for_each(|arg| self.argument(arg, span, lateral_at));
                items.push(Item { name: self.alias(alias).or_else(|| last(name)), kind: Kind::Derived });
                Column::Unknown
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset, with_offset_alias, with_ordinality: _ } => {
                self.without(*with_offset || with_offset_alias.is_some(), factor.span(), "WITH OFFSET");
                self.exprs(array_exprs, lateral_at);
                self.derived(alias, items)
            }
            TableFactor::JsonTable { json_expr, json_path: _, columns: _, alias } => {
                self.expr(json_expr, lateral_at);
                self.derived(alias, items)
            }
            TableFactor::XmlTable { namespaces, row_expression, passing: XmlPassingClause { arguments }, columns, alias } => {
                namespaces.iter().for_each(|XmlNamespaceDefinition { uri, name: _ }| self.expr(uri, lateral_at));
                self.expr(row_expression, lateral_at);
                arguments.iter().for_each(|XmlPassingArgument { expr, alias: _, by_value: _ }| self.expr(expr, lateral_at));
                for XmlTableColumn { name: _, option } in columns {
                    match option {
                        XmlTableColumnOption::ForOrdinality => {}
                        XmlTableColumnOption::NamedInfo { r#type: _, path, default, nullable: _ } => {
                            [path, default].into_iter().flatten().for_each(|expr| self.expr(expr, lateral_at));
                        }
                    }
                }
                self.derived(alias, items)
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                if let Some(alias) = alias {
                    self.refuse(Rule::JoinAlias, alias.name.span, String::new());
                }
                self.joins(table_with_joins, at, items)
            }
            other => {
                self.construct(other.span(), "this form of a relation");
                Column::Unknown
            }
        }
    }

    fn derived(&mut self, alias: &'a Option<TableAlias>, items: &mut Vec<Item<'a>>) -> Column {
        items.push(Item { name: self.alias(alias), kind: Kind::Derived });
        Column::Unknown
    }

    fn alias(&mut self, alias: &'a Option<TableAlias>) -> Option<&'a Ident> {
        let TableAlias { explicit: _, name, columns: _, at } = alias.as_ref()?;
        self.without(at.is_some(), name.span, "AT behind a name");
        Some(name)
    }

    /// A relation that is given by name.
    fn table(&mut self, name: &'a ObjectName, alias: Option<&'a TableAlias>, at: At<'_, 'a>, items: &mut Vec<Item<'a>>) -> Column {
        self.pass(name.span());
        let own = alias.map(|alias| &alias.name);
        let kind = self.kind(name, own, at);
        if let (Kind::Fenced(_), Some(TableAlias { explicit: _, name: alias, columns, at })) = (kind, alias) {
            self.without(at.is_some(), alias.span, "AT behind a name");
            if !columns.is_empty() && !mutant!("renamed_columns") {
                self.refuse(Rule::Renamed, alias.span, String::new());
            }
        }
        items.push(Item { name: own.or_else(|| last(name)), kind });
        match kind {
            Kind::Fenced(index) => Column::Of(index),
            Kind::Shared => Column::Nobody,
            Kind::Derived => Column::Unknown,
        }
    }

    /// What a relation is to the check. One without a schema is a CTE; otherwise it has one, since what a bare name means depends on a setting
    /// and on what temporary tables there are.
    pub(crate) fn kind(&mut self, name: &'a ObjectName, alias: Option<&'a Ident>, at: At<'_, 'a>) -> Kind {
        match name.0.as_slice() {
            [ObjectNamePart::Identifier(name)] if at.ctes.is_some_and(|ctes| ctes.has(name)) => Kind::Derived,
            [ObjectNamePart::Identifier(bare)] => {
                let advice =
                    format!("{bare} is written without its schema: write it as in `app.{bare}`; a CTE of that name is not visible here");
                self.refuse(Rule::Schema, name.span(), advice);
                Kind::Derived
            }
            [ObjectNamePart::Identifier(schema), ObjectNamePart::Identifier(table)] => self.qualified(name, schema, table, alias),
            _ => {
                self.refuse(Rule::Catalog, name.span(), String::new());
                Kind::Derived
            }
        }
    }

    fn qualified(&mut self, name: &'a ObjectName, schema: &Ident, table: &Ident, alias: Option<&'a Ident>) -> Kind {
        if among(self.conventions.shared, schema, table) {
            return Kind::Shared;
        }
        if is_system(schema) {
            let advice = format!(
                "{name} belongs to PostgreSQL and shows what belongs to no tenant: leave it out, or list it as shared in models.toml"
            );
            self.refuse(Rule::System, name.span(), advice);
            return Kind::Derived;
        }
        Kind::Fenced(self.fence(name, alias))
    }
}

/// Rule: the catalogue has no tenant column, so nothing in it could be bound.
fn is_system(schema: &Ident) -> bool {
    is(schema, "information_schema")
        || (schema.value.len() >= 3 && schema.value.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("pg_")))
}

/// Rule: the ON of an outer join drops rows only of the side that is not kept.
fn droppable(keeps: Keeps, right: usize, end: usize) -> Range<usize> {
    match keeps {
        Keeps::Neither => 0..end,
        Keeps::Left => right..end,
        Keeps::Right => 0..right,
        Keeps::Both => 0..0,
    }
}

/// The tenant column of a join: when two relations have one, a column without a qualifier is nobody's.
const fn either(left: Column, right: Column) -> Column {
    match (left, right) {
        (Column::Nobody, other) | (other, Column::Nobody) => other,
        _ => Column::Unknown,
    }
}

/// The last name of a name, by which a relation or a function goes that has no other.
fn last(name: &ObjectName) -> Option<&Ident> {
    match name.0.last() {
        Some(ObjectNamePart::Identifier(name)) => Some(name),
        _ => None,
    }
}

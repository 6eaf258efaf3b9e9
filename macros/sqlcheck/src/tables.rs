//! FROM: which relations stand there, and what each is to the check.

use sqlparser::ast::{
    FunctionArg, Ident, ObjectName, ObjectNamePart, Query, Spanned, TableAlias, TableFactor, TableFunctionArgs, TableSampleKind,
    TableWithJoins, XmlNamespaceDefinition, XmlPassingArgument, XmlPassingClause, XmlTableColumn, XmlTableColumnOption,
};
use sqlparser::tokenizer::Span;

use crate::Rule;
use crate::functions::among;
use crate::joins::Column;
use crate::judge::{Judge, last};
use crate::mutants::mutant;
use crate::scope::{At, Item, Kind, Scope, is};

/// The most relations of a statement: a name is looked for among all that are visible, so that the work grows with their square.
const MAX_RELATIONS: usize = 256;

impl<'a> Judge<'a> {
    /// The items of a FROM clause, which are added to `items`.
    pub(crate) fn from(&mut self, from: &'a [TableWithJoins], at: At<'_, 'a>, items: &mut Vec<Item<'a>>) {
        for tree in from {
            self.joins(tree, at, items);
        }
    }

    /// One item of FROM.
    pub(crate) fn factor(&mut self, factor: &'a TableFactor, at: At<'_, 'a>, items: &mut Vec<Item<'a>>) -> Column {
        self.relations += 1;
        if self.relations > MAX_RELATIONS {
            self.refuse(Rule::TooLarge, factor.span(), format!("a statement has at most {MAX_RELATIONS} relations: split it"));
            return Column::Unknown;
        }
        match factor {
            TableFactor::Table { .. } => return self.named(factor, at, items),
            TableFactor::NestedJoin { table_with_joins, alias } => {
                alias.iter().for_each(|alias| self.join_alias(alias.name.span));
                return self.joins(table_with_joins, at, items);
            }
            TableFactor::Derived { lateral, subquery, alias, sample } => {
                self.sample(sample.as_ref(), subquery.span());
                self.derived(*lateral, subquery, at, items);
                items.push(Item { name: self.alias(alias.as_ref()), kind: Kind::Derived });
            }
            TableFactor::Function { lateral: _, name, args, with_ordinality: _, alias } => {
                self.function(name, args, alias.as_ref(), at, items);
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset, with_offset_alias, with_ordinality: _ } => {
                self.without(*with_offset || with_offset_alias.is_some(), factor.span(), "WITH OFFSET");
                self.exprs(array_exprs, at.seeing(&Scope { outer: at.scope, items }));
                items.push(self.called(alias.as_ref(), &self.own.unnest));
            }
            TableFactor::JsonTable { json_expr, json_path: _, columns: _, alias } => {
                self.expr(json_expr, at.seeing(&Scope { outer: at.scope, items }));
                items.push(self.called(alias.as_ref(), &self.own.json_table));
            }
            TableFactor::XmlTable { .. } => self.xml_table(factor, at, items),
            other => self.construct(other.span(), "this form of a relation"),
        }
        Column::Unknown
    }

    /// A relation by name, or a function, which the parser takes for one with arguments.
    fn named(&mut self, factor: &'a TableFactor, at: At<'_, 'a>, items: &mut Vec<Item<'a>>) -> Column {
        let TableFactor::Table {
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
        } = factor
        else {
            return Column::Unknown;
        };
        let foreign =
            !with_hints.is_empty() || version.is_some() || !partitions.is_empty() || json_path.is_some() || !index_directives.is_empty();
        self.without(foreign, name.span(), "a hint behind a relation");
        self.sample(sample.as_ref(), name.span());
        self.only(inheritance.is_some(), name.span());
        if let Some(TableFunctionArgs { args, settings }) = args {
            self.without(settings.is_some(), name.span(), "SETTINGS");
            self.function(name, args, alias.as_ref(), at, items);
            return Column::Unknown;
        }
        self.without(*with_ordinality, name.span(), "WITH ORDINALITY behind a relation");
        let own = self.alias(alias.as_ref());
        let kind = self.kind(name, own, at);
        self.renamed(kind, alias.as_ref());
        items.push(Item { name: own.or_else(|| last(name)), kind });
        match kind {
            Kind::Fenced(index) => Column::Of(index),
            Kind::Shared => Column::Nobody,
            Kind::Derived => Column::Unknown,
        }
    }

    /// Rule: a sub-select in FROM sees the items before it only when it is LATERAL; otherwise their names mean those of the queries around.
    fn derived(&mut self, lateral: bool, query: &'a Query, at: At<'_, 'a>, items: &[Item<'a>]) {
        if lateral || mutant!("derived_sees_siblings") {
            self.query(query, at.seeing(&Scope { outer: at.scope, items }));
        } else {
            self.query(query, at);
        }
    }

    /// A function in FROM, which always sees the items before it.
    fn function(
        &mut self,
        name: &'a ObjectName,
        args: &'a [FunctionArg],
        alias: Option<&'a TableAlias>,
        at: At<'_, 'a>,
        items: &mut Vec<Item<'a>>,
    ) {
        let span = self.function_name(name);
        let scope = Scope { outer: at.scope, items };
        args.iter().for_each(|arg| self.argument(arg, span, at.seeing(&scope)));
        items.push(Item { name: self.alias(alias).or_else(|| last(name)), kind: Kind::Derived });
    }

    fn xml_table(&mut self, factor: &'a TableFactor, at: At<'_, 'a>, items: &mut Vec<Item<'a>>) {
        let TableFactor::XmlTable { namespaces, row_expression, passing: XmlPassingClause { arguments }, columns, alias } = factor else {
            return;
        };
        let scope = Scope { outer: at.scope, items };
        let at = at.seeing(&scope);
        namespaces.iter().for_each(|XmlNamespaceDefinition { uri, name: _ }| self.expr(uri, at));
        self.expr(row_expression, at);
        arguments.iter().for_each(|XmlPassingArgument { expr, alias: _, by_value: _ }| self.expr(expr, at));
        for XmlTableColumn { name: _, option } in columns {
            if let XmlTableColumnOption::NamedInfo { r#type: _, path, default, nullable: _ } = option {
                path.iter().chain(default).for_each(|expr| self.expr(expr, at));
            }
        }
        items.push(self.called(alias.as_ref(), &self.own.xml_table));
    }

    /// Rule: UNNEST, XMLTABLE and JSON_TABLE without a name go by their own, which hides a relation of that name in a query around.
    fn called(&mut self, alias: Option<&'a TableAlias>, own: &'a Ident) -> Item<'a> {
        let name = self.alias(alias).or((!mutant!("called")).then_some(own));
        Item { name, kind: Kind::Derived }
    }

    pub(crate) fn alias(&mut self, alias: Option<&'a TableAlias>) -> Option<&'a Ident> {
        let TableAlias { explicit: _, name, columns: _, at } = alias?;
        self.without(at.is_some(), name.span, "AT behind a name");
        Some(name)
    }

    /// Rule: TABLESAMPLE draws from the rows of every tenant, so that what it draws for one depends on the others.
    fn sample(&mut self, sample: Option<&TableSampleKind>, span: Span) {
        if sample.is_some() && !mutant!("sample") {
            self.refuse(Rule::Sample, span, String::new());
        }
    }

    /// Rule: ONLY and `*` have been words and operators to earlier versions of the parser, and nobody needs them.
    pub(crate) fn only(&mut self, found: bool, span: Span) {
        if found && !mutant!("only") {
            self.refuse(Rule::Only, span, String::new());
        }
    }

    /// Rule: a list of names behind an alias gives the columns new names, and `tenant_id` could be any of them.
    pub(crate) fn renamed(&mut self, kind: Kind, alias: Option<&'a TableAlias>) {
        let list = alias.filter(|alias| matches!(kind, Kind::Fenced(_)) && !alias.columns.is_empty());
        if let Some(alias) = list
            && !mutant!("renamed")
        {
            self.refuse(Rule::Renamed, alias.name.span, String::new());
        }
    }

    /// What a relation is to the check. One without a schema is a CTE; any other has one.
    pub(crate) fn kind(&mut self, name: &'a ObjectName, alias: Option<&'a Ident>, at: At<'_, 'a>) -> Kind {
        self.pass(name.span());
        match name.0.as_slice() {
            [ObjectNamePart::Identifier(name)] if at.ctes.is_some_and(|ctes| ctes.has(name)) => Kind::Derived,
            [ObjectNamePart::Identifier(bare)] => self.bare(bare),
            [ObjectNamePart::Identifier(schema), ObjectNamePart::Identifier(table)] => {
                if is_shared(self.conventions.shared, schema, table) {
                    Kind::Shared
                } else if is_system(schema) {
                    self.system(name)
                } else {
                    Kind::Fenced(self.fence(name, alias))
                }
            }
            _ => self.catalog(name),
        }
    }

    /// Rule: a relation is written with its schema, since what a bare name means depends on a setting and on what temporary tables there are.
    fn bare(&mut self, name: &Ident) -> Kind {
        if !mutant!("bare") {
            let advice = format!("{name} has no schema and is no CTE that is visible here: write the schema, as in `app.{name}`");
            self.refuse(Rule::Schema, name.span, advice);
        }
        Kind::Derived
    }

    /// Rule: a name in three parts would have to be compared with the database's own name.
    fn catalog(&mut self, name: &ObjectName) -> Kind {
        if !mutant!("catalog") {
            self.refuse(Rule::Catalog, name.span(), String::new());
        }
        Kind::Derived
    }

    /// Rule: PostgreSQL's own relations have no tenant column, and show what belongs to all tenants.
    fn system(&mut self, name: &ObjectName) -> Kind {
        if !mutant!("system") {
            let advice = format!(
                "{name} belongs to PostgreSQL and shows what belongs to no tenant: leave it out, or list it as shared in models.toml"
            );
            self.refuse(Rule::System, name.span(), advice);
        }
        Kind::Derived
    }
}

/// Rule: what the manifest calls shared has no rows of tenants. It is compared with schema and name: a table of that name in another schema is
/// another table.
fn is_shared(shared: &[&str], schema: &Ident, table: &Ident) -> bool {
    among(shared, schema, table)
        || (mutant!("is_shared") && shared.iter().any(|entry| entry.split('.').next_back().is_some_and(|name| is(table, name))))
}

fn is_system(schema: &Ident) -> bool {
    let start = schema.value.get(..3).unwrap_or_default();
    is(schema, "information_schema") || start.eq_ignore_ascii_case("pg_")
}

//! INSERT, UPDATE and DELETE.

use sqlparser::ast::{
    Assignment, AssignmentTarget, ConflictTarget, Delete, DoUpdate, Expr, FromTable, Ident, Insert, ObjectName, ObjectNamePart, OnConflict,
    OnConflictAction, OnInsert, Query, SelectItem, SetExpr, Spanned, TableAliasWithoutColumns, TableFactor, TableObject, TableWithJoins,
    Update, UpdateTableFromKind,
};
use sqlparser::tokenizer::Span;

use crate::Rule;
use crate::bind::is_tenant;
use crate::judge::{Judge, last, single};
use crate::mutants::mutant;
use crate::scope::{At, Item, Kind, Scope, is};

impl<'a> Judge<'a> {
    pub(crate) fn insert(&mut self, insert: &'a Insert, at: At<'_, 'a>) {
        let Insert {
            insert_token,
            optimizer_hints,
            or,
            ignore,
            into,
            table,
            table_alias,
            columns,
            by_name,
            overwrite,
            source,
            assignments,
            partitioned,
            after_columns,
            overriding: _,
            has_table_keyword,
            on,
            returning,
            output,
            replace_into,
            priority,
            insert_alias,
            settings,
            format_clause,
            multi_table_insert_type,
            multi_table_into_clauses,
            multi_table_when_clauses,
            multi_table_else_clause,
        } = insert;
        self.count.inserts += 1;
        let foreign = !optimizer_hints.is_empty()
            || or.is_some()
            || *ignore
            || !*into
            || *by_name
            || *overwrite
            || !assignments.is_empty()
            || partitioned.is_some()
            || !after_columns.is_empty()
            || *has_table_keyword
            || output.is_some()
            || *replace_into
            || priority.is_some()
            || insert_alias.is_some()
            || settings.is_some()
            || format_clause.is_some()
            || multi_table_insert_type.is_some()
            || !multi_table_into_clauses.is_empty()
            || !multi_table_when_clauses.is_empty()
            || multi_table_else_clause.is_some();
        self.without(foreign, insert_token.0.span, "an INSERT with a clause that PostgreSQL does not have");
        let TableObject::TableName(name) = table else {
            return self.construct(insert_token.0.span, "INSERT INTO something other than a relation");
        };
        let alias = table_alias.as_ref().map(|TableAliasWithoutColumns { explicit: _, alias }| alias);
        let kind = self.target(name, alias);
        if let Kind::Fenced(index) = kind {
            // What keeps it from being bound is refused by rules of its own.
            self.follows(None, index);
            self.inserted(name, columns, source.as_deref());
        }
        source.iter().for_each(|source| self.query(source, at));
        let own = Item { name: alias.or_else(|| last(name)), kind };
        let both = [own, Item { name: Some(&self.own.excluded), kind: Kind::Derived }];
        let scope = Scope { outer: at.scope, items: &both };
        match on {
            None => {}
            Some(OnInsert::OnConflict(conflict)) => self.conflict(conflict, name, kind, at.seeing(&scope)),
            Some(_) => self.construct(insert_token.0.span, "ON DUPLICATE KEY"),
        }
        let own = [own];
        let scope = Scope { outer: at.scope, items: &own };
        returning.iter().for_each(|items| self.projection(items, at.seeing(&scope)));
    }

    /// What an INSERT must show: its columns, the tenant's among them, and `$1` in that place of every row.
    fn inserted(&mut self, name: &'a ObjectName, columns: &'a [ObjectName], source: Option<&'a Query>) {
        let Some(source) = source.filter(|_| !columns.is_empty()) else { return self.insert_columns(name) };
        // Every column has a place among the values, also a field of one, which is written in two parts.
        match columns.iter().position(|name| single(name).is_some_and(|name| is(name, self.conventions.tenant_column))) {
            Some(position) => self.gives(&source.body, position, name.span()),
            None => self.insert_tenant(name),
        }
    }

    /// Rule: an INSERT names its columns, and so has rows: without, a text does not show which value is the tenant's.
    fn insert_columns(&mut self, name: &'a ObjectName) {
        if !mutant!("insert_columns") {
            let column = self.conventions.tenant_column;
            let advice = format!("an INSERT names its columns: write `insert into {name} ({column}, …) values ($1, …)`");
            self.refuse(Rule::InsertColumns, name.span(), advice);
        }
    }

    /// Rule: the tenant column is among them: a default could be another tenant.
    fn insert_tenant(&mut self, name: &'a ObjectName) {
        if !mutant!("insert_tenant") {
            let column = self.conventions.tenant_column;
            let advice = format!("{name} gets rows without their tenant: add `{column}` to the columns and `$1` to the values");
            self.refuse(Rule::InsertTenant, name.span(), advice);
        }
    }

    /// Rule: every row of every part of a source has `$1` in the place of the tenant column.
    fn gives(&mut self, source: &'a SetExpr, position: usize, span: Span) {
        match source {
            SetExpr::Select(select) => {
                let start = select.projection.first().map_or(span, Spanned::span);
                self.given(selected(&select.projection, position), position, start);
            }
            SetExpr::Values(values) => {
                let rows = if mutant!("gives_first_row") { 1 } else { values.rows.len() };
                for row in values.rows.iter().take(rows) {
                    self.given(row.content.get(position), position, row.opening_token.0.span);
                }
            }
            SetExpr::Query(query) => self.gives(&query.body, position, span),
            SetExpr::SetOperation { left, op: _, set_quantifier: _, right } => {
                self.gives(left, position, span);
                if !mutant!("gives_left_arm") {
                    self.gives(right, position, span);
                }
            }
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) | SetExpr::Table(_) => {
                self.given(None, position, span)
            }
        }
    }

    /// Rule: the tenant of a new row is `$1` itself.
    fn given(&mut self, value: Option<&'a Expr>, position: usize, row: Span) {
        if !value.is_some_and(is_tenant) && !mutant!("given") {
            let span = value.map(Spanned::span).filter(|span| span.start.line > 0).unwrap_or(row);
            let column = self.conventions.tenant_column;
            let advice = format!("`{column}` gets something other than the tenant: write `$1` as value {} of the row", position + 1);
            self.refuse(Rule::InsertValue, span, advice);
        }
    }

    fn conflict(&mut self, conflict: &'a OnConflict, name: &'a ObjectName, kind: Kind, at: At<'_, 'a>) {
        let OnConflict { conflict_target, action } = conflict;
        let updates = matches!(action, OnConflictAction::DoUpdate(_));
        if matches!(kind, Kind::Fenced(_)) && !self.is_conflict_fenced(conflict_target.as_ref(), updates) {
            let column = self.conventions.tenant_column;
            let advice = format!(
                "a key over all tenants would reach another tenant's row: name the columns of a key that contains it, `on conflict ({column}, …)`"
            );
            self.refuse(Rule::ConflictTarget, name.span(), advice);
        }
        if let Some(ConflictTarget::Columns { columns: _, predicate }) = conflict_target {
            predicate.iter().for_each(|expr| self.expr(expr, at));
        }
        match action {
            OnConflictAction::DoNothing => {}
            OnConflictAction::DoUpdate(DoUpdate { assignments, selection }) => {
                self.assignments(assignments, at);
                selection.iter().for_each(|expr| self.expr(expr, at));
            }
        }
    }

    /// Rule: ON CONFLICT DO UPDATE writes to the row that is in the way, so the key that finds it contains the tenant. A constraint's name does
    /// not show its columns. DO NOTHING without a target says no more than the error of an INSERT without ON CONFLICT.
    fn is_conflict_fenced(&self, target: Option<&ConflictTarget>, updates: bool) -> bool {
        mutant!("is_conflict_fenced")
            || match target {
                Some(ConflictTarget::Columns { columns, predicate: _ }) => {
                    columns.iter().any(|column| is(column, self.conventions.tenant_column))
                }
                Some(ConflictTarget::OnConstraint(_)) | None => !updates,
            }
    }

    pub(crate) fn update(&mut self, update: &'a Update, at: At<'_, 'a>) {
        let Update {
            update_token,
            optimizer_hints,
            table,
            on_cluster,
            assignments,
            from,
            selection,
            returning,
            output,
            or,
            order_by,
            limit,
            settings,
        } = update;
        let foreign = !optimizer_hints.is_empty()
            || on_cluster.is_some()
            || output.is_some()
            || or.is_some()
            || !order_by.is_empty()
            || limit.is_some()
            || settings.is_some();
        self.without(foreign, update_token.0.span, "an UPDATE with a clause that PostgreSQL does not have");
        // The items of FROM do not see the target, so it comes behind them.
        let mut items = Vec::new();
        match from {
            None => {}
            Some(UpdateTableFromKind::AfterSet(from)) => self.from(from, at, &mut items),
            Some(UpdateTableFromKind::BeforeSet(_)) => self.construct(update_token.0.span, "FROM in front of SET"),
        }
        self.written(table, &mut items);
        let scope = Scope { outer: at.scope, items: &items };
        let at = at.seeing(&scope);
        self.assignments(assignments, at);
        self.where_and_returning(selection.as_ref(), returning.as_deref(), &scope, at);
    }

    pub(crate) fn delete(&mut self, delete: &'a Delete, at: At<'_, 'a>) {
        let Delete {
            delete_token,
            optimizer_hints,
            tables,
            from,
            on_cluster,
            using,
            selection,
            returning,
            output,
            order_by,
            limit,
            settings,
        } = delete;
        let foreign = !optimizer_hints.is_empty()
            || !tables.is_empty()
            || on_cluster.is_some()
            || output.is_some()
            || !order_by.is_empty()
            || limit.is_some()
            || settings.is_some();
        self.without(foreign, delete_token.0.span, "a DELETE with a clause that PostgreSQL does not have");
        let mut items = Vec::new();
        using.iter().for_each(|using| self.from(using, at, &mut items));
        match from {
            FromTable::WithFromKeyword(targets) => match targets.as_slice() {
                [target] => self.written(target, &mut items),
                _ => self.construct(delete_token.0.span, "a DELETE from several relations"),
            },
            FromTable::WithoutKeyword(_) => self.construct(delete_token.0.span, "a DELETE without FROM"),
        }
        let scope = Scope { outer: at.scope, items: &items };
        self.where_and_returning(selection.as_ref(), returning.as_deref(), &scope, at.seeing(&scope));
    }

    fn where_and_returning(
        &mut self,
        selection: Option<&'a Expr>,
        returning: Option<&'a [SelectItem]>,
        scope: &Scope<'_, 'a>,
        at: At<'_, 'a>,
    ) {
        if let Some(clause) = selection {
            self.expr(clause, at);
            self.bind(clause, scope, &(0..scope.items.len()));
        }
        self.projection(returning.unwrap_or_default(), at);
    }

    /// The target of an UPDATE or a DELETE.
    fn written(&mut self, target: &'a TableWithJoins, items: &mut Vec<Item<'a>>) {
        let TableWithJoins { relation, joins } = target;
        self.without(!joins.is_empty(), relation.span(), "a join as the target of a write");
        let TableFactor::Table { name, alias, args: None, .. } = relation else {
            return self.construct(relation.span(), "writing to something other than a relation");
        };
        self.plain(relation, name);
        let own = alias.as_ref().map(|alias| &alias.name);
        let kind = self.target(name, own);
        self.renamed(kind, alias.as_ref());
        items.push(Item { name: own.or_else(|| last(name)), kind });
    }

    /// Nothing stands behind the name of a target.
    fn plain(&mut self, relation: &'a TableFactor, name: &'a ObjectName) {
        if let TableFactor::Table {
            name: _,
            alias: _,
            args: _,
            with_hints,
            version,
            with_ordinality,
            partitions,
            json_path,
            sample,
            index_directives,
            inheritance,
        } = relation
        {
            let foreign = !with_hints.is_empty()
                || version.is_some()
                || *with_ordinality
                || !partitions.is_empty()
                || json_path.is_some()
                || sample.is_some()
                || !index_directives.is_empty();
            self.without(foreign, name.span(), "something behind the target of a write");
            self.only(inheritance.is_some(), name.span());
        }
    }

    /// Rule: what is shared is written by the platform's role, and no CTE is written to.
    fn target(&mut self, name: &'a ObjectName, alias: Option<&'a Ident>) -> Kind {
        self.pass(name.span());
        let kind = self.kind(name, alias, At { scope: None, ctes: None });
        if kind == Kind::Shared && !mutant!("target") {
            self.refuse(
                Rule::SharedWrite,
                name.span(),
                format!("{name} is shared by all tenants and only read here: write it with the platform's role"),
            );
        }
        kind
    }

    fn assignments(&mut self, assignments: &'a [Assignment], at: At<'_, 'a>) {
        for Assignment { target, value } in assignments {
            let targets = match target {
                AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
                AssignmentTarget::Tuple(names) => names.as_slice(),
            };
            targets.iter().for_each(|target| self.assigned(target));
            self.expr(value, at);
        }
    }

    /// Rule: no statement assigns the tenant column, under whatever qualifier: a row would move to another tenant.
    fn assigned(&mut self, target: &'a ObjectName) {
        let column = self.conventions.tenant_column;
        let tenant = target.0.iter().any(|part| matches!(part, ObjectNamePart::Identifier(part) if is(part, column)));
        if tenant && !mutant!("assigned") {
            self.refuse(Rule::Assigned, target.span(), format!("no statement assigns `{column}`, not even to itself: leave it out of SET"));
        }
    }
}

/// Rule: what a `*` in front of a place gives cannot be counted, so nothing behind it has a place.
fn selected(projection: &[SelectItem], position: usize) -> Option<&Expr> {
    let starred =
        projection.iter().take(position + 1).any(|item| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)));
    match projection.get(position) {
        Some(SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, alias: _ }) if !starred || mutant!("selected") => Some(expr),
        _ => None,
    }
}

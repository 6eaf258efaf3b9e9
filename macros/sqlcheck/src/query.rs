//! SELECT and what is put together from it.

use sqlparser::ast::{
    Cte, Distinct, ExceptSelectItem, Fetch, GroupByExpr, LimitClause, LockClause, NamedWindowDefinition, NamedWindowExpr, Offset, OrderBy,
    OrderByKind, Query, Select, SelectFlavor, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, SetOperator, SetQuantifier, Spanned,
    Statement, TableAlias, Values, WildcardAdditionalOptions, With,
};

use crate::judge::Judge;
use crate::mutants::mutant;
use crate::scope::{At, Ctes, Item, Scope};

impl<'a> Judge<'a> {
    pub(crate) fn statement(&mut self, statement: &'a Statement, at: At<'_, 'a>) {
        match statement {
            Statement::Query(query) => self.query(query, at),
            Statement::Insert(insert) => self.insert(insert, at),
            Statement::Update(update) => self.update(update, at),
            Statement::Delete(delete) => self.delete(delete, at),
            other => self.construct(other.span(), "this statement"),
        }
    }

    /// A query at a place where the relations of `at` are visible to it.
    pub(crate) fn query(&mut self, query: &'a Query, at: At<'_, 'a>) {
        let Query { with, body, order_by, limit_clause, fetch, locks, for_clause, settings, format_clause, pipe_operators } = query;
        let names: Vec<_> = with.iter().flat_map(|with| &with.cte_tables).map(|cte| &cte.alias.name).collect();
        with.iter().for_each(|with| self.with(with, &names, at));
        let ctes = Ctes { outer: at.ctes, names: &names };
        let at = At { scope: at.scope, ctes: Some(&ctes) };
        let items = self.body(body, at);
        let scope = Scope { outer: at.scope, items: &items };
        let at = at.seeing(&scope);
        order_by.iter().for_each(|by| self.order_by(by, at));
        limit_clause.iter().for_each(|limit| self.limit(limit, at));
        if let Some(Fetch { with_ties: _, percent, quantity }) = fetch {
            self.without(*percent, fetch.as_ref().map_or(body.span(), Spanned::span), "FETCH … PERCENT");
            quantity.iter().for_each(|expr| self.expr(expr, at));
        }
        for LockClause { lock_type: _, of: _, nonblock: _ } in locks {}
        let foreign = for_clause.is_some() || settings.is_some() || format_clause.is_some() || !pipe_operators.is_empty();
        self.without(foreign, query.span(), "a clause that PostgreSQL does not have");
    }

    /// Rule: a query of WITH sees those before it, and with RECURSIVE all of them.
    fn with(&mut self, with: &'a With, names: &[&'a sqlparser::ast::Ident], at: At<'_, 'a>) {
        let With { with_token: _, recursive, cte_tables } = with;
        for (index, cte) in cte_tables.iter().enumerate() {
            let Cte { alias, query, from, materialized: _, closing_paren_token: _ } = cte;
            let TableAlias { explicit: _, name, columns: _, at: partiql } = alias;
            self.pass(name.span);
            self.without(from.is_some() || partiql.is_some(), name.span, "FROM in front of WITH");
            let visible = if *recursive || mutant!("with") { names } else { names.get(..index).unwrap_or_default() };
            let ctes = Ctes { outer: at.ctes, names: visible };
            self.query(query, At { scope: at.scope, ctes: Some(&ctes) });
        }
    }

    /// What stands between WITH and ORDER BY, and the relations of its FROM clause, which ORDER BY sees, too.
    fn body(&mut self, body: &'a SetExpr, at: At<'_, 'a>) -> Vec<Item<'a>> {
        match body {
            SetExpr::Select(select) => return self.select(select, at),
            SetExpr::Query(query) => self.query(query, at),
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                let foreign = *op == SetOperator::Minus
                    || matches!(set_quantifier, SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName);
                self.without(foreign, right.span(), "MINUS or BY NAME");
                self.body(left, at);
                self.body(right, at);
            }
            SetExpr::Values(Values { explicit_row, value_keyword, rows }) => {
                self.without(*explicit_row || *value_keyword, body.span(), "VALUES with ROW, or VALUE");
                rows.iter().for_each(|row| self.exprs(&row.content, at));
            }
            SetExpr::Insert(statement) | SetExpr::Update(statement) | SetExpr::Delete(statement) => self.statement(statement, at),
            SetExpr::Merge(_) => self.construct(body.span(), "MERGE"),
            SetExpr::Table(_) => self.construct(body.span(), "TABLE"),
        }
        Vec::new()
    }

    fn select(&mut self, select: &'a Select, at: At<'_, 'a>) -> Vec<Item<'a>> {
        self.count.selects += 1;
        let Select {
            select_token,
            optimizer_hints,
            distinct,
            select_modifiers,
            top,
            top_before_distinct: _,
            projection,
            exclude,
            into,
            from,
            lateral_views,
            prewhere,
            selection,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode,
            flavor,
        } = select;
        self.pass(select_token.0.span);
        let foreign = !optimizer_hints.is_empty()
            || select_modifiers.is_some()
            || top.is_some()
            || exclude.is_some()
            || into.is_some()
            || !lateral_views.is_empty()
            || prewhere.is_some()
            || !connect_by.is_empty()
            || !cluster_by.is_empty()
            || !distribute_by.is_empty()
            || !sort_by.is_empty()
            || qualify.is_some()
            || value_table_mode.is_some()
            || *flavor != SelectFlavor::Standard;
        self.without(foreign, select_token.0.span, "a SELECT with a clause that PostgreSQL does not have");

        let mut items = Vec::new();
        self.from(from, at, &mut items);
        let scope = Scope { outer: at.scope, items: &items };
        let at = at.seeing(&scope);
        match distinct {
            None | Some(Distinct::All | Distinct::Distinct) => {}
            Some(Distinct::On(exprs)) => self.exprs(exprs, at),
        }
        self.projection(projection, at);
        if let Some(clause) = selection {
            self.expr(clause, at);
            self.bind(clause, &scope, &(0..items.len()));
        }
        self.group_by(group_by, at);
        if let Some(clause) = having {
            self.expr(clause, at);
            self.having(clause, &scope);
        }
        for NamedWindowDefinition(_, window) in named_window {
            match window {
                NamedWindowExpr::NamedWindow(_) => {}
                NamedWindowExpr::WindowSpec(window) => self.window(window, at),
            }
        }
        items
    }

    pub(crate) fn projection(&mut self, projection: &'a [SelectItem], at: At<'_, 'a>) {
        for item in projection {
            match item {
                SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, alias: _ } => self.expr(expr, at),
                SelectItem::ExprWithAliases { expr, aliases: _ } => self.construct(expr.span(), "a column with several names"),
                SelectItem::Wildcard(options) => self.wildcard(options),
                SelectItem::QualifiedWildcard(kind, options) => {
                    match kind {
                        SelectItemQualifiedWildcardKind::ObjectName(_) => {}
                        SelectItemQualifiedWildcardKind::Expr(expr) => self.expr(expr, at),
                    }
                    self.wildcard(options);
                }
            }
        }
    }

    fn wildcard(&mut self, options: &WildcardAdditionalOptions) {
        let WildcardAdditionalOptions { wildcard_token, opt_ilike, opt_exclude, opt_except, opt_replace, opt_rename, opt_alias } = options;
        let except = opt_except.as_ref().map(|ExceptSelectItem { first_element: _, additional_elements: _ }| ());
        let foreign = opt_ilike.is_some()
            || opt_exclude.is_some()
            || except.is_some()
            || opt_replace.is_some()
            || opt_rename.is_some()
            || opt_alias.is_some();
        self.without(foreign, wildcard_token.0.span, "a `*` with options");
    }

    fn group_by(&mut self, group_by: &'a GroupByExpr, at: At<'_, 'a>) {
        match group_by {
            GroupByExpr::All(_) => self.construct(group_by.span(), "GROUP BY ALL"),
            GroupByExpr::Expressions(exprs, modifiers) => {
                self.without(!modifiers.is_empty(), group_by.span(), "GROUP BY … WITH");
                self.exprs(exprs, at);
            }
        }
    }

    fn order_by(&mut self, order_by: &'a OrderBy, at: At<'_, 'a>) {
        let OrderBy { kind, interpolate } = order_by;
        self.without(interpolate.is_some(), order_by.span(), "INTERPOLATE");
        match kind {
            OrderByKind::All(_) => self.construct(order_by.span(), "ORDER BY ALL"),
            OrderByKind::Expressions(exprs) => exprs.iter().for_each(|by| self.order_by_expr(by, at)),
        }
    }

    fn limit(&mut self, limit: &'a LimitClause, at: At<'_, 'a>) {
        match limit {
            LimitClause::LimitOffset { limit, offset, limit_by } => {
                self.without(
                    !limit_by.is_empty(),
                    limit.as_ref().map_or_else(sqlparser::tokenizer::Span::empty, Spanned::span),
                    "LIMIT … BY",
                );
                limit.iter().for_each(|expr| self.expr(expr, at));
                if let Some(Offset { value, rows: _ }) = offset {
                    self.expr(value, at);
                }
            }
            LimitClause::OffsetCommaLimit { offset, limit: _ } => self.construct(offset.span(), "LIMIT with two numbers"),
        }
    }
}

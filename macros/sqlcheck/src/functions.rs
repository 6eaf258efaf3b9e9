//! Which functions a statement may call.

use sqlparser::ast::{
    DuplicateTreatment, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList, FunctionArguments, Ident,
    ObjectName, ObjectNamePart, WindowFrame, WindowFrameBound, WindowSpec, WindowType,
};

use crate::Rule;
use crate::judge::{Judge, start};
use crate::mutants::mutant;
use crate::scope::{At, is, is_one_of};
use sqlparser::tokenizer::Span;

impl<'a> Judge<'a> {
    /// A call, with everything that may stand in and behind it.
    pub(crate) fn call(&mut self, function: &'a Function, at: At<'_, 'a>) {
        let Function { name, uses_odbc_syntax, parameters, args, within_group, filter, null_treatment, over } = function;
        let span = self.function_name(name);
        self.without(*uses_odbc_syntax, span, "{fn …}");
        self.without(*parameters != FunctionArguments::None, span, "a function with two lists of arguments");
        self.without(null_treatment.is_some(), span, "IGNORE NULLS");
        match args {
            FunctionArguments::None => {}
            FunctionArguments::Subquery(query) => self.query(query, at),
            FunctionArguments::List(list) => self.argument_list(list, span, at),
        }
        within_group.iter().for_each(|by| self.order_by_expr(by, at));
        filter.iter().for_each(|filter| self.expr(filter, at));
        match over {
            None | Some(WindowType::NamedWindow(_)) => {}
            Some(WindowType::WindowSpec(window)) => self.window(window, at),
        }
    }

    fn argument_list(&mut self, list: &'a FunctionArgumentList, span: Span, at: At<'_, 'a>) {
        let FunctionArgumentList { duplicate_treatment, args, clauses } = list;
        match duplicate_treatment {
            None | Some(DuplicateTreatment::All | DuplicateTreatment::Distinct) => {}
        }
        args.iter().for_each(|arg| self.argument(arg, span, at));
        for clause in clauses {
            match clause {
                FunctionArgumentClause::OrderBy(by) => by.iter().for_each(|by| self.order_by_expr(by, at)),
                FunctionArgumentClause::JsonNullClause(_) | FunctionArgumentClause::JsonReturningClause(_) => {}
                _ => self.construct(span, "a clause within the arguments of a function"),
            }
        }
    }

    pub(crate) fn argument(&mut self, arg: &'a FunctionArg, span: Span, at: At<'_, 'a>) {
        let value = match arg {
            FunctionArg::Unnamed(value) | FunctionArg::Named { name: _, arg: value, operator: _ } => value,
            FunctionArg::ExprNamed { name, arg: value, operator: _ } => {
                self.expr(name, at);
                value
            }
        };
        match value {
            FunctionArgExpr::Expr(expr) => self.expr(expr, at),
            FunctionArgExpr::Wildcard | FunctionArgExpr::QualifiedWildcard(_) => {}
            FunctionArgExpr::WildcardWithOptions(_) => self.construct(span, "a `*` with options"),
        }
    }

    pub(crate) fn window(&mut self, window: &'a WindowSpec, at: At<'_, 'a>) {
        let WindowSpec { window_name: _, partition_by, order_by, window_frame } = window;
        partition_by.iter().for_each(|expr| self.expr(expr, at));
        order_by.iter().for_each(|by| self.order_by_expr(by, at));
        if let Some(WindowFrame { units: _, start_bound, end_bound }) = window_frame {
            for bound in std::iter::once(start_bound).chain(end_bound) {
                match bound {
                    WindowFrameBound::CurrentRow | WindowFrameBound::Preceding(None) | WindowFrameBound::Following(None) => {}
                    WindowFrameBound::Preceding(Some(expr)) | WindowFrameBound::Following(Some(expr)) => self.expr(expr, at),
                }
            }
        }
    }

    /// Checks the name of a function, and says where it stands.
    pub(crate) fn function_name(&mut self, name: &'a ObjectName) -> Span {
        let place = start(name);
        let span = Span::new(place, place);
        self.pass(span);
        if !self.is_listed(name) {
            self.refuse(
                Rule::Function,
                span,
                format!(
                    "{name} is called and not listed: when it reads nothing of other tenants, add \"{name}\" to `functions` in models.toml"
                ),
            );
        }
        span
    }

    /// Rule: a function is PostgreSQL's own, or the manifest lists it. One without a schema is PostgreSQL's: at start-up the catalogue is asked
    /// whether another one goes by that name.
    fn is_listed(&self, name: &ObjectName) -> bool {
        match name.0.as_slice() {
            [ObjectNamePart::Identifier(function)] => self.is_postgresqls(function),
            [ObjectNamePart::Identifier(schema), ObjectNamePart::Identifier(function)] if is(schema, "pg_catalog") => {
                self.is_postgresqls(function)
            }
            [ObjectNamePart::Identifier(schema), ObjectNamePart::Identifier(function)] => {
                among(self.conventions.functions, schema, function) || mutant!("is_listed")
            }
            _ => false,
        }
    }

    /// Rule: a function without a schema is none of those that the catalogue has beside PostgreSQL's and the manifest does not list.
    fn is_postgresqls(&self, function: &Ident) -> bool {
        !is_one_of(function, self.conventions.unlisted_functions) || mutant!("is_postgresqls")
    }

    /// Rule: `x.name` is a column. It would call a function of that name that takes a row when there is no such column.
    pub(crate) fn is_column(&mut self, name: &Ident) {
        if is_one_of(name, self.conventions.unlisted_fields) && !mutant!("is_column") {
            let advice = format!(
                "a function {name} takes a row, so that this may call it, and is not listed: when it reads nothing of other tenants, add it with \
                 its schema to `functions` in models.toml"
            );
            self.refuse(Rule::Function, name.span, advice);
        }
    }
}

/// Whether a list of names with schemas has this one.
pub(crate) fn among(list: &[&str], schema: &Ident, name: &Ident) -> bool {
    list.iter().any(|entry| entry.split_once('.').is_some_and(|(own_schema, own_name)| is(schema, own_schema) && is(name, own_name)))
}

//! Every expression is read for the queries and functions in it.

use sqlparser::ast::{
    AccessExpr, Array, BinaryOperator, CaseWhen, CastKind, Expr, ExtractSyntax, InTarget, Interval, OrderByExpr, OrderByOptions, Spanned,
    Subscript, TypedString, UnaryOperator,
};

use crate::judge::Judge;
use crate::scope::At;

impl<'a> Judge<'a> {
    pub(crate) fn exprs(&mut self, exprs: &'a [Expr], at: At<'_, 'a>) {
        exprs.iter().for_each(|expr| self.expr(expr, at));
    }

    /// Reads an expression. A chain of operators leans to the left, and is followed without recursion.
    pub(crate) fn expr(&mut self, mut expr: &'a Expr, at: At<'_, 'a>) {
        while let Expr::BinaryOp { left, op, right } = expr {
            self.operator(op, right);
            self.expr(right, at);
            expr = left;
        }
        self.leaf(expr, at);
    }

    fn leaf(&mut self, expr: &'a Expr, at: At<'_, 'a>) {
        match expr {
            Expr::Identifier(name) => self.pass(name.span),
            Expr::CompoundIdentifier(parts) => parts.iter().take(1).for_each(|part| self.pass(part.span)),
            Expr::Value(value) => self.pass(value.span),
            Expr::TypedString(TypedString { data_type: _, value, uses_odbc_syntax }) => {
                self.without(*uses_odbc_syntax, value.span, "{d '…'}");
            }
            Expr::Nested(expr)
            | Expr::IsFalse(expr)
            | Expr::IsNotFalse(expr)
            | Expr::IsTrue(expr)
            | Expr::IsNotTrue(expr)
            | Expr::IsNull(expr)
            | Expr::IsNotNull(expr)
            | Expr::IsUnknown(expr)
            | Expr::IsNotUnknown(expr)
            | Expr::IsJson { expr, kind: _, unique_keys: _, negated: _ }
            | Expr::IsNormalized { expr, form: _, negated: _ }
            | Expr::Collate { expr, collation: _ }
            | Expr::Ceil { expr, field: _ }
            | Expr::Floor { expr, field: _ }
            | Expr::Extract { field: _, syntax: ExtractSyntax::From, expr }
            | Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type: _, format: None }
            | Expr::Interval(Interval {
                value: expr,
                leading_field: _,
                leading_precision: _,
                last_field: _,
                fractional_seconds_precision: _,
            }) => self.expr(expr, at),
            Expr::UnaryOp { op, expr } => {
                self.without(matches!(op, UnaryOperator::BangNot | UnaryOperator::PGPostfixFactorial), expr.span(), "the operator `!`");
                self.expr(expr, at);
            }
            Expr::IsDistinctFrom(one, other)
            | Expr::IsNotDistinctFrom(one, other)
            | Expr::AtTimeZone { timestamp: one, time_zone: other }
            | Expr::Position { expr: one, r#in: other } => {
                self.expr(one, at);
                self.expr(other, at);
            }
            Expr::AnyOp { left, compare_op, right, is_some: _ } | Expr::AllOp { left, compare_op, right } => {
                self.operator(compare_op, right);
                self.expr(left, at);
                self.expr(right, at);
            }
            Expr::Between { expr, negated: _, low, high } => [expr, low, high].into_iter().for_each(|expr| self.expr(expr, at)),
            Expr::Like { negated: _, any: _, expr, pattern, escape_char }
            | Expr::ILike { negated: _, any: _, expr, pattern, escape_char }
            | Expr::SimilarTo { negated: _, expr, pattern, escape_char } => {
                [Some(expr), Some(pattern), escape_char.as_ref()].into_iter().flatten().for_each(|expr| self.expr(expr, at));
            }
            Expr::Substring { expr, substring_from, substring_for, special: _, shorthand: _ } => {
                [Some(expr), substring_from.as_ref(), substring_for.as_ref()].into_iter().flatten().for_each(|expr| self.expr(expr, at));
            }
            Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                let all = [Some(expr), Some(overlay_what), Some(overlay_from), overlay_for.as_ref()];
                all.into_iter().flatten().for_each(|expr| self.expr(expr, at));
            }
            Expr::Trim { trim_where: _, trim_what, expr, trim_characters } => {
                trim_what.iter().for_each(|expr| self.expr(expr, at));
                self.expr(expr, at);
                trim_characters.iter().flatten().for_each(|expr| self.expr(expr, at));
            }
            Expr::In { expr, target, negated: _, global } => {
                self.without(*global, expr.span(), "GLOBAL IN");
                self.expr(expr, at);
                self.in_target(target, at);
            }
            Expr::Case { case_token: _, end_token: _, operand, conditions, else_result } => {
                operand.iter().for_each(|expr| self.expr(expr, at));
                for CaseWhen { condition, result } in conditions {
                    self.expr(condition, at);
                    self.expr(result, at);
                }
                else_result.iter().for_each(|expr| self.expr(expr, at));
            }
            Expr::Function(function) => self.call(function, at),
            Expr::Exists { subquery: query, negated: _ } | Expr::Subquery(query) => self.query(query, at),
            Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => sets.iter().for_each(|set| self.exprs(set, at)),
            Expr::Tuple(exprs) => self.exprs(exprs, at),
            Expr::Array(Array { elem, named: true }) => self.array(elem, at),
            Expr::RLike { expr, .. } => self.construct(expr.span(), "REGEXP"),
            Expr::CompoundFieldAccess { root, access_chain } => {
                self.expr(root, at);
                access_chain.iter().for_each(|access| self.access(access, at));
            }
            // What else the parser knows is no expression of PostgreSQL's. A list in brackets without ARRAY is one of them.
            other => self.construct(other.span(), "this expression"),
        }
    }

    /// The elements of ARRAY, where lists in brackets may stand without the word.
    fn array(&mut self, elements: &'a [Expr], at: At<'_, 'a>) {
        for element in elements {
            if let Expr::Array(Array { elem, named: _ }) = element {
                self.array(elem, at);
            } else {
                self.expr(element, at);
            }
        }
    }

    fn in_target(&mut self, target: &'a InTarget, at: At<'_, 'a>) {
        match target {
            InTarget::List(exprs) => self.exprs(exprs, at),
            InTarget::Subquery(query) => self.query(query, at),
            InTarget::Unnest(expr) => self.construct(expr.span(), "IN UNNEST"),
            InTarget::Table { name, args: _ } => self.construct(name.span(), "IN with the name of a relation"),
        }
    }

    fn access(&mut self, access: &'a AccessExpr, at: At<'_, 'a>) {
        match access {
            AccessExpr::Dot(expr) | AccessExpr::Subscript(Subscript::Index { index: expr }) => self.expr(expr, at),
            AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, stride }) => {
                [lower_bound, upper_bound].into_iter().flatten().for_each(|expr| self.expr(expr, at));
                stride.iter().for_each(|stride| self.construct(stride.span(), "a slice with a step"));
            }
        }
    }

    /// Refuses the operators that other databases have, which the parser groups by their rules.
    fn operator(&mut self, op: &BinaryOperator, right: &Expr) {
        let foreign = matches!(
            op,
            BinaryOperator::Xor
                | BinaryOperator::BitwiseXor
                | BinaryOperator::DuckIntegerDivide
                | BinaryOperator::MyIntegerDivide
                | BinaryOperator::Match
                | BinaryOperator::Regexp
                | BinaryOperator::Glob
                | BinaryOperator::Assignment
                | BinaryOperator::Is
                | BinaryOperator::IsNot
                | BinaryOperator::PGCustomBinaryOperator(_)
        );
        self.without(foreign, right.span(), &format!("the operator {op}"));
    }

    pub(crate) fn order_by_expr(&mut self, by: &'a OrderByExpr, at: At<'_, 'a>) {
        let OrderByExpr { expr, options: OrderByOptions { sort: _, nulls_first: _ }, with_fill } = by;
        self.without(with_fill.is_some(), expr.span(), "WITH FILL");
        self.expr(expr, at);
    }
}

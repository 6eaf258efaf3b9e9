//! Which comparisons bind a relation to the tenant.

use std::ops::Range;

use sqlparser::ast::{BinaryOperator, CastKind, DataType, Expr, Ident, InTarget, UnaryOperator, Value, ValueWithSpan};

use crate::advice::Miss;
use crate::judge::Judge;
use crate::mutants::mutant;
use crate::scope::{Found, Kind, Scope, is};

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
enum Term {
    /// `$1`.
    Tenant,
    /// The tenant column of a relation, and its place among the innermost relations, if it is one of them.
    Column(usize, Option<usize>),
    /// Something else.
    Other(Miss),
}

impl<'a> Judge<'a> {
    /// Rule: a comparison binds when the clause cannot hold without it, so alone or joined to others by AND, and not in OR, NOT, CASE or
    /// anything else whose value is not the clause's. It can bind the relations at the places `binds` of the innermost scope: all of them in WHERE and in
    /// the ON of an inner join, those of the side that may be left out in that of an outer join.
    pub(crate) fn bind(&mut self, clause: &'a Expr, scope: &Scope<'_, 'a>, binds: &Range<usize>) {
        let mut rest = vec![clause];
        while let Some(condition) = rest.pop() {
            match condition {
                Expr::Nested(inner) => rest.push(inner),
                Expr::BinaryOp { left, op: BinaryOperator::And, right } => rest.extend([&**left, &**right]),
                Expr::BinaryOp { left, op: BinaryOperator::Or, right } if mutant!("alternatives") => rest.extend([&**left, &**right]),
                Expr::UnaryOp { op: UnaryOperator::Not, expr } if mutant!("negation") => rest.push(expr),
                Expr::BinaryOp { left, op, right } if is_equality(op) => self.row_equality(left, right, scope, binds),
                other => self.not_bound(other, scope, Miss::Inside),
            }
        }
    }

    /// `(a.tenant_id, a.id) = (b.tenant_id, b.parent)` is as good as its parts, as long as both rows have as many.
    fn row_equality(&mut self, left: &'a Expr, right: &'a Expr, scope: &Scope<'_, 'a>, binds: &Range<usize>) {
        match (bare(left), bare(right)) {
            (Expr::Tuple(left), Expr::Tuple(right)) if left.len() == right.len() => {
                left.iter().zip(right).for_each(|(left, right)| self.equality(left, right, scope, binds));
            }
            (left, right) => self.equality(left, right, scope, binds),
        }
    }

    /// An equality of two tenant columns, or of one with `$1`. It holds for every row that is left, so the rows of one side are the tenant's
    /// when those of the other are; where the clause can drop rows of that side.
    fn equality(&mut self, left: &'a Expr, right: &'a Expr, scope: &Scope<'_, 'a>, binds: &Range<usize>) {
        self.changed(left, scope);
        self.changed(right, scope);
        let (left, right) = (self.term(left, scope), self.term(right, scope));
        for (from, to) in [(left, right), (right, left)] {
            let Term::Column(to, here) = to else { continue };
            match from {
                Term::Other(miss) => self.missed(to, miss),
                Term::Tenant | Term::Column(..) if !can_drop(here, binds) => {
                    self.missed(to, if here.is_some() { Miss::Preserved } else { Miss::Inside })
                }
                Term::Tenant => self.follows(None, to),
                Term::Column(from, _) => {
                    self.follows(Some(from), to);
                    self.missed(to, Miss::Unbound);
                }
            }
        }
        if let (Term::Other(Miss::Unqualified), _) | (_, Term::Other(Miss::Unqualified)) = (left, right) {
            self.miss_all(scope, Miss::Unqualified);
        }
    }

    fn term(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Term {
        match bare(expr) {
            expr if is_tenant(expr) => Term::Tenant,
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [relation, column] if self.is_tenant_column(column) => qualified(scope.find(relation)),
                _ => Term::Other(Miss::Other),
            },
            Expr::Identifier(column) if self.is_tenant_column(column) => unqualified(scope),
            Expr::Cast { expr, .. } if is_transparent_cast() => self.term(expr, scope),
            _ => Term::Other(Miss::Other),
        }
    }

    /// Rule: the tenant column and no other shows whose a row is.
    fn is_tenant_column(&self, column: &Ident) -> bool {
        is(column, self.conventions.tenant_column) || mutant!("is_tenant_column")
    }

    /// Remembers what a condition that does not bind says about tenant columns, so that the advice can name the reason.
    fn not_bound(&mut self, condition: &'a Expr, scope: &Scope<'_, 'a>, miss: Miss) {
        match condition {
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
                self.not_bound(left, scope, Miss::Or);
                self.not_bound(right, scope, Miss::Or);
            }
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                self.not_bound(left, scope, miss);
                self.not_bound(right, scope, miss);
            }
            Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => self.mentions(&[left, right], scope, miss),
            Expr::BinaryOp { left, op: _, right } | Expr::IsNotDistinctFrom(left, right) | Expr::AnyOp { left, right, .. } => {
                self.mentions(&[left, right], scope, Miss::Operator);
            }
            Expr::In { expr, target: InTarget::List(_) | InTarget::Subquery(_), .. } => self.mentions(&[expr], scope, Miss::Operator),
            Expr::Nested(inner) | Expr::UnaryOp { op: _, expr: inner } | Expr::IsTrue(inner) => self.not_bound(inner, scope, miss),
            _ => {}
        }
    }

    /// Remembers a tenant column in a cast.
    fn changed(&mut self, expr: &'a Expr, scope: &Scope<'_, 'a>) {
        if let Expr::Cast { expr, .. } = bare(expr)
            && let Term::Column(index, _) = self.term(expr, scope)
        {
            self.missed(index, Miss::Changed);
        }
    }

    /// Remembers the tenant columns among the sides of a comparison.
    fn mentions(&mut self, sides: &[&'a Expr], scope: &Scope<'_, 'a>, miss: Miss) {
        for side in sides {
            let parts = if let Expr::Tuple(parts) = bare(side) { parts.as_slice() } else { std::slice::from_ref(bare(side)) };
            for part in parts {
                match self.term(part, scope) {
                    Term::Column(index, _) => self.missed(index, miss),
                    Term::Other(Miss::Unqualified) => self.miss_all(scope, miss),
                    Term::Tenant | Term::Other(_) => {}
                }
            }
        }
    }

    /// The same for every relation of the innermost scope.
    pub(crate) fn miss_all(&mut self, scope: &Scope<'_, 'a>, miss: Miss) {
        for item in scope.items {
            if let Kind::Fenced(index) = item.kind {
                self.missed(index, miss);
            }
        }
    }

    /// Rule: HAVING sees groups that were made of whatever rows WHERE has left, so it binds nothing.
    pub(crate) fn having(&mut self, clause: &'a Expr, scope: &Scope<'_, 'a>) {
        if mutant!("having") {
            self.bind(clause, scope, &(0..scope.items.len()));
        }
        if let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = clause {
            self.mentions(&[left, right], scope, Miss::Having);
        }
    }
}

/// Rule: a clause binds a relation only where it can drop its rows: one of the innermost scope, and of those places in it. A relation of a query
/// around this one is bound there or not at all.
fn can_drop(here: Option<usize>, binds: &Range<usize>) -> bool {
    match here {
        Some(here) => binds.contains(&here),
        None => mutant!("can_drop"),
    }
}

/// Rule: a column of a sub-select, a CTE, a function, VALUES or `excluded` is whatever its maker says, so a comparison with it binds nothing.
fn qualified(found: Option<Found>) -> Term {
    match found {
        Some(Found { kind: Kind::Fenced(index), here }) => Term::Column(index, here),
        Some(Found { kind: Kind::Derived, .. }) if mutant!("qualified") => Term::Tenant,
        Some(Found { kind: Kind::Shared | Kind::Derived, .. }) => Term::Other(Miss::Derived),
        None => Term::Other(Miss::Other),
    }
}

/// Rule: a cast of the column can make different tenants equal, so it hides the column. That of `$1` to uuid changes nothing.
fn is_transparent_cast() -> bool {
    mutant!("is_transparent_cast")
}

/// Rule: a column without a qualifier is the relation's own when there is one relation and no query around. A view without that column would
/// let the name mean another relation's.
fn unqualified(scope: &Scope<'_, '_>) -> Term {
    let alone = scope.items.len() == 1 || mutant!("unqualified_among_several");
    let outermost = scope.is_outermost() || mutant!("unqualified_in_a_sub_select");
    match scope.items.first() {
        Some(item) if alone && outermost => match item.kind {
            Kind::Fenced(index) => Term::Column(index, Some(0)),
            Kind::Shared | Kind::Derived => Term::Other(Miss::Derived),
        },
        _ => Term::Other(Miss::Unqualified),
    }
}

/// Rule: the tenant is `$1` and nothing else. A cast of it to uuid, which it is, changes nothing.
pub(crate) fn is_tenant(expr: &Expr) -> bool {
    match bare(expr) {
        Expr::Value(ValueWithSpan { value: Value::Placeholder(name), span: _ }) => name == "$1" || mutant!("is_tenant"),
        Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type: DataType::Uuid, format: None } => is_tenant(expr),
        _ => false,
    }
}

/// An expression without the parentheses around it.
fn bare(mut expr: &Expr) -> &Expr {
    while let Expr::Nested(inner) = expr {
        expr = inner;
    }
    expr
}

/// Rule: of all operators only `=` says that two values are one; `is not distinct from` says it of two that are missing, too.
fn is_equality(op: &BinaryOperator) -> bool {
    *op == BinaryOperator::Eq || mutant!("is_equality")
}

//! Joins: which side each of them keeps, what its condition compares, and whom that binds.

use std::ops::Range;

use sqlparser::ast::{Expr, Join, JoinConstraint, JoinOperator, ObjectName, Spanned, TableWithJoins};

use crate::Rule;
use crate::advice::Clause;
use crate::judge::{Judge, single};
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
pub(crate) enum Column {
    /// That of this relation.
    Of(usize),
    /// Nobody's: there are shared relations only.
    Nobody,
    /// It cannot be told.
    Unknown,
}

impl<'a> Judge<'a> {
    /// A relation and what is joined to it, which are added to `items`.
    pub(crate) fn joins(&mut self, tree: &'a TableWithJoins, at: At<'_, 'a>, items: &mut Vec<Item<'a>>) -> Column {
        let TableWithJoins { relation, joins } = tree;
        let first = items.len();
        let mut left = self.factor(relation, at, items);
        for Join { relation, global, join_operator } in joins {
            self.count.joins += 1;
            self.without(*global, relation.span(), "GLOBAL JOIN");
            let second = items.len();
            let right = self.factor(relation, at, items);
            let (keeps, constraint) = match join_operator {
                JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => (Keeps::Neither, constraint),
                JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => (Keeps::Left, constraint),
                JoinOperator::Right(constraint) | JoinOperator::RightOuter(constraint) => (Keeps::Right, constraint),
                JoinOperator::FullOuter(constraint) => (Keeps::Both, constraint),
                JoinOperator::CrossJoin(JoinConstraint::None) => {
                    left = either(left, right);
                    continue;
                }
                _ => {
                    self.construct(relation.span(), "a join that PostgreSQL does not have");
                    continue;
                }
            };
            self.say_where(keeps, items, first, second);
            left = match constraint {
                JoinConstraint::On(clause) => {
                    self.on(clause, keeps, at, items, first, second);
                    either(left, right)
                }
                JoinConstraint::Using(columns) => self.using(columns, keeps, left, right),
                JoinConstraint::UsingAlias(_, alias) => {
                    self.join_alias(alias.span);
                    Column::Unknown
                }
                JoinConstraint::Natural => {
                    self.natural(relation.span());
                    Column::Unknown
                }
                JoinConstraint::None => {
                    self.construct(relation.span(), "a join without ON");
                    Column::Unknown
                }
            };
        }
        left
    }

    /// Rule: ON sees both sides of its join and the queries around, not what stands beside the join, and binds the side whose rows it can drop.
    fn on(&mut self, clause: &'a Expr, keeps: Keeps, at: At<'_, 'a>, items: &[Item<'a>], first: usize, second: usize) {
        let first = if mutant!("on") { 0 } else { first };
        let items = items.get(first..).unwrap_or_default();
        let scope = Scope { outer: at.scope, items };
        self.expr(clause, at.seeing(&scope));
        self.bind(clause, &scope, &droppable(keeps, second - first, items.len()));
    }

    /// Rule: USING compares a column of both sides, as ON does. The joined relation has one of that name, which is the kept side's.
    fn using(&mut self, columns: &'a [ObjectName], keeps: Keeps, left: Column, right: Column) -> Column {
        let tenant =
            columns.iter().filter_map(single).any(|column| is(column, self.conventions.tenant_column)) || mutant!("using_other_columns");
        let (Column::Of(one), Column::Of(other), true) = (left, right, tenant) else { return either(left, right) };
        if matches!(keeps, Keeps::Neither | Keeps::Left) || mutant!("using_kept_side") {
            self.follows(Some(one), other);
        }
        if matches!(keeps, Keeps::Neither | Keeps::Right) || mutant!("using_kept_side") {
            self.follows(Some(other), one);
        }
        match keeps {
            Keeps::Neither | Keeps::Left => left,
            Keeps::Right => right,
            Keeps::Both => Column::Unknown,
        }
    }

    /// Rule: NATURAL compares whatever columns have one name, which a text does not show.
    fn natural(&mut self, span: sqlparser::tokenizer::Span) {
        if !mutant!("natural") {
            self.refuse(Rule::Natural, span, String::new());
        }
    }

    /// Rule: a name for a whole join hides the names of the relations in it, and its columns are of both.
    pub(crate) fn join_alias(&mut self, span: sqlparser::tokenizer::Span) {
        if !mutant!("join_alias") {
            self.refuse(Rule::JoinAlias, span, String::new());
        }
    }

    /// Notes for the advice where a relation beneath an outer join can be bound.
    fn say_where(&mut self, keeps: Keeps, items: &[Item<'a>], first: usize, second: usize) {
        let (range, clause) = match keeps {
            Keeps::Neither => return,
            Keeps::Left => (second..items.len(), Clause::On),
            Keeps::Right => (first..second, Clause::On),
            Keeps::Both => (first..items.len(), Clause::SubSelect),
        };
        for item in items.get(range).unwrap_or_default() {
            if let Kind::Fenced(index) = item.kind {
                self.bind_in(index, clause);
            }
        }
    }
}

/// Rule: the ON of an outer join drops rows only of the side that is not kept.
fn droppable(keeps: Keeps, right: usize, end: usize) -> Range<usize> {
    match keeps {
        Keeps::Left if !mutant!("droppable_left") => right..end,
        Keeps::Right if !mutant!("droppable_right") => 0..right,
        Keeps::Both if !mutant!("droppable_full") => 0..0,
        _ => 0..end,
    }
}

/// The tenant column of a join: when both sides have one, a column without a qualifier is nobody's.
const fn either(left: Column, right: Column) -> Column {
    match (left, right) {
        (Column::Nobody, other) | (other, Column::Nobody) => other,
        _ => Column::Unknown,
    }
}

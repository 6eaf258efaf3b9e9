//! Conditions that have nothing to do with the tenant, unless by chance.

use super::schema::Kind;
use super::{Generator, Relation, Scope};

impl Generator {
    /// A condition over what the place sees, in parentheses where it needs them.
    pub(super) fn condition(&mut self, scope: &Scope) -> String {
        if self.depth >= 3 {
            return self.comparison(scope);
        }
        self.depth += 1;
        let condition = self.deep(scope);
        self.depth -= 1;
        condition
    }

    fn deep(&mut self, scope: &Scope) -> String {
        let sub_select = if self.has_room() { 1 } else { 0 };
        match self.choices.weighted(&[(50, 0), (8, 1), (5, 2), (3, 3), (14 * sub_select, 4), (10 * sub_select, 5), (3, 6), (3, 7)]) {
            1 => format!("({} or {})", self.condition(scope), self.condition(scope)),
            2 => format!("not ({})", self.condition(scope)),
            3 => format!("({} and {})", self.condition(scope), self.condition(scope)),
            4 => self.exists(&scope.enclosing()),
            5 => self.membership(scope),
            6 => format!("case when {} then {} else {} end", self.comparison(scope), self.condition(scope), self.comparison(scope)),
            7 => {
                let (one, two) = (self.value(Kind::Int, scope), self.value(Kind::Text, scope));
                let operator = self.choices.pick(&["=", "<", "<>", ">="]);
                format!("({one}, {two}) {operator} ({}, {})", self.value(Kind::Int, scope), self.simple(Kind::Text, scope))
            }
            _ => self.comparison(scope),
        }
    }

    fn comparison(&mut self, scope: &Scope) -> String {
        let kind = self.choices.weighted(&[(60, Kind::Int), (28, Kind::Text), (5, Kind::Uuid), (7, Kind::Bool)]);
        let value = self.value(kind, scope);
        match self.choices.below(9) {
            0 | 1 if kind == Kind::Int => format!("{value} {} {}", self.choices.pick(&["<", ">", "<=", ">="]), self.value(kind, scope)),
            2 => format!("{value} is not null"),
            3 => format!("{value} is null"),
            4 => format!("{value} in ({}, {})", self.literal(kind), self.simple(kind, scope)),
            5 if kind == Kind::Int => format!("{value} between {} and {}", self.literal(kind), self.simple(kind, scope)),
            5 if kind == Kind::Text => format!("{value} like '%e%'"),
            6 => format!("{value} is distinct from {}", self.simple(kind, scope)),
            7 => format!("{value} = any (array[{}, {}])", self.simple(kind, scope), self.literal(kind)),
            8 => format!("{value} <> {}", self.simple(kind, scope)),
            _ => format!("{value} = {}", self.simple(kind, scope)),
        }
    }

    fn exists(&mut self, outer: &[Relation]) -> String {
        let not = if self.choices.percent(30) { "not " } else { "" };
        let query = self.nested(|inner| {
            if inner.choices.percent(15) {
                return inner.query(outer, None).sql;
            }
            let from = inner.from(outer, 2);
            let scope = Scope::new(&from.relations, outer);
            let mut conditions = from.conditions;
            conditions.push(inner.condition(&scope));
            format!("select 1 from {} where {}", from.sql, inner.conjunction(conditions))
        });
        format!("{not}exists ({query})")
    }

    /// `x in (select …)` and its relations.
    fn membership(&mut self, scope: &Scope) -> String {
        let outer = scope.enclosing();
        let kind = self.choices.weighted(&[(70, Kind::Int), (24, Kind::Text), (6, Kind::Uuid)]);
        let value = self.value(kind, scope);
        if self.choices.percent(15) {
            let row = format!("({value}, {})", self.simple(Kind::Int, scope));
            let query = self.nested(|inner| inner.query(&outer, Some(&[kind, Kind::Int]))).sql;
            return format!("{row} in ({query})");
        }
        let query = self.nested(|inner| inner.query(&outer, Some(&[kind]))).sql;
        let before = self.choices.weighted(&[(60, "in"), (14, "= any"), (14, "not in"), (6, "<> all"), (6, "<= any")]);
        let before = if kind == Kind::Uuid && before == "<= any" { "= any" } else { before };
        format!("{value} {before} ({query})")
    }
}

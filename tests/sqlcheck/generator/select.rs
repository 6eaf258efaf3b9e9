//! SELECT: lists, grouping, windows, DISTINCT, set operations, order, limits, locks.

use super::from::From;
use super::schema::Kind;
use super::{Column, Generator, Relation, Scope};

/// A query and the columns of its result.
pub(super) struct Query {
    pub(super) sql: String,
    pub(super) columns: Vec<Column>,
}

/// What makes a list of values for a SELECT.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Shape {
    Plain,
    Grouped,
    Windowed,
    Distinct,
    DistinctOn,
}

impl Generator {
    /// A query whose columns have these types, or any.
    pub(super) fn query(&mut self, outer: &[Relation], wanted: Option<&[Kind]>) -> Query {
        let depth = self.ctes.len();
        let with = if self.nesting > 0 && self.has_room() && self.choices.percent(4) { self.with(outer, false) } else { String::new() };
        let query =
            if self.has_room() && self.choices.percent(12) { self.set_operation(outer, wanted) } else { self.block(outer, wanted, true) };
        self.ctes.truncate(depth);
        Query { sql: format!("{with}{}", query.sql), ..query }
    }

    fn set_operation(&mut self, outer: &[Relation], wanted: Option<&[Kind]>) -> Query {
        let kinds = wanted.map_or_else(|| self.kinds(), <[Kind]>::to_vec);
        let left = self.operand(outer, &kinds);
        let operator = self.choices.weighted(&[(40, "union all"), (30, "union"), (12, "intersect"), (12, "except"), (6, "except all")]);
        let right = self.operand(outer, &kinds);
        let mut sql = format!("{} {operator} {}", left.sql, right.sql);
        if self.has_room() && self.choices.percent(15) {
            let third = self.operand(outer, &kinds);
            sql = format!("{sql} {} {}", self.choices.pick(&["union", "intersect", "except"]), third.sql);
        }
        let order = self.order(kinds.len(), None);
        Query { sql: sql + &order, columns: left.columns }
    }

    /// A side of a set operation; in parentheses it may have an order and a limit of its own.
    fn operand(&mut self, outer: &[Relation], kinds: &[Kind]) -> Query {
        if self.choices.percent(25) {
            let query = self.block(outer, Some(kinds), true);
            return Query { sql: format!("({})", query.sql), ..query };
        }
        self.block(outer, Some(kinds), false)
    }

    fn kinds(&mut self) -> Vec<Kind> {
        let count = 1 + self.choices.below(3);
        (0..count).map(|_| self.choices.weighted(&[(50, Kind::Int), (30, Kind::Text), (14, Kind::Uuid), (6, Kind::Bool)])).collect()
    }

    /// One SELECT. Only a `free` one may have an order, a limit or a lock.
    fn block(&mut self, outer: &[Relation], wanted: Option<&[Kind]>, free: bool) -> Query {
        let from = self.from(outer, 4);
        let scope = Scope::new(&from.relations, outer);
        let mut conditions = from.conditions.clone();
        for _ in 0..self.choices.weighted(&[(45, 0), (40, 1), (15, 2)]) {
            conditions.push(self.condition(&scope));
        }
        let wheres = self.conjunction(conditions);
        let tail = format!(" from {} where {wheres}", from.sql);
        if wanted.is_none() && free && self.choices.percent(5) {
            return self.everything(&from, &tail);
        }
        let shape = self.choices.weighted(&[
            (60, Shape::Plain),
            (14, Shape::Grouped),
            (if wanted.is_none() { 12 } else { 0 }, Shape::Windowed),
            (7, Shape::Distinct),
            (if free { 7 } else { 0 }, Shape::DistinctOn),
        ]);
        let kinds = wanted.map_or_else(|| self.kinds(), <[Kind]>::to_vec);
        match shape {
            Shape::Grouped => self.grouped(&scope, &kinds, &tail, free, wanted.is_none()),
            _ => self.listed(shape, &scope, &kinds, &tail, &from, free, wanted.is_none()),
        }
    }

    /// `select x.*`, whose columns a derived table shows.
    fn everything(&mut self, from: &From, tail: &str) -> Query {
        let relation = self.choices.pick(&from.relations);
        let star = if from.relations.len() == 1 { "*".to_owned() } else { format!("{}.*", relation.alias) };
        Query { sql: format!("select {star}{tail}"), columns: relation.columns }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one SELECT")]
    fn listed(&mut self, shape: Shape, scope: &Scope, kinds: &[Kind], tail: &str, from: &From, free: bool, is_named: bool) -> Query {
        let mut items: Vec<(String, Kind)> = kinds.iter().map(|&kind| (self.value(kind, scope), kind)).collect();
        if shape == Shape::Windowed {
            items.push((self.window(scope), Kind::Int));
        }
        let first = items[0].0.clone();
        let word = match shape {
            Shape::Distinct => "distinct ".to_owned(),
            Shape::DistinctOn if first.contains('.') => format!("distinct on ({first}) "),
            Shape::DistinctOn => "distinct on (1) ".to_owned(),
            _ => String::new(),
        };
        let (list, columns) = self.list(items, is_named);
        let extra = if shape == Shape::Plain && self.choices.percent(10) {
            let kind = self.choices.pick(&[Kind::Int, Kind::Text]);
            Some(self.value(kind, scope)).filter(|value| value.contains('.'))
        } else {
            None
        };
        let mut sql = format!("select {word}{list}{tail}");
        match shape {
            Shape::DistinctOn => sql += &Self::positions(columns.len()),
            _ if free => sql += &self.order(columns.len(), extra),
            _ => {}
        }
        if free && shape == Shape::Plain && from.is_lockable && self.choices.percent(10) {
            sql += &self.lock(from);
        }
        Query { sql, columns }
    }

    fn grouped(&mut self, scope: &Scope, kinds: &[Kind], tail: &str, free: bool, is_named: bool) -> Query {
        let mut keys = Vec::new();
        let mut items = Vec::new();
        for &kind in kinds {
            let columns: Vec<String> = scope.inner.iter().flat_map(|relation| relation.of(kind)).collect();
            if !columns.is_empty() && self.choices.percent(50) {
                let key = self.choices.pick(&columns);
                items.push((key.clone(), kind));
                keys.push(key);
            } else {
                items.push((self.aggregate(kind, scope), kind));
            }
        }
        let (list, columns) = self.list(items, is_named);
        let mut sql = format!("select {list}{tail}");
        keys.sort();
        keys.dedup();
        if !keys.is_empty() {
            let keys = keys.join(", ");
            let form = self.choices.weighted(&[(85, 0), (5, 1), (5, 2), (5, 3)]);
            sql += &match form {
                1 => format!(" group by rollup ({keys})"),
                2 => format!(" group by cube ({keys})"),
                3 => format!(" group by grouping sets (({keys}), ())"),
                _ => format!(" group by {keys}"),
            };
        }
        if self.choices.percent(25) {
            let aggregate = self.aggregate(Kind::Int, scope);
            sql += &format!(" having {aggregate} > {}", self.choices.below(3));
        }
        if free {
            sql += &self.order(columns.len(), None);
        }
        Query { sql, columns }
    }

    /// The list of a SELECT; a column that is the tenant's may keep its name.
    fn list(&mut self, items: Vec<(String, Kind)>, is_named: bool) -> (String, Vec<Column>) {
        let mut columns: Vec<Column> = Vec::new();
        let mut list = Vec::new();
        for (place, (value, kind)) in items.into_iter().enumerate() {
            let is_taken = columns.iter().any(|column| column.name == "tenant_id");
            let is_tenant = kind == Kind::Uuid && !is_taken && self.choices.percent(70);
            let name = if is_named && is_tenant { "tenant_id".to_owned() } else { format!("c{}", place + 1) };
            list.push(format!("{value} as {name}"));
            columns.push(Column { name, kind });
        }
        (list.join(", "), columns)
    }

    fn positions(count: usize) -> String {
        let positions: Vec<String> = (1..=count).map(|place| place.to_string()).collect();
        format!(" order by {}", positions.join(", "))
    }

    /// ORDER BY every column, so that a limit takes the same rows whatever order they come in.
    fn order(&mut self, count: usize, extra: Option<String>) -> String {
        if extra.is_none() && !self.choices.percent(35) {
            return String::new();
        }
        let positions = Self::positions(count);
        let order = match extra {
            Some(value) => positions.replacen("order by ", &format!("order by {value} desc nulls last, "), 1),
            None => positions,
        };
        let number = 1 + self.choices.below(4);
        let limit = match self.choices.weighted(&[(40, 0), (34, 1), (8, 2), (6, 3), (6, 4), (if self.has_room() { 6 } else { 0 }, 5)]) {
            1 => format!(" limit {number}"),
            2 => format!(" limit {number} offset 1"),
            3 => format!(" offset {number}"),
            4 => format!(" fetch first {number} rows with ties"),
            5 => format!(" limit {}", self.single(Kind::Int, &[])),
            _ => String::new(),
        };
        order + &limit
    }

    fn lock(&mut self, from: &From) -> String {
        let strength = self.choices.weighted(&[(60, "for update"), (15, "for share"), (15, "for no key update"), (10, "for key share")]);
        let of = if self.choices.percent(40) { format!(" of {}", self.choices.pick(&from.relations).alias) } else { String::new() };
        let wait = self.choices.weighted(&[(60, ""), (30, " skip locked"), (10, " nowait")]);
        format!(" {strength}{of}{wait}")
    }
}

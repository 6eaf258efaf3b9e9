//! Values: columns, literals, functions, sub-selects; aggregates and windows.

use super::schema::Kind;
use super::{Generator, Relation, Scope};

/// The words of texts.
pub(super) const WORDS: [&str; 4] = ["'red'", "'blue'", "'green'", "'ann'"];

impl Generator {
    /// A value of that type.
    pub(super) fn value(&mut self, kind: Kind, scope: &Scope) -> String {
        if self.depth >= 3 {
            return self.simple(kind, scope);
        }
        self.depth += 1;
        let value = self.compound(kind, scope);
        self.depth -= 1;
        value
    }

    fn compound(&mut self, kind: Kind, scope: &Scope) -> String {
        let sub_select = if self.has_room() { 8 } else { 0 };
        match self.choices.weighted(&[(62, 0), (6, 1), (5, 2), (12, 3), (sub_select, 4), (3, 5)]) {
            1 => format!("coalesce({}, {})", self.simple(kind, scope), self.value(kind, scope)),
            2 => {
                let (when, then, other) = (self.condition(scope), self.value(kind, scope), self.simple(kind, scope));
                format!("case when {when} then {then} else {other} end")
            }
            3 => self.function(kind, scope),
            4 => self.single(kind, &scope.enclosing()),
            5 => format!("nullif({}, {})", self.simple(kind, scope), self.simple(kind, scope)),
            _ => self.simple(kind, scope),
        }
    }

    fn function(&mut self, kind: Kind, scope: &Scope) -> String {
        let way = self.choices.below(4);
        match (kind, way) {
            (Kind::Int, 0) => format!("{} + {}", self.value(Kind::Int, scope), self.choices.below(3)),
            (Kind::Int, 1) => format!("length({})", self.value(Kind::Text, scope)),
            (Kind::Int, 2) => format!("greatest({}, {})", self.simple(Kind::Int, scope), self.value(Kind::Int, scope)),
            (Kind::Int, _) => format!("({} - {})", self.simple(Kind::Int, scope), self.simple(Kind::Int, scope)),
            (Kind::Text, 0) => format!("upper({})", self.value(Kind::Text, scope)),
            (Kind::Text, 1) => format!("{} || {}", self.simple(Kind::Text, scope), self.simple(Kind::Text, scope)),
            (Kind::Text, 2) => format!("cast({} as text)", self.value(Kind::Int, scope)),
            (Kind::Text, _) => format!("left({}, 2)", self.value(Kind::Text, scope)),
            (Kind::Bool, _) => format!("({})", self.condition(scope)),
            (Kind::Uuid, _) => self.simple(Kind::Uuid, scope),
        }
    }

    /// A column or a literal.
    pub(super) fn simple(&mut self, kind: Kind, scope: &Scope) -> String {
        if self.choices.percent(15) {
            return self.literal(kind);
        }
        let columns = |relations: &[Relation]| relations.iter().flat_map(|relation| relation.of(kind)).collect::<Vec<_>>();
        let (inner, outer) = (columns(&scope.inner), columns(&scope.outer));
        match (inner.is_empty(), outer.is_empty()) {
            (true, true) => self.literal(kind),
            (false, true) => self.choices.pick(&inner),
            (true, false) => self.choices.pick(&outer),
            (false, false) if self.choices.percent(25) => self.choices.pick(&outer),
            (false, false) => self.choices.pick(&inner),
        }
    }

    pub(super) fn literal(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Int => self.choices.below(5).to_string(),
            Kind::Text => self.choices.pick(&WORDS).to_owned(),
            Kind::Uuid => self.choices.weighted(&[(8, "$1"), (1, "$2")]).to_owned(),
            Kind::Bool => self.choices.pick(&["true", "false"]).to_owned(),
        }
    }

    /// A sub-select of one row and one column.
    pub(super) fn single(&mut self, kind: Kind, outer: &[Relation]) -> String {
        self.nested(|inner| {
            let from = inner.from(outer, 2);
            let scope = Scope::new(&from.relations, outer);
            let mut conditions = from.conditions;
            if inner.choices.percent(50) {
                conditions.push(inner.condition(&scope));
            }
            let wheres = inner.conjunction(conditions);
            if matches!(kind, Kind::Int | Kind::Text | Kind::Bool) && inner.choices.percent(70) {
                let own = Scope { outer: Vec::new(), ..scope };
                return format!("(select {} from {} where {wheres})", inner.aggregate(kind, &own), from.sql);
            }
            let value = inner.value(kind, &scope);
            format!("(select {value} from {} where {wheres} order by 1 limit 1)", from.sql)
        })
    }

    /// An aggregate over the rows of the query, whose value does not depend on their order. It takes no column of an enclosing query alone,
    /// which would make it that query's aggregate.
    pub(super) fn aggregate(&mut self, kind: Kind, scope: &Scope) -> String {
        let depth = std::mem::replace(&mut self.depth, 3);
        let own = Scope { inner: scope.inner.clone(), outer: Vec::new() };
        let filter = if self.choices.percent(12) { format!(" filter (where {})", self.condition(&own)) } else { String::new() };
        let way = self.choices.below(4);
        let call = match (kind, way) {
            (Kind::Int, 0) => "count(*)".to_owned(),
            (Kind::Int, 1) => format!("max({})", self.simple(Kind::Int, &own)),
            (Kind::Int, 2) => format!("sum({})", self.simple(Kind::Int, &own)),
            (Kind::Int, _) => {
                let counted = self.choices.pick(&Kind::ALL);
                format!("count(distinct {})", self.simple(counted, &own))
            }
            (Kind::Text, 0 | 1) => format!("min({})", self.simple(Kind::Text, &own)),
            (Kind::Text, 2) => {
                let text = self.simple(Kind::Text, &own);
                format!("string_agg({text}, ',' order by {text})")
            }
            (Kind::Text, _) => format!("max({}::text)", self.simple(Kind::Uuid, &own)),
            (Kind::Bool, 0 | 1) => format!("bool_or({})", self.condition(&own)),
            (Kind::Bool, _) => format!("every({})", self.condition(&own)),
            (Kind::Uuid, _) => "max($1::text)".to_owned(),
        };
        self.depth = depth;
        // The types of the columns of a set operation must fit, and an uuid has no greatest.
        match kind {
            Kind::Uuid => format!("({call}{filter})::uuid"),
            _ => format!("{call}{filter}"),
        }
    }

    /// A number over a window whose peers all get the same.
    pub(super) fn window(&mut self, scope: &Scope) -> String {
        let depth = std::mem::replace(&mut self.depth, 2);
        let partition = if self.choices.percent(60) {
            let kind = self.choices.pick(&Kind::ALL);
            format!("partition by {} ", self.value(kind, scope))
        } else {
            String::new()
        };
        let order = format!("order by {}", self.value(Kind::Int, scope));
        let call = match self.choices.below(6) {
            0 => format!("rank() over ({partition}{order})"),
            1 => format!("dense_rank() over ({partition}{order} desc nulls last)"),
            2 => format!("count(*) over ({partition})"),
            3 => format!("sum({}) over ({partition}{order})", self.simple(Kind::Int, scope)),
            4 => format!(
                "max({}) over ({partition}{order} range between unbounded preceding and current row)",
                self.simple(Kind::Int, scope)
            ),
            _ => format!("count(*) filter (where {}) over ({partition})", self.condition(scope)),
        };
        self.depth = depth;
        call
    }
}

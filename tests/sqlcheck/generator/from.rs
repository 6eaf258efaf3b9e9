//! FROM: tables, views, joins of all kinds, laterals, derived tables.

use super::schema::{CARDS, COUNTRIES, Kind, TABLES, Table};
use super::{Column, Generator, Relation, Scope};

/// A FROM clause, and what its query's WHERE has to hold.
pub(super) struct From {
    /// Without the word FROM.
    pub(super) sql: String,
    pub(super) relations: Vec<Relation>,
    /// Those that nothing binds yet; none when it is done.
    unbound: Vec<Relation>,
    pub(super) conditions: Vec<String>,
    /// Whether rows can be locked: nothing but inner joins of tables.
    pub(super) is_lockable: bool,
}

/// A part of it.
struct Part {
    sql: String,
    relations: Vec<Relation>,
    /// Those that nothing binds yet.
    unbound: Vec<Relation>,
    is_lockable: bool,
    /// Whether there is one column `tenant_id` to join by USING.
    is_merged: bool,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Join {
    Inner,
    Left,
    Right,
    Full,
    Cross,
}

impl Join {
    const fn sql(self) -> &'static str {
        match self {
            Self::Inner => "join",
            Self::Left => "left join",
            Self::Right => "right join",
            Self::Full => "full join",
            Self::Cross => "cross join",
        }
    }

    /// How many of a hundred predicates of its left and right side stand in its ON.
    const fn share_in_on(self) -> (usize, usize) {
        match self {
            Self::Inner => (35, 75),
            Self::Left => (10, 80),
            Self::Right => (75, 20),
            Self::Full => (12, 12),
            Self::Cross => (0, 0),
        }
    }
}

impl Generator {
    /// A FROM clause of up to `most` items. What stands in `outer` can be seen from within.
    pub(super) fn from(&mut self, outer: &[Relation], most: usize) -> From {
        let mut from = self.items(outer, most);
        // A single relation's columns can do without its name, also within another query.
        if from.relations.len() == 1 && self.choices.percent(if outer.is_empty() { 20 } else { 5 }) {
            from.relations.iter_mut().chain(&mut from.unbound).for_each(|relation| relation.bare = true);
        }
        self.bind(&mut from, outer);
        from
    }

    /// What stands in the FROM of an UPDATE or the USING of a DELETE.
    pub(super) fn partners(&mut self) -> From {
        let mut from = self.items(&[], 2);
        self.bind(&mut from, &[]);
        from
    }

    /// The conditions for what no ON has bound.
    fn bind(&mut self, from: &mut From, outer: &[Relation]) {
        let unbound = std::mem::take(&mut from.unbound);
        from.conditions.extend(unbound.iter().map(|relation| self.tenancy(relation, &from.relations, outer)));
    }

    fn items(&mut self, outer: &[Relation], most: usize) -> From {
        let size = self.choices.weighted(&[(34, 1), (34, 2), (22, 3), (10, 4)]).min(most);
        let behind = if size > 1 && self.choices.percent(20) { 1 + self.choices.below(size - 1) } else { 0 };
        let mut parts = vec![self.tree(size - behind, outer, &[])];
        if behind > 0 {
            let seen = parts[0].relations.clone();
            parts.push(self.tree(behind, outer, &seen));
        }
        let sql = parts.iter().map(|part| part.sql.clone()).collect::<Vec<_>>().join(", ");
        let is_lockable = parts.iter().all(|part| part.is_lockable);
        let is_merged = parts.len() == 1 && parts[0].relations.len() > 1 && parts[0].is_merged;
        let conditions = if is_merged && self.choices.percent(30) { vec!["tenant_id = $1".to_owned()] } else { Vec::new() };
        let unbound = parts.iter_mut().flat_map(|part| std::mem::take(&mut part.unbound)).collect();
        let relations = parts.into_iter().flat_map(|part| part.relations).collect();
        From { sql, relations, unbound, conditions, is_lockable }
    }

    fn tree(&mut self, size: usize, outer: &[Relation], before: &[Relation]) -> Part {
        if size <= 1 {
            return self.leaf(outer, before);
        }
        let right_size = if size > 2 && self.choices.percent(20) { 2 } else { 1 };
        let left = self.tree(size - right_size, outer, before);
        let join = self.choices.weighted(&[(45, Join::Inner), (26, Join::Left), (11, Join::Right), (9, Join::Full), (8, Join::Cross)]);
        let mut seen = before.to_vec();
        if !matches!(join, Join::Right | Join::Full) {
            seen.extend(left.relations.iter().cloned());
        }
        let right = self.tree(right_size, outer, &seen);
        self.join(left, join, right, outer)
    }

    fn join(&mut self, mut left: Part, join: Join, mut right: Part, outer: &[Relation]) -> Part {
        let lefts = std::mem::take(&mut left.unbound);
        let rights = std::mem::take(&mut right.unbound);
        let relations: Vec<Relation> = left.relations.iter().chain(&right.relations).cloned().collect();
        let right_sql = if right.relations.len() > 1 { format!("({})", right.sql) } else { right.sql.clone() };
        let left_sql = if left.relations.len() > 1 && self.choices.percent(20) { format!("({})", left.sql) } else { left.sql.clone() };
        let is_lockable = left.is_lockable && right.is_lockable && matches!(join, Join::Inner | Join::Cross);
        let mut part = Part { sql: String::new(), relations, unbound: Vec::new(), is_lockable, is_merged: false };
        let joined = format!("{left_sql} {} {right_sql}", join.sql());
        if join == Join::Cross {
            part.unbound = lefts.into_iter().chain(rights).collect();
            part.sql = joined;
            return part;
        }
        if left.is_merged && right.is_merged && right.relations.len() == 1 && self.choices.percent(16) {
            let both = |name: &str| {
                let has = |part: &Part| part.relations.iter().filter(|of| of.columns.iter().any(|column| column.name == name)).count() == 1;
                has(&left) && has(&right)
            };
            let with_id = left.relations.len() == 1 && both("id") && self.choices.percent(50);
            part.sql = format!("{joined} using (tenant_id{})", if with_id { ", id" } else { "" });
            part.unbound = lefts;
            part.unbound.extend(rights.into_iter().filter(|_| self.choices.percent(20)));
            part.is_merged = true;
            return part;
        }
        if left.is_merged && right.is_merged && part.relations.len() == 2 && self.choices.percent(1) {
            part.sql = format!("{left_sql} natural {} {right_sql}", join.sql());
            part.unbound = lefts;
            return part;
        }
        let (share_left, share_right) = join.share_in_on();
        let mut on = Vec::new();
        for (side, share) in [(lefts, share_left), (rights, share_right)] {
            for relation in side {
                if self.choices.percent(share) {
                    on.push(self.tenancy(&relation, &part.relations, outer));
                } else {
                    part.unbound.push(relation);
                }
            }
        }
        on.extend(self.link(&left.relations, &right.relations, outer));
        part.sql = format!("{joined} on {}", self.conjunction(on));
        part
    }

    /// A condition that ties the two sides of a join.
    fn link(&mut self, left: &[Relation], right: &[Relation], outer: &[Relation]) -> Option<String> {
        let ints = |side: &[Relation]| side.iter().flat_map(|relation| relation.of(Kind::Int)).collect::<Vec<_>>();
        let (mine, theirs) = (ints(left), ints(right));
        let both: Vec<Relation> = left.iter().chain(right).cloned().collect();
        match self.choices.below(10) {
            0..=7 if !mine.is_empty() && !theirs.is_empty() => {
                Some(format!("{} = {}", self.choices.pick(&mine), self.choices.pick(&theirs)))
            }
            8 => Some(self.condition(&Scope::new(&both, outer))),
            _ => None,
        }
    }

    fn leaf(&mut self, outer: &[Relation], before: &[Relation]) -> Part {
        let room = if self.has_room() { 1 } else { 0 };
        let lateral = if before.is_empty() { 0 } else { room };
        let cte = if self.ctes.is_empty() { 0 } else { 30 };
        match self.choices.weighted(&[(74, 0), (4, 1), (6, 2), (cte, 3), (8 * room, 4), (9 * lateral, 5), (2, 6), (2, 7)]) {
            1 => self.table(&CARDS, outer),
            2 => self.table(&COUNTRIES, outer),
            3 => self.cte(outer),
            4 => {
                let query = self.nested(|inner| inner.query(outer, None));
                self.derived("", query, outer)
            }
            5 => {
                let seen = Scope::new(before, outer).enclosing();
                let query = self.nested(|inner| inner.query(&seen, None));
                self.derived("lateral ", query, outer)
            }
            6 => self.values(outer),
            7 => self.series(outer),
            _ => {
                let table = self.choices.pick(&TABLES.iter().collect::<Vec<_>>());
                self.table(table, outer)
            }
        }
    }

    /// A table or a view.
    pub(super) fn relation(&mut self, table: &'static Table, outer: &[Relation]) -> (String, Relation) {
        self.relations += 1;
        let columns = table.fields.iter().map(|field| Column { name: field.name.to_owned(), kind: field.kind }).collect();
        let name =
            if self.spoil > 0 && self.choices.percent(4) { table.name.to_owned() } else { format!("{}.{}", table.schema, table.name) };
        if !self.named.contains(&table.name) && self.choices.percent(6) {
            self.named.push(table.name);
            return (name, Relation { alias: table.name.to_owned(), columns, bare: false });
        }
        let alias = self.alias(outer);
        if self.spoil > 0 && self.choices.percent(3) {
            return self.renamed(table, &name, alias);
        }
        let word = if self.choices.percent(50) { "as " } else { "" };
        (format!("{name} {word}{alias}"), Relation { alias, columns, bare: false })
    }

    /// A table whose columns have other names: the tenant is called like another uuid, which is called like the tenant.
    fn renamed(&mut self, table: &Table, name: &str, alias: String) -> (String, Relation) {
        let mut names: Vec<&str> = table.fields.iter().map(|field| field.name).collect();
        let identities: Vec<usize> = (1..names.len()).filter(|&place| table.fields[place].kind == Kind::Uuid).collect();
        if !identities.is_empty() {
            let other = self.choices.pick(&identities);
            names.swap(0, other);
        }
        let columns = table.fields.iter().zip(&names).map(|(field, name)| Column { name: (*name).to_owned(), kind: field.kind }).collect();
        (format!("{name} as {alias}({})", names.join(", ")), Relation { alias, columns, bare: false })
    }

    fn table(&mut self, table: &'static Table, outer: &[Relation]) -> Part {
        let (sql, relation) = self.relation(table, outer);
        let is_fenced = table.is_fenced();
        let unbound = is_fenced.then(|| relation.clone()).into_iter().collect();
        Part { sql, relations: vec![relation], unbound, is_lockable: is_fenced && table.name != CARDS.name, is_merged: is_fenced }
    }

    fn part(sql: String, relation: Relation) -> Part {
        Part { sql, relations: vec![relation], unbound: Vec::new(), is_lockable: false, is_merged: false }
    }

    fn cte(&mut self, outer: &[Relation]) -> Part {
        let cte = self.choices.pick(&self.ctes);
        let alias = self.alias(outer);
        Self::part(format!("{} as {alias}", cte.alias), Relation { alias, columns: cte.columns, bare: false })
    }

    fn derived(&mut self, word: &str, query: super::select::Query, outer: &[Relation]) -> Part {
        let alias = self.alias(outer);
        let mut columns = query.columns;
        let mut names = String::new();
        if !columns.is_empty() && self.choices.percent(25) {
            let tenant = columns.iter().position(|column| column.kind == Kind::Uuid);
            for (place, column) in columns.iter_mut().enumerate() {
                column.name = if Some(place) == tenant { "tenant_id".to_owned() } else { format!("d{}", place + 1) };
            }
            names = format!("({})", columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", "));
        }
        Self::part(format!("{word}({}) as {alias}{names}", query.sql), Relation { alias, columns, bare: false })
    }

    fn values(&mut self, outer: &[Relation]) -> Part {
        let alias = self.alias(outer);
        let tenant = self.choices.pick(&["$1", "$2"]);
        let sql = format!("(values ($1, 1, 'red'), ({tenant}, 2, 'blue')) as {alias}(tenant_id, id, word)");
        let column = |name: &str, kind| Column { name: name.to_owned(), kind };
        let columns = vec![column("tenant_id", Kind::Uuid), column("id", Kind::Int), column("word", Kind::Text)];
        Self::part(sql, Relation { alias, columns, bare: false })
    }

    /// A function in FROM; without an alias it goes by its own name.
    fn series(&mut self, outer: &[Relation]) -> Part {
        let number = Column { name: "n".to_owned(), kind: Kind::Int };
        if self.choices.percent(25) {
            let tenant = self.choices.pick(&["$1", "$2"]);
            let sql = format!("unnest(array[row({tenant}, 1, 'x', 1)::app.coupons, row($1, 2, 'y', 2)::app.coupons])");
            let columns = ["tenant_id", "id", "code", "value"].into_iter().zip([Kind::Uuid, Kind::Int, Kind::Text, Kind::Int]);
            let columns = columns.map(|(name, kind)| Column { name: name.to_owned(), kind }).collect();
            return Self::part(sql, Relation { alias: "unnest".to_owned(), columns, bare: false });
        }
        let alias = self.alias(outer);
        let ordinality = if self.choices.percent(20) { " with ordinality" } else { "" };
        let names = if ordinality.is_empty() { "(n)" } else { "(n, place)" };
        let sql = format!("generate_series(1, 3){ordinality} as {alias}{names}");
        Self::part(sql, Relation { alias, columns: vec![number], bare: false })
    }
}

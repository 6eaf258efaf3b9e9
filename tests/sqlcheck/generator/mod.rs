//! Random statements over a small shop, with the tenant's predicate in right, wrong and almost right places.
//!
//! A statement is right by intention and spoilt by chance: half of them carry every predicate where it belongs, as far as the generator knows;
//! in the others each may be missing, or hidden in an OR, a CASE, an outer join. What the generator intends decides nothing. It only sees to it
//! that both verdicts are common, and that a statement means the same on every run: rows that tie under a LIMIT are equal in all they show,
//! windows and aggregates do not depend on an order that nothing gives, and nothing fails by a row of its data but by a constraint.
//!
//! What no text can show is left out: a value of `coupons.code` that another tenant has taken is written only where ON CONFLICT names that
//! very key. By any other statement the server tells that it is taken, be it by its error or by doing nothing.

mod choices;
mod condition;
mod expression;
mod from;
mod schema;
mod select;
mod tenancy;
mod with;
mod write;

pub(crate) use choices::Choices;

use schema::Kind;

/// As many tables as a statement names.
const MOST_RELATIONS: usize = 6;

/// A statement and the choices that made it.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) text: String,
    /// How many tables and views it names, each as often as it does.
    pub(crate) relations: usize,
    pub(crate) choices: Vec<usize>,
}

/// The statement of a seed.
pub(crate) fn statement(seed: u64) -> Made {
    made(Choices::drawn(seed))
}

/// The statement of these choices.
pub(crate) fn remade(choices: Vec<usize>) -> Made {
    made(Choices::given(choices))
}

fn made(choices: Choices) -> Made {
    let mut generator =
        Generator { choices, aliases: 0, relations: 0, nesting: 0, depth: 0, spoil: 0, named: Vec::new(), ctes: Vec::new() };
    generator.spoil = generator.choices.weighted(&[(50, 0), (30, 20), (20, 50)]);
    let text = generator.top();
    Made { text, relations: generator.relations, choices: generator.choices.made() }
}

/// Something that stands in FROM, by the name that columns are taken from.
#[derive(Clone, Debug)]
struct Relation {
    alias: String,
    columns: Vec<Column>,
    /// Whether the columns are named without the alias.
    bare: bool,
}

/// A column of a relation or of a query's result.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    kind: Kind,
}

impl Relation {
    fn column(&self, name: &str) -> String {
        if self.bare { name.to_owned() } else { format!("{}.{name}", self.alias) }
    }

    /// The column that holds the tenant, or is called as if it did.
    fn tenant(&self) -> Option<String> {
        self.columns.iter().any(|column| column.name == "tenant_id").then(|| self.column("tenant_id"))
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = String> {
        self.columns.iter().filter(move |column| column.kind == kind).map(|column| self.column(&column.name))
    }
}

/// What a place in a statement sees.
#[derive(Clone, Debug, Default)]
struct Scope {
    inner: Vec<Relation>,
    outer: Vec<Relation>,
}

impl Scope {
    /// Relations and those of the enclosing queries, as far as they are not hidden by the same name.
    fn new(inner: &[Relation], outer: &[Relation]) -> Self {
        let hidden = |relation: &&Relation| inner.iter().any(|own| own.alias == relation.alias);
        Self { inner: inner.to_vec(), outer: outer.iter().filter(|relation| !hidden(relation)).cloned().collect() }
    }

    /// What a sub-select at this place sees outside of itself.
    fn enclosing(&self) -> Vec<Relation> {
        self.inner.iter().chain(&self.outer).cloned().map(|relation| Relation { bare: false, ..relation }).collect()
    }
}

/// What makes a statement out of choices.
struct Generator {
    choices: Choices,
    aliases: usize,
    relations: usize,
    /// How many queries enclose this one.
    nesting: usize,
    /// How many expressions enclose this one.
    depth: usize,
    /// How many of a hundred predicates are spoilt.
    spoil: usize,
    /// The tables that are named without an alias.
    named: Vec<&'static str>,
    /// The parts of WITH that can be read here.
    ctes: Vec<Relation>,
}

impl Generator {
    fn top(&mut self) -> String {
        let kind: fn(&mut Self) -> String = self.choices.weighted(&[
            (62, Self::select as fn(&mut Self) -> String),
            (12, Self::insert),
            (16, Self::update),
            (10, Self::delete),
        ]);
        if self.choices.percent(12) {
            let depth = self.ctes.len();
            let with = self.with(&[], true);
            let text = kind(self);
            self.ctes.truncate(depth);
            return format!("{with}{text}");
        }
        kind(self)
    }

    fn select(&mut self) -> String {
        self.query(&[], None).sql
    }

    /// Whether there may be another sub-select.
    fn has_room(&self) -> bool {
        self.relations < MOST_RELATIONS && self.nesting < 3
    }

    /// An alias that nothing else has; now and then one that hides an enclosing query's.
    fn alias(&mut self, outer: &[Relation]) -> String {
        if !outer.is_empty() && self.choices.percent(4) {
            return self.choices.pick(outer).alias;
        }
        self.aliases += 1;
        if self.spoil > 0 && self.choices.percent(2) {
            return "unnest".to_owned();
        }
        if self.choices.percent(2) { format!("\"A{}\"", self.aliases) } else { format!("a{}", self.aliases) }
    }

    /// A query within this one.
    fn nested<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let depth = std::mem::take(&mut self.depth);
        self.nesting += 1;
        let made = make(self);
        self.nesting -= 1;
        self.depth = depth;
        made
    }

    /// The conditions, all of which must hold, in any order.
    fn conjunction(&mut self, mut conditions: Vec<String>) -> String {
        if conditions.is_empty() {
            return "true".to_owned();
        }
        self.choices.shuffle(&mut conditions);
        if conditions.len() > 2 && self.choices.percent(15) {
            let last = conditions.split_off(1).join(" and ");
            conditions.push(format!("({last})"));
        }
        conditions.join(" and ")
    }
}

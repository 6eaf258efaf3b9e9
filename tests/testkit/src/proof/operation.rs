//! What tenants do: symbolic operations, drawn at random, and the concrete acts that they become.
//!
//! An operation is symbolic ("the third of my rows") and total (there is an act for every state), so that a script with a step cut out is
//! still a script: that is what lets a failure shrink.

use std::fmt;

use proptest::prelude::*;
use serde_json::Value;
use tenantry::schema::{ColumnDef, Kind, ModelDef, Verb};
use tenantry::sql::Op;
use uuid::Uuid;

use super::attacks::{Assault, Attack};
use super::model::{Book, Outcome, Row, World, unique_keys};
use super::value::{Draw, broken, valid};

/// A way to the rows.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Surface {
    /// Requests to the router.
    Http,
    /// The repository in a tenant transaction.
    Repository,
    /// SQL as the application's role, without a predicate: row security alone.
    Sql,
}

impl Surface {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Http, Self::Repository, Self::Sql];
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Repository => "repository",
            Self::Sql => "sql",
        })
    }
}

/// Whose row an operation is aimed at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Own,
    Foreign,
    Random,
}

/// What a tenant does in a step.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    /// Nothing; what every operation shrinks to.
    Idle,
    /// A verb on a surface.
    Act {
        surface: Surface,
        verb: Verb,
        target: Target,
        /// Decides the row, the model and the values.
        seed: u64,
    },
    /// An attack over SQL.
    Attack { attack: Attack, seed: u64 },
}

/// One operation of each tenant, done at the same time.
pub(super) type Step = Vec<Operation>;

/// Any step of so many tenants over those surfaces.
pub(super) fn step(tenants: usize, surfaces: &[Surface]) -> BoxedStrategy<Step> {
    proptest::collection::vec(operation(surfaces), tenants).boxed()
}

fn operation(surfaces: &[Surface]) -> BoxedStrategy<Operation> {
    let target = prop_oneof![6 => Just(Target::Own), 1 => Just(Target::Random), 2 => Just(Target::Foreign)];
    let verb = prop_oneof![
        4 => Just(Verb::Create),
        2 => Just(Verb::List),
        2 => Just(Verb::Get),
        3 => Just(Verb::Patch),
        2 => Just(Verb::Delete),
    ];
    let surface = proptest::sample::select(surfaces.to_vec());
    let act = (surface, verb, target, 0..100_000_u64);
    let act = act.prop_map(|(surface, verb, target, seed)| Operation::Act { surface, verb, target, seed });
    if !surfaces.contains(&Surface::Sql) {
        return prop_oneof![1 => Just(Operation::Idle), 9 => act].boxed();
    }
    let attack = (proptest::sample::select(Attack::all()), 0..100_000_u64);
    let attack = attack.prop_map(|(attack, seed)| Operation::Attack { attack, seed });
    prop_oneof![2 => Just(Operation::Idle), 18 => act, 2 => attack].boxed()
}

/// A list and what it asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    pub(super) filters: Vec<(&'static ColumnDef, Op, Option<Value>)>,
    pub(super) sorts: Vec<(&'static ColumnDef, bool)>,
    pub(super) limit: u32,
}

/// What is really done.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Create(Row),
    List(Query),
    Get(Uuid),
    Patch(Uuid, Row),
    Delete(Uuid),
    Attack(Box<Assault>),
}

/// A deed on a model over a surface.
#[derive(Clone, Debug)]
pub(super) struct Act {
    pub(super) surface: Surface,
    pub(super) model: usize,
    pub(super) deed: Deed,
    /// The ids of other tenants in it. The answer must be the one that random ids get.
    pub(super) foreign: Vec<Uuid>,
}

impl Act {
    /// The same act with random ids in place of the foreign ones.
    pub(super) fn with_random_ids(&self) -> Self {
        let swapped = |id: &Uuid| if self.foreign.contains(id) { nobodys(id) } else { *id };
        let row = |row: &Row| -> Row {
            let value = |value: &Value| match value.as_str().and_then(|text| text.parse().ok()) {
                Some(id) if self.foreign.contains(&id) => Value::String(swapped(&id).to_string()),
                _ => value.clone(),
            };
            row.iter().map(|(name, old)| (name.clone(), value(old))).collect()
        };
        let deed = match &self.deed {
            Deed::Create(values) => Deed::Create(row(values)),
            Deed::Get(id) => Deed::Get(swapped(id)),
            Deed::Patch(id, values) => Deed::Patch(swapped(id), row(values)),
            Deed::Delete(id) => Deed::Delete(swapped(id)),
            other => other.clone(),
        };
        Self { deed, foreign: Vec::new(), ..self.clone() }
    }
}

/// An id that nobody has, made from one that somebody has.
const fn nobodys(id: &Uuid) -> Uuid {
    Uuid::from_u128(id.as_u128() ^ 0x5555_0000_0000_0000_0000_5555_5555_5555)
}

/// Everything that decides what an operation becomes.
pub(super) struct Scene<'a> {
    pub(super) world: &'a World,
    pub(super) own: &'a Book,
    /// The other tenants' ids and rows.
    pub(super) others: Vec<(Uuid, &'a Book)>,
}

impl Scene<'_> {
    /// The act of an operation; none for [`Operation::Idle`].
    pub(super) fn act(&self, operation: &Operation) -> Option<Act> {
        match operation {
            Operation::Idle => None,
            Operation::Act { surface, verb, target, seed } => Some(self.verb(*surface, *verb, *target, &mut Draw::new(*seed))),
            Operation::Attack { attack, seed } => Some(self.attack(*attack, &mut Draw::new(*seed))),
        }
    }

    /// A new row of a model with nothing wrong in it.
    pub(super) fn fresh(&self, model: usize, draw: &mut Draw) -> Row {
        self.values(model, Target::Own, Surface::Repository, draw, &mut Vec::new(), false)
    }

    fn verb(&self, surface: Surface, verb: Verb, target: Target, draw: &mut Draw) -> Act {
        let mut foreign = Vec::new();
        let (model, deed) = match verb {
            Verb::Create => {
                let model = self.creatable(draw);
                (
                    model,
                    Deed::Create(self.values(model, target, surface_of(self.world.models[model], surface, verb), draw, &mut foreign, true)),
                )
            }
            Verb::List => {
                let model = draw.below(self.world.models.len());
                (model, Deed::List(self.query(model, draw)))
            }
            Verb::Get | Verb::Patch | Verb::Delete => {
                let (model, id) = match (verb, target) {
                    // Most rows are referred to; now and then one is wanted that can go.
                    (Verb::Delete, Target::Own) if draw.percent(50) => self.row_of(&self.free_rows(), draw),
                    _ => self.row(target, draw, &mut foreign),
                };
                let deed = match verb {
                    Verb::Get => Deed::Get(id),
                    Verb::Patch => {
                        Deed::Patch(id, self.changes(model, surface_of(self.world.models[model], surface, verb), draw, &mut foreign))
                    }
                    _ => Deed::Delete(id),
                };
                (model, deed)
            }
        };
        Act { surface: surface_of(self.world.models[model], surface, verb), model, deed, foreign }
    }

    fn attack(&self, attack: Attack, draw: &mut Draw) -> Act {
        let model = draw.below(self.world.models.len());
        let victim = draw.pick(&self.others).copied();
        let assault = Assault::plan(self, victim, attack, model, draw);
        Act { surface: Surface::Sql, model, deed: Deed::Attack(Box::new(assault)), foreign: Vec::new() }
    }

    /// A model whose required references have rows to lead to.
    fn creatable(&self, draw: &mut Draw) -> usize {
        let possible = |model: &usize| {
            let mut required = self.world.references(*model).into_iter().filter(|(column, _)| !column.nullable);
            required.all(|(_, target)| !self.own.tables[target].is_empty())
        };
        let models: Vec<usize> = (0..self.world.models.len()).filter(possible).collect();
        draw.pick(&models).copied().unwrap_or_default()
    }

    /// A row by its owner. Without one, a random id.
    fn row(&self, target: Target, draw: &mut Draw, foreign: &mut Vec<Uuid>) -> (usize, Uuid) {
        let rows = match target {
            Target::Own => self.own.rows(),
            Target::Foreign => self.others.iter().flat_map(|(_, book)| book.rows()).collect(),
            Target::Random => Vec::new(),
        };
        let (model, id) = self.row_of(&rows, draw);
        if matches!(target, Target::Foreign) && !rows.is_empty() {
            foreign.push(id);
        }
        (model, id)
    }

    /// One of the rows. Without any, a random id.
    fn row_of(&self, rows: &[(usize, Uuid)], draw: &mut Draw) -> (usize, Uuid) {
        draw.pick(rows).copied().unwrap_or_else(|| (draw.below(self.world.models.len()), draw.uuid()))
    }

    /// The rows that nothing holds back from being deleted.
    fn free_rows(&self) -> Vec<(usize, Uuid)> {
        let free = |(model, id): &(usize, Uuid)| self.own.clone().delete(self.world, *model, &[*id]) == Outcome::Done;
        self.own.rows().into_iter().filter(free).collect()
    }

    fn values(&self, model: usize, target: Target, surface: Surface, draw: &mut Draw, foreign: &mut Vec<Uuid>, mischief: bool) -> Row {
        let def = self.world.models[model];
        let mut row = Row::new();
        for column in def.insertable().filter(|column| surface != Surface::Http || !column.readonly) {
            let optional = column.nullable || column.default.is_some();
            if optional && surface == Surface::Http && draw.percent(20) {
                continue;
            }
            row.insert(column.name.to_owned(), self.value(model, column, draw));
        }
        if mischief {
            self.spoil(model, target, draw, &mut row, foreign);
        }
        row
    }

    fn value(&self, model: usize, column: &'static ColumnDef, draw: &mut Draw) -> Value {
        let target = self.world.references(model).into_iter().find(|(other, _)| other.name == column.name);
        let Some((_, target)) = target else { return valid(draw, self.world.models[model], column) };
        if column.nullable && draw.percent(30) {
            return Value::Null;
        }
        let ids: Vec<Uuid> = self.own.tables[target].keys().copied().collect();
        match draw.pick(&ids) {
            Some(id) => Value::String(id.to_string()),
            None if column.nullable => Value::Null,
            None => Value::String(draw.uuid().to_string()),
        }
    }

    /// Puts something wrong into a row now and then: a reference that leads to another tenant or nowhere, a key that is taken, a value that
    /// the column does not take.
    fn spoil(&self, model: usize, target: Target, draw: &mut Draw, row: &mut Row, foreign: &mut Vec<Uuid>) {
        let references: Vec<_> = self.world.references(model).into_iter().filter(|(column, _)| row.contains_key(column.name)).collect();
        if let Some((column, referred)) = draw.pick(&references) {
            let ids: Vec<Uuid> = match target {
                Target::Own => return self.spoil_value(model, draw, row),
                Target::Foreign => self.others.iter().flat_map(|(_, book)| book.tables[*referred].keys().copied()).collect(),
                Target::Random => Vec::new(),
            };
            let id = draw.pick(&ids).copied().unwrap_or_else(|| draw.uuid());
            if ids.contains(&id) {
                foreign.push(id);
            }
            row.insert(column.name.to_owned(), Value::String(id.to_string()));
            return;
        }
        self.spoil_value(model, draw, row);
    }

    fn spoil_value(&self, model: usize, draw: &mut Draw, row: &mut Row) {
        let def = self.world.models[model];
        match draw.below(10) {
            0 => {
                let columns: Vec<&ColumnDef> = def.insertable().filter(|column| row.contains_key(column.name)).collect();
                let broken = draw.pick(&columns).and_then(|column| Some((column.name, broken(draw, column)?)));
                row.extend(broken.map(|(name, value)| (name.to_owned(), value)));
            }
            1 => {
                let others: Vec<&Row> = self.own.tables[model].values().collect();
                if let (Some(other), Some(key)) = (draw.pick(&others), draw.pick(&unique_keys(def))) {
                    let taken = key
                        .iter()
                        .filter(|name| row.contains_key(**name))
                        .filter_map(|name| Some(((*name).to_owned(), other.get(*name)?.clone())));
                    row.extend(taken.collect::<Vec<_>>());
                }
            }
            _ => {}
        }
    }

    /// Some of the columns of a row.
    fn changes(&self, model: usize, surface: Surface, draw: &mut Draw, foreign: &mut Vec<Uuid>) -> Row {
        let def = self.world.models[model];
        let columns: Vec<&'static ColumnDef> = def.updatable().filter(|column| surface != Surface::Http || !column.readonly).collect();
        let mut row = Row::new();
        for _ in 0..draw.below(4) {
            if let Some(column) = draw.pick(&columns) {
                row.insert(column.name.to_owned(), self.value(model, column, draw));
            }
        }
        let target = if draw.percent(10) { Target::Foreign } else { Target::Own };
        self.spoil(model, target, draw, &mut row, foreign);
        row
    }

    fn query(&self, model: usize, draw: &mut Draw) -> Query {
        let def = self.world.models[model];
        let mut query = Query { limit: u32::try_from(1 + draw.below(5)).unwrap_or(1), ..Query::default() };
        let filters: Vec<&'static ColumnDef> = def.columns.iter().filter(|column| column.filter).collect();
        if draw.percent(50)
            && let Some(column) = draw.pick(&filters)
        {
            query.filters.push(self.filter(model, column, draw));
        }
        for column in def.columns.iter().filter(|column| column.sort) {
            if draw.percent(40) {
                query.sorts.push((column, draw.percent(50)));
            }
        }
        query
    }

    fn filter(&self, model: usize, column: &'static ColumnDef, draw: &mut Draw) -> (&'static ColumnDef, Op, Option<Value>) {
        if column.nullable && draw.percent(30) {
            return (column, if draw.percent(50) { Op::IsNull } else { Op::IsNotNull }, None);
        }
        // A value that some row has finds more than a new one.
        let rows: Vec<&Row> = self.own.tables[model].values().collect();
        let known = draw.pick(&rows).and_then(|row| row.get(column.name)).filter(|value| !value.is_null()).cloned();
        let required = ColumnDef { nullable: false, ..*column };
        let made = || {
            if column.reference().is_some() {
                Value::String(Uuid::nil().to_string())
            } else {
                valid(&mut Draw::new(7), self.world.models[model], &required)
            }
        };
        let value = known.unwrap_or_else(made);
        let op = match column.kind {
            Kind::Text => *draw.pick(&[Op::Eq, Op::Prefix]).unwrap_or(&Op::Eq),
            Kind::I32 | Kind::I64 | Kind::Date | Kind::Timestamp => {
                *draw.pick(&[Op::Eq, Op::Gt, Op::Gte, Op::Lt, Op::Lte]).unwrap_or(&Op::Eq)
            }
            _ => Op::Eq,
        };
        let value = match (op, value) {
            (Op::Prefix, Value::String(text)) => Value::String(text.chars().take(2).collect()),
            (_, value) => value,
        };
        (column, op, Some(value))
    }
}

/// Where a route leaves a verb out, the repository takes it.
fn surface_of(def: &ModelDef, surface: Surface, verb: Verb) -> Surface {
    if surface == Surface::Http && !def.routes.has(verb) { Surface::Repository } else { surface }
}

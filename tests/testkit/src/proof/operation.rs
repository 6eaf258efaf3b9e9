//! What tenants do: symbolic operations, drawn at random, and the concrete acts that they become.
//!
//! An operation is symbolic ("the third of my rows") and total (there is an act for every state), so that a script with a step cut out is
//! still a script: that is what lets a failure shrink.

use std::fmt;

use proptest::prelude::*;
use serde_json::Value;
use tenantry::schema::{ColumnDef, ModelDef, Scope, Verb};
use tenantry::sql::Op;
use uuid::Uuid;

use super::attacks::{Assault, Attack};
use super::model::{Book, Row, World, shown};
use super::value::Draw;

/// A way to the rows.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Surface {
    /// Requests to the router.
    Http,
    /// The repository in a tenant transaction.
    Repository,
    /// Hand-written SQL with the tenant as `$1`, over a tenant transaction.
    HandWritten,
    /// SQL as the application's role, without a predicate: row security alone.
    Sql,
}

impl Surface {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Http, Self::Repository, Self::HandWritten, Self::Sql];
}

impl Surface {
    /// The model's row as it is seen there. Over HTTP there is nothing of what is secret, and a row that has it is another one.
    pub(super) fn sees(self, def: &'static ModelDef, row: &Row) -> Row {
        if self == Self::Http { shown(def, row) } else { row.clone() }
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Repository => "repository",
            Self::HandWritten => "hand-written",
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
    /// Several units and statements in one transaction, which may fail half-way.
    Transaction { seed: u64 },
    /// A cursor of another tenant's list, or of another list.
    Cursor { seed: u64 },
    /// A change of what all tenants share.
    Shared { seed: u64 },
    /// The hand-written route or function at that place.
    Custom { which: usize, seed: u64 },
}

/// What each tenant does, one thing after the other, while the others do theirs.
pub(super) type Step = Vec<Vec<Operation>>;

/// The most that a tenant does in a step.
const MOST: usize = 4;

/// Any step of so many tenants over those surfaces. Of the hand-written operations it is said whether their effect is stated, and of the
/// models whether some are shared.
pub(super) fn step(tenants: usize, surfaces: &[Surface], custom: &[bool], shared: bool) -> BoxedStrategy<Step> {
    let lane = proptest::collection::vec(operation(surfaces, custom, shared), 1..=MOST);
    proptest::collection::vec(lane, tenants).boxed()
}

fn operation(surfaces: &[Surface], custom: &[bool], shared: bool) -> BoxedStrategy<Operation> {
    let target = prop_oneof![6 => Just(Target::Own), 1 => Just(Target::Random), 2 => Just(Target::Foreign)];
    let verb = prop_oneof![
        4 => Just(Verb::Create),
        2 => Just(Verb::List),
        2 => Just(Verb::Get),
        3 => Just(Verb::Patch),
        2 => Just(Verb::Delete),
    ];
    // An operation shrinks to nothing or stays as it is: another verb or seed would not be simpler to read.
    let seed = || (0..100_000_u64).no_shrink();
    let act = (proptest::sample::select(surfaces.to_vec()), verb, target, seed()).no_shrink();
    let act = act.prop_map(|(surface, verb, target, seed)| Operation::Act { surface, verb, target, seed });
    let mut kinds = vec![(2, Just(Operation::Idle).boxed()), (18, act.boxed())];
    if surfaces.contains(&Surface::Sql) {
        let attack = (proptest::sample::select(Attack::all()), seed()).no_shrink();
        kinds.push((2, attack.prop_map(|(attack, seed)| Operation::Attack { attack, seed }).boxed()));
    }
    if surfaces.contains(&Surface::Repository) {
        kinds.push((2, seed().prop_map(|seed| Operation::Transaction { seed }).boxed()));
    }
    if surfaces.contains(&Surface::Http) {
        kinds.push((1, seed().prop_map(|seed| Operation::Cursor { seed }).boxed()));
    }
    if shared && [Surface::Http, Surface::Sql].iter().all(|surface| surfaces.contains(surface)) {
        kinds.push((1, seed().prop_map(|seed| Operation::Shared { seed }).boxed()));
    }
    // A tenant whose operation has no stated effect acts alone in its step, so there are fewer of these.
    for (weight, stated) in [(3, true), (1, false)] {
        let places: Vec<usize> = custom.iter().enumerate().filter(|(_, other)| **other == stated).map(|(place, _)| place).collect();
        if !places.is_empty() {
            let operation = (proptest::sample::select(places), seed()).no_shrink();
            kinds.push((weight, operation.prop_map(|(which, seed)| Operation::Custom { which, seed }).boxed()));
        }
    }
    proptest::strategy::Union::new_weighted(kinds).boxed()
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
pub(super) const fn nobodys(id: &Uuid) -> Uuid {
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
            // They are no single acts; their own files do them.
            Operation::Transaction { .. } | Operation::Cursor { .. } | Operation::Shared { .. } | Operation::Custom { .. } => None,
        }
    }

    /// A new row of a model with nothing wrong in it.
    pub(super) fn fresh(&self, model: usize, draw: &mut Draw) -> Row {
        self.values(model, Target::Own, Surface::Repository, draw, &mut Vec::new(), false)
    }

    pub(super) fn verb(&self, surface: Surface, verb: Verb, target: Target, draw: &mut Draw) -> Act {
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
                        Deed::Patch(id, self.changes(model, id, surface_of(self.world.models[model], surface, verb), draw, &mut foreign))
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
}

/// Where a route leaves a verb out, the repository takes it; the platform's tables have neither.
pub(super) fn surface_of(def: &ModelDef, surface: Surface, verb: Verb) -> Surface {
    if def.scope != Scope::Tenant {
        return if surface == Surface::Sql { Surface::Sql } else { Surface::HandWritten };
    }
    if surface == Surface::Http && !def.routes.has(verb) { Surface::Repository } else { surface }
}

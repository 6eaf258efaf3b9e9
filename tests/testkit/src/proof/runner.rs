//! A tenant's turn in a step: its operations one after the other, each compared with what the model says.

use serde_json::Value;
use tenantry::TenantId;

use super::Kindred;
use super::executor::{Lane, Seen, id_of};
use super::ground::Ground;
use super::lists::listed;
use super::model::{Book, Outcome, Row, World, completed, timeless};
use super::operation::{Act, Deed, Operation, Query, Scene, Surface};
use super::report::Counts;
use super::script;
use super::value::Draw;

/// Why a case failed, and the way there.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) script: Vec<String>,
    pub(super) fault: String,
}

/// What a turn leaves behind.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) counts: Counts,
    pub(super) script: Vec<String>,
}

/// A tenant's turn. It has the tenant's book for itself; the others' are as they were before the step.
pub(super) struct Turn<'a> {
    pub(super) ground: &'a Ground,
    pub(super) lane: Lane<'a>,
    pub(super) who: usize,
    pub(super) book: &'a mut Book,
    pub(super) others: Vec<(TenantId, &'a Book)>,
    /// Nobody else acts in this step.
    pub(super) alone: bool,
    pub(super) notes: Notes,
}

impl Turn<'_> {
    /// Does the operations, up to the first that goes wrong.
    pub(super) async fn take(mut self, operations: &[Operation]) -> (Notes, Result<(), String>) {
        let mut result = Ok(());
        for operation in operations {
            result = self.one(operation).await;
            if result.is_err() {
                break;
            }
        }
        (self.notes, result.map_err(|fault| format!("{}: {fault}", script::tenant(self.who))))
    }

    async fn one(&mut self, operation: &Operation) -> Result<(), String> {
        match operation {
            Operation::Transaction { seed } => self.transaction(&mut Draw::new(*seed)).await,
            Operation::Cursor { seed } => self.cursor(&mut Draw::new(*seed)).await,
            Operation::Shared { seed } => self.shared(&mut Draw::new(*seed)).await,
            Operation::Custom { which, seed } => self.custom(*which, &mut Draw::new(*seed)).await,
            Operation::Idle | Operation::Act { .. } | Operation::Attack { .. } => match self.scene().act(operation) {
                Some(act) => self.act(&act).await.map(drop),
                None => Ok(()),
            },
        }
    }

    pub(super) fn scene(&self) -> Scene<'_> {
        let others = self.others.iter().map(|(tenant, book)| (tenant.uuid(), *book)).collect();
        Scene { world: self.lane.world, own: self.book, others }
    }

    pub(super) async fn act(&mut self, act: &Act) -> Result<Outcome, String> {
        self.notes.script.push(script::line(self.lane.world, self.who, act));
        let seen = self.lane.perform(act).await?;
        self.notes.counts.add(Kindred::of(act), seen.outcome == Outcome::Done, !act.foreign.is_empty());
        Self::settle(self.lane.world, self.book, act, &seen)?;
        Ok(seen.outcome)
    }

    pub(super) fn note(&mut self, text: &str) {
        self.notes.script.push(format!("{} {text}", script::tenant(self.who)));
    }

    /// Takes what was done into the model, which has its own opinion of how it should have ended.
    pub(super) fn settle(world: &World, book: &mut Book, act: &Act, seen: &Seen) -> Result<(), String> {
        let model = act.model;
        let def = world.models[model];
        let expected = match &act.deed {
            Deed::Create(row) => {
                let row = completed(def, row);
                let outcome = book.judge_new(world, model, &row);
                if outcome == Outcome::Done && seen.outcome == Outcome::Done {
                    let id = seen.rows.first().and_then(id_of).ok_or("the new row has no id")?;
                    book.insert(world, model, id, row);
                }
                outcome
            }
            Deed::Get(id) if book.tables[model].contains_key(id) => Outcome::Done,
            Deed::Get(_) => Outcome::NotFound,
            // A request is read before the row is looked for; a statement without a row checks no value.
            Deed::Patch(_, row) if act.surface == Surface::Http && !acceptable(def, row) => Outcome::Invalid,
            Deed::Patch(id, row) => book.patch(world, model, *id, row),
            Deed::Delete(id) if !book.tables[model].contains_key(id) => Outcome::NotFound,
            Deed::Delete(id) => book.delete(world, model, &[*id]),
            Deed::List(_) => Outcome::Done,
            Deed::Attack(assault) => assault.settle(world, book, &seen.outcome),
        };
        if seen.outcome != expected {
            return Err(format!("ended in {:?} where {expected:?} was due ({})", seen.outcome, seen.trace));
        }
        match (&act.deed, act.surface) {
            (Deed::List(query), Surface::Http | Surface::Repository) => listed(world, book, act, query, &seen.rows),
            // In full, in the order of the ids.
            (Deed::List(_), Surface::HandWritten | Surface::Sql) => listed(world, book, act, &Query::default(), &seen.rows),
            _ => Self::answered(world, book, act, seen),
        }
    }

    /// A row that was answered is the row of the model.
    fn answered(world: &World, book: &Book, act: &Act, seen: &Seen) -> Result<(), String> {
        let def = world.models[act.model];
        for row in seen.rows.iter().filter(|row| row.len() > 1) {
            let own = id_of(row).and_then(|id| book.tables[act.model].get(&id)).map(|own| act.surface.sees(def, own));
            if own.as_ref() != Some(&timeless(def, row)) {
                return Err(format!("was answered {} where the row is {own:?}", Value::from_iter(row.clone())));
            }
        }
        Ok(())
    }
}

fn acceptable(def: &'static tenantry::schema::ModelDef, row: &Row) -> bool {
    def.updatable().all(|column| row.get(column.name).is_none_or(|value| super::value::takes(column, Some(value))))
}

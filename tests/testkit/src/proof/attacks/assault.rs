//! One attack on one table: what is due to it, worked out from the attacker's rows beforehand, and what was seen.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::PgConnection;
use tenantry::TenantId;
use uuid::Uuid;

use super::super::executor::{Seen, id_of};
use super::super::model::{Book, Outcome, Row, World, completed, timeless, unique_keys};
use super::super::operation::Scene;
use super::super::sql::{code, own_row};
use super::super::value::Draw;
use super::form::{Attack, Context, Effect, Form, Shape};
use super::send::{Answer, heard, run};
use super::statement::{Play, play};
use crate::execute;

/// An attack that knows its table, its victim, and what must come of it.
#[derive(Clone, Debug)]
pub(in super::super) struct Assault {
    pub(in super::super) attack: Attack,
    pub(super) model: usize,
    pub(in super::super) victim: Uuid,
    /// Some of the victim's rows of that table.
    pub(super) theirs: Vec<Uuid>,
    /// The row that it makes, where it makes one.
    pub(super) row: Row,
    pub(super) id: Uuid,
    pub(super) for_the_victim: bool,
    due: Due,
}

/// What must come of it.
#[derive(Clone, Debug)]
struct Due {
    /// The SQLSTATEs, one of which it must be refused with; empty when it must run.
    refused: Vec<&'static str>,
    /// Whether it may also run, where it may be refused.
    either: bool,
    count: Option<usize>,
    rows: Option<Vec<Row>>,
    change: Change,
    outcome: Outcome,
}

/// What becomes of the attacker's rows.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Change {
    None,
    TouchAll,
    Touch(Uuid),
    Delete,
    Insert,
}

/// How many of the victim's rows a statement names.
const NAMED: usize = 4;

impl Assault {
    /// The attack on that table by the scene's tenant. Without a victim it is aimed at a tenant that does not exist.
    pub(in super::super) fn plan(scene: &Scene<'_>, victim: Option<(Uuid, &Book)>, attack: Attack, model: usize, draw: &mut Draw) -> Self {
        let empty = Book::new(scene.world);
        let (victim, book) = victim.unwrap_or_else(|| (draw.uuid(), &empty));
        let theirs: Vec<Uuid> = book.tables[model].keys().copied().take(NAMED).collect();
        let mut assault = Self {
            attack,
            model,
            victim,
            theirs,
            row: Row::new(),
            id: Uuid::now_v7(),
            for_the_victim: false,
            due: Due::runs(Change::None),
        };
        let def = scene.world.models[model];
        if attack.wants_update() && def.updatable().next().is_none() {
            assault.due = Due::refused(&["42501", "22P02"]);
            assault.row = completed(def, &scene.fresh(model, draw));
            return assault;
        }
        assault.choose_row(scene, book, draw);
        assault.due = assault.weigh(scene);
        assault
    }

    fn choose_row(&mut self, scene: &Scene<'_>, book: &Book, draw: &mut Draw) {
        let (attack, model) = (self.attack, self.model);
        let def = scene.world.models[model];
        let met = matches!(attack.form, Form::ConflictNothing | Form::ConflictUpdate);
        let refused = matches!(attack.effect(), Effect::Refused(_));
        self.for_the_victim = attack.context == Context::Foreign && refused;
        if self.for_the_victim {
            let theirs = Scene { world: scene.world, own: book, others: Vec::new() };
            let known = book.tables[model].iter().next().filter(|_| met);
            if let Some((id, _)) = known {
                self.id = *id;
            }
            self.row = known.map_or_else(|| completed(def, &fresh(&theirs, model, draw)), |(_, row)| row.clone());
            return;
        }
        self.row = completed(def, &fresh(scene, model, draw));
        if attack.effect() == Effect::Free {
            // The victim's id and the victim's keys, in a row of the own tenant.
            if let Some((id, row)) = book.tables[model].iter().next() {
                self.id = *id;
                for name in unique_keys(def).into_iter().flatten().filter(|name| !references(scene.world, model, name)) {
                    self.row.extend(row.get(name).map(|value| (name.to_owned(), value.clone())));
                }
            }
        } else if met && let Some((id, row)) = scene.own.tables[model].iter().next() {
            self.id = *id;
            self.row = row.clone();
        }
    }

    fn weigh(&self, scene: &Scene<'_>) -> Due {
        let (world, model) = (scene.world, self.model);
        let own = &scene.own.tables[model];
        match self.attack.effect() {
            // A kept plan over a table without a row never comes to the policy, so that nothing reads the context.
            Effect::Refused(states) if (self.attack.form, self.attack.context) == (Form::Prepared, Context::Malformed) => {
                Due { either: true, ..self.answered(Due::refused(states), Vec::new()) }
            }
            Effect::Refused(states) => Due::refused(states),
            Effect::Planned if self.attack.context == Context::Malformed => Due { either: true, ..Due::refused(&["22P02"]) },
            Effect::Planned => Due::runs(Change::None),
            Effect::Nothing => self.answered(Due::runs(Change::None), Vec::new()),
            Effect::Shown => self.answered(Due::runs(Change::None), own.values().cloned().collect()),
            Effect::Touched => {
                let mut book = scene.own.clone();
                book.touch_all(world, model);
                self.answered(Due::runs(Change::TouchAll), book.tables[model].values().cloned().collect())
            }
            Effect::Deleted => match scene.own.clone().delete(world, model, &own.keys().copied().collect::<Vec<_>>()) {
                Outcome::Done => self.answered(Due::runs(Change::Delete), own.values().cloned().collect()),
                outcome => Due { outcome, ..Due::refused(&["23503"]) },
            },
            Effect::Met if own.contains_key(&self.id) => self.meets(scene),
            Effect::Inserted | Effect::Met | Effect::Free => self.makes(scene),
        }
    }

    /// The row is there already.
    fn meets(&self, scene: &Scene<'_>) -> Due {
        if self.attack.form == Form::ConflictNothing {
            return self.answered(Due::runs(Change::None), Vec::new());
        }
        let mut book = scene.own.clone();
        book.touch(scene.world, self.model, self.id);
        let row = book.tables[self.model].get(&self.id).cloned();
        self.answered(Due::runs(Change::Touch(self.id)), row.into_iter().collect())
    }

    fn makes(&self, scene: &Scene<'_>) -> Due {
        let change = if self.attack.effect() == Effect::Free { Change::None } else { Change::Insert };
        match scene.own.judge_new(scene.world, self.model, &self.row) {
            Outcome::Done => {
                let mut book = Book::new(scene.world);
                book.insert(scene.world, self.model, self.id, self.row.clone());
                self.answered(Due::runs(change), book.tables[self.model].values().cloned().collect())
            }
            Outcome::Unique if self.attack.form == Form::ConflictNothing => self.answered(Due::runs(Change::None), Vec::new()),
            outcome => {
                let state = match outcome {
                    Outcome::Unique => "23505",
                    Outcome::Reference => "23503",
                    _ => "23514",
                };
                Due { outcome, ..Due::refused(&[state]) }
            }
        }
    }

    /// These rows are the ones that the statement reaches: so many are counted, and they are answered where rows are answered.
    fn answered(&self, due: Due, rows: Vec<Row>) -> Due {
        let (form, shape) = (self.attack.form, self.attack.shape);
        let counted = !matches!(form, Form::CopyTo | Form::Explain | Form::ExplainAnalyze);
        let returned = match form {
            Form::Explain | Form::ExplainAnalyze => return due,
            Form::Select | Form::Cursor | Form::HeldCursor | Form::ForUpdate | Form::ForShare | Form::CopyTo => true,
            Form::Prepared => shape != Shape::Where,
            _ => shape == Shape::Returning,
        };
        let narrow = |row: Row| match (form, shape) {
            (Form::CopyTo, Shape::Bare) => row.into_iter().filter(|(name, _)| name == "id").collect(),
            _ => row,
        };
        let count = counted.then_some(rows.len());
        Due { count, rows: returned.then(|| rows.into_iter().map(narrow).collect()), ..due }
    }

    /// Does it. What is not due is a fault, which says what was sent and what was seen.
    pub(in super::super) async fn perform(&self, connection: &mut PgConnection, world: &World, tenant: TenantId) -> Seen {
        let play = play(world, tenant, self);
        let answer = run(connection, &play).await;
        if answer.is_err() {
            // Whatever failed, the next act begins a transaction of its own, and no cursor is left.
            let left = if self.attack.form == Form::HeldCursor { "rollback; close all" } else { "rollback" };
            if let Err(error) = execute(connection, left).await {
                return Seen::fault(error.to_string());
            }
            if self.attack.form == Form::Prepared {
                // It may not have come so far. `deallocate all` would take the driver's statements along.
                let _ = execute(connection, "deallocate p").await;
            }
        }
        match self.scanned(&play, &answer).and_then(|()| self.judge(world, tenant, answer)) {
            Ok(None) => Seen::done(Vec::new()),
            Ok(Some(trace)) => Seen::refused(self.due.outcome.clone(), trace),
            Err(seen) => Seen::fault(format!("{}: `{}` => {seen}", self.attack, play.line())),
        }
    }

    /// No answer and no error says more of the victim than the statement did.
    fn scanned(&self, play: &Play, answer: &Result<Answer, sqlx::Error>) -> Result<(), String> {
        // Its rows are compared in full, and then told more clearly.
        if self.due.rows.is_some() && answer.is_ok() {
            return Ok(());
        }
        let (said, heard) = (play.line(), answer.as_ref().map_or_else(heard, |answer| answer.texts.join("\n")));
        let stranger = self.theirs.iter().chain([&self.victim]).map(ToString::to_string);
        match stranger.filter(|id| !said.contains(id.as_str())).find(|id| heard.contains(id.as_str())) {
            Some(id) => Err(format!("the victim's {id} in {heard}")),
            None => Ok(()),
        }
    }

    fn judge(&self, world: &World, tenant: TenantId, answer: Result<Answer, sqlx::Error>) -> Result<Option<String>, String> {
        let due = &self.due;
        let answer = match answer {
            Err(error) if due.refused.contains(&code(&error).as_str()) => return Ok(Some(code(&error))),
            Err(error) if due.refused.is_empty() => return Err(format!("refused, where it should run: {} {error}", code(&error))),
            Err(error) => return Err(format!("refused with {} {error}, where {} was due", code(&error), due.refused.join(" or "))),
            Ok(_) if !due.refused.is_empty() && !due.either => {
                return Err(format!("it ran, where {} was due", due.refused.join(" or ")));
            }
            Ok(answer) => answer,
        };
        if let (Some(due), Some(seen)) = (due.count, answer.count)
            && due != seen
        {
            return Err(format!("{seen} rows, where {due} were due"));
        }
        let Some(due) = &due.rows else { return Ok(None) };
        let mut rows = answer.texts.iter().map(|text| self.read(world, tenant, text)).collect::<Result<Vec<Row>, String>>()?;
        rows.sort_by_key(id_of);
        if rows == *due {
            return Ok(None);
        }
        let strange = rows.iter().find(|row| !due.contains(row));
        Err(match strange {
            Some(row) => format!("{} rows are answered, and one of them is not due: {}", rows.len(), Value::from_iter(row.clone())),
            None => format!("{} rows are answered, where {} were due", rows.len(), due.len()),
        })
    }

    /// A row that was answered, as the model has it.
    fn read(&self, world: &World, tenant: TenantId, text: &str) -> Result<Row, String> {
        if (self.attack.form, self.attack.shape) == (Form::CopyTo, Shape::Bare) {
            let (owner, id) = text.split_once('\t').ok_or_else(|| format!("a line that cannot be read: {text}"))?;
            let stranger = (owner != tenant.to_string()).then(|| (world.conventions.tenant_column.to_owned(), Value::from(owner)));
            return Ok(BTreeMap::from_iter([("id".to_owned(), Value::from(id))].into_iter().chain(stranger)));
        }
        let json: Value = serde_json::from_str(text).map_err(|error| format!("{error} in {text}"))?;
        Ok(timeless(world.models[self.model], &own_row(world, self.model, &json, tenant)))
    }

    /// Takes it into the model, and says how it should have ended.
    pub(in super::super) fn settle(&self, world: &World, book: &mut Book, seen: &Outcome) -> Outcome {
        let model = self.model;
        match &self.due.change {
            Change::None => {}
            Change::TouchAll => book.touch_all(world, model),
            Change::Touch(id) => book.touch(world, model, *id),
            Change::Delete => {
                let ids: Vec<Uuid> = book.tables[model].keys().copied().collect();
                book.delete(world, model, &ids);
            }
            Change::Insert => book.insert(world, model, self.id, self.row.clone()),
        }
        // A plan may be shown or refused.
        if self.due.either { seen.clone() } else { self.due.outcome.clone() }
    }

    /// What that tenant sends, in a line.
    pub(super) fn line(&self, world: &World, tenant: TenantId) -> String {
        play(world, tenant, self).line()
    }

    /// Whether rows come or go by it.
    pub(super) const fn resizes(&self) -> bool {
        matches!(self.due.change, Change::Delete | Change::Insert)
    }

    /// Whether the attacker's rows change.
    pub(super) fn changes(&self) -> bool {
        self.due.change != Change::None
    }
}

impl Due {
    const fn runs(change: Change) -> Self {
        Self { refused: Vec::new(), either: false, count: None, rows: None, change, outcome: Outcome::Done }
    }

    fn refused(states: &[&'static str]) -> Self {
        Self { refused: states.to_vec(), outcome: Outcome::Denied, ..Self::runs(Change::None) }
    }
}

/// A row that the model takes, if a few tries find one.
pub(super) fn fresh(scene: &Scene<'_>, model: usize, draw: &mut Draw) -> Row {
    let def = scene.world.models[model];
    let mut row = scene.fresh(model, draw);
    for _ in 0..10 {
        if scene.own.judge_new(scene.world, model, &completed(def, &row)) == Outcome::Done {
            break;
        }
        row = scene.fresh(model, draw);
    }
    row
}

fn references(world: &World, model: usize, name: &str) -> bool {
    world.references(model).iter().any(|(column, _)| column.name == name)
}

//! One case: fresh tenants, a sequence of steps, and after each step a look from every side.

use std::fmt::Write as _;
use std::sync::PoisonError;

use futures_util::future::{join_all, try_join_all};
use tenantry::TenantId;
use tenantry::schema::Verb;

use super::canary::{Canary, Mark};
use super::executor::Lane;
use super::ground::{Connections, Ground};
use super::model::{Book, Outcome};
use super::observer::Digest;
use super::operation::{Act, Deed, Operation, Scene, Step, Surface, surface_of};
use super::report::Counts;
use super::runner::{Broken, Notes, Turn};
use super::script;
use super::value::Draw;
use crate::ACT;

/// What a case begins with.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) tenants: usize,
    /// The place in [`POOLS`](super::ground::POOLS).
    pub(super) pool: usize,
    /// Whether every tenant has a row of each model first.
    pub(super) furnished: bool,
}

/// A case that is being run.
pub(super) struct Case<'a> {
    pub(super) ground: &'a Ground,
    pub(super) pool: usize,
    /// The tenants act one after the other instead of at the same time.
    pub(super) in_turn: bool,
    pub(super) tenants: Vec<TenantId>,
    pub(super) books: Vec<Book>,
    pub(super) connections: Connections,
    digests: Vec<Digest>,
    counts: Counts,
    script: Vec<String>,
}

/// Runs a case to its end or to the first thing that is wrong.
pub(super) async fn run(ground: &Ground, setup: &Setup, steps: &[Step], in_turn: bool, seen: impl Fn()) -> Result<Counts, Broken> {
    let mut case = match Case::begin(ground, setup, in_turn).await {
        Ok(case) => case,
        Err(error) => return Err(Broken { script: Vec::new(), fault: format!("the case cannot begin: {error}") }),
    };
    let mut result = case.run(setup.furnished, steps, seen).await;
    // What one case leaves behind would be in the next one's sight as soon as a fence is down, and a script would not say whose it is.
    if let Err(error) = case.connections.observer.clear(&ground.world, &case.tenants).await {
        result = result.and(Err(format!("the rows of the case cannot be cleared away: {error}")));
    }
    let Case { counts, script, connections, .. } = case;
    *ground.spare.lock().unwrap_or_else(PoisonError::into_inner) = connections.reset().await;
    result.map(|()| counts).map_err(|fault| Broken { script, fault })
}

impl<'a> Case<'a> {
    async fn begin(ground: &'a Ground, setup: &Setup, in_turn: bool) -> Result<Self, Box<dyn std::error::Error>> {
        let made = (0..setup.tenants).map(async |_| {
            let slug = format!("t-{}", TenantId::generate());
            ground.platform.create_tenant(&slug, &slug, ACT).await
        });
        let tenants = try_join_all(made).await?;
        let book = |tenant: &TenantId| Book { mark: Mark::of(*tenant), ..Book::new(&ground.world) };
        Ok(Self {
            ground,
            pool: setup.pool,
            in_turn,
            books: tenants.iter().map(book).collect(),
            digests: vec![Digest::new(); tenants.len()],
            connections: ground.connections(tenants.len()).await?,
            tenants,
            counts: Counts::default(),
            script: Vec::new(),
        })
    }

    async fn run(&mut self, furnished: bool, steps: &[Step], seen: impl Fn()) -> Result<(), String> {
        // A line from before the case is not its fault.
        drop(self.ground.log.fault());
        if furnished {
            self.furnish().await?;
        }
        self.digests = self.look().await?;
        for (number, step) in steps.iter().enumerate() {
            seen();
            self.step(number, step).await?;
        }
        self.views(&self.ground.surfaces).await?;
        self.ground.log.fault()
    }

    /// A row of every model for every tenant, so that there is something to attack from the first step on.
    async fn furnish(&mut self) -> Result<(), String> {
        self.script.push("every tenant makes a row of each model [repository]".to_owned());
        let turns = self.turns(&[]).into_iter().map(async |mut turn| {
            for model in turn.lane.world.by_dependency() {
                let scene = Scene { world: turn.lane.world, own: turn.book, others: Vec::new() };
                let row = scene.fresh(model, &mut Draw::new(turn.who as u64));
                let surface = surface_of(turn.lane.world.models[model], Surface::Repository, Verb::Create);
                let act = Act { surface, model, deed: Deed::Create(row), foreign: Vec::new() };
                if turn.act(&act).await? != Outcome::Done {
                    return Err(format!(
                        "no first row of {} can be made, so nothing could be shown of it",
                        turn.lane.world.models[model].table
                    ));
                }
            }
            Ok::<_, String>(())
        });
        // Their operations are all accepted and would make the shares look better than they are, so they are not counted.
        join_all(turns).await.into_iter().collect::<Result<Vec<()>, String>>().map(drop)
    }

    async fn step(&mut self, number: usize, step: &Step) -> Result<(), String> {
        let before = self.books.clone();
        let alone = self.alone(step);
        let in_turn = self.in_turn;
        let mut turns = self.turns(&before);
        turns.iter_mut().for_each(|turn| turn.alone = alone == Some(turn.who));
        let turns = turns.into_iter().zip(step).filter(|(turn, _)| alone.is_none() || turn.alone);
        let ended: Vec<(Notes, Result<(), String>)> = if in_turn {
            let mut ended = Vec::new();
            for (turn, operations) in turns {
                let (notes, result) = turn.take(operations).await;
                let stop = result.is_err();
                ended.push((notes, result));
                if stop {
                    break;
                }
            }
            ended
        } else {
            join_all(turns.map(|(turn, operations)| turn.take(operations))).await
        };
        let mut result = Ok(());
        let mut first = true;
        for (notes, outcome) in ended {
            let meanwhile = if first || in_turn { "" } else { "meanwhile " };
            first &= notes.script.is_empty();
            self.script.extend(notes.script.iter().map(|line| format!("{meanwhile}{line}")));
            self.counts.merge(&notes.counts);
            result = result.and(outcome);
        }
        result?;
        self.compare(&before).await?;
        self.views(&self.surfaces_after(number)).await?;
        self.ground.log.fault()
    }

    /// The tenant that begins the step with a hand-written operation of no stated effect, if there is one: what it does is found out by
    /// reading, so nobody else may write then.
    fn alone(&self, step: &Step) -> Option<usize> {
        let unstated = |operations: &Vec<Operation>| match operations.first() {
            Some(Operation::Custom { which, .. }) => self.ground.operations.get(*which).is_some_and(|operation| operation.effect.is_none()),
            _ => false,
        };
        step.iter().take(self.tenants.len()).position(unstated)
    }

    /// A turn for each tenant; `before` has the books that the others see.
    fn turns<'t>(&'t mut self, before: &'t [Book]) -> Vec<Turn<'t>> {
        let (ground, tenants) = (self.ground, &self.tenants);
        let (tenancy, router) = ground.service(self.pool);
        let places = self.books.iter_mut().zip(&mut self.connections.app).zip(tenants).enumerate();
        let turn = |(who, ((book, connection), tenant)): (usize, ((&'t mut Book, _), &TenantId))| {
            let lane = Lane { canary: Canary::new(who, tenants), ..Lane::new(&ground.world, tenancy, router, connection, *tenant) };
            let others = tenants.iter().copied().zip(before).enumerate().filter(|(other, _)| *other != who);
            Turn { ground, lane, who, book, others: others.map(|(_, other)| other).collect(), alone: false, notes: Notes::default() }
        };
        places.map(turn).collect()
    }

    /// Who did not write has the rows that it had.
    async fn compare(&mut self, before: &[Book]) -> Result<(), String> {
        let digests = self.look().await?;
        for (who, digest) in digests.iter().enumerate() {
            if self.books[who] == before[who] && *digest != self.digests[who] {
                return Err(self.changed(who, digest));
            }
        }
        self.digests = digests;
        Ok(())
    }

    async fn look(&mut self) -> Result<Vec<Digest>, String> {
        self.connections.observer.look(&self.ground.world, &self.tenants).await.map_err(|error| format!("the observer: {error}"))
    }

    fn changed(&self, who: usize, now: &Digest) -> String {
        let mut text = format!("{} did not write, and yet its rows have changed:", script::tenant(who));
        for (model, def) in self.ground.world.models.iter().enumerate() {
            if self.digests[who].get(&model) != now.get(&model) {
                let rows = |digest: &Digest| digest.get(&model).map_or(0, |(rows, _)| *rows);
                let _ = write!(text, " {} ({} rows, now {})", def.table, rows(&self.digests[who]), rows(now));
            }
        }
        text
    }
}

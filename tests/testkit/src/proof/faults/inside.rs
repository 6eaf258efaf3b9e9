//! What fails inside a transaction whose work takes no notice and says that it is done: nothing of it may be kept, unless a savepoint has
//! taken back what failed.

use tenantry::{Actor, Error, ErrorKind, TenantTx};

use super::bench::{Bench, Service, TENANTS};
use super::cut::{MANY, poll_times};
use super::errand::{Ended, Errand, Kind};
use super::report::{Fate, FaultsReport};
use super::{patient, quiet};
use crate::made;

/// How a unit fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Failing {
    /// A statement beside it is refused before it is sent.
    Refused,
    /// The server refuses a statement beside it, and everything after that.
    Aborted,
    /// Its future is dropped after so many polls.
    Dropped(u32),
    /// The work itself gives up.
    GivesUp,
}

impl Failing {
    /// Fails at that unit of the errand; whether it did: a future may be done before it is dropped.
    async fn at(self, bench: &Bench, errand: &Errand, tx: &mut TenantTx<'_>, place: usize) -> Result<bool, Error> {
        match self {
            // Nobody may send a statement without the tenant.
            Self::Refused => Ok(sqlx::query("select 1").execute(tx).await.is_err()),
            Self::Aborted => {
                let sql = format!("select 1 / (count(*) - count(*)) from {}", bench.world.table(0));
                Ok(sqlx::query(made(sql)).execute(tx.without_predicate_check()).await.is_err())
            }
            Self::Dropped(polls) => match poll_times(polls, errand.unit(&bench.world, tx, place)).await {
                Some(done) => done.map(|()| false),
                None => Ok(true),
            },
            Self::GivesUp => {
                errand.unit(&bench.world, tx, place).await?;
                Ok(true)
            }
        }
    }
}

/// What is tried one after the other: one of each, and the future dropped after one poll more each time, until it is done before.
struct Ways {
    /// Those that have one form.
    plain: &'static [Failing],
    polls: u32,
}

impl Ways {
    const fn new(plain: &'static [Failing]) -> Self {
        Self { plain, polls: 0 }
    }

    /// The next one; after `false`, which says that the last one did not come about, none.
    fn next(&mut self, came_about: bool) -> Option<Failing> {
        if let Some((first, rest)) = self.plain.split_first() {
            self.plain = rest;
            return Some(*first);
        }
        self.polls += 1;
        (self.polls < MANY && (came_about || self.polls == 1)).then_some(Failing::Dropped(self.polls))
    }

    /// What was dropped at no await shows nothing.
    fn enough(&self, what: &str) -> Result<(), String> {
        if self.polls > 1 { Ok(()) } else { Err(format!("{what}: nothing was tried, since no unit waits for anything")) }
    }
}

/// One service, and an errand of a tenant of which everything belongs together.
async fn drawn(bench: &mut Bench, service: &Service, number: usize) -> Result<Option<Errand>, String> {
    let of = Kind::all(&bench.world).into_iter().find(|(kind, _)| *kind == Kind::Business);
    let Some((kind, model)) = of else { return Ok(None) };
    Errand::draw(bench, service, kind, model, number % TENANTS).await.map(Some)
}

/// A unit fails, the work goes on with the others, in the transaction itself or in a savepoint, and returns `Ok`.
pub(super) async fn swallowed(bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
    let service = bench.service(&bench.stage.url("app"), |config| patient(config).max_connections(1)).await?;
    let Some(first) = drawn(bench, &service, 0).await? else { return Ok(()) };
    for place in 0..first.len() {
        for within_savepoint in [false, true] {
            let (mut ways, mut came_about) = (Ways::new(&[Failing::Refused, Failing::Aborted]), true);
            while let Some(failing) = ways.next(came_about) {
                let Some(errand) = drawn(bench, &service, ways.polls as usize).await? else { return Ok(()) };
                came_about = swallow(bench, &service, &errand, place, failing, within_savepoint).await?;
                if came_about {
                    report.count("error swallowed", Kind::Business, Fate::Absent);
                }
            }
            ways.enough("error swallowed")?;
        }
    }
    Ok(())
}

/// Whether it failed there; nothing may be kept then.
async fn swallow(
    bench: &mut Bench,
    service: &Service,
    errand: &Errand,
    place: usize,
    failing: Failing,
    within_savepoint: bool,
) -> Result<bool, String> {
    let mut db = service.tenancy.tenant(bench.tenants[errand.who], Actor::System);
    let mut failed = false;
    let work = db.transaction(async |tx| {
        errand.units(&bench.world, tx, place).await?;
        failed = failing.at(bench, errand, tx, place).await?;
        for rest in place + 1..errand.len() {
            // What they fail with is swallowed, too.
            let _ = if within_savepoint {
                tx.savepoint(async |tx| errand.unit(&bench.world, tx, rest).await).await
            } else {
                errand.unit(&bench.world, tx, rest).await
            };
        }
        Ok(())
    });
    let ended = Ended::from(work.await);
    let rest = if within_savepoint { ", the rest in savepoints" } else { "" };
    bench.note(format_args!(
        "{errand}, of which unit {} fails ({failing:?}){rest}, and the work says that it is done: {ended:?}",
        place + 1
    ));
    quiet(service).await?;
    if failed && let Ended::Acknowledged(_) = ended {
        return Err(bench.told(format!("it is acknowledged, though unit {} was not done", place + 1)));
    }
    let fate = bench.settle(service, errand, &ended, false).await?;
    match (failed, fate) {
        (true, Fate::Absent) | (false, Fate::Acknowledged) => Ok(failed),
        (true, _) => Err(format!("{errand}: it is there, though unit {} failed ({failing:?})", place + 1)),
        (false, _) => Err(format!("{errand} fails though nothing was dropped: {ended:?}")),
    }
}

/// A unit fails in a savepoint, which takes it back, and the rest is kept; and a savepoint whose future is dropped keeps nothing.
pub(super) async fn savepoints(bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
    let service = bench.service(&bench.stage.url("app"), |config| patient(config).max_connections(1)).await?;
    let (mut ways, mut came_about) = (Ways::new(&[Failing::GivesUp, Failing::Refused, Failing::Aborted]), true);
    while let Some(failing) = ways.next(came_about) {
        let Some(errand) = drawn(bench, &service, ways.polls as usize).await? else { return Ok(()) };
        came_about = taken_back(bench, &service, &errand, failing).await?;
        if came_about {
            report.count("savepoint taken back", Kind::Business, Fate::Acknowledged);
        }
    }
    ways.enough("savepoint taken back")?;
    for polls in 1..MANY {
        let Some(errand) = drawn(bench, &service, polls as usize).await? else { return Ok(()) };
        if !dropped_half_way(bench, &service, &errand, polls).await? {
            break;
        }
        report.count("savepoint dropped", Kind::Business, Fate::Absent);
    }
    Ok(())
}

/// Whether the second unit failed in a savepoint; then all but that unit is done.
async fn taken_back(bench: &mut Bench, service: &Service, errand: &Errand, failing: Failing) -> Result<bool, String> {
    const PLACE: usize = 1;
    let mut db = service.tenancy.tenant(bench.tenants[errand.who], Actor::System);
    let mut failed = false;
    let work = db.transaction(async |tx| {
        errand.units(&bench.world, tx, PLACE).await?;
        let attempt = tx.savepoint(async |tx| {
            failed = failing.at(bench, errand, tx, PLACE).await?;
            if failing == Failing::GivesUp { Err(ErrorKind::NotFound.into()) } else { Ok(()) }
        });
        let _ = attempt.await;
        for rest in PLACE + 1..errand.len() {
            errand.unit(&bench.world, tx, rest).await?;
        }
        Ok(())
    });
    let ended = Ended::from(work.await);
    bench.note(format_args!("{errand}, of which unit {} fails in a savepoint ({failing:?}): {ended:?}", PLACE + 1));
    quiet(service).await?;
    let due = if failed { &errand.without(&bench.world, PLACE) } else { errand };
    match bench.settle(service, due, &ended, false).await? {
        Fate::Acknowledged => Ok(failed),
        _ => Err(format!("{errand}, of which unit {} fails in a savepoint ({failing:?}), is not done: {ended:?}", PLACE + 1)),
    }
}

/// Whether the savepoint was dropped before its end; then nothing of the transaction is kept.
async fn dropped_half_way(bench: &mut Bench, service: &Service, errand: &Errand, polls: u32) -> Result<bool, String> {
    let mut db = service.tenancy.tenant(bench.tenants[errand.who], Actor::System);
    let mut dropped = false;
    let last = errand.len().saturating_sub(1);
    let work = db.transaction(async |tx| {
        errand.units(&bench.world, tx, last).await?;
        let savepoint = tx.savepoint(async |tx| {
            errand.unit(&bench.world, tx, last).await?;
            // Between two statements, where no statement is what was interrupted.
            tokio::task::yield_now().await;
            Ok(())
        });
        match poll_times(polls, savepoint).await {
            Some(done) => done,
            None => {
                dropped = true;
                Ok(())
            }
        }
    });
    let ended = Ended::from(work.await);
    bench.note(format_args!("{errand}, of which the last unit's savepoint is dropped after {polls} polls unless it was done: {ended:?}"));
    quiet(service).await?;
    if dropped && let Ended::Acknowledged(_) = ended {
        return Err(bench.told("it is acknowledged, though its savepoint has no end"));
    }
    match (dropped, bench.settle(service, errand, &ended, false).await?) {
        (true, Fate::Absent) | (false, Fate::Acknowledged) => Ok(dropped),
        (true, _) => Err(format!("{errand}: it is there, though its savepoint was dropped after {polls} polls")),
        (false, _) => Err(format!("{errand} fails though nothing was dropped: {ended:?}")),
    }
}

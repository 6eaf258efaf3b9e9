//! A connection cut at every message of the protocol, and a future dropped at every await: both go on until the operation has come to its
//! end without having met the fault, so that none is left out.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use super::bench::{Bench, Service, TENANTS, text};
use super::errand::{Ended, Errand, Kind, run_alone};
use super::report::{Fate, FaultsReport};
use super::{PATIENCE, patient, quiet};
use crate::{Cut, Way, Wire};

/// What connection an errand finds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// None: it is made first.
    New,
    /// One that does not know the statements.
    Open,
    /// One that knows them.
    Used,
}

/// A used connection has fewer messages and none of another kind, so the kind of operation that has all of them stands for the others there.
fn places(kind: Kind) -> impl Iterator<Item = Place> {
    [Place::New, Place::Used].into_iter().filter(move |place| *place == Place::New || kind == Kind::Business)
}

/// No operation has so many messages or awaits.
pub(super) const MANY: u32 = 2_000;
/// Every operation has as many: it begins, does something and commits.
const FEWEST: u32 = 3;

/// A fault that has fallen on the beginning alone, or on nothing, shows nothing.
fn enough(met: u32, what: impl fmt::Display) -> Result<(), String> {
    if met >= FEWEST {
        Ok(())
    } else {
        Err(format!("{what}: nothing was tried but {met} places, where {FEWEST} are the fewest there can be"))
    }
}

/// A service with one connection, along a wire.
async fn wired(bench: &Bench) -> Result<(Wire, Service), String> {
    let wire = Wire::to(bench.stage.admin_url()).await.map_err(text)?;
    let service = bench.service(&wire.url(&bench.stage.url("app")), |config| patient(config).max_connections(1)).await?;
    Ok((wire, service))
}

/// An errand before which the connection is as it should be.
async fn errand(
    bench: &mut Bench,
    wire: &Wire,
    service: &Service,
    (kind, model): (Kind, usize),
    place: Place,
    who: usize,
) -> Result<Errand, String> {
    if place == Place::Used {
        let errand = Errand::draw(bench, service, kind, model, who).await?;
        let ended = run_alone(bench, service, &errand).await;
        bench.note(format_args!("{errand}: {ended:?}"));
        bench.settle(service, &errand, &ended, false).await?;
    }
    let errand = Errand::draw(bench, service, kind, model, who).await?;
    quiet(service).await?;
    if place != Place::Used {
        wire.disconnect().await;
    }
    if place == Place::Open {
        // The first look finds the connection dead, a later one makes another.
        tokio::time::timeout(PATIENCE, async { while service.tenancy.ready().await.is_err() {} }).await.map_err(text)?;
        quiet(service).await?;
    }
    Ok(errand)
}

pub(super) async fn cut(bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
    let (wire, service) = wired(bench).await?;
    for (may_wait, of) in bench.kinds() {
        if bench.late(may_wait) {
            report.leave_out("cut at a message", of.0);
            continue;
        }
        for place in places(of.0) {
            for way in Way::ALL {
                let mut after = 0;
                while let Some(fate) = cut_once(bench, &wire, &service, of, place, Cut { way, after }).await? {
                    report.count("cut at a message", of.0, fate);
                    after += 1;
                    if after > MANY {
                        return Err(format!("{} has no end", of.0));
                    }
                }
                enough(after, format_args!("{}, on a connection ({place:?}) that is cut at a message {way}", of.0))?;
            }
        }
    }
    Ok(())
}

/// Does it once with that cut; `None` when it ended before the message came.
async fn cut_once(
    bench: &mut Bench,
    wire: &Wire,
    service: &Service,
    of: (Kind, usize),
    place: Place,
    cut: Cut,
) -> Result<Option<Fate>, String> {
    let who = cut.after as usize % TENANTS;
    let errand = errand(bench, wire, service, of, place, who).await?;
    wire.watch(Some(cut));
    let ended = tokio::time::timeout(PATIENCE, run_alone(bench, service, &errand)).await;
    // What the pool does with the connection afterwards belongs to it.
    quiet(service).await?;
    let met = !wire.is_armed();
    wire.watch(None);
    bench.note(format_args!("{errand}, on a connection ({place:?}) that is cut at {cut}: {ended:?}"));
    let ended = ended.map_err(|_| format!("{errand}: no end in {PATIENCE:?}, cut at {cut}"))?;
    let fate = bench.settle(service, &errand, &ended, false).await?;
    match (met, fate) {
        (true, _) => Ok(Some(fate)),
        (false, Fate::Acknowledged) => Ok(None),
        (false, _) => Err(format!("{errand} fails though nothing was cut: {ended:?}")),
    }
}

pub(super) async fn cancel(bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
    let (wire, service) = wired(bench).await?;
    for (may_wait, of) in bench.kinds() {
        if bench.late(may_wait) {
            report.leave_out("dropped at an await", of.0);
            continue;
        }
        // Not a new one: the driver's login alone pauses eight hundred times while it computes, before there is anything to lose.
        for place in [Place::Open, Place::Used] {
            let mut dropped = 0;
            for polls in 1..=MANY {
                let errand = errand(bench, &wire, &service, of, place, polls as usize % TENANTS).await?;
                let ended = poll_times(polls, run_alone(bench, &service, &errand)).await;
                quiet(&service).await?;
                bench.note(format_args!("{errand}, dropped after {polls} polls unless it was done: {ended:?}"));
                let done = ended.is_some();
                let ended = ended.unwrap_or_else(|| Ended::Failed("dropped".to_owned()));
                let fate = bench.settle(&service, &errand, &ended, false).await?;
                if done {
                    break;
                }
                report.count("dropped at an await", of.0, fate);
                dropped += 1;
            }
            enough(dropped, format_args!("{}, on a connection ({place:?}), dropped at an await", of.0))?;
        }
    }
    Ok(())
}

/// Polls the future so many times and drops it; `None` when it was not ready by then.
pub(super) async fn poll_times<F: Future>(times: u32, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|context| {
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polls >= times => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_that_fell_nowhere_or_on_the_beginning_alone_is_told() {
        assert_eq!(enough(FEWEST, "get over http"), Ok(()));
        let told = enough(1, "get over http").unwrap_err();
        assert_eq!(told, "get over http: nothing was tried but 1 places, where 3 are the fewest there can be");
    }
}

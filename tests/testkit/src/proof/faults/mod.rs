//! What goes wrong in production, brought about on purpose, at every place where it can: the next request on the same pool starts clean all
//! the same, what was acknowledged is there, and what was not is there as a whole or not at all, and nowhere else.
//!
//! Every fault falls on a pool of one connection, so that the next request of every tenant goes over whatever the fault has left, and a
//! connection that got lost would be missed at once. After each fault every tenant's rows, read by row security alone, are those of its book
//! and those that a privileged observer sees committed.
//!
//! One thread runs all of it: between two polls of a future nothing happens behind its back, so that "every await" means every one.

mod bench;
mod cut;
mod errand;
mod inside;
mod meet;
mod report;
mod stop;

use std::fmt;
use std::time::{Duration, Instant};

use tenantry::Config;

use super::{Failure, Part, Proof};
use crate::{Postgres, Stage};
use bench::{Bench, Service};
pub use report::{FaultCount, FaultsReport};

/// What no fault takes longer than, with every kind of operation: a wait that nobody bounded must not stop the whole proof.
const LONGEST: Duration = Duration::from_secs(600);

/// What nothing takes longer than, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(30);

impl Proof {
    /// Breaks what can break, on these models: connections cut at every message of the protocol, futures dropped at every await, panics,
    /// timeouts, killed server processes, pools without a connection, deadlocks and serialization failures, errors that the work swallows, and
    /// PgBouncer in transaction mode, where it is installed. It takes about a minute; with less time each fault falls on fewer kinds of operation, which the seed
    /// chooses, and on one at the least.
    pub(super) fn faults(&self, server: &Postgres, seed: u64, chosen: &[Fault], time: Option<Duration>) -> Result<FaultsReport, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::setup)?;
        runtime.block_on(async {
            let password = Stage::test_password(server).map_err(Failure::setup)?;
            let database = server.create_database("faults").map_err(Failure::setup)?;
            let stage = Stage::set(database, &self.conventions, &self.migrations, password, &mut |_| {}).await.map_err(Failure::setup)?;
            let mut bench = Bench::new(self, stage, seed).await?;
            run(&mut bench, seed, chosen, time.map(|time| Instant::now() + time)).await.map_err(|told| red(seed, &told))
        })
    }
}

/// The lines of what was done, and behind them what was seen.
fn red(seed: u64, told: &str) -> Failure {
    let (script, fault) = told.split_once("  => ").unwrap_or(("", told));
    let script = script.lines().map(|line| line.trim_start_matches("  - ").to_owned()).filter(|line| !line.is_empty()).collect();
    Failure::of(Part::Faults, seed, script, fault.to_owned())
}

/// What is broken, by the names that the environment chooses from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// Two transactions in each other's way.
    Conflicts,
    /// All tenants at once behind PgBouncer.
    Pooler,
    Panic,
    /// A unit fails, and the work says that it is done.
    Swallowed,
    /// A savepoint takes back what fails, or is dropped itself.
    Savepoints,
    Timeout,
    /// The server's process is ended.
    Killed,
    /// No connection is left.
    Exhausted,
    /// A future is dropped at every await.
    Dropped,
    /// A connection is cut at every message.
    Cut,
}

impl Fault {
    pub(super) const ALL: [Self; 10] = [
        Self::Conflicts,
        Self::Pooler,
        Self::Panic,
        Self::Swallowed,
        Self::Savepoints,
        Self::Timeout,
        Self::Killed,
        Self::Exhausted,
        Self::Dropped,
        Self::Cut,
    ];

    async fn on(self, bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
        match self {
            Self::Conflicts => meet::conflicts(bench, report).await,
            Self::Pooler => meet::pooled(bench, report).await,
            Self::Panic => stop::panic(bench, report).await,
            Self::Swallowed => inside::swallowed(bench, report).await,
            Self::Savepoints => inside::savepoints(bench, report).await,
            Self::Timeout => stop::statement_timeout(bench, report).await,
            Self::Killed => stop::killed(bench, report).await,
            Self::Exhausted => stop::exhausted(bench, report).await,
            Self::Dropped => cut::cancel(bench, report).await,
            Self::Cut => cut::cut(bench, report).await,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conflicts => "conflicts",
            Self::Pooler => "pooler",
            Self::Panic => "panic",
            Self::Swallowed => "swallowed",
            Self::Savepoints => "savepoints",
            Self::Timeout => "timeout",
            Self::Killed => "killed",
            Self::Exhausted => "exhausted",
            Self::Dropped => "dropped",
            Self::Cut => "cut",
        })
    }
}

/// Every fault that is chosen; the error is the script that leads to what is wrong.
async fn run(bench: &mut Bench, seed: u64, chosen: &[Fault], until: Option<Instant>) -> Result<FaultsReport, String> {
    let mut report = FaultsReport::new();
    Fault::ALL.iter().filter(|fault| !chosen.contains(fault)).for_each(|fault| report.leave_unchosen(fault.to_string()));
    let faults: Vec<Fault> = Fault::ALL.into_iter().filter(|fault| chosen.contains(fault)).collect();
    for (number, fault) in faults.iter().enumerate() {
        // What one fault leaves of its time is for all that come after it.
        let now = Instant::now();
        let left = (faults.len() - number) as u32;
        bench.turn(seed, until.map(|until| now + until.saturating_duration_since(now) / left));
        let before = report.tried();
        let falling = tokio::time::timeout(LONGEST, fault.on(bench, &mut report));
        falling.await.unwrap_or_else(|_| Err(format!("{fault}: no end in {LONGEST:?}: something waits for what does not come")))?;
        if report.tried() == before && (*fault != Fault::Pooler || report.pooler()) {
            return Err(format!("{fault}: nothing was tried, so nothing is shown by it"));
        }
    }
    match report.unseen().filter(|_| faults.len() == Fault::ALL.len()) {
        Some(fate) => Err(format!("no operation was {fate}, so the faults did not fall where they should and nothing is shown by them")),
        None => Ok(report),
    }
}

/// A configuration that waits long for a connection: no fault is about that wait, unless it says so.
fn patient(config: Config) -> Config {
    config.acquire_timeout(PATIENCE)
}

/// Waits until nobody uses a connection of that service any more: the pool looks at one that comes back before it lends it again.
async fn quiet(service: &Service) -> Result<(), String> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        let connections = service.tenancy.connections();
        if connections.open == connections.idle {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
    Err(format!("a connection has not come back to the pool: {:?}", service.tenancy.connections()))
}

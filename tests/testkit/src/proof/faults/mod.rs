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
mod meet;
mod report;
mod stop;

use std::time::{Duration, Instant};

use tenantry::Config;

use super::{Failure, Proof};
use crate::{Postgres, Stage};
use bench::{Bench, Service};
pub use report::{FaultCount, FaultsReport};

/// What nothing takes longer than, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(30);

impl Proof {
    /// Breaks what can break, on these models: connections cut at every message of the protocol, futures dropped at every await, panics,
    /// timeouts, killed server processes, pools without a connection, deadlocks and serialization failures, and PgBouncer in transaction
    /// mode, where it is installed. It takes about a minute.
    ///
    /// # Errors
    /// The first fault after which something was not as it must be, with what was done.
    pub fn faults_on(&self, server: &Postgres) -> Result<FaultsReport, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::setup)?;
        let seed = match self.seed {
            Some(seed) => seed,
            None => getrandom::u64().map_err(Failure::setup)?,
        };
        runtime.block_on(async {
            let password = Stage::test_password(server).map_err(Failure::setup)?;
            let database = server.create_database("faults").map_err(Failure::setup)?;
            let stage = Stage::set(database, &self.conventions, &self.migrations, password, &mut |_| {}).await.map_err(Failure::setup)?;
            let mut bench = Bench::new(self, stage, seed).await?;
            run(&mut bench, seed).await.map_err(|fault| Failure::short(seed, fault))
        })
    }
}

/// Every fault there is; the error is the script that leads to what is wrong.
async fn run(bench: &mut Bench, seed: u64) -> Result<FaultsReport, String> {
    let mut report = FaultsReport::new(seed);
    meet::conflicts(bench, &mut report).await?;
    meet::pooled(bench, &mut report).await?;
    stop::panic(bench, &mut report).await?;
    stop::statement_timeout(bench, &mut report).await?;
    stop::killed(bench, &mut report).await?;
    stop::exhausted(bench, &mut report).await?;
    cut::cancel(bench, &mut report).await?;
    cut::cut(bench, &mut report).await?;
    Ok(report)
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

//! Transactions that stand in each other's way and are repeated, and all tenants at once behind PgBouncer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};
use tenantry::{Actor, Error, Isolation, Pooler, TenantTx};
use tokio::sync::Barrier;

use super::bench::{Bench, Service, TENANTS, text};
use super::errand::{Ended, Errand, Kind};
use super::patient;
use super::report::{Fate, FaultsReport};
use super::stop::together;
use crate::{FindError, execute, lines};

/// How many of the server's connections the pooler has.
const SERVERS: usize = 2;
/// How often every tenant does each kind of operation behind the pooler.
const ROUNDS: usize = 4;

/// Two transactions of a tenant change the same two rows, in opposite order; and the same row, after both have looked. Both are done in the
/// end, one after the other.
pub(super) async fn conflicts(bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
    // The server looks for a deadlock after a second, unless this login may not say otherwise.
    let role = bench.world.conventions.role("app");
    let database = bench.stage.database().name().to_owned();
    let _ = execute(&mut bench.observer, &format!("alter role {role} in database {database} set deadlock_timeout = '20ms'")).await;
    let service = bench.service(&bench.stage.url("app"), |config| patient(config).max_connections(2)).await?;
    for who in 0..TENANTS {
        for (fault, isolation) in [
            ("deadlock, repeated", Isolation::ReadCommitted),
            ("serialization failure, repeated", Isolation::RepeatableRead),
            ("serialization failure, repeated", Isolation::Serializable),
        ] {
            if conflict(bench, &service, who, fault, isolation).await? {
                report.count(fault, Kind::Business, Fate::Acknowledged);
            } else {
                report.cannot(format!("{fault}: these models have no two rows of a tenant that can be changed"));
            }
        }
    }
    Ok(())
}

/// Whether there were two transactions that could meet.
async fn conflict(bench: &mut Bench, service: &Service, who: usize, fault: &'static str, isolation: Isolation) -> Result<bool, String> {
    let Some([first, second]) = Errand::pair(bench, service, who).await? else { return Ok(false) };
    let (both, tries) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let deadlock = isolation == Isolation::ReadCommitted;
    let run = async |errand: &Errand, reversed: bool| {
        let mut db = service.tenancy.tenant(bench.tenants[who], Actor::System);
        let mut meets = true;
        let work = async |tx: &mut TenantTx<'_>| -> Result<(), Error> {
            tries.fetch_add(1, Ordering::SeqCst);
            let [one, two] = if reversed { [1, 0] } else { [0, 1] };
            if deadlock {
                errand.unit(&bench.world, tx, one).await?;
            } else {
                errand.look(&bench.world, tx, one).await?;
            }
            if std::mem::take(&mut meets) {
                both.wait().await;
            }
            if !deadlock {
                errand.unit(&bench.world, tx, one).await?;
            }
            errand.unit(&bench.world, tx, two).await
        };
        db.transaction_retrying(isolation, work).await
    };
    let (a, b) = tokio::join!(run(&first, false), run(&second, deadlock));
    let tries = tries.load(Ordering::SeqCst);
    bench.note(format_args!("{fault}: {first}; and at the same time: {second}; {a:?}, {b:?}, {tries} tries"));
    if a.is_err() || b.is_err() || tries < 3 {
        return Err(format!("{fault}: {first}; and {second}: {a:?}, {b:?} after {tries} tries"));
    }
    // One came after the other: whichever was last, all of its values stand.
    let done = Ended::Acknowledged(Vec::new());
    bench.settle_either(service, [&first, &second], &done).await.map(|()| true)
}

/// All tenants at once, with fewer of the server's connections than there are tenants, each transaction on any of them.
pub(super) async fn pooled(bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
    let pooler = match bench.stage.pgbouncer(&[("pool_mode", "transaction"), ("default_pool_size", &SERVERS.to_string())]) {
        Ok(pooler) => pooler,
        Err(FindError::NoPooler) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    report.with_pooler();
    let url = pooler.url(&bench.stage.url("app"));
    let service = bench.service(&url, |config| patient(config).max_connections(3).pooler(Pooler::Transaction)).await?;
    let mut others = Vec::new();
    for _ in 0..SERVERS {
        // PgBouncer takes no setting at the start that it does not know.
        let login = url.options().map_err(text)?.extra_float_digits(None);
        others.push(PgConnection::connect_with(&login).await.map_err(text)?);
    }
    for (may_wait, (kind, model)) in bench.kinds() {
        if bench.late(may_wait) {
            report.leave_out("behind PgBouncer", kind);
            continue;
        }
        for _ in 0..ROUNDS {
            let mut errands = Vec::new();
            for who in 0..TENANTS {
                errands.push(Errand::draw(bench, &service, kind, model, who).await?);
            }
            let ended = together(bench, &service, &errands).await;
            let done: Vec<(&Errand, &Ended)> = errands.iter().zip(&ended).collect();
            bench.note(format_args!("{kind} by every tenant at once, behind PgBouncer: {ended:?}"));
            for fate in bench.settle_all(&service, &done).await? {
                if fate != Fate::Acknowledged {
                    return Err(format!("{kind} by every tenant at once, behind PgBouncer, is not done: {ended:?}"));
                }
                report.count("behind PgBouncer", kind, fate);
            }
        }
        bench.note(format_args!("another client of PgBouncer reads every table, and has named no tenant"));
        without_tenant(bench, &mut others).await?;
    }
    service.tenancy.close().await;
    Ok(())
}

/// Other clients of the pooler hold all of its connections at once: what the service has left on one of them, they would see.
async fn without_tenant(bench: &mut Bench, clients: &mut [PgConnection]) -> Result<(), String> {
    let count = format!("select count(*)::text from ({}) every_row", bench.every_row());
    for client in &mut *clients {
        execute(client, "begin").await.map_err(text)?;
    }
    let mut seen = Vec::new();
    for client in &mut *clients {
        seen.extend(lines(client, &count).await.map_err(text)?);
        execute(client, "rollback").await.map_err(text)?;
    }
    match seen.iter().find(|rows| *rows != "0") {
        Some(rows) => Err(bench.told(format!("a client of PgBouncer that has named no tenant reads {rows} rows"))),
        None => Ok(()),
    }
}

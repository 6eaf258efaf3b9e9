//! An operation that stands still and is ended: by the time that a statement may take, by the end of the server's process, because there is
//! no connection for it; and a handler that panics.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::post;
use futures_util::future::join_all;
use sqlx::PgConnection;
use tenantry::layers::DevTenant;
use tenantry::layers::dev_tenant::HEADER;
use tenantry::{Actor, Pooler, TenantDb};
use tokio::sync::Notify;
use tower::ServiceExt as _;

use super::bench::{Bench, Service, TENANTS, text};
use super::errand::{Ended, Errand, Kind, run_alone};
use super::report::{Fate, FaultsReport};
use super::{PATIENCE, patient, quiet};
use crate::execute;

/// What a statement may take while somebody else has the table.
const STATEMENT: Duration = Duration::from_millis(400);
/// What a caller waits for a connection while another one has it.
const ACQUIRE: Duration = Duration::from_millis(300);
/// Until when it must have been told that there is none, on a busy machine.
const IN_TIME: Duration = Duration::from_secs(10);

pub(super) async fn statement_timeout(bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
    // As behind a pooler, each transaction sets the time for itself, so that it does not cut the checks of the start short on a busy machine.
    let short = |config| patient(config).max_connections(1).pooler(Pooler::Session).statement_timeout(STATEMENT);
    let service = bench.service(&bench.stage.url("app"), short).await?;
    let looker = bench.service(&bench.stage.url("app"), |config| patient(config).max_connections(1)).await?;
    for (may_wait, (kind, model)) in bench.kinds() {
        if bench.late(may_wait) {
            report.leave_out("statement timeout", kind);
            continue;
        }
        for (place, table) in tables(bench, &looker, kind, model).await?.into_iter().enumerate() {
            let errand = Errand::draw(bench, &looker, kind, model, place % TENANTS).await?;
            hold(bench, &table).await?;
            let ended = tokio::time::timeout(PATIENCE, run_alone(bench, &service, &errand)).await;
            execute(&mut bench.observer, "rollback").await.map_err(text)?;
            let ended = ended.map_err(|_| format!("{errand}: no end in {PATIENCE:?}"))?;
            bench.note(format_args!("{errand}, while somebody else has {table} for longer than a statement may take: {ended:?}"));
            let fate = settled(bench, &service, &errand, &ended).await?;
            report.count("statement timeout", kind, fate);
        }
    }
    Ok(())
}

pub(super) async fn killed(bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
    let service = bench.service(&bench.stage.url("app"), |config| patient(config).max_connections(1)).await?;
    let mut killer = bench.killer().await?;
    for (may_wait, (kind, model)) in bench.kinds() {
        if bench.late(may_wait) {
            report.leave_out("server process ended", kind);
            continue;
        }
        for (place, table) in tables(bench, &service, kind, model).await?.into_iter().enumerate() {
            let errand = Errand::draw(bench, &service, kind, model, place % TENANTS).await?;
            hold(bench, &table).await?;
            let (ended, dead) = tokio::join!(tokio::time::timeout(PATIENCE, run_alone(bench, &service, &errand)), kill(&mut killer));
            dead?;
            execute(&mut bench.observer, "rollback").await.map_err(text)?;
            let ended = ended.map_err(|_| format!("{errand}: no end in {PATIENCE:?}"))?;
            bench.note(format_args!("{errand}, whose server process is ended while it waits for {table}: {ended:?}"));
            let fate = settled(bench, &service, &errand, &ended).await?;
            report.count("server process ended", kind, fate);
        }
    }
    Ok(())
}

/// The tables that an errand of that kind touches.
async fn tables(bench: &mut Bench, service: &Service, kind: Kind, model: usize) -> Result<Vec<String>, String> {
    let errand = Errand::draw(bench, service, kind, model, 0).await?;
    let mut tables: Vec<String> = errand.models().map(|model| bench.world.table(model)).collect();
    tables.dedup();
    Ok(tables)
}

/// The observer takes the table for itself.
async fn hold(bench: &mut Bench, table: &str) -> Result<(), String> {
    execute(&mut bench.observer, &format!("begin; lock table {table} in access exclusive mode")).await.map_err(text)
}

/// Ends the server's process that waits for the table, as soon as there is one.
async fn kill(killer: &mut PgConnection) -> Result<(), String> {
    let sql =
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let killing = async {
        loop {
            let dead: Vec<bool> = sqlx::query_scalar(sql).fetch_all(&mut *killer).await.map_err(text)?;
            if !dead.is_empty() {
                return Ok(());
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, killing).await.unwrap_or_else(|_| Err("nobody waits for the table that is held".to_owned()))
}

/// It must have failed, and all is as after any fault.
async fn settled(bench: &mut Bench, service: &Service, errand: &Errand, ended: &Ended) -> Result<Fate, String> {
    if let Ended::Acknowledged(_) = ended {
        return Err(format!("{errand} is acknowledged though it was stopped"));
    }
    quiet(service).await?;
    bench.settle(service, errand, ended, false).await
}

pub(super) async fn exhausted(bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
    let url = bench.stage.url("app");
    // Logging in may take as long as anybody waits for a connection, so on a busy machine it may take several attempts.
    let begin = Instant::now();
    let hasty = loop {
        match bench.service(&url, |config| config.max_connections(1).acquire_timeout(ACQUIRE)).await {
            Ok(service) => break service,
            Err(error) if begin.elapsed() > PATIENCE => return Err(error),
            Err(_) => {}
        }
    };
    let service = bench.service(&url, |config| patient(config).max_connections(1)).await?;
    for (may_wait, (kind, model)) in bench.kinds() {
        if bench.late(may_wait) {
            report.leave_out("no connection left", kind);
            continue;
        }
        // The connection is there before somebody takes it: on a busy machine it takes longer to make than anybody waits.
        tokio::time::timeout(PATIENCE, async { while hasty.tenancy.ready().await.is_err() {} }).await.map_err(text)?;
        let mut errands = Vec::new();
        for who in 0..TENANTS {
            errands.push(Errand::draw(bench, &service, kind, model, who).await?);
        }
        // Somebody has the only connection. The others are told so, and in time.
        let (held, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let mut db = hasty.tenancy.tenant(bench.tenants[0], Actor::System);
        let holder = db.transaction(async |_| {
            held.notify_one();
            release.notified().await;
            Ok(())
        });
        let callers = async {
            held.notified().await;
            let ended = tokio::time::timeout(IN_TIME, together(bench, &hasty, &errands)).await;
            release.notify_one();
            ended
        };
        let (holding, ended) = tokio::join!(holder, callers);
        let ended = ended.map_err(|_| format!("{kind}: nobody is told in {IN_TIME:?} that there is no connection"))?;
        holding.map_err(|error| format!("the holder of the connection: {error}"))?;
        for (errand, ended) in errands.iter().zip(&ended) {
            bench.note(format_args!("{errand}, while another has the only connection: {ended:?}"));
            if let Ended::Acknowledged(_) = ended {
                return Err(format!("{errand} is acknowledged without a connection"));
            }
        }
        let done: Vec<(&Errand, &Ended)> = errands.iter().zip(&ended).collect();
        for fate in bench.settle_all(&service, &done).await? {
            report.count("no connection left", kind, fate);
        }
        // All at once, with one connection: each gets its turn.
        let ended = together(bench, &service, &errands).await;
        let done: Vec<(&Errand, &Ended)> = errands.iter().zip(&ended).collect();
        bench.note(format_args!("{kind} by every tenant at once, with one connection: {ended:?}"));
        for fate in bench.settle_all(&service, &done).await? {
            if fate != Fate::Acknowledged {
                return Err(format!("{kind} by every tenant at once, with one connection, is not done: {ended:?}"));
            }
            report.count("callers in a queue", kind, fate);
        }
    }
    Ok(())
}

/// Every tenant's errand at the same time.
pub(super) async fn together(bench: &mut Bench, service: &Service, errands: &[Errand]) -> Vec<Ended> {
    let (world, tenants) = (&bench.world, &bench.tenants);
    let running = errands.iter().zip(&mut bench.lanes).map(|(errand, lane)| errand.run(world, service, lane, tenants[errand.who]));
    join_all(running).await
}

pub(super) async fn panic(bench: &mut Bench, report: &mut FaultsReport) -> Result<(), String> {
    let service = bench.service(&bench.stage.url("app"), |config| patient(config).max_connections(1)).await?;
    for (kind, model) in Kind::all(&bench.world).into_iter().filter(|(kind, _)| *kind == Kind::Business) {
        let mut units = 0;
        loop {
            let errand = Arc::new(Errand::draw(bench, &service, kind, model, units % TENANTS).await?);
            if units > errand.len() {
                break;
            }
            let (world, of_handler) = (Arc::clone(&bench.world), Arc::clone(&errand));
            let handler = move |mut db: TenantDb| async move {
                let work = db.transaction(async move |tx| {
                    of_handler.units(&world, tx, units).await?;
                    // Not by the macro: it would be a finding of the linter, and the payload is all the same.
                    std::panic::resume_unwind(Box::new("a handler that fails on purpose"))
                });
                let done: Result<(), tenantry::Error> = work.await;
                done.map_or("failed", |()| "done")
            };
            // The route is the harness's own, so the layer for development is enough for it, whatever the application has.
            let development = DevTenant::new(&service.tenancy, "test", ([127, 0, 0, 1], 0).into()).map_err(text)?;
            let router = development.around(Router::new().route("/", post(handler)));
            let tenant = bench.tenants[errand.who].to_string();
            let request = Request::post("/").header(HEADER, tenant).body(Body::empty()).map_err(text)?;
            let ended = match tokio::spawn(router.oneshot(request)).await {
                Err(error) if error.is_panic() => Ended::Failed("a panic".to_owned()),
                other => return Err(format!("{errand}: the handler did not panic: {other:?}")),
            };
            bench.note(format_args!("{errand}, in a handler that panics after {units} units"));
            quiet(&service).await?;
            let fate = bench.settle(&service, &errand, &ended, false).await?;
            if fate != Fate::Absent {
                return Err(format!("{errand}, in a handler that panics after {units} units: it is there"));
            }
            report.count("panic in a handler", kind, fate);
            units += 1;
        }
    }
    Ok(())
}

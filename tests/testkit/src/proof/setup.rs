//! What stands around the cases: database, service, and the verdict.

use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tenantry::http::{Api, CursorKey};
use tenantry::layers::DevTenant;
use tenantry::migrate::provision::Level;
use tenantry::{Config, Platform, Tenancy};
use tokio::runtime::Runtime;

use super::driver::{self, Tally};
use super::ground::{self, Ground, POOLS};
use super::log::Log;
use super::model::World;
use super::settings::{Limits, Settings};
use super::verdict::{Server, subject};
use super::{Failure, Proof, Report};
use crate::{Postgres, Stage};

/// With one connection for eight tenants, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the cases of a seed in a database of their own.
pub(super) fn cases(proof: &Proof, server: &Postgres, seed: u64, settings: &Settings) -> Result<Report, Failure> {
    let log = Log::default();
    let runtime = runtime(&log).map_err(Failure::setup)?;
    // The cases run on this thread, and what the application spawns on those of the runtime.
    let _listening = tracing::subscriber::set_default(log.subscriber());
    let (stage, ground, about) = runtime.block_on(ground(proof, server, log))?;
    let limits = settings.limits(proof.cases);
    let (tally, result) = driver::run(proof, &ground, &runtime, seed, limits, settings.machine);
    let report = Report::new(subject(proof, &ground, about), seed, &tally).profile(settings.profile);
    let result = match result {
        Err(red) => Err(Failure::red(seed, red)),
        Ok(()) => enough(seed, &tally, limits),
    };
    // The database is dropped when nobody is connected any more.
    runtime.shutdown_background();
    drop((ground, stage));
    let report = match &result {
        Ok(()) => report,
        Err(failure) => report.failed(failure),
    };
    if let Some(folder) = &settings.report {
        let told = |error| Failure::setup(format!("the report cannot be written to {}: {error}", folder.display()));
        report.write(folder).map_err(told)?;
    }
    result.map(|()| report)
}

/// Proptest is synchronous, so the runtime stands outside of it.
fn runtime(log: &Log) -> std::io::Result<Runtime> {
    let log = log.clone();
    let hear = move || {
        thread_local!(static LISTENING: std::cell::RefCell<Option<tracing::subscriber::DefaultGuard>> = const { std::cell::RefCell::new(None) });
        LISTENING.set(Some(tracing::subscriber::set_default(log.subscriber())));
    };
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).on_thread_start(hear).enable_all().build()
}

/// Nothing was wrong; was it enough to say so?
fn enough(seed: u64, tally: &Tally, limits: Limits) -> Result<(), Failure> {
    if let Some(fault) = tally.counts.refused() {
        return Err(Failure::short(seed, fault));
    }
    let operations = tally.counts.operations();
    match (limits.operations, limits.time) {
        (Some(wanted), Some(time)) if operations < wanted => {
            let text = format!(
                "time was up: {operations} operations in {} s where the profile wants {wanted}; on a slower machine say how many cases you want instead",
                time.as_secs()
            );
            Err(Failure::short(seed, text))
        }
        _ => Ok(()),
    }
}

/// The service under proof, in a database of its own that is dropped with the stage.
pub(super) async fn ground(proof: &Proof, server: &Postgres, log: Log) -> Result<(Stage, Ground, Server), Failure> {
    let mut world = World::new(proof.models, proof.conventions);
    for table in proof.domain.tables() {
        // A misspelt name must not make a rule that is never asked.
        if !world.models.iter().any(|model| model.table == table) {
            return Err(Failure::setup(format!("a rule is about the table `{table}`, which no model under proof has")));
        }
    }
    world.domain = proof.domain.clone();
    world.principals = proof.principals.clone();
    let password = Stage::test_password(server).map_err(Failure::setup)?;
    let database = server.create_database("proof").map_err(Failure::setup)?;
    let stage = Stage::set(database, &proof.conventions, &proof.migrations, password, &mut |_| {}).await.map_err(Failure::setup)?;
    let mut services = Vec::new();
    for connections in POOLS {
        services.push(service(proof, &stage, connections).await?);
    }
    let mut services = services.into_iter();
    let (tenancy, router) = services.next().ok_or_else(|| Failure::setup("there is no pool"))?;
    let platform = Config::new(stage.url("platform").expose_with_password()).map_err(Failure::setup)?;
    let platform = Platform::start(&platform, &proof.conventions).await.map_err(Failure::setup)?;
    // What the proof itself sends has values in its text, and is none of the service's log.
    let quiet = |url: &crate::DatabaseUrl| url.options().map(|options| options.disable_statement_logging()).map_err(Failure::setup);
    let (app, admin) = (quiet(&stage.url("app"))?, quiet(stage.admin_url())?);
    let (bypasses, about) = about(&admin, stage.level()).await.map_err(Failure::setup)?;
    let ground = Ground {
        world,
        surfaces: proof.surfaces.clone(),
        operations: proof.operations.clone(),
        tenancy,
        router,
        narrow: services.collect(),
        platform,
        app,
        admin,
        bypasses,
        log,
        spare: Mutex::new(None),
    };
    if let Some(table) = &proof.open {
        ground::open(&ground, table).await.map_err(Failure::setup)?;
    }
    Ok((stage, ground, about))
}

/// The application with a pool of that size, behind the layers that find out the tenant.
async fn service(proof: &Proof, stage: &Stage, connections: u32) -> Result<(Tenancy, Router), Failure> {
    let config = Config::new(stage.url("app").expose_with_password()).map_err(Failure::setup)?;
    let config = config.max_connections(connections).acquire_timeout(PATIENCE);
    let tenancy = Tenancy::start(&config, proof.models, proof.conventions).await.map_err(Failure::setup)?;
    let api = Api::new(tenancy.registry(), CursorKey::random().map_err(Failure::setup)?);
    let routes = (proof.router)(&api);
    let router = match &proof.principals.around {
        Some(around) => around(&tenancy, routes),
        None => DevTenant::new(&tenancy, "test", ([127, 0, 0, 1], 0).into()).map_err(Failure::setup)?.around(routes),
    };
    Ok((tenancy, router))
}

/// Whether the administrator's login passes row security by, and what is to be said about the server.
async fn about(admin: &sqlx::postgres::PgConnectOptions, level: Level) -> Result<(bool, Server), sqlx::Error> {
    let mut connection = PgConnection::connect_with(admin).await?;
    let text = "select rolsuper or rolbypassrls, current_setting('server_version') from pg_roles where rolname = current_user";
    let (bypasses, version): (bool, String) = sqlx::query_as(text).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok((bypasses, Server { version: version.split(' ').next().unwrap_or_default().to_owned(), level: level.to_string() }))
}

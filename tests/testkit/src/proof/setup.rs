//! What stands around the parts of a proof: database, service, runtime.

use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tenantry::http::{Api, CursorKey};
use tenantry::layers::DevTenant;
use tenantry::schema::platform;
use tenantry::{Config, Conventions, Platform, Tenancy};
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::accounts::Accounts;
use super::ground::{self, Ground, POOLS};
use super::log::Log;
use super::model::{PEOPLE, World};
use super::operation::Surface;
use super::verdict::Server;
use super::{Failure, Proof, observer, shared};
use crate::{Postgres, Stage, execute};

/// With one connection for eight tenants, on a machine that is busy with other things.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Where a proof takes place: the service under proof, in a database of its own, on a runtime that stands outside of proptest.
pub(super) struct Place {
    stage: Stage,
    pub(super) ground: Ground,
    pub(super) runtime: Runtime,
}

impl Place {
    pub(super) fn new(proof: &Proof, server: &Postgres) -> Result<Self, Failure> {
        let log = Log::default();
        let runtime = runtime(&log).map_err(Failure::setup)?;
        let (stage, ground) = runtime.block_on(ground(proof, server, log))?;
        Ok(Self { stage, ground, runtime })
    }

    /// What is to be said about the server. Where it comes from is known better to whoever found it and has named it here.
    pub(super) fn about(&self, server: &Postgres, origin: Option<&str>) -> Result<Server, Failure> {
        let version = self.runtime.block_on(version(&self.ground.admin)).map_err(Failure::setup)?;
        let origin = origin.map_or_else(|| server.origin_without_path(), str::to_owned);
        Ok(Server::new(version, &origin, self.stage.level(), self.ground.tenancy.openings()))
    }

    /// The database is dropped when nobody is connected any more.
    pub(super) fn leave(self) {
        self.runtime.shutdown_background();
        drop((self.ground, self.stage));
    }
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

/// What the models, the rules and the callers of a proof are.
pub(super) fn world(proof: &Proof) -> Result<World, Failure> {
    if proof.models.is_empty() {
        return Err(Failure::setup("no model is under proof: give `Proof::new` the application's `MODELS`"));
    }
    if proof.surfaces.is_empty() {
        let all = Surface::ALL.map(|surface| surface.to_string()).join(", ");
        return Err(Failure::setup(format!("no surface is chosen: name some of {all}, or leave `surfaces` out for all of them")));
    }
    let mut world = World::new(proof.models, proof.conventions);
    if world.models.is_empty() {
        return Err(Failure::setup("no model under proof has rows of tenants: what all of them share is no proof of their isolation"));
    }
    for table in proof.domain.tables() {
        // A misspelt name must not make a rule that is never asked.
        if !world.models.iter().any(|model| model.table == table) {
            return Err(Failure::setup(format!("a rule is about the table `{table}`, which no model under proof has")));
        }
    }
    world.domain = proof.domain.clone();
    world.principals = proof.principals.clone();
    Ok(world)
}

/// The service under proof, in a database of its own that is dropped with the stage.
pub(super) async fn ground(proof: &Proof, server: &Postgres, log: Log) -> Result<(Stage, Ground), Failure> {
    let mut world = world(proof)?;
    // They have no repository, and routes of their own.
    let has_people = [Surface::HandWritten, Surface::Sql].iter().all(|surface| proof.surfaces.contains(surface));
    if has_people {
        world = world.with_people();
    }
    let password = Stage::test_password(server).map_err(Failure::setup)?;
    let database = server.create_database("proof").map_err(Failure::setup)?;
    let stage = Stage::set(database, &proof.conventions, &proof.migrations, password, &mut |_| {}).await.map_err(Failure::setup)?;
    if has_people {
        people(&stage, &proof.conventions).await.map_err(Failure::setup)?;
    }
    let mut services = Vec::new();
    for connections in POOLS {
        services.push(service(proof, &stage, connections).await?);
    }
    let mut services = services.into_iter();
    let (tenancy, router) = services.next().ok_or_else(|| Failure::setup("there is no pool"))?;
    let accounts = if has_people { Some(Accounts::open(&tenancy, &proof.conventions, &stage).await?) } else { None };
    let platform = Config::new(stage.url("platform").expose_with_password()).map_err(Failure::setup)?;
    let platform = Platform::start(&platform, &proof.conventions).await.map_err(Failure::setup)?;
    shared::fill(&platform, &mut world).await.map_err(Failure::setup)?;
    // What the proof itself sends has values in its text, and is none of the service's log.
    let quiet = |url: &crate::DatabaseUrl| url.options().map(|options| options.disable_statement_logging()).map_err(Failure::setup);
    let (app, admin) = (quiet(&stage.url("app"))?, quiet(stage.admin_url())?);
    let bypasses = proof.observe_past_row_security && bypasses(&admin).await.map_err(Failure::setup)?;
    let ground = Ground {
        world,
        surfaces: proof.surfaces.clone(),
        operations: proof.operations.clone(),
        tenancy,
        router,
        accounts,
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
    Ok((stage, ground))
}

/// Makes the people whom tenants may have for users, by the one role that may.
async fn people(stage: &Stage, conventions: &Conventions) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut connection = PgConnection::connect_with(&stage.url("identity").options()?).await?;
    let table = format!("\"{}\".\"{}\"", conventions.platform_schema, platform::people().table);
    let rows: Vec<String> = PEOPLE.map(|person| format!("('{}', '{person}@people.example')", Uuid::from_u128(person))).collect();
    execute(&mut connection, &format!("insert into {table} (id, email) values {}", rows.join(", "))).await?;
    Ok(connection.close().await?)
}

/// The application with a pool of that size, behind the layers that find out the tenant.
async fn service(proof: &Proof, stage: &Stage, connections: u32) -> Result<(Tenancy, Router), Failure> {
    let config = Config::new(stage.url("app").expose_with_password()).map_err(Failure::setup)?;
    let config = config.max_connections(connections).acquire_timeout(PATIENCE);
    let tenancy = Tenancy::start(&config, proof.models, proof.conventions).await.map_err(Failure::setup)?;
    let api = Api::new(tenancy.registry(), CursorKey::random().map_err(Failure::setup)?);
    let routes = (proof.router)(&api);
    let router = around(proof, &tenancy, routes)?;
    Ok((tenancy, router))
}

/// The layers that find out the tenant, around the application's routes.
pub(super) fn around(proof: &Proof, tenancy: &Tenancy, routes: Router) -> Result<Router, Failure> {
    Ok(match &proof.principals.around {
        Some(around) => around(tenancy, routes),
        None => DevTenant::new(tenancy, "test", ([127, 0, 0, 1], 0).into()).map_err(Failure::setup)?.around(routes),
    })
}

/// Whether the administrator's login passes row security by.
async fn bypasses(admin: &sqlx::postgres::PgConnectOptions) -> Result<bool, sqlx::Error> {
    let mut connection = PgConnection::connect_with(admin).await?;
    let bypasses = observer::bypasses(&mut connection).await?;
    connection.close().await?;
    Ok(bypasses)
}

/// The server's version, such as `15.8`.
async fn version(admin: &sqlx::postgres::PgConnectOptions) -> Result<String, sqlx::Error> {
    let mut connection = PgConnection::connect_with(admin).await?;
    let version: String = sqlx::query_scalar("select current_setting('server_version')").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(version.split(' ').next().unwrap_or_default().to_owned())
}

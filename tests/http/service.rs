//! The router over a real database, and callers who are tenants.

use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;
use sqlx::ConnectOptions;
use tenantry::http::{Api, CursorKey, TenantSlot, UncheckedPermissions, answer_with_problems, routes};
use tenantry::schema::ir::Schema;
use tenantry::{Actor, Config, Platform, Registry, Tenancy, TenantDb, TenantId, migrate};
use tenantry_testkit::{ACT, Stage, execute};
use tenantry_tests::server;
pub(crate) use tenantry_tests::{Answer, answer};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::models::{CONVENTIONS, MODELS};

/// The database is made for the first test and goes with the last.
static STAGE: Mutex<Weak<Stage>> = Mutex::const_new(Weak::new());

pub(crate) struct Service {
    pub(crate) tenancy: Tenancy,
    pub(crate) api: Api,
    pub(crate) router: Router,
    platform: Platform,
    stage: Arc<Stage>,
}

/// A database with the tables of [`MODELS`], made by the migration that the generator writes for them.
async fn stage() -> Arc<Stage> {
    let mut shared = STAGE.lock().await;
    if let Some(stage) = shared.upgrade() {
        return stage;
    }
    let folder = tempfile::tempdir().unwrap();
    let schema = Schema::of(&Registry::new(MODELS, CONVENTIONS).unwrap());
    let next = migrate::next(folder.path(), &schema, None).unwrap();
    migrate::write(folder.path(), next.generated.as_ref(), &schema).unwrap();
    let database = server().create_database("http").unwrap();
    let password = Stage::test_password(server()).unwrap();
    let stage = Arc::new(Stage::set(database, &CONVENTIONS, folder.path(), password, &mut |_| {}).await.unwrap());
    let mut admin = stage.admin_url().options().unwrap().connect().await.unwrap();
    // A rule that only the database knows.
    execute(&mut admin, "alter table app.customers add constraint customers_rank_check check (rank < 1000)").await.unwrap();
    *shared = Arc::downgrade(&stage);
    stage
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(|config| config, |api| api).await
    }

    /// With other limits.
    pub(crate) async fn with(config: impl FnOnce(Config) -> Config, api: impl FnOnce(Api) -> Api) -> Self {
        let stage = stage().await;
        let login = |role| Config::new(stage.url(role).expose_with_password()).unwrap();
        let patient = login("app").max_connections(2).acquire_timeout(Duration::from_secs(20));
        let tenancy = Tenancy::start(&config(patient), MODELS, CONVENTIONS).await.unwrap();
        let platform = Platform::start(&login("platform").max_connections(1), &CONVENTIONS).await.unwrap();
        let api = api(Api::new(tenancy.registry(), CursorKey::from_secret(&[7; 32]).unwrap()));
        let router = answer_with_problems(routes(&api));
        Self { tenancy, api, router, platform, stage }
    }

    /// A new tenant.
    pub(crate) async fn tenant(&self) -> Caller<'_> {
        let slug = Uuid::now_v7().to_string();
        Caller { service: self, tenant: self.platform.create_tenant(&slug, "a tenant", ACT).await.unwrap() }
    }

    /// A tenant that was never made.
    pub(crate) fn stranger(&self) -> Caller<'_> {
        Caller { service: self, tenant: TenantId::generate() }
    }

    /// Those of the texts that the database takes for slugs, in their order.
    pub(crate) async fn slugs(&self, texts: &[String]) -> Vec<String> {
        let mut observer = self.stage.admin_url().options().unwrap().connect().await.unwrap();
        let sql = "select text from unnest($1::text[]) with ordinality as t (text, at) where text ~ $2 order by at";
        sqlx::query_scalar(sql).bind(texts).bind(tenantry::schema::platform::SLUG_PATTERN).fetch_all(&mut observer).await.unwrap()
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Answer {
        answer(&self.router, request).await
    }
}

/// Someone who is this tenant.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'s> {
    service: &'s Service,
    pub(crate) tenant: TenantId,
}

impl Caller<'_> {
    pub(crate) fn db(&self) -> TenantDb {
        self.service.tenancy.tenant(self.tenant, Actor::System)
    }

    /// A request of this tenant, with a JSON body unless that is empty.
    pub(crate) fn request(&self, method: &str, path: &str, body: impl Into<String>) -> Request<Body> {
        let body = body.into();
        let request = Request::builder().method(method).uri(path).extension(TenantSlot::new(self.db()));
        // Permissions have a suite of their own.
        let mut request = request.extension(UncheckedPermissions);
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        request.body(Body::from(body)).unwrap()
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: impl Into<String>) -> Answer {
        self.service.answer(self.request(method, path, body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    /// Creates a customer with this code and returns the row.
    pub(crate) async fn customer(&self, code: &str) -> Value {
        self.created("/customers", serde_json::json!({ "code": code })).await
    }

    pub(crate) async fn created(&self, path: &str, body: Value) -> Value {
        let answer = self.send("POST", path, body.to_string()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }

    /// Everything that this tenant has, as a role sees it that no row security binds.
    pub(crate) async fn digest(&self) -> String {
        let mut observer = self.service.stage.admin_url().options().unwrap().connect().await.unwrap();
        let sql = "select md5(concat((select string_agg(c::text, '|' order by id) from app.customers c where tenant_id = $1), '#', \
                   (select string_agg(o::text, '|' order by id) from app.orders o where tenant_id = $1)))";
        sqlx::query_scalar(sql).bind(self.tenant.uuid()).fetch_one(&mut observer).await.unwrap()
    }
}

/// The path of a row.
pub(crate) fn path(table: &str, row: &Value) -> String {
    format!("/{table}/{}", row["id"].as_str().unwrap())
}

/// A key of no row.
pub(crate) fn nobody() -> String {
    Uuid::now_v7().to_string()
}

//! The router over a real database, and callers who are tenants.

use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use serde_json::Value;
use sqlx::ConnectOptions;
use tenantry::http::{Api, CursorKey, TenantSlot, answer_with_problems, routes};
use tenantry::{Actor, Config, Tenancy, TenantDb, TenantId};
use tenantry_testkit::{Database, Postgres};
use tokio::sync::Mutex;
use tower::ServiceExt;
use uuid::Uuid;

use crate::models::{CONVENTIONS, MODELS};

/// The database is made for the first test and goes with the last.
static DATABASE: Mutex<Weak<Database>> = Mutex::const_new(Weak::new());

pub(crate) struct Service {
    pub(crate) tenancy: Tenancy,
    pub(crate) api: Api,
    pub(crate) router: Router,
    database: Arc<Database>,
}

async fn database() -> Arc<Database> {
    let mut shared = DATABASE.lock().await;
    if let Some(database) = shared.upgrade() {
        return database;
    }
    let database = Postgres::find().unwrap().create_database("http").unwrap();
    let mut admin = database.url().options().unwrap().connect().await.unwrap();
    sqlx::Executor::execute(&mut admin, include_str!("schema.sql")).await.unwrap();
    let database = Arc::new(database);
    *shared = Arc::downgrade(&database);
    database
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(|config| config, |api| api).await
    }

    /// With other limits.
    pub(crate) async fn with(config: impl FnOnce(Config) -> Config, api: impl FnOnce(Api) -> Api) -> Self {
        let database = database().await;
        let url = database.url().with_login("tenantry_http_suite", "of no value");
        let plain = Config::new(url.expose_with_password()).unwrap().max_connections(2).acquire_timeout(Duration::from_secs(20));
        let tenancy = Tenancy::start(&config(plain), MODELS, CONVENTIONS).await.unwrap();
        let api = api(Api::new(tenancy.registry(), CursorKey::from_secret(&[7; 32]).unwrap()));
        let router = answer_with_problems(routes(&api));
        Self { tenancy, api, router, database }
    }

    /// A connection that row security does not bind.
    pub(crate) async fn observer(&self) -> sqlx::PgConnection {
        self.database.url().options().unwrap().connect().await.unwrap()
    }

    /// A new tenant.
    pub(crate) async fn tenant(&self) -> Caller<'_> {
        let tenant = TenantId::generate();
        sqlx::query("insert into tenancy.tenants (id) values ($1)").bind(tenant.uuid()).execute(&mut self.observer().await).await.unwrap();
        Caller { service: self, tenant }
    }

    /// A tenant that was never made.
    pub(crate) fn stranger(&self) -> Caller<'_> {
        Caller { service: self, tenant: TenantId::generate() }
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Answer {
        answer(&self.router, request).await
    }
}

pub(crate) async fn answer(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
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
        let mut request = Request::builder().method(method).uri(path).extension(TenantSlot::new(self.db()));
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
        let sql = "select md5(concat((select string_agg(c::text, '|' order by id) from app.customers c where tenant_id = $1), '#', \
                   (select string_agg(o::text, '|' order by id) from app.orders o where tenant_id = $1)))";
        sqlx::query_scalar(sql).bind(self.tenant.uuid()).fetch_one(&mut self.service.observer().await).await.unwrap()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The errors of a problem as `place code`, behind its status.
    #[track_caller]
    pub(crate) fn errors(&self) -> (u16, Vec<String>) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let json = self.json();
        assert_eq!(json["status"], self.status);
        let error = |error: &Value| {
            let place = error.get("pointer").or(error.get("parameter")).and_then(Value::as_str).unwrap();
            format!("{place} {}", error["code"].as_str().unwrap())
        };
        (self.status, json["errors"].as_array().map(|errors| errors.iter().map(error).collect()).unwrap_or_default())
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

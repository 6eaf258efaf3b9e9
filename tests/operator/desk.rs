//! The operator's desk: a platform that asks name servers of the test's own, and the router over it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use tenantry::db::{Challenge, PastAct, TxtError, TxtLookup};
use tenantry::operator::{self, Operators};
use tenantry::{Act, ErrorKind, Platform, TenantId};
use tenantry_testkit::lines;
use tenantry_tests::{Answer, Bed, answer, patient};

/// Of the challenges.
pub(crate) const SECRET: &[u8] = b"a secret of thirty-two bytes, or more";
/// Ada's token, and Bob's. Their hashes are in [`operators`].
pub(crate) const ADA: &str = "4a1d8a9c2f0b7e6655443322110fedcba98765432100112233445566778899aa";
pub(crate) const BOB: &str = "b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0";

/// What Ada does.
pub(crate) const TICKET: Act<'_> = Act { operator: "ada", reason: "ticket 4711" };

/// Name servers that say what a test has told them, and remember what they were asked.
#[derive(Clone, Default)]
pub(crate) struct NameServers {
    pub(crate) said: Arc<Mutex<Vec<String>>>,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
    pub(crate) silent: Arc<Mutex<bool>>,
}

impl NameServers {
    pub(crate) fn say(&self, records: &[&str]) {
        *self.said.lock().unwrap() = records.iter().map(|text| (*text).to_owned()).collect();
    }
}

impl TxtLookup for NameServers {
    async fn txt(&self, name: &str) -> Result<Vec<String>, TxtError> {
        self.asked.lock().unwrap().push(name.to_owned());
        if *self.silent.lock().unwrap() { Err(TxtError::new("SERVFAIL")) } else { Ok(self.said.lock().unwrap().clone()) }
    }
}

pub(crate) struct Desk {
    pub(crate) bed: Bed,
    pub(crate) platform: Arc<Platform>,
    pub(crate) servers: NameServers,
    pub(crate) router: Router,
}

pub(crate) fn operators() -> Operators {
    use sha2::{Digest as _, Sha256};
    let hash = |token: &str| Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("ada:{},bob:{}", hash(ADA), hash(BOB)).parse().unwrap()
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let (bed, servers) = (Bed::new().await, NameServers::default());
        let config = patient(bed.stage.url("platform").expose_with_password()).max_connections(2);
        let platform = Platform::start(&config, &tenantry_app::CONVENTIONS).await.unwrap();
        let platform = Arc::new(platform.proving(Challenge::new(SECRET).unwrap(), servers.clone()));
        let router = operator::router(Arc::clone(&platform), operators());
        Self { bed, platform, servers, router }
    }

    /// What was done to the tenant, the oldest first.
    pub(crate) async fn done_to(&self, tenant: TenantId) -> Vec<String> {
        let acts = self.platform.acts(Some(tenant), 1_000).await.unwrap();
        acts.into_iter().rev().map(|act| act.act).collect()
    }

    /// The newest act.
    pub(crate) async fn last(&self) -> PastAct {
        self.platform.acts(None, 1).await.unwrap().remove(0)
    }

    /// Every row that the operator's side could have written, as the observer sees it.
    pub(crate) async fn everything(&self) -> Vec<String> {
        let mut observer = self.bed.observer().await;
        let mut rows = Vec::new();
        for table in ["plans", "tenants", "domains", "roles", "users", "user_roles", "invitations", "acts"] {
            let text = format!("select '{table} ' || t::text from tenancy.{table} t order by 1");
            rows.extend(lines(&mut observer, &text).await.unwrap());
        }
        rows
    }

    /// Sends a request as Ada; an empty body is none.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        self.send_as(&[&format!("Bearer {ADA}")], method, path, body).await
    }

    /// Sends a request with these headers `Authorization`.
    pub(crate) async fn send_as(&self, authorization: &[&str], method: &str, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        for value in authorization {
            request = request.header(header::AUTHORIZATION, *value);
        }
        answer(&self.router, request.body(Body::from(body)).unwrap()).await
    }
}

/// A body with nothing but a reason.
pub(crate) fn why() -> Value {
    json!({"reason": "ticket 4711"})
}

#[track_caller]
pub(crate) fn kind<T: std::fmt::Debug>(result: Result<T, tenantry::Error>) -> ErrorKind {
    result.unwrap_err().kind().clone()
}

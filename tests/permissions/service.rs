//! The application over a database of its own, and callers with roles.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;
use tenantry::http::{Api, CursorKey, TenantSlot, answer_with_problems};
use tenantry::permissions::{Caller, Role};
use tenantry::{Actor, Config, Registry, TenantId};
use tenantry_tests::Bed;
pub(crate) use tenantry_tests::{Answer, answer};
use uuid::Uuid;

/// The application's models, of which no database is needed.
pub(crate) fn api() -> Api {
    let registry = Registry::new(tenantry_app::MODELS, tenantry_app::CONVENTIONS).unwrap();
    Api::new(&registry, CursorKey::from_secret(&[7; 32]).unwrap())
}

pub(crate) fn roles() -> Vec<Role> {
    tenantry_app::roles().unwrap()
}

/// Somebody with this role of the application.
pub(crate) fn as_role(name: &str) -> Caller {
    let role = roles().into_iter().find(|role| role.name() == name).expect("the application has the role");
    Caller::new(Actor::System, [role])
}

/// Somebody whose role has these grants.
pub(crate) fn with_grants(grants: &[&'static str]) -> Caller {
    Caller::new(Actor::User(Uuid::now_v7()), [Role::new("somebody", grants.iter().copied()).unwrap()])
}

/// The application and a database with two tenants.
pub(crate) struct Shop {
    pub(crate) bed: Bed,
    pub(crate) router: Router,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::with(|config| config).await
    }

    pub(crate) async fn with(configure: impl FnOnce(Config) -> Config) -> Self {
        Self { bed: Bed::with(configure).await, router: answer_with_problems(tenantry_app::router(&api())) }
    }

    /// Sends a request as the caller, for the tenant that acts.
    pub(crate) async fn send(&self, caller: &Caller, method: &str, path: &str, body: &str) -> Answer {
        answer(&self.router, self.request(self.bed.a, Some(caller), method, path, body)).await
    }

    pub(crate) fn request(&self, tenant: TenantId, caller: Option<&Caller>, method: &str, path: &str, body: &str) -> Request<Body> {
        let mut request = request(caller, method, path, body);
        request.extensions_mut().insert(TenantSlot::new(self.bed.tenancy.tenant(tenant, Actor::System)));
        request
    }

    /// Makes a row as the administrator and returns it.
    pub(crate) async fn created(&self, path: &str, body: Value) -> Value {
        let answer = self.send(&as_role("admin"), "POST", path, &body.to_string()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }
}

/// A request of that caller, and of no tenant.
pub(crate) fn request(caller: Option<&Caller>, method: &str, path: &str, body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    if let Some(caller) = caller {
        request = request.extension(caller.clone());
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

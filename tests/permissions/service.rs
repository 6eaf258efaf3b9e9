//! The application over a database of its own, and callers with roles.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use serde_json::Value;
use tenantry::http::{Api, CursorKey, TenantSlot, answer_with_problems};
use tenantry::permissions::{Caller, Permission, Role};
use tenantry::{Actor, Config, Registry, TenantId};
use tenantry_tests::Bed;
use tower::ServiceExt;
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

pub(crate) async fn answer(router: &Router, request: Request<Body>) -> Answer {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
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

    /// The last word of a problem's type.
    pub(crate) fn code(&self) -> String {
        self.json()["type"].as_str().and_then(|text| text.rsplit(':').next()).unwrap_or_default().to_owned()
    }

    /// The errors of a problem as `pointer code`, behind its status.
    #[track_caller]
    pub(crate) fn errors(&self) -> (u16, Vec<String>) {
        let json = self.json();
        let error = |error: &Value| format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap());
        (self.status, json["errors"].as_array().map(|errors| errors.iter().map(error).collect()).unwrap_or_default())
    }

    /// Whether it is the refusal that names the permission, and says nothing else.
    pub(crate) fn names(&self, permission: &Permission) -> bool {
        let expected = format!(
            concat!(
                r#"{{"type":"urn:tenantry:problem:forbidden","title":"The caller lacks a permission","status":403,"#,
                r#""detail":"the request needs the permission {}"}}"#
            ),
            permission
        );
        (self.status, self.body.as_str()) == (403, &expected)
    }
}

//! The application with its people, behind all layers, as a service has them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::{Value, json};
use tenantry::auth::token::{Grant, KeyRing, SigningKey};
use tenantry::auth::{AttemptLimits, Attempts, Cost, Hashing, Password};
use tenantry::http::{Api, CursorKey, Routes};
use tenantry::layers::authenticate::SessionCookie;
use tenantry::layers::clients::{ClientHeader, Clients};
use tenantry::layers::{self, Authenticate, Callers, Resolve};
use tenantry::people::http::{self, Cookies};
use tenantry::people::{Mail, MailError, MailKind, Mailer, People};
use tenantry::permissions::{Caller, Role};
use tenantry::{Actor, Identities, TenantId};
use tenantry_tests::{Answer, Bed, answer, patient};
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// From where requests come, unless a test says otherwise: no proxy.
pub(crate) const PEER: &str = "192.0.2.1";
/// What a page of this origin sends.
pub(crate) const OWN_PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");

/// What was mailed: to whom, what, and the token.
#[derive(Clone, Default)]
pub(crate) struct Mailbox(Arc<Mutex<Vec<Sent>>>);

/// To whom, what, and the token.
type Sent = (String, &'static str, String);

impl Mailer for Mailbox {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let (kind, token) = match mail.kind {
            MailKind::Invitation { token, .. } => ("invitation", token),
            MailKind::Reset { token, .. } => ("reset", token),
            _ => return Err(MailError::Refused),
        };
        self.0.lock().unwrap().push((mail.to.to_string(), kind, token.to_string()));
        Ok(())
    }
}

impl Mailbox {
    /// Everything that was mailed to the address, the last at the end.
    pub(crate) fn of(&self, address: &str) -> Vec<(&'static str, String)> {
        let mails = self.0.lock().unwrap();
        mails.iter().filter(|(to, ..)| to == address).map(|(_, kind, token)| (*kind, token.clone())).collect()
    }
}

/// A service with two tenants, `a` and `b`, and nobody in them.
pub(crate) struct Town {
    pub(crate) bed: Bed,
    pub(crate) people: People,
    pub(crate) ring: KeyRing,
    pub(crate) mailbox: Mailbox,
    pub(crate) router: Router,
}

/// A request that is put together.
pub(crate) struct Ask<'t> {
    town: &'t Town,
    peer: Option<&'static str>,
    request: axum::http::request::Builder,
}

pub(crate) fn api() -> Api {
    let registry = tenantry::Registry::new(tenantry_app::MODELS, tenantry_app::CONVENTIONS).unwrap();
    Api::new(&registry, CursorKey::from_secret(&[7; 32]).unwrap())
}

pub(crate) fn cookies() -> Cookies {
    Cookies::new(SessionCookie::new("__Host-session").unwrap()).unwrap()
}

/// The routes of people.
pub(crate) fn of_people(people: &People) -> Routes {
    let (api, cookies) = (api(), cookies());
    http::public(&api, people, Some(&cookies)).merge(http::routes(&api, people, Some(&cookies)))
}

/// More attempts than any test makes, unless it is about them.
fn unlimited() -> AttemptLimits {
    let mut limits = AttemptLimits::DEFAULT;
    (limits.of_an_identity, limits.of_an_address) = (10_000, 10_000);
    limits
}

impl Town {
    pub(crate) async fn open() -> Self {
        Self::with(unlimited(), of_people).await
    }

    pub(crate) async fn limited(limits: AttemptLimits) -> Self {
        Self::with(limits, of_people).await
    }

    pub(crate) async fn with(limits: AttemptLimits, routes: impl FnOnce(&People) -> Routes) -> Self {
        let (bed, mailbox) = (Bed::new().await, Mailbox::default());
        let config = patient(bed.stage.url("identity").expose_with_password()).max_connections(2);
        let identities = Identities::start(&config, &tenantry_app::CONVENTIONS).await.expect("the identities");
        let key = SigningKey::generate("one".parse().unwrap()).unwrap();
        let ring = KeyRing::builder("https://api.example.com", "shop", key).build().unwrap();
        let people = People::builder(&bed.tenancy, identities, ring.clone())
            .hashing(Hashing::new(Cost::new(8, 1, 1).unwrap(), 2).unwrap())
            .attempts(Attempts::new(limits).unwrap())
            .mailer(mailbox.clone())
            .build()
            .unwrap();
        let resolve = Resolve::builder(bed.tenancy.directory()).subdomains_of("example.com".parse().unwrap()).claim().tenancy(&bed.tenancy);
        let authenticate = Authenticate::builder(ring.clone())
            .api_keys(people.clone())
            .cookie(SessionCookie::new("__Host-session").unwrap())
            .anonymous()
            .realm("shop")
            .unwrap()
            .build();
        let all = tenantry_app::routes(&api()).merge(routes(&people)).into_router();
        let router = layers::service(&bed.tenancy, all, authenticate, resolve.build().unwrap(), Callers::new(people.clone()));
        let router = Clients::behind("10.0.0.0/8".parse().unwrap(), ClientHeader::XForwardedFor).around(router);
        Self { bed, people, ring, mailbox, router }
    }

    pub(crate) fn tenant(&self, slug: &str) -> TenantId {
        match slug {
            "a" => self.bed.a,
            "b" => self.bed.b,
            _ => panic!("there is no tenant {slug}"),
        }
    }

    /// Invites somebody with such a role, who accepts; returns the user.
    pub(crate) async fn person(&self, slug: &str, email: &str, grants: &[&'static str]) -> Uuid {
        let token = self.invited(slug, email, grants).await;
        let accepted = self.people.accept(self.tenant(slug), token.as_bytes(), "Somebody", password(PASSWORD), PEER.parse().unwrap()).await;
        accepted.expect("the invitation is accepted").user.id
    }

    /// Invites somebody with such a role; returns the token.
    pub(crate) async fn invited(&self, slug: &str, email: &str, grants: &[&'static str]) -> String {
        let (tenant, admin) = (self.tenant(slug), admin());
        let role = self.role(slug, grants).await;
        self.people.invite(tenant, &admin, email, role).await.expect("an invitation");
        self.people.settled().await;
        self.mailbox.of(&email.to_lowercase()).pop().expect("a mail").1
    }

    pub(crate) async fn role(&self, slug: &str, grants: &[&'static str]) -> Uuid {
        let role = Role::new(&format!("role {}", Uuid::now_v7()), grants.iter().copied()).unwrap();
        self.people.create_role(self.tenant(slug), &admin(), role).await.expect("a role")
    }

    /// A request to the tenant of that slug.
    pub(crate) fn ask(&self, slug: &str, method: &str, path: &str) -> Ask<'_> {
        let request = Request::builder().method(method).uri(format!("/api{path}")).header("host", format!("{slug}.example.com"));
        Ask { town: self, peer: Some(PEER), request }
    }

    /// A request without a credential.
    pub(crate) async fn post(&self, slug: &str, path: &str, body: Value) -> Answer {
        self.ask(slug, "POST", path).json(body).await
    }

    /// Logs somebody in and returns the session.
    pub(crate) async fn login(&self, slug: &str, email: &str) -> Value {
        let answer = self.post(slug, "/auth/login", json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Logs somebody in by a page of this origin and returns what the browser keeps.
    pub(crate) async fn browser(&self, slug: &str, email: &str) -> Jar {
        let body = json!({ "email": email, "password": PASSWORD, "cookie": true });
        let answer = self.ask(slug, "POST", "/auth/login").header(OWN_PAGE).json(body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        Jar::of(&answer)
    }

    /// A token of that user with those scopes.
    pub(crate) fn token(&self, slug: &str, subject: Uuid, scopes: &str) -> String {
        let grant = Grant { tenant: self.tenant(slug), subject, scopes: scopes.parse().unwrap() };
        self.ring.issue(&grant).unwrap().expose().to_owned()
    }
}

impl Ask<'_> {
    pub(crate) fn header(mut self, (name, value): (&str, &str)) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn bearer(self, token: impl AsRef<str>) -> Self {
        self.header(("authorization", &format!("Bearer {}", token.as_ref())))
    }

    /// With the access token of a session.
    pub(crate) fn of(self, session: &Value) -> Self {
        self.bearer(text(session, "access_token"))
    }

    /// From that address; `None` where the service does not know.
    pub(crate) const fn from(mut self, peer: Option<&'static str>) -> Self {
        self.peer = peer;
        self
    }

    pub(crate) async fn json(self, body: Value) -> Answer {
        self.header(("content-type", "application/json")).bytes(body.to_string()).await
    }

    pub(crate) async fn bytes(self, body: impl Into<Body>) -> Answer {
        let mut request = self.request.body(body.into()).unwrap();
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
        }
        answer(&self.town.router, request).await
    }

    pub(crate) async fn empty(self) -> Answer {
        self.bytes(Body::empty()).await
    }
}

/// What a browser keeps.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Jar {
    pub(crate) session: String,
    pub(crate) refresh: String,
}

impl Jar {
    /// What an answer has set.
    #[track_caller]
    pub(crate) fn of(answer: &Answer) -> Self {
        let set: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(set.len(), 2, "{answer:?}");
        let value = |name: &str| {
            let cookie = set.iter().find_map(|cookie| cookie.strip_prefix(name)).expect("the cookie is set");
            cookie.split(';').next().unwrap().to_owned()
        };
        Self { session: value("__Host-session="), refresh: value("__Host-refresh=") }
    }

    /// The header that it sends.
    pub(crate) fn header(&self) -> String {
        format!("__Host-session={}; __Host-refresh={}", self.session, self.refresh)
    }
}

/// Whoever may do everything.
pub(crate) fn admin() -> Caller {
    Caller::new(Actor::System, [Role::new("admin", ["*"]).unwrap()])
}

pub(crate) fn password(text: &str) -> Password {
    Password::typed(text.to_owned()).unwrap()
}

/// A member of an object, as text.
#[track_caller]
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("there is no text {name} in {value}"))
}

//! An application with a list of tenants.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, OriginalUri};
use axum::http::{Request, Uri};
use axum::{Extension, Router};
use tenantry::layers::Resolve;
use tenantry::layers::resolve::{Found, Host, Lookup, Name, ResolveBuilder, Resolved, Slug};
use tenantry::{Error, ErrorKind, TenantId};
pub(crate) use tenantry_tests::Answer;
use tenantry_tests::answer;
use tokio::sync::Semaphore;

/// The address of the proxy in front of the service.
pub(crate) const PROXY: &str = "10.0.0.1:4711";
/// The address of somebody else.
pub(crate) const STRANGER: &str = "192.0.2.1:4711";

/// The tenants: `acme` and `globex`, each with a domain of its own, and `closed`, which is not active.
#[derive(Default)]
pub(crate) struct Tenants {
    names: Mutex<HashMap<Name, Found>>,
    asked: Mutex<Vec<Name>>,
    fails: AtomicBool,
    /// Where there is one, an answer that is found waits for it before it is given.
    gate: Mutex<Option<Arc<Semaphore>>>,
}

pub(crate) fn slug(text: &str) -> Name {
    Name::Slug(text.parse().unwrap())
}

pub(crate) fn host(text: &str) -> Name {
    Name::Host(text.parse().unwrap())
}

impl Tenants {
    fn new() -> Self {
        let tenants = Self::default();
        for (name, active) in [("acme", true), ("globex", true), ("closed", false)] {
            let tenant = TenantId::generate();
            for name in [slug(name), host(&format!("{name}.org")), Name::Id(tenant)] {
                tenants.set(name, Found { tenant, active });
            }
        }
        tenants
    }

    pub(crate) fn set(&self, name: Name, found: Found) {
        self.names.lock().unwrap().insert(name, found);
    }

    pub(crate) fn get(&self, text: &str) -> TenantId {
        self.names.lock().unwrap()[&slug(text)].tenant
    }

    /// Changes whether a tenant is active, under all of its names.
    pub(crate) fn set_active(&self, tenant: TenantId, active: bool) {
        self.names.lock().unwrap().values_mut().filter(|found| found.tenant == tenant).for_each(|found| found.active = active);
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    /// Lets answers wait from now on.
    pub(crate) fn gate(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        *self.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    /// How often it was asked for anything.
    pub(crate) fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    async fn find(&self, name: Name) -> Result<Option<Found>, Error> {
        let found = self.names.lock().unwrap().get(&name).copied();
        self.asked.lock().unwrap().push(name);
        let gate = self.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.acquire().await.unwrap().forget();
        }
        if self.fails.load(Ordering::SeqCst) { Err(Error::from(ErrorKind::Unavailable)) } else { Ok(found) }
    }
}

impl Lookup for Tenants {
    async fn by_host(&self, host: &Host) -> Result<Option<Found>, Error> {
        self.find(Name::Host(host.clone())).await
    }

    async fn by_slug(&self, slug: &Slug) -> Result<Option<Found>, Error> {
        self.find(Name::Slug(slug.clone())).await
    }

    async fn by_id(&self, tenant: TenantId) -> Result<Option<Found>, Error> {
        self.find(Name::Id(tenant)).await
    }
}

pub(crate) struct Service {
    pub(crate) tenants: Arc<Tenants>,
    pub(crate) resolve: Resolve,
    router: Router,
    seconds: Arc<AtomicU64>,
}

impl Service {
    /// With these sources; `example.com` is a base domain where subdomains are on.
    pub(crate) fn with(sources: impl FnOnce(ResolveBuilder) -> ResolveBuilder) -> Self {
        let tenants = Arc::new(Tenants::new());
        let seconds = Arc::new(AtomicU64::new(0));
        let (start, passed) = (Instant::now(), Arc::clone(&seconds));
        let builder = Resolve::builder(Arc::clone(&tenants)).clock(move || start + Duration::from_secs(passed.load(Ordering::SeqCst)));
        let resolve = sources(builder).build().unwrap();
        let router = resolve.clone().around(Router::new().fallback(whose));
        Self { tenants, resolve, router, seconds }
    }

    /// With subdomains of `example.com` and domains of the tenants' own.
    pub(crate) fn with_hosts() -> Self {
        Self::with(|builder| builder.subdomains_of("example.com".parse().unwrap()).domains())
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        answer(&self.router, request).await
    }

    /// Whose request it is by its host: a slug, or the status of the refusal.
    pub(crate) async fn by_host(&self, host: &str) -> Result<String, u16> {
        self.whose(get("/").header("host", host)).await
    }

    /// Whose request it is.
    pub(crate) async fn whose(&self, request: axum::http::request::Builder) -> Result<String, u16> {
        let answer = self.send(request.body(Body::empty()).unwrap()).await;
        let mut names = self.tenants.names.lock().unwrap().clone().into_iter();
        match answer.status {
            200 => Ok(names
                .find_map(|(name, found)| match name {
                    Name::Slug(slug) if answer.body.starts_with(&found.tenant.to_string()) => Some(slug.to_string()),
                    _ => None,
                })
                .unwrap()),
            status => Err(status),
        }
    }
}

/// A request of somebody whose address is not known.
pub(crate) fn get(uri: &str) -> axum::http::request::Builder {
    Request::get(uri)
}

/// A request from that address.
pub(crate) fn from(peer: &str, uri: &str) -> axum::http::request::Builder {
    Request::get(uri).extension(ConnectInfo(peer.parse::<SocketAddr>().unwrap()))
}

async fn whose(Extension(Resolved(tenant)): Extension<Resolved>, uri: Uri, OriginalUri(original): OriginalUri) -> String {
    format!("{tenant} {uri} {original}")
}

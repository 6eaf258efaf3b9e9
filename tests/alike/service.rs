//! The reference application behind all layers, on a port of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Map, Value};
use tenantry::auth::token::{Grant, KeyRing, SigningKey};
use tenantry::http::{Api, CursorKey};
use tenantry::layers::authenticate::Authenticated;
use tenantry::layers::callers::UserRoles;
use tenantry::layers::resolve::PathPrefix;
use tenantry::layers::{self, Authenticate, Callers, Resolve};
use tenantry::permissions::{Role, Route};
use tenantry::schema::ModelDef;
use tenantry::{Actor, Error, TenantDb, TenantId};
use tenantry_testkit::{ACT, column};
use tenantry_tests::{Bed, tenant};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::rows::{Rows, fill};
use crate::wire::{Body, NONE, Request, exchange};

/// Everybody is an administrator; what a credential is for is a matter of its scopes.
struct Administrators(Arc<Role>);

impl UserRoles for Administrators {
    async fn roles(&self, _: &Authenticated) -> Result<Vec<Arc<Role>>, Error> {
        Ok(vec![Arc::clone(&self.0)])
    }
}

/// A tenant with a row of every model.
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    pub(crate) rows: Rows,
    /// The credential of its administrator.
    pub(crate) admin: String,
}

/// The service with three tenants, each at a subdomain of `example.com`: `a`, who asks, is also at `a.org`; `b` has claimed `b.org` and not
/// shown that it is hers; `c` is suspended.
pub(crate) struct Service {
    bed: Bed,
    pub(crate) a: Tenant,
    pub(crate) b: Tenant,
    pub(crate) c: Tenant,
    /// A credential of `a` that is good for nothing.
    pub(crate) useless: String,
    /// Every route of the application, in order.
    pub(crate) routes: Vec<Route>,
    address: SocketAddr,
}

/// Somewhere that a credential opens nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elsewhere<'a> {
    pub(crate) host: &'a str,
    /// What the path begins with.
    pub(crate) prefix: &'a str,
    pub(crate) token: &'a str,
    /// The tenant whose rows are asked for: the one that is meant, or the own.
    pub(crate) rows: &'a Rows,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let bed = Bed::new().await;
        let key = SigningKey::generate("one".parse().unwrap()).unwrap();
        let ring = KeyRing::builder("https://api.example.com", "shop", key).build().unwrap();
        let platform = bed.platform().await;
        let closed = tenant(&platform, "c").await;
        let models = bed.tenancy.registry().models();
        let tenant = async |id: TenantId| {
            let rows = fill(&bed.tenancy.tenant(id, Actor::System), models).await;
            Tenant { id, rows, admin: token(&ring, id, "*") }
        };
        let (a, b, c) = (tenant(bed.a).await, tenant(bed.b).await, tenant(closed).await);
        for (tenant, host) in [(&a, "a.org"), (&b, "b.org")] {
            platform.add_domain(tenant.id, host, ACT).await.unwrap();
            platform.activate_domain(tenant.id, host, ACT).await.unwrap();
        }
        platform.verify_domain_by_hand(a.id, "a.org", ACT).await.unwrap();
        platform.suspend(c.id, ACT).await.unwrap();
        platform.close().await;

        let api = Api::new(bed.tenancy.registry(), CursorKey::from_secret(&[7; 32]).unwrap());
        let useless = token(&ring, a.id, "nothing:read");
        let address = serve(&bed, &api, ring).await;
        Self { a, b, c, useless, routes: tenantry_app::routes(&api).listed().to_vec(), address, bed }
    }

    pub(crate) fn models(&self) -> &[&'static ModelDef] {
        self.bed.tenancy.registry().models()
    }

    /// What the tenant may do without HTTP.
    pub(crate) fn db(&self, tenant: &Tenant) -> TenantDb {
        self.bed.tenancy.tenant(tenant.id, Actor::System)
    }

    /// The answer to a request, as it came over the wire.
    pub(crate) async fn send(&self, request: &Request<'_>) -> String {
        exchange(self.address, request).await
    }

    /// The same by the administrator of `a`, at home.
    pub(crate) async fn ask(&self, method: &str, target: &str, body: Body<'_>) -> String {
        self.send(&Request { host: "a.example.com", token: Some(&self.a.admin), method, target, body }).await
    }

    /// The fields of a row of `a` that a request may set, as they are.
    pub(crate) async fn fields(&self, def: &ModelDef, id: Uuid) -> Map<String, Value> {
        let answer = self.ask("GET", &format!("/api/{}/{id}", def.table), NONE).await;
        let (_, body) = answer.split_once("\n\n").unwrap();
        let row: Map<String, Value> = serde_json::from_str(body).unwrap_or_else(|_| panic!("a row of {} is {answer}", def.table));
        let is_free = |name: &str| def.insertable().any(|column| column.name == name && !column.readonly);
        row.into_iter().filter(|(name, _)| is_free(name)).collect()
    }

    /// Hosts and paths of nobody, of tenants that are not served, and of tenants that are not the credential's.
    pub(crate) fn elsewhere(&self) -> Vec<Elsewhere<'_>> {
        let Self { a, b, c, .. } = self;
        vec![
            // A host of nobody, whose would-be rows are the caller's own or another's.
            at("nobody.example.com", "", a, a),
            at("nobody.example.com", "", a, b),
            at("nobody.org", "", a, a),
            at("shop.a.example.com", "", a, a),
            at("example.com", "/t/nobody", a, a),
            // A domain that is claimed.
            at("b.org", "", a, b),
            at("b.org", "", b, b),
            // A tenant that is suspended, for others and for itself.
            at("c.example.com", "", a, c),
            at("c.example.com", "", c, c),
            at("example.com", "/t/c", c, c),
            at("example.com", "", c, c),
            // A credential at another tenant's.
            at("b.example.com", "", a, b),
            at("b.example.com", "", a, a),
            at("a.example.com", "", b, a),
            at("a.example.com", "", b, b),
            at("a.example.com", "", c, a),
            at("a.org", "", b, a),
            at("a.example.com", "/t/b", a, b),
        ]
    }

    /// Every row of every tenant, as somebody sees them whom no row security binds.
    pub(crate) async fn digest(&self) -> Vec<String> {
        let mut observer = self.bed.observer().await;
        let mut digest = Vec::new();
        for tenant in [&self.b, &self.c] {
            for def in self.models() {
                let text = format!("select t::text from app.{} t where tenant_id = $1 order by id", def.table);
                let rows = column(&mut observer, &text, tenant.id.uuid()).await.unwrap();
                assert_eq!(rows.len(), 1, "{}", def.table);
                digest.extend(rows);
            }
        }
        digest
    }

    /// The methods of each path that has an id in it.
    pub(crate) fn row_paths(&self) -> BTreeMap<&str, BTreeSet<&'static str>> {
        let mut paths: BTreeMap<&str, BTreeSet<&'static str>> = BTreeMap::new();
        for Route { path, method, .. } in self.routes.iter().filter(|route| route.path.contains('{')) {
            let methods = paths.entry(path).or_default();
            methods.extend(if *method == "GET" { ["GET", "HEAD"].as_slice() } else { std::slice::from_ref(method) });
        }
        paths
    }

    /// The model whose id the path holds.
    pub(crate) fn model_of(&self, path: &str) -> &'static ModelDef {
        let (table, rest) = path[1..].split_once("/{id}").unwrap_or_else(|| panic!("say here whose id {path} holds, and where"));
        let def = self.models().iter().find(|def| def.table == table && !rest.contains('{'));
        def.unwrap_or_else(|| panic!("say here whose id {path} holds, and where"))
    }
}

/// As the administrator of one tenant, for the rows of the other.
fn at<'a>(host: &'a str, prefix: &'a str, user: &'a Tenant, of: &'a Tenant) -> Elsewhere<'a> {
    Elsewhere { host, prefix, token: &user.admin, rows: &of.rows }
}

fn token(ring: &KeyRing, tenant: TenantId, scopes: &str) -> String {
    let grant = Grant { tenant, subject: Uuid::now_v7(), scopes: scopes.parse().unwrap() };
    format!("Bearer {}", ring.issue(&grant).unwrap().expose())
}

/// Serves until the test ends.
async fn serve(bed: &Bed, api: &Api, ring: KeyRing) -> SocketAddr {
    let resolve = Resolve::builder(bed.tenancy.directory())
        .subdomains_of("example.com".parse().unwrap())
        .domains()
        .path(PathPrefix::new("/t").unwrap())
        .claim()
        .tenancy(&bed.tenancy)
        .build()
        .unwrap();
    let callers = Callers::new(Administrators(Role::new("admin", ["*"]).unwrap().into()));
    let service = layers::service(&bed.tenancy, tenantry_app::router(api), Authenticate::builder(ring).build(), resolve, callers);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, service.into_make_service_with_connect_info::<SocketAddr>()).await });
    address
}

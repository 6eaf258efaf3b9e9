//! All layers in order, as a service has them: who asks, for which tenant, with which roles, and then the route's permission.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use tenantry::auth::token::{Grant, KeyRing, SigningKey};
use tenantry::http::{TenantSlot, answer_with_problems};
use tenantry::layers::authenticate::Authenticated;
use tenantry::layers::callers::UserRoles;
use tenantry::layers::{self, Authenticate, Callers, Resolve};
use tenantry::permissions::{Permission, Role};
use tenantry::{Actor, Error, ErrorKind, TenantId};
use tenantry_tests::Bed;
use uuid::Uuid;

use crate::service::{Answer, answer, api, roles};

/// Who has which role where.
#[derive(Default)]
struct People(Mutex<HashMap<(TenantId, Uuid), &'static str>>);

impl UserRoles for People {
    async fn roles(&self, who: &Authenticated) -> Result<Vec<Arc<Role>>, Error> {
        let name = self.0.lock().unwrap().get(&(who.tenant, who.subject)).copied();
        match name {
            Some("nobody knows") => Err(Error::from(ErrorKind::Unavailable)),
            Some(name) => Ok(roles().into_iter().filter(|role| role.name() == name).map(Arc::new).collect()),
            None => Ok(Vec::new()),
        }
    }
}

impl People {
    /// Somebody new with that role.
    fn join(&self, tenant: TenantId, role: &'static str) -> Uuid {
        let subject = Uuid::now_v7();
        self.0.lock().unwrap().insert((tenant, subject), role);
        subject
    }

    fn leave(&self, tenant: TenantId, subject: Uuid) {
        self.0.lock().unwrap().remove(&(tenant, subject));
    }
}

struct Stack {
    bed: Bed,
    people: Arc<People>,
    ring: KeyRing,
    router: Router,
}

impl Stack {
    async fn new() -> Self {
        let (bed, people) = (Bed::new().await, Arc::new(People::default()));
        let key = SigningKey::generate("one".parse().unwrap()).unwrap();
        let ring = KeyRing::builder("https://api.example.com", "shop", key).build().unwrap();
        let resolve = Resolve::builder(bed.tenancy.directory())
            .subdomains_of("example.com".parse().unwrap())
            .claim()
            .tenancy(&bed.tenancy)
            .build()
            .unwrap();
        let (authenticate, callers) = (Authenticate::builder(ring.clone()).build(), Callers::new(Arc::clone(&people)));
        let router = layers::service(&bed.tenancy, tenantry_app::router(&api()), authenticate, resolve, callers);
        Self { bed, people, ring, router }
    }

    fn token(&self, tenant: TenantId, subject: Uuid, scopes: &str) -> String {
        let grant = Grant { tenant, subject, scopes: scopes.parse().unwrap() };
        format!("Bearer {}", self.ring.issue(&grant).unwrap().expose())
    }

    /// Sends a request to the tenant whose slug it is.
    async fn send(&self, slug: &str, token: Option<&str>, method: &str, path: &str, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", format!("{slug}.example.com"));
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        answer(&self.router, request.header("content-type", "application/json").body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn get(&self, slug: &str, token: &str, path: &str) -> u16 {
        self.send(slug, Some(token), "GET", path, "").await.status
    }
}

const CUSTOMERS: &str = "/api/customers";
const CUSTOMER: &str = r#"{"code":"ALFKI","name":"Alfreds"}"#;

#[tokio::test]
async fn a_user_does_what_its_role_covers_in_its_own_tenant() {
    let stack = Stack::new().await;
    let (a, b) = (stack.bed.a, stack.bed.b);
    let sam = stack.token(a, stack.people.join(a, "sales"), "*");
    let made = stack.send("a", Some(&sam), "POST", CUSTOMERS, CUSTOMER).await;
    assert_eq!(made.status, 201, "{made:?}");
    let refused = stack.send("a", Some(&sam), "POST", "/api/products", "not even JSON").await;
    assert!(refused.names(&Permission::of("products:create")), "{refused:?}");

    // At another tenant's host a token is as good as none, and the tenant as good as nobody.
    let nobody = stack.send("nobody", Some(&sam), "GET", CUSTOMERS, "").await;
    let other = stack.send("b", Some(&sam), "GET", CUSTOMERS, "").await;
    assert_eq!((other.status, &other.body), (404, &nobody.body));

    let bea = stack.token(b, stack.people.join(b, "admin"), "*");
    assert_eq!(stack.get("b", &bea, CUSTOMERS).await, 200);
    let row = format!("{CUSTOMERS}/{}", made.json()["id"].as_str().unwrap());
    assert_eq!((stack.get("a", &sam, &row).await, stack.get("b", &bea, &row).await), (200, 404));

    let none = stack.send("a", None, "GET", CUSTOMERS, "").await;
    assert_eq!((none.status, none.headers["www-authenticate"].as_bytes()), (401, &b"Bearer realm=\"api\""[..]));
    assert_eq!(stack.send("a", None, "GET", "/health/ready", "").await.status, 200, "health needs nobody");
}

#[tokio::test]
async fn scopes_narrow_what_a_role_covers() {
    let stack = Stack::new().await;
    let a = stack.bed.a;
    let ada = stack.people.join(a, "admin");
    for (scopes, reads, writes) in
        [("*", 200, 201), ("customers:read", 200, 403), ("openid customers:create", 403, 201), ("openid", 403, 403), ("", 403, 403)]
    {
        let token = stack.token(a, ada, scopes);
        let customer = CUSTOMER.replace("ALFKI", if scopes == "*" { "ONE" } else { "TWO" });
        let made = stack.send("a", Some(&token), "POST", CUSTOMERS, &customer).await;
        assert_eq!((stack.get("a", &token, CUSTOMERS).await, made.status), (reads, writes), "`{scopes}`: {made:?}");
    }
}

#[tokio::test]
async fn what_has_changed_of_a_user_holds_with_the_next_request() {
    let stack = Stack::new().await;
    let a = stack.bed.a;
    let ada = stack.people.join(a, "admin");
    let token = stack.token(a, ada, "*");
    assert_eq!(stack.get("a", &token, CUSTOMERS).await, 200);
    stack.people.leave(a, ada);
    assert_eq!(stack.get("a", &token, CUSTOMERS).await, 403);
    let unknown = stack.token(a, stack.people.join(a, "nobody knows"), "*");
    assert_eq!(stack.get("a", &unknown, CUSTOMERS).await, 503);
}

/// A layer that finds a tenant without a look at the credential.
#[tokio::test]
async fn a_user_of_one_tenant_is_nobody_in_another() {
    let stack = Stack::new().await;
    let (a, b) = (stack.bed.a, stack.bed.b);
    let ada = stack.token(a, stack.people.join(a, "admin"), "*");
    let callers = Callers::new(Arc::clone(&stack.people));
    let scoped = |tenant: TenantId| {
        let tenancy = stack.bed.tenancy.clone();
        let routes = callers.clone().around(answer_with_problems(tenantry_app::router(&api())));
        let routes = routes.layer(from_fn(move |mut request: Request, next: Next| {
            request.extensions_mut().insert(TenantSlot::new(tenancy.tenant(tenant, Actor::System)));
            next.run(request)
        }));
        Authenticate::builder(stack.ring.clone()).build().around(routes)
    };
    let ask = async |tenant| {
        let request = Request::get("/customers").header("authorization", &ada).body(Body::empty()).unwrap();
        answer(&scoped(tenant), request).await
    };
    assert_eq!(ask(a).await.status, 200);
    let refused = ask(b).await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "no-caller"), "{refused:?}");
}

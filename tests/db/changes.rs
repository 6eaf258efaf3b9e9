//! What the operator changes is heard by every process that listens, and whoever remembers tenants forgets them then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use tenantry::layers::Resolve;
use tenantry::layers::resolve::{Found, Host, Lookup, Slug};
use tenantry::{Change, Error, Listener, Pooler, Tenancy, TenantHash, TenantId};
use tenantry_app::CONVENTIONS;
use tenantry_testkit::{ACT, execute};
use tenantry_tests::{Bed, patient};
use tokio::task::yield_now;
use tokio::time::timeout;
use tower::ServiceExt;

/// More than anything here takes.
const LONG: Duration = Duration::from_secs(10);

async fn listener(bed: &Bed) -> Listener {
    Listener::start(&patient(bed.stage.url("app").expose_with_password()), &CONVENTIONS).await.unwrap_or_else(|error| panic!("{error}"))
}

async fn next(listener: &mut Listener) -> Change {
    timeout(LONG, listener.next()).await.expect("something is heard")
}

/// What the database says of a change of the tenant: the SHA-256 of its id.
pub(crate) fn told(tenant: TenantId) -> String {
    Sha256::digest(tenant.uuid().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn notify(connection: &mut PgConnection, payload: &str) {
    execute(connection, &format!("notify {}, '{payload}'", CONVENTIONS.changes_channel())).await.unwrap();
}

#[tokio::test]
async fn a_change_names_its_tenant() {
    let bed = Bed::new().await;
    let mut observer = bed.observer().await;
    let mut listener = listener(&bed).await;
    for tenant in [bed.a, bed.b] {
        notify(&mut observer, &told(tenant)).await;
        assert_eq!(next(&mut listener).await, Change::Tenant(TenantHash::of(tenant)));
    }
    // Whoever may connect may say anything: nobody knows what has changed then.
    for payload in
        ["", "all of them", &bed.a.to_string(), &format!("{}0", told(bed.a)), &told(bed.a).replacen(|_| true, "+", 1), &"9".repeat(7999)]
    {
        notify(&mut observer, payload).await;
        assert_eq!(next(&mut listener).await, Change::Anything, "{payload:.20}");
    }
}

#[tokio::test]
async fn a_future_that_is_dropped_loses_nothing() {
    let bed = Bed::new().await;
    let mut observer = bed.observer().await;
    let mut listener = listener(&bed).await;
    for tenant in [bed.a, bed.b, bed.a] {
        assert!(timeout(Duration::from_millis(20), listener.next()).await.is_err());
        notify(&mut observer, &told(tenant)).await;
        assert_eq!(next(&mut listener).await, Change::Tenant(TenantHash::of(tenant)));
    }
}

#[tokio::test]
async fn what_was_missed_between_two_connections_may_be_anything() {
    let bed = Bed::new().await;
    let mut observer = bed.observer().await;
    let mut listener = listener(&bed).await;
    for _ in 0..2 {
        bed.terminate_app_backends().await;
        // Nobody hears this one.
        notify(&mut observer, &told(bed.a)).await;
        assert_eq!(next(&mut listener).await, Change::Anything);
        notify(&mut observer, &told(bed.b)).await;
        assert_eq!(next(&mut listener).await, Change::Tenant(TenantHash::of(bed.b)));
    }
}

#[tokio::test]
async fn another_login_and_a_pooler_are_refused() {
    let bed = Bed::new().await;
    for login in ["platform", "migrator"] {
        let refused = Listener::start(&patient(bed.stage.url(login).expose_with_password()), &CONVENTIONS).await.unwrap_err();
        assert!(refused.to_string().contains(&CONVENTIONS.role("app")), "{refused}");
    }
    let pooled = patient(bed.stage.url("app").expose_with_password()).pooler(Pooler::Transaction);
    let refused = Listener::start(&pooled, &CONVENTIONS).await.unwrap_err();
    assert!(refused.to_string().contains("past the pooler"), "{refused}");
    let debug = format!("{:?}", listener(&bed).await);
    assert_eq!(debug, r#"Listener { channel: "tenantry_changes", connected: true, .. }"#);
}

/// One tenant, of any slug.
struct One {
    tenant: TenantId,
    active: AtomicBool,
    asked: AtomicUsize,
}

impl Lookup for One {
    async fn by_host(&self, _: &Host) -> Result<Option<Found>, Error> {
        Ok(None)
    }

    async fn by_slug(&self, _: &Slug) -> Result<Option<Found>, Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(Some(Found { tenant: self.tenant, active: self.active.load(Ordering::SeqCst) }))
    }

    async fn by_id(&self, _: TenantId) -> Result<Option<Found>, Error> {
        Ok(None)
    }
}

/// Where the first tenant of the bed is served.
const HOST: &str = "a.example.com";

async fn status(router: &Router) -> u16 {
    status_at(router, HOST).await
}

async fn status_at(router: &Router, host: &str) -> u16 {
    let request = Request::get("/").header("host", host).body(Body::empty()).unwrap();
    router.clone().oneshot(request).await.unwrap().status().as_u16()
}

/// Until the answer is that, which the answer of a moment ago may not be yet.
async fn soon(router: &Router, wanted: u16) {
    soon_at(router, HOST, wanted).await;
}

async fn soon_at(router: &Router, host: &str, wanted: u16) {
    let until = async {
        while status_at(router, host).await != wanted {
            yield_now().await;
        }
    };
    timeout(LONG, until).await.expect("it is answered so in time");
}

#[tokio::test]
async fn what_is_remembered_follows_the_listener() {
    let bed = Bed::new().await;
    let mut observer = bed.observer().await;
    let one = Arc::new(One { tenant: bed.a, active: true.into(), asked: 0.into() });
    // Time stands still, so that nothing is forgotten by it.
    let start = Instant::now();
    let builder = Resolve::builder(Arc::clone(&one)).subdomains_of("example.com".parse().unwrap());
    let resolve = builder.clock(move || start).build().unwrap();
    let router = resolve.clone().around(Router::new().route("/", get("here")));
    let following = tokio::spawn(resolve.follow(listener(&bed).await));
    assert_eq!(status(&router).await, 200);

    one.active.store(false, Ordering::SeqCst);
    assert_eq!((status(&router).await, one.asked.load(Ordering::SeqCst)), (200, 1), "it is remembered");
    notify(&mut observer, &told(bed.b)).await;
    notify(&mut observer, &told(bed.a)).await;
    soon(&router, 404).await;
    assert_eq!(one.asked.load(Ordering::SeqCst), 2, "another tenant's change forgets nothing of it");

    // A change that nobody heard: what is remembered goes with the connection.
    one.active.store(true, Ordering::SeqCst);
    assert_eq!(status(&router).await, 404, "it is remembered");
    bed.terminate_app_backends().await;
    soon(&router, 200).await;
    assert!(!following.is_finished());
}

/// A service as one of several: connections of its own, and a memory of its own, whose clock the test sets.
struct Instance {
    resolve: Resolve,
    router: Router,
    seconds: Arc<AtomicU64>,
    _tenancy: Tenancy,
}

impl Instance {
    async fn new(bed: &Bed) -> Self {
        let tenancy = bed.service(CONVENTIONS).await;
        let (start, seconds) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let passed = Arc::clone(&seconds);
        let builder = Resolve::builder(tenancy.directory()).subdomains_of("example.com".parse().unwrap()).domains();
        let resolve = builder.clock(move || start + Duration::from_secs(passed.load(Ordering::SeqCst))).build().unwrap();
        let router = resolve.clone().around(Router::new().route("/", get("here")));
        Self { resolve, router, seconds, _tenancy: tenancy }
    }
}

/// The clock of what is remembered stands still, so that the listeners alone bring it about.
#[tokio::test]
async fn a_suspended_or_closed_tenants_next_request_is_refused_within_a_second_everywhere() {
    let bed = Bed::new().await;
    let platform = bed.platform().await;
    let instances = [Instance::new(&bed).await, Instance::new(&bed).await];
    for instance in &instances {
        tokio::spawn(instance.resolve.clone().follow(listener(&bed).await));
        assert_eq!(status(&instance.router).await, 200);
    }
    for (what, wanted) in [("suspend", 404), ("resume", 200), ("close", 404)] {
        match what {
            "suspend" => platform.suspend(bed.a, ACT).await.unwrap(),
            "resume" => platform.resume(bed.a, ACT).await.unwrap(),
            _ => platform.close_tenant(bed.a, ACT).await.unwrap(),
        }
        let since = Instant::now();
        for instance in &instances {
            soon(&instance.router, wanted).await;
        }
        assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    }
}

/// Nobody listens, as when no notification comes through.
#[tokio::test]
async fn without_a_listener_it_is_refused_when_what_is_remembered_expires() {
    let bed = Bed::new().await;
    let platform = bed.platform().await;
    let instance = Instance::new(&bed).await;
    assert_eq!(status(&instance.router).await, 200);
    platform.suspend(bed.a, ACT).await.unwrap();
    instance.seconds.store(29, Ordering::SeqCst);
    assert_eq!(status(&instance.router).await, 200, "it is remembered for 30 seconds");
    instance.seconds.store(30, Ordering::SeqCst);
    assert_eq!(status(&instance.router).await, 404);
}

/// A domain is answered as soon as it is active, though it was remembered as nobody's.
#[tokio::test]
async fn a_new_domain_is_answered_at_once() {
    let bed = Bed::new().await;
    let platform = bed.platform().await;
    let instance = Instance::new(&bed).await;
    tokio::spawn(instance.resolve.clone().follow(listener(&bed).await));
    let at = async |wanted| soon_at(&instance.router, "shop.a.example", wanted).await;
    at(404).await;
    platform.add_domain(bed.a, "shop.a.example", ACT).await.unwrap();
    platform.verify_domain_by_hand(bed.a, "shop.a.example", ACT).await.unwrap();
    at(404).await;
    platform.activate_domain(bed.a, "shop.a.example", ACT).await.unwrap();
    at(200).await;
    platform.remove_domain(bed.a, "shop.a.example", ACT).await.unwrap();
    at(404).await;
}

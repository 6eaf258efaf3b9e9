//! Time as an oracle, measured on the reference application: what is reported, and that a difference would be seen.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use tenantry::http::{Api, CursorKey, answer_with_problems};
use tenantry::layers::DevTenant;
use tenantry::{Tenancy, TenantDb};
use tenantry_app::inventory::Category;
use tenantry_testkit::proof::timing::{Probe, TimingError, compare};
use tenantry_testkit::{Suite, drafts};
use uuid::Uuid;

static SUITE: Suite = Suite::new(tenantry_app::MODELS, tenantry_app::CONVENTIONS, "../migrations");

/// So few that a test takes seconds; the report of a proof takes `timing::PAIRS`.
const PAIRS: usize = 300;

fn service(tenancy: &Tenancy, routes: fn(Router) -> Router) -> Router {
    let cursors = CursorKey::from_secret(&[7; 32]).expect("a key");
    let router = answer_with_problems(tenantry_app::router(&Api::new(tenancy.registry(), cursors)));
    DevTenant::new(tenancy, "test", ([127, 0, 0, 1], 0).into()).expect("a test").around(routes(router))
}

fn probe(method: Method) -> Probe {
    let body = (method == Method::PATCH).then(|| r#"{"name":"Mine"}"#.to_owned());
    Probe { method, path: "/categories".to_owned(), body }
}

/// Rows of the tenant.
async fn rows(db: &TenantDb) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for new in drafts::<Category>(20) {
        ids.push(db.run(Category::repo().create(&new)).await.expect("a row").id.uuid());
    }
    ids
}

#[tenantry_testkit::test(SUITE)]
async fn every_verb_is_compared_and_told((tenancy, [attacker, victim]): (Tenancy, [TenantDb; 2])) {
    let (service, foreign) = (service(&tenancy, |routes| routes), rows(&victim).await);
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        let timing = compare(&service, attacker.tenant(), &probe(method), &foreign, PAIRS).await.expect("every answer is 404");
        println!("{timing}");
        let effect = timing.effect;
        assert!(-1.0 <= effect.low && effect.low <= effect.delta && effect.delta <= effect.high && effect.high <= 1.0, "{timing}");
        assert!(effect.high - effect.low < 0.5 && timing.foreign_median_us > 0.0 && timing.random_median_us > 0.0, "{timing}");
    }
}

/// Answers for existing rows a millisecond later, without giving the processor away: a look that a real leak would take.
async fn slower(request: Request, next: Next) -> axum::response::Response {
    let known = request.extensions().get::<Known>().cloned();
    let id = request.uri().path().rsplit('/').next().and_then(|id| id.parse().ok());
    if known.zip(id).is_some_and(|(known, id)| known.0.contains(&id)) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(1) {
            std::hint::spin_loop();
        }
    }
    next.run(request).await
}

#[derive(Clone)]
struct Known(std::sync::Arc<HashSet<Uuid>>);

#[tenantry_testkit::test(SUITE)]
async fn a_millisecond_more_for_rows_that_exist_is_seen((tenancy, [attacker, victim]): (Tenancy, [TenantDb; 2])) {
    let foreign = rows(&victim).await;
    let known = Known(foreign.iter().copied().collect::<HashSet<_>>().into());
    let service = service(&tenancy, |routes| routes.layer(from_fn(slower))).layer(axum::Extension(known));
    let timing = compare(&service, attacker.tenant(), &probe(Method::GET), &foreign, PAIRS).await.expect("every answer is 404");
    println!("{timing}");
    assert!(timing.effect.low > 0.0, "the interval excludes that nothing differs: {timing}");
}

#[tenantry_testkit::test(SUITE)]
async fn an_answer_that_is_not_404_is_no_matter_of_time((tenancy, [owner, other]): (Tenancy, [TenantDb; 2])) {
    let (service, own) = (service(&tenancy, |routes| routes), rows(&owner).await);
    let error = compare(&service, owner.tenant(), &probe(Method::GET), &own, PAIRS).await.expect_err("they are there");
    assert_eq!(error.to_string(), "GET /categories/{id} with another tenant's id is answered by 200 OK, where 404 is due");
    assert!(matches!(error, TimingError::Answer { status: StatusCode::OK, .. }));
    let error = compare(&service, other.tenant(), &probe(Method::GET), &[], PAIRS).await.expect_err("nothing to ask for");
    assert!(matches!(error, TimingError::TooFew));
}

//! What is remembered of the look-ups, and for how long.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tenantry::layers::resolve::{Bounds, Found, Remember};

use crate::service::{Service, slug};

fn acme() -> Result<String, u16> {
    Ok("acme".to_owned())
}

#[tokio::test]
async fn tenants_and_names_of_nobody_are_asked_for_once() {
    let service = Service::with_hosts();
    for _ in 0..3 {
        assert_eq!(service.by_host("acme.org").await, acme());
        assert_eq!(service.by_host("closed.org").await, Err(404));
    }
    assert_eq!(service.tenants.asked(), 2);
    for _ in 0..3 {
        assert_eq!(service.by_host("nobody.org").await, Err(404));
        assert_eq!(service.by_host("nobody.example.com").await, Err(404));
    }
    assert_eq!(service.tenants.asked(), 4);
}

#[tokio::test]
async fn an_answer_is_forgotten_at_its_age() {
    let service = Service::with_hosts();
    let tenant = service.tenants.get("acme");
    assert_eq!(service.by_host("acme.org").await, acme());
    assert_eq!(service.by_host("new.example.com").await, Err(404));
    // Nobody says that anything has changed.
    service.tenants.set_active(tenant, false);
    service.tenants.set(slug("new"), Found { tenant: service.tenants.get("globex"), active: true });
    service.wait(29);
    assert_eq!(service.by_host("acme.org").await, acme());
    assert_eq!(service.by_host("new.example.com").await, Err(404));
    service.wait(1);
    assert_eq!(service.by_host("acme.org").await, Err(404));
    assert!(service.by_host("new.example.com").await.is_ok());
}

#[tokio::test]
async fn asking_again_does_not_keep_an_answer_young() {
    let service = Service::with_hosts();
    let tenant = service.tenants.get("acme");
    assert_eq!(service.by_host("acme.org").await, acme());
    service.tenants.set_active(tenant, false);
    for _ in 0..29 {
        service.wait(1);
        assert_eq!(service.by_host("acme.org").await, acme());
    }
    service.wait(1);
    assert_eq!(service.by_host("acme.org").await, Err(404));
}

#[tokio::test]
async fn a_change_is_seen_by_the_next_request() {
    let service = Service::with_hosts();
    let (tenant, other) = (service.tenants.get("acme"), service.tenants.get("globex"));
    assert_eq!(service.by_host("acme.org").await, acme());
    assert_eq!(service.by_host("globex.org").await, Ok("globex".to_owned()));
    assert_eq!(service.by_host("new.example.com").await, Err(404));
    let asked = service.tenants.asked();

    service.tenants.set_active(tenant, false);
    service.resolve.invalidate(tenant);
    assert_eq!(service.by_host("acme.org").await, Err(404));
    // The other tenant is still remembered.
    assert_eq!(service.by_host("globex.org").await, Ok("globex".to_owned()));
    assert_eq!(service.tenants.asked(), asked + 1);

    service.tenants.set(slug("new"), Found { tenant: other, active: true });
    service.resolve.invalidate(other);
    assert!(service.by_host("new.example.com").await.is_ok());

    service.tenants.set_active(tenant, true);
    service.resolve.clear();
    assert_eq!(service.by_host("acme.org").await, acme());
}

#[tokio::test]
async fn random_hosts_push_out_no_tenant() {
    let service = Service::with(|builder| {
        let bounds = Bounds { names: 10, bytes: 1000 };
        builder.domains().remember(Remember { expiry: Duration::from_secs(30), tenants: bounds, nobody: bounds })
    });
    assert_eq!(service.by_host("acme.org").await, acme());
    for number in 0..100 {
        assert_eq!(service.by_host(&format!("random-{number}.org")).await, Err(404));
    }
    let asked = service.tenants.asked();
    assert_eq!(service.by_host("acme.org").await, acme());
    assert_eq!(service.by_host("random-99.org").await, Err(404));
    assert_eq!(service.tenants.asked(), asked);
    assert_eq!(service.by_host("random-0.org").await, Err(404));
    assert_eq!(service.tenants.asked(), asked + 1);
}

#[tokio::test]
async fn a_failure_is_not_remembered() {
    let service = Service::with_hosts();
    service.tenants.fail(true);
    assert_eq!(service.by_host("acme.org").await, Err(503));
    service.tenants.fail(false);
    assert_eq!(service.by_host("acme.org").await, acme());
}

#[tokio::test]
async fn a_thousand_requests_at_once_ask_once() {
    let service = Service::with_hosts();
    let gate = service.tenants.gate();
    let mut requests: Vec<_> = (0..1000).map(|_| Box::pin(service.by_host("acme.org"))).collect();
    for request in &mut requests {
        assert!(request.as_mut().now_or_never().is_none());
    }
    gate.add_permits(1000);
    assert!(join_all(requests).await.into_iter().all(|whose| whose == acme()));
    assert_eq!(service.tenants.asked(), 1);
}

#[tokio::test]
async fn an_answer_from_before_a_change_serves_nobody_after_it() {
    let service = Service::with_hosts();
    let tenant = service.tenants.get("acme");
    let gate = service.tenants.gate();
    let mut before = Box::pin(service.by_host("acme.org"));
    assert!(before.as_mut().now_or_never().is_none());
    service.tenants.set_active(tenant, false);
    service.resolve.invalidate(tenant);
    gate.add_permits(10);
    // It came before, and is answered as it was then.
    assert_eq!(before.await, acme());
    assert_eq!(service.by_host("acme.org").await, Err(404));
}

//! What people's ordinary tests look like, and that an ordinary build has no weakening in it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use tenantry::http::{Api, CursorKey};
use tenantry::layers::DevTenant;
use tenantry::{ErrorKind, Tenancy, TenantDb};
use tenantry_app::inventory::{Category, NewCategory};
use tenantry_app::sales::{Customer, NewCustomer};
use tenantry_testkit::{Suite, draft, drafts};
use tower::ServiceExt as _;

static SUITE: Suite = Suite::new(tenantry_app::MODELS, tenantry_app::CONVENTIONS, "../migrations");

#[tenantry_testkit::test(SUITE)]
async fn a_drafted_customer_is_stored_as_it_is(db: TenantDb) -> Result<(), tenantry::Error> {
    let new = NewCustomer { name: "Alfreds".to_owned(), ..draft::<Customer>() };
    let stored = db.run(Customer::repo().create(&new)).await?;
    assert_eq!((stored.code, stored.name, stored.status, stored.credit_limit), (new.code, new.name, new.status, new.credit_limit));
    Ok(())
}

#[tenantry_testkit::test(SUITE)]
async fn drafts_are_stored_together([a, b]: [TenantDb; 2]) {
    let customers = drafts::<Customer>(50);
    for (db, other) in [(&a, &b), (&b, &a)] {
        for new in &customers {
            let stored = db.run(Customer::repo().create(new)).await.expect("its keys are its own");
            let foreign = other.run(Customer::repo().find(stored.id)).await.expect_err("another tenant's");
            assert_eq!(*foreign.kind(), ErrorKind::NotFound);
        }
    }
}

/// The database is the test's own: each of these two would see the other's row.
#[tenantry_testkit::test(SUITE)]
async fn a_test_sees_no_other_tests_rows(db: TenantDb) {
    the_only_category(&db).await;
}

#[tenantry_testkit::test(SUITE)]
#[should_panic(expected = "a panic in a test fails it")]
async fn and_a_panic_fails_it(db: TenantDb) {
    the_only_category(&db).await;
    panic!("a panic in a test fails it");
}

async fn the_only_category(db: &TenantDb) {
    let new = NewCategory { name: "Tea".to_owned(), ..draft::<Category>() };
    db.run(Category::repo().create(&new)).await.expect("no other test has made it");
    assert_eq!(db.run(Category::repo().list().unit()).await.expect("a page").items.len(), 1);
}

#[tenantry_testkit::test(SUITE)]
async fn the_services_side_is_there_too((tenancy, [a, b]): (Tenancy, [TenantDb; 2])) {
    let customer = a.run(Customer::repo().create(&draft::<Customer>())).await.expect("a customer");
    let routes = tenantry_app::router(&Api::new(tenancy.registry(), CursorKey::random().expect("a key")));
    let service = DevTenant::new(&tenancy, "test", ([127, 0, 0, 1], 0).into()).expect("a test").around(routes);
    for (db, status) in [(&a, StatusCode::OK), (&b, StatusCode::NOT_FOUND)] {
        let request = Request::get(format!("/customers/{}", customer.id)).header("x-tenant", db.tenant().to_string());
        let response = service.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
        assert_eq!(response.status(), status);
    }
}

#[test]
fn a_build_has_weakenings_only_when_it_is_asked_for_them() {
    let binary = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    // Put together here, so that this test does not find itself.
    let variable = ["TENANTRY", "MUTANT"].join("_");
    let found = binary.windows(variable.len()).any(|window| window == variable.as_bytes());
    assert_eq!(found, cfg!(tenantry_mutants), "what `mutant!` reads at run time is in the binary: {found}");
}

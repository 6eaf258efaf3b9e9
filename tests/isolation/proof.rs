//! The proof on the reference application. The environment chooses how much of it: see `tenantry_testkit::proof`.

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::map_request;
use serde_json::json;
use tenantry::Tenancy;
use tenantry::layers::DevTenant;
use tenantry_testkit::Proof;
use tenantry_testkit::proof::{Draw, FaultsReport, Operation, Part, Principals, Rows, Surface};
use tenantry_tests::{root, server};

use crate::business::{changes, reports};
use crate::place_order::place_order;

fn proof() -> Proof {
    let proof = Proof::new(tenantry_app::MODELS, tenantry_app::router).conventions(tenantry_app::CONVENTIONS);
    let proof = proof.migrations(root().join("migrations"));
    proof.operation(place_order()).operation(reports()).operation(changes()).operation(reorder())
}

/// A function without a stated effect, which orders ten of each product that runs out: the proof finds out by reading what it did.
fn reorder() -> Operation {
    let level = |draw: &mut Draw, _: Rows<'_>, _: &[Rows<'_>]| Some(json!(draw.below(40)));
    Operation::function("reorder what runs out", level, |db, level| {
        Box::pin(async move {
            let sql = "update app.products set units_on_order = 10 where tenant_id = $1 and units_in_stock < $2";
            let level = level.as_i64().and_then(|level| i32::try_from(level).ok());
            let ordered = db.transaction(async |tx| {
                let tenant = tx.tenant();
                Ok(sqlx::query(sql).bind(tenant).bind(level).execute(tx).await?.rows_affected())
            });
            Ok(json!({"ordered": ordered.await?}))
        })
    })
}

/// Callers that show a header of the application's own, which its layer reads.
fn callers() -> Principals {
    let layers = |tenancy: &Tenancy, routes: Router| {
        let development = DevTenant::new(tenancy, "test", ([127, 0, 0, 1], 0).into()).expect("a test on loopback");
        development.around(routes).layer(map_request(async |mut request: Request| {
            let caller = request.headers_mut().remove("x-caller").expect("every request shows its caller");
            request.headers_mut().insert("x-tenant", caller);
            request
        }))
    };
    Principals::new(layers, |tenant, request| {
        request.headers.insert("x-caller", HeaderValue::from_str(&tenant.to_string()).expect("a uuid"));
    })
}

#[test]
fn callers_are_made_as_the_application_says() {
    let parts = [Part::Workload, Part::Attacks];
    let report = proof().parts(&parts).principals(callers()).cases(3).surfaces(&[Surface::Http]).try_run_on(server()).unwrap();
    assert!(report.operations() > 0);
}

/// As on a server that has no login which row security does not bind.
#[test]
fn an_observer_that_row_security_binds_looks_tenant_by_tenant() {
    let workload = |proof: Proof| proof.parts(&[Part::Workload]).cases(4).seed(11).observed_tenant_by_tenant();
    let report = workload(proof()).try_run_on(server()).unwrap();
    let json = serde_json::to_value(&report).expect("a report is JSON");
    let observer = json["workload"]["observer"].as_str().unwrap_or_default();
    assert!(observer.starts_with("the application's role in the context of one tenant after the other"), "{json}");
    assert!(json["not_covered"].to_string().contains("rows that no tenant's own context shows"), "{json}");
}

#[test]
fn no_tenant_reaches_another() {
    let report = proof().run_on(server());
    assert!(report.faults().is_none_or(FaultsReport::pooler), "PgBouncer is not installed: `apt-get install pgbouncer`");
}

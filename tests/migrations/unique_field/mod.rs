//! A field that becomes unique, and one that comes as unique.

mod after;
mod before;

use crate::bench::{Bench, Case, TENANTS};

pub(crate) const CASE: Case = Case {
    name: "unique_field",
    before: before::MODELS,
    after: after::MODELS,
    rows: &["insert into app.customers (tenant_id, id, name) \
         select t.id, gen_random_uuid(), 'Customer ' || n from tenancy.tenants t, generate_series(1, 3) n"],
    up: include_str!("expected.up.sql"),
    down: include_str!("expected.down.sql"),
};

#[tokio::test]
async fn up_down_up() {
    CASE.run().await;
}

/// Within a tenant only: both tenants have the same names, which the case shows; here one tenant has one twice.
#[tokio::test]
async fn rows_that_are_equal_make_it_fail() {
    let bench = Bench::new("unique_twice").await;
    bench.generate(before::MODELS);
    bench.migrate().await.expect("the first migration is applied");
    bench.run(&[TENANTS]).await;
    bench.run(CASE.rows).await;
    bench.run(&["update app.customers set name = 'Customer 1' where name = 'Customer 2'"]).await;
    let catalogue = bench.catalogue();
    bench.generate(after::MODELS);
    let error = bench.migrate().await.expect_err("the key cannot be made");
    assert!(error.to_string().contains("migration 2"), "{error}");
    assert_eq!(bench.catalogue(), catalogue, "nothing has changed");
}

//! An enum gets a word more.

mod after;
mod before;

use crate::bench::Case;

pub(crate) const CASE: Case = Case {
    name: "enum_word",
    before: before::MODELS,
    after: after::MODELS,
    rows: &["insert into app.customers (tenant_id, id, status) \
         select t.id, gen_random_uuid(), s from tenancy.tenants t, unnest(array['active', 'closed']) s"],
    up: include_str!("expected.up.sql"),
    down: include_str!("expected.down.sql"),
};

#[tokio::test]
async fn up_down_up() {
    let bench = CASE.run().await;
    bench.run(&["update app.customers set status = 'on_hold' where status = 'closed'"]).await;
    let error = bench.rollback().await.expect_err("rows hold the word that would go");
    assert!(error.to_string().contains("taken back"), "{error}");
}

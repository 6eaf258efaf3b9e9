//! Fields that go: one that took null, one that did not, and a reference with its index.

mod after;
mod before;

use crate::bench::Case;

pub(crate) const CASE: Case = Case {
    name: "dropped_field",
    before: before::MODELS,
    after: after::MODELS,
    rows: &["insert into app.customers (tenant_id, id, name, code, \"limit\", limit_currency, since) \
         select t.id, gen_random_uuid(), 'Customer ' || n, 'C' || n, n, 'EUR', '2020-01-01' from tenancy.tenants t, generate_series(1, 3) n"],
    up: include_str!("expected.up.sql"),
    down: include_str!("expected.down.sql"),
};

#[tokio::test]
async fn up_down_up() {
    CASE.run().await;
}

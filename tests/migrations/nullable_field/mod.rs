//! A field that takes null.

mod after;
mod before;

use crate::bench::Case;

pub(crate) const CASE: Case = Case {
    name: "nullable_field",
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

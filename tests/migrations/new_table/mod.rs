//! A table that refers to one that is there and forced, and two that refer to each other.

mod after;
mod before;

use crate::bench::Case;

pub(crate) const CASE: Case = Case {
    name: "new_table",
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

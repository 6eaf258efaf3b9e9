//! A field that takes no null: with a default it comes, without one it is refused.

mod after;
mod before;

use crate::bench::{Case, between};

pub(crate) const CASE: Case = Case {
    name: "required_field",
    before: before::MODELS,
    after: after::MODELS,
    rows: &["insert into app.customers (tenant_id, id, name) \
         select t.id, gen_random_uuid(), 'Customer ' || n from tenancy.tenants t, generate_series(1, 3) n"],
    up: include_str!("expected.up.sql"),
    down: include_str!("expected.down.sql"),
};

#[tokio::test]
async fn up_down_up() {
    let bench = CASE.run().await;
    let mut admin = bench.site.admin().await;
    let filled: i64 =
        sqlx::query_scalar("select count(*) from app.customers where segment = 'standard'").fetch_one(&mut admin).await.expect("counts");
    assert_eq!(filled, 6, "the rows that were there have the default");
}

mod without_default {
    use tenantry::{Entry, Id, tenant_model};

    /// A customer of the tenant.
    #[tenant_model(table = "customers")]
    pub(crate) struct Customer {
        pub(crate) id: Id<Customer>,
        #[model(max_len = 200)]
        pub(crate) name: String,
        pub(crate) segment: String,
    }

    pub(crate) const MODELS: &[Entry] = &[Entry::of::<Customer>()];
}

#[test]
fn without_a_default_it_is_refused() {
    let refusals = between(before::MODELS, without_default::MODELS).expect_err("is refused");
    let text: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    assert!(matches!(text.as_slice(), [one] if one.starts_with("Customer.segment: ") && one.contains("default = …")), "{text:?}");
}

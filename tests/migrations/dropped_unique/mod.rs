//! Unique fields that go: on the way back each row gets a value of its own, or the keys could not come back.

mod after;
mod before;

use crate::bench::{Case, between};

pub(crate) const CASE: Case = Case {
    name: "dropped_unique",
    before: before::MODELS,
    after: after::MODELS,
    rows: &["insert into app.customers (tenant_id, id, name, code, tag) \
         select t.id, gen_random_uuid(), 'Customer ' || n, 'C' || n, 'T' || n from tenancy.tenants t, generate_series(1, 2) n"],
    up: include_str!("expected.up.sql"),
    down: include_str!("expected.down.sql"),
};

#[tokio::test]
async fn up_down_up() {
    CASE.run().await;
}

/// The other way round no migration is written: one default in every row would break the key of every tenant with two rows.
#[test]
fn a_unique_field_that_comes_with_a_value_for_all_is_refused() {
    let refusals = between(after::MODELS, before::MODELS).expect_err("is refused");
    let texts: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    let [code, tag] = texts.as_slice() else { panic!("{texts:#?}") };
    assert!(code.starts_with("Customer.code: a new column of app.customers takes no null and is unique"), "{code}");
    assert!(tag.starts_with("Customer.tag: ") && tag.contains("make it an `Option`") && tag.contains("or drop `unique`"), "{tag}");
}

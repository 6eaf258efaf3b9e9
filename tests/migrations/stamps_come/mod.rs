//! The stamps come to a table with rows, and a documentation changes.

mod after;
mod before;

use crate::bench::Case;

pub(crate) const CASE: Case = Case {
    name: "stamps_come",
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
    bench.run(&["update app.customers set name = null"]).await;
    let mut admin = bench.site.admin().await;
    let moved: i64 =
        sqlx::query_scalar("select count(*) from app.customers where version = 2").fetch_one(&mut admin).await.expect("counts");
    assert_eq!(moved, 6, "the trigger moves the version");
    let error = bench.rollback().await.expect_err("rows hold no name, which the model of before demands");
    let cause = std::error::Error::source(&error).expect("the server's words").to_string();
    assert!(cause.contains("contains null values"), "NOT NULL sees every row, though FORCE hides them from the owner: {cause}");
}

//! A field that becomes a reference, and one that comes as one.

mod after;
mod before;

use crate::bench::{Bench, Case, TENANTS};

pub(crate) const CASE: Case = Case {
    name: "reference",
    before: before::MODELS,
    after: after::MODELS,
    rows: &[
        "insert into app.users (tenant_id, id) select t.id, gen_random_uuid() from tenancy.tenants t, generate_series(1, 2)",
        "insert into app.orders (tenant_id, id, placed_by) select tenant_id, gen_random_uuid(), id from app.users",
    ],
    up: include_str!("expected.up.sql"),
    down: include_str!("expected.down.sql"),
};

#[tokio::test]
async fn up_down_up() {
    let bench = CASE.run().await;
    bench.run(&["delete from app.users"]).await;
    let mut admin = bench.site.admin().await;
    let kept: i64 =
        sqlx::query_scalar("select count(*) from app.orders where placed_by is null").fetch_one(&mut admin).await.expect("counts");
    assert_eq!(kept, 4, "the rows stay, without the reference");
}

/// Rows that refer to nothing, and rows that refer to another tenant's: both are found, though FORCE hides them from the owner.
#[tokio::test]
async fn a_dangling_row_makes_the_key_fail() {
    let bench = Bench::new("dangling").await;
    bench.generate(before::MODELS);
    bench.migrate().await.expect("the first migration is applied");
    bench.run(&[TENANTS]).await;
    bench.run(CASE.rows).await;
    bench.generate(after::MODELS);
    let catalogue = bench.catalogue();
    let foreign = "update app.orders o set placed_by = (select id from app.users u where u.tenant_id <> o.tenant_id limit 1)";
    let nobody = "update app.orders set placed_by = gen_random_uuid() where id = (select id from app.orders order by id limit 1)";
    let right = "update app.orders o set placed_by = (select id from app.users u where u.tenant_id = o.tenant_id limit 1)";
    for dangling in [foreign, nobody] {
        bench.run(&[dangling]).await;
        let error = bench.migrate().await.expect_err("a row dangles");
        assert!(error.to_string().ends_with("(SQLSTATE 23503, constraint orders_placed_by_fkey)"), "{error}");
        assert_eq!(bench.catalogue(), catalogue, "nothing has changed, and every fence stands");
        bench.run(&[right]).await;
    }
    bench.migrate().await.expect("no row dangles");
}

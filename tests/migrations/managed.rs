//! Migrations of a login that is no superuser: it becomes the owner, as everybody does who migrates.

use tenantry::migrate::provision::Level;
use tenantry::migrate::{self, migrate};
use tenantry_testkit::{execute, lines};

use crate::bench::Bench;
use crate::{new_table, reference, required_field, unique_field};

#[tokio::test]
async fn a_key_is_validated_with_all_rows_in_sight() {
    reference::CASE.run_at(Level::Managed).await;
}

#[tokio::test]
async fn a_column_is_filled_for_every_tenant() {
    required_field::CASE.run_at(Level::Managed).await;
}

#[tokio::test]
async fn a_unique_key_comes_and_goes() {
    unique_field::CASE.run_at(Level::Managed).await;
}

/// Without an event trigger nothing else looks.
#[tokio::test]
async fn a_table_comes_with_its_fence_and_migrate_names_one_that_is_open() {
    let bench = new_table::CASE.run_at(Level::Managed).await;
    let mut admin = bench.site.admin().await;
    let open =
        "select oid::regclass::text from pg_class where relnamespace in ('app'::regnamespace, 'tenancy'::regnamespace) and relkind = 'r'
                and not relrowsecurity";
    assert_eq!(lines(&mut admin, open).await.expect("reads"), [""; 0], "the ledger is no exception");
    let fenced = lines(&mut admin, "select min(oid::regclass::text) from pg_class where relforcerowsecurity").await.expect("reads");
    let table = fenced.first().expect("there is one");
    execute(&mut admin, &format!("alter table {table} disable row level security")).await.expect("spoils");
    let error = bench.migrate().await.expect_err("a fence is open").to_string();
    assert!(error.contains(table) && error.contains("enable row level security"), "{error}");
}

#[tokio::test]
async fn the_migrators_login_does_as_well() {
    let bench = Bench::at(Level::Managed, "migrator").await;
    bench.generate(reference::CASE.before);
    let mut migrator = bench.site.connect("migrator").await;
    assert_eq!(migrate(&mut migrator, bench.site.conventions(), bench.folder(), &mut |_| {}).await.expect("applies"), 1);
    assert_eq!(migrate::rollback(&mut migrator, bench.site.conventions(), bench.folder(), &mut |_| {}).await.expect("takes back"), 1);
}

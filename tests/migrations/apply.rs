//! Folders and ledgers that are not as they should be: clear errors, and nothing lost.

use std::error::Error as _;
use std::fs;
use std::path::Path;

use sqlx::Connection as _;
use tenantry::migrate::{self, FileState, MigrateError};
use tenantry::schema::ir::Schema;

use crate::bench::{Bench, schema};
use crate::nullable_field::CASE;

fn text(error: &MigrateError) -> String {
    let cause = error.source().map(|cause| format!(" / {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

/// A bench with both migrations of a case in its folder, and the first so many applied.
async fn bench(name: &str, applied: usize) -> Bench {
    let bench = Bench::new(name).await;
    bench.generate(CASE.before);
    if applied == 1 {
        bench.migrate().await.expect("the first migration is applied");
    }
    bench.generate(CASE.after);
    if applied == 2 {
        bench.migrate().await.expect("both migrations are applied");
    }
    bench
}

fn add(bench: &Bench, name: &str, text: impl AsRef<[u8]>) {
    fs::write(bench.folder().join(name), text).expect("the file is written");
}

#[tokio::test]
async fn an_edited_file_is_found() {
    let bench = bench("edited", 2).await;
    let path = bench.folder().join("0002_customer_nickname.up.sql");
    let edited = fs::read_to_string(&path).expect("is text") + "-- a word more\n";
    fs::write(&path, edited).expect("the file is written");
    let catalogue = bench.catalogue();
    for error in [bench.migrate().await.expect_err("is refused"), bench.rollback().await.expect_err("is refused")] {
        assert!(text(&error).contains("the file of migration 2 changed"), "{}", text(&error));
    }
    assert_eq!(bench.catalogue(), catalogue);
    let mut admin = bench.site.admin().await;
    let status = migrate::status(&mut admin, bench.site.conventions(), bench.folder()).await.expect("tells");
    let states: Vec<FileState> = status.files.iter().map(|file| file.state).collect();
    assert_eq!(states, [FileState::Applied, FileState::Changed]);
    assert!(!status.is_clean());
}

#[tokio::test]
async fn a_database_ahead_of_the_files_is_left_alone() {
    let bench = bench("ahead", 2).await;
    for side in ["up", "down"] {
        fs::remove_file(bench.folder().join(format!("0002_customer_nickname.{side}.sql"))).expect("is removed");
    }
    let catalogue = bench.catalogue();
    for error in [bench.migrate().await.expect_err("is refused"), bench.rollback().await.expect_err("is refused")] {
        assert!(text(&error).contains("migration 2 (customer nickname) is applied here"), "{}", text(&error));
    }
    assert_eq!(bench.catalogue(), catalogue);
    let mut admin = bench.site.admin().await;
    let status = migrate::status(&mut admin, bench.site.conventions(), bench.folder()).await.expect("tells");
    assert_eq!(status.files.last().map(|file| file.state), Some(FileState::Missing));
}

#[tokio::test]
async fn a_file_squeezed_in_is_refused() {
    let bench = Bench::new("squeezed").await;
    bench.generate(CASE.before);
    add(&bench, "0003_later.sql", "select 1;");
    bench.migrate().await.expect("both are applied");
    add(&bench, "0002_earlier.sql", "select 1;");
    let error = bench.migrate().await.expect_err("is refused");
    assert!(text(&error).contains("migration 2 is not applied, but the later 3 is"), "{}", text(&error));
}

#[tokio::test]
async fn a_failing_file_leaves_nothing_and_says_where() {
    let bench = bench("failing", 1).await;
    add(&bench, "0003_hand_written.up.sql", "create table app.half (id int);\nselect nonsense;\n");
    let error = bench.migrate().await.expect_err("fails");
    let said = text(&error);
    assert!(
        said.contains("migration 3 (hand written) failed and was taken back (SQLSTATE 42703, at character 40 of its file)")
            && said.contains("nonsense"),
        "{said}"
    );
    assert!(!bench.catalogue().contains("half"), "nothing is half done");
    assert!(bench.catalogue().contains("nickname"), "the migration before it is applied");
    // The lock is free, and the next attempt goes on from there.
    add(&bench, "0003_hand_written.up.sql", "select 1;");
    assert_eq!(bench.migrate().await.expect("is applied"), 1);
    let error = bench.rollback().await.expect_err("has no way back");
    assert!(text(&error).contains("migration 3 has no .down.sql"), "{}", text(&error));
}

/// PostgreSQL's DETAIL holds the row; an error message goes into logs and terminals, where a tenant's rows have no business.
#[tokio::test]
async fn a_failing_file_shows_no_row() {
    let bench = bench("no_row", 1).await;
    bench.run(&[crate::bench::TENANTS]).await;
    bench.run(CASE.rows).await;
    bench.run(&["update app.customers set name = 'geheim'"]).await;
    // The server keeps the detail back from the owner of a fenced table; a trigger's or a function's error may bring one.
    add(&bench, "0003_key.up.sql", "do $$ begin raise exception 'no' using detail = 'the row (geheim)'; end $$;");
    let error = bench.migrate().await.expect_err("fails");
    let said = format!("{} / {error:?}", text(&error));
    assert!(!said.contains("geheim"), "{said}");
    assert!(said.contains("migration 3 (key) failed and was taken back (SQLSTATE P0001)"), "{said}");
    add(&bench, "0003_key.up.sql", "alter table app.customers add constraint customers_once unique (name);");
    let error = bench.migrate().await.expect_err("fails");
    let said = format!("{} / {error:?}", text(&error));
    assert!(said.contains("migration 3 (key) failed and was taken back (SQLSTATE 23505, constraint customers_once)"), "{said}");
}

#[tokio::test]
async fn a_fence_that_is_open_is_named() {
    let bench = bench("open", 1).await;
    add(&bench, "0003_careless.up.sql", "alter table app.customers no force row level security;");
    let error = bench.migrate().await.expect_err("a fence is open");
    assert!(text(&error).contains("app.customers lets its owner pass"), "{}", text(&error));
    add(
        &bench,
        "0004_more.up.sql",
        "create policy wide on app.customers using (true); alter table app.customers force row level security;",
    );
    let error = bench.migrate().await.expect_err("a policy too many");
    assert!(text(&error).contains("app.customers has the policies tenant_fence, tenant_rows, wide instead of"), "{}", text(&error));
    add(&bench, "0005_reworded.up.sql", "drop policy wide on app.customers; alter policy tenant_fence on app.customers using (true);");
    let error = bench.migrate().await.expect_err("a policy of that name that says something else");
    assert!(text(&error).contains("policy tenant_fence on app.customers is not the one that the model has"), "{}", text(&error));
    add(&bench, "0006_most.up.sql", "alter table app.customers disable row level security;");
    let error = bench.migrate().await.expect_err("no fence at all");
    assert!(text(&error).contains("app.customers has no row level security"), "{}", text(&error));
}

#[tokio::test]
async fn a_catalogue_that_differs_is_named() {
    let bench = bench("differs", 2).await;
    let status = async || {
        let mut admin = bench.site.admin().await;
        migrate::status(&mut admin, bench.site.conventions(), bench.folder()).await.expect("tells")
    };
    assert!(status().await.is_clean(), "{:?}", status().await);
    bench.run(&["alter table app.customers drop column nickname", "alter table app.customers alter column name drop not null"]).await;
    let faults = status().await.faults;
    let expected = [
        "app.customers.name is text in the database and text not null in the snapshot",
        "app.customers.nickname is in the snapshot and not in the database",
    ];
    assert_eq!(faults, expected);
}

#[tokio::test]
async fn keys_and_triggers_that_are_gone_or_off_are_named() {
    let bench = bench("gone", 2).await;
    bench
        .run(&[
            "alter table app.customers drop constraint customers_tenant_id_fkey",
            "alter table app.customers disable trigger tenant_immutable",
        ])
        .await;
    let mut admin = bench.site.admin().await;
    let faults = migrate::status(&mut admin, bench.site.conventions(), bench.folder()).await.expect("tells").faults;
    let rest = "of app.customers is in the snapshot and not, or not in force, in the database";
    assert_eq!(faults, [format!("constraint customers_tenant_id_fkey {rest}"), format!("trigger tenant_immutable {rest}")]);
}

#[tokio::test]
async fn two_at_once_apply_each_file_once() {
    let bench = bench("twice", 0).await;
    let (one, other) = tokio::join!(bench.migrate(), bench.migrate());
    let mut counts = [one.expect("is applied"), other.expect("waits")];
    counts.sort_unstable();
    assert_eq!(counts, [0, 2]);
}

#[tokio::test]
async fn the_migrator_is_enough_and_the_app_is_not() {
    let bench = bench("logins", 0).await;
    let mut app = bench.site.connect("app").await;
    let error = migrate::migrate(&mut app, bench.site.conventions(), bench.folder(), &mut |_| {}).await.expect_err("is refused");
    assert!(text(&error).contains("cannot become") && text(&error).contains("cargo xtask provision"), "{}", text(&error));
    let mut migrator = bench.site.connect("migrator").await;
    let done = migrate::migrate(&mut migrator, bench.site.conventions(), bench.folder(), &mut |_| {}).await;
    assert_eq!(done.expect("is applied"), 2);
    let role: String = sqlx::query_scalar("select current_user::text").fetch_one(&mut migrator).await.expect("answers");
    assert_eq!(role, bench.site.role("migrator"), "the login is itself again");
    migrator.close().await.expect("closes");
}

#[tokio::test]
async fn nothing_applied_is_nothing_to_take_back() {
    let bench = bench("nothing", 0).await;
    let error = bench.rollback().await.expect_err("is refused");
    assert!(text(&error).contains("nothing is applied"), "{}", text(&error));
}

fn read(files: &[(&str, &[u8])]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("the file is written");
    }
    text(&migrate::read_files(folder.path()).expect_err("is refused"))
}

#[test]
fn folders_that_are_none() {
    let missing = migrate::read_files(Path::new("/nowhere/migrations")).expect_err("is refused");
    assert!(text(&missing).contains("there is no folder /nowhere/migrations"), "{missing}");
    assert!(read(&[("0001_a.up.sql", b"\xff\xfe")]).contains("0001_a.up.sql is not UTF-8"));
    assert!(read(&[("0001_a.up.sql", b"select 1\0")]).contains("U+0000"));
    assert!(read(&[("first.sql", b"")]).contains("a number, an underscore, a name"));
    assert!(read(&[("0_first.sql", b"")]).contains("a number, an underscore, a name"));
    assert!(read(&[("99999999999999999999_first.sql", b"")]).contains("a number, an underscore, a name"));
    assert!(read(&[("0001_a.up.sql", b""), ("1_b.sql", b"")]).contains("another file has the number 1"));
    assert!(read(&[("0001_a.down.sql", b"")]).contains("has a .down.sql file and no .up.sql file"));
}

fn snapshot(text: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(migrate::SNAPSHOT_FILE), text).expect("the file is written");
    migrate::read_snapshot(folder.path()).expect_err("is refused").to_string()
}

#[test]
fn snapshots_that_are_none() {
    assert!(snapshot(b"\xff").contains("not UTF-8"));
    assert!(snapshot(b"<<<<<<< HEAD").contains("not a snapshot of this version"));
    assert!(snapshot(br#"{"format": 2, "tables": []}"#).contains("format 2, this version reads 1"));
    assert!(snapshot(br#"{"format": 1, "note": "", "schema": {}, "more": 1}"#).contains("not a snapshot of this version"));
}

#[test]
fn a_lost_snapshot_does_not_start_from_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = schema(CASE.before, &tenantry::Conventions::DEFAULT);
    let next = migrate::next(folder.path(), &before, Some("start")).expect("is planned");
    migrate::write(folder.path(), next.generated.as_ref(), &before).expect("is written");
    let again = migrate::write(folder.path(), next.generated.as_ref(), &before).expect_err("a file is there");
    assert!(text(&again).contains("0001_start.up.sql"), "{}", text(&again));
    let next = migrate::next(folder.path(), &before, None).expect("is planned");
    assert!(next.generated.is_none() && !next.stale, "the snapshot is the schema");
    fs::remove_file(folder.path().join(migrate::SNAPSHOT_FILE)).expect("is removed");
    let error = migrate::next(folder.path(), &before, None).expect_err("is refused");
    assert!(text(&error).contains("the snapshot is missing"), "{}", text(&error));
    let error = migrate::next(folder.path(), &Schema::default(), Some("../up")).expect_err("is no name");
    assert!(text(&error).contains("`../up`"), "{}", text(&error));
}

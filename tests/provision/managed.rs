//! Level `managed`: a login with CREATEROLE that owns the database provisions it.

use sqlx::{ConnectOptions, PgConnection};
use tenantry::migrate::provision::{Level, Options, Password, PasswordOrigin, Passwords, ProvisionError, Script, deprovision, provision};
use tenantry_testkit::{execute, lines};
use tenantry_tests::{Site, conventions, server};

use super::{assert_same, catalogue, state};

/// The catalogue without the verifiers, whose salt is new whenever a password is set.
async fn without_verifiers(connection: &mut PgConnection, prefix: &str) -> Vec<String> {
    let hidden = |line: String| match line.split_once("\"rolpassword\": \"") {
        Some((start, end)) => format!("{start}{}", end.split_once('"').map_or("", |(_, end)| end)),
        None => line,
    };
    catalogue(connection, prefix).await.into_iter().map(hidden).collect()
}

async fn version(connection: &mut PgConnection) -> i32 {
    sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(connection).await.expect("is a number")
}

#[tokio::test]
async fn the_level_is_the_one_that_the_login_is_good_for_and_the_report_says_what_it_leaves_open() {
    let site = Site::bare(Level::Managed, "level").await;
    let report = provision(&site.provisioner_options(), site.conventions(), &site.options()).await.expect("provisions");
    insta::assert_snapshot!("managed_report", report.to_string().replace(site.conventions().roles, "shop"));
    let again = provision(&site.provisioner_options(), site.conventions(), &Options::default()).await.expect("provisions again");
    assert!(again.logins.iter().all(|(_, origin)| *origin == PasswordOrigin::Kept), "{again:?}");
    site.connect("app").await;

    let superusers = Site::bare(Level::Hardened, "level").await;
    let report = provision(&superusers.admin_options(), superusers.conventions(), &superusers.options()).await.expect("provisions");
    let shown = report.to_string();
    assert!(shown.contains("level hardened (no level was named, and ") && shown.contains(" is a superuser)"), "{shown}");
    assert!(report.openings.is_empty() && !shown.contains("leaves open"), "{shown}");
}

#[tokio::test]
async fn a_second_provision_changes_nothing_and_mends_what_was_spoilt() {
    let site = Site::managed("again").await;
    let (mut admin, prefix, app) = (site.admin().await, site.conventions().roles, site.role("app"));
    let before = without_verifiers(&mut admin, prefix).await;
    provision(&site.provisioner_options(), site.conventions(), &site.options()).await.expect("provisions again");
    assert_same(&without_verifiers(&mut admin, prefix).await, &before, "a second run");
    for spoil in [
        format!("alter role {app} createdb"),
        format!("grant temporary, create on database {prefix} to public"),
        "grant create on schema app to public".to_owned(),
        "grant all on schema public to public".to_owned(),
        format!("alter role {app} reset statement_timeout"),
        format!("alter role {app} password 'another one'"),
    ] {
        assert_eq!(state(&mut admin, &spoil).await, "ok", "{spoil}");
    }
    assert_ne!(without_verifiers(&mut admin, prefix).await, before);
    provision(&site.provisioner_options(), site.conventions(), &site.options()).await.expect("provisions again");
    assert_same(&without_verifiers(&mut admin, prefix).await, &before, "mended");
    site.connect("app").await;
}

#[tokio::test]
async fn each_fault_of_the_outcome_is_named_and_nothing_has_changed() {
    let site = Site::managed("faults").await;
    let (mut admin, prefix) = (site.admin().await, site.conventions().roles);
    let (app, platform, owner) = (site.role("app"), site.role("platform"), site.role("owner"));
    for (spoil, mend, fault) in [
        (
            format!("grant pg_read_all_data to {app}"),
            format!("revoke pg_read_all_data from {app}"),
            format!("{app} is a member of pg_read_all_data"),
        ),
        (format!("alter role {app} bypassrls"), format!("alter role {app} nobypassrls"), format!("{app} has a forbidden attribute")),
        (
            format!("create table public.mine (); alter table public.mine owner to {platform}"),
            "drop table public.mine".to_owned(),
            format!("{platform} owns 1 objects"),
        ),
        (
            format!("alter role {app} set app.tenant_id = 'x'"),
            format!("alter role {app} reset app.tenant_id"),
            format!("setting app.tenant_id=x is a default of role {app}"),
        ),
        (
            format!("grant temporary on database {prefix} to {app}"),
            format!("revoke temporary on database {prefix} from {app}"),
            format!("{app} has temporary on this database"),
        ),
        (
            "create schema mine; grant create on schema mine to public".to_owned(),
            "drop schema mine".to_owned(),
            format!("{app} may create in schema mine"),
        ),
        (
            format!("create function app.f() returns int language sql security definer return 1; alter function app.f() owner to {owner}"),
            "drop function app.f()".to_owned(),
            format!("app.f() runs as {owner}"),
        ),
        (
            format!("alter schema app owner to {platform}"),
            format!("alter schema app owner to {owner}"),
            format!("schema app belongs to {platform} and not to {owner}"),
        ),
    ] {
        execute(&mut admin, &spoil).await.expect(&spoil);
        let before = without_verifiers(&mut admin, prefix).await;
        let refused = provision(&site.provisioner_options(), site.conventions(), &site.options()).await.expect_err(&spoil).to_string();
        assert!(refused.contains(&fault), "{spoil}: {refused}");
        assert_same(&without_verifiers(&mut admin, prefix).await, &before, &spoil);
        execute(&mut admin, &mend).await.expect(&mend);
    }
    provision(&site.provisioner_options(), site.conventions(), &site.options()).await.expect("is mended");
}

#[tokio::test]
async fn a_login_that_lacks_something_is_told_what_and_how_to_get_it() {
    let site = Site::bare(Level::Managed, "lacks").await;
    let (mut admin, dba, database) = (site.admin().await, site.role("dba"), site.conventions().roles);
    let mut refused = async |spoil: &str, mend: &str, options: &Options| {
        execute(&mut admin, spoil).await.expect(spoil);
        let error = provision(&site.provisioner_options(), site.conventions(), options).await.expect_err(spoil);
        execute(&mut admin, mend).await.expect(mend);
        error.to_string().replace(database, "shop")
    };
    let options = site.options();
    insta::assert_snapshot!(
        "managed_refusals",
        [
            refused(&format!("alter role {dba} nocreaterole"), &format!("alter role {dba} createrole"), &options).await,
            refused(
                &format!("alter database {database} owner to pg_monitor"),
                &format!("alter database {database} owner to {dba}"),
                &options,
            )
            .await,
            refused("select", "select", &Options { level: Some(Level::Hardened), ..site.options() }).await,
            refused("select", "select", &Options { quiet_stats: true, ..site.options() }).await,
        ]
        .join("\n")
    );
    provision(&site.provisioner_options(), site.conventions(), &site.options()).await.expect("lacks nothing");
}

/// From 16 on a role belongs to who made it; until 15, CREATEROLE is enough.
#[tokio::test]
async fn another_login_is_told_whose_the_roles_are_and_goes_on_when_it_is_let() {
    let site = Site::managed("others").await;
    let (mut admin, database, other) = (site.admin().await, site.conventions().roles, site.role("other"));
    let made = format!("create role {other} login createrole password 'a password of its own'; alter database {database} owner to {other}");
    execute(&mut admin, &made).await.expect("makes a login");
    let login = site.admin_options().username(&other).password("a password of its own");
    let again = provision(&login, site.conventions(), &site.options()).await;
    if version(&mut admin).await < 160_000 {
        again.expect("may administer any role");
    } else {
        let refused = again.expect_err("may administer no role").to_string();
        assert!(refused.contains(&format!("`{other}` may not administer them: {database}_app")), "{refused}");
        let remedy = refused.split('`').find(|part| part.starts_with("grant ")).expect("a remedy");
        execute(&mut admin, remedy).await.expect("the remedy is SQL");
        provision(&login, site.conventions(), &site.options()).await.expect("is let");
    }
    // So that nothing depends on that login when the site goes.
    let back = format!("alter database {database} owner to {}", site.role("dba"));
    execute(&mut admin, &back).await.expect("goes back");
}

#[tokio::test]
async fn what_a_superuser_has_hardened_stays_hardened() {
    let site = Site::new("stays").await;
    let (mut admin, dba, database) = (site.admin().await, site.role("dba"), site.conventions().roles);
    let made = format!("create role {dba} login createrole password 'a password of its own'; alter database {database} owner to {dba}");
    execute(&mut admin, &made).await.expect("makes a login");
    let login = site.admin_options().username(&dba).password("a password of its own");
    let before = catalogue(&mut admin, database).await;
    for refused in [
        provision(&login, site.conventions(), &site.options()).await.map(drop),
        deprovision(&login, site.conventions(), true).await.map(drop),
    ] {
        let refused = refused.expect_err("is no superuser");
        assert!(matches!(refused, ProvisionError::Hardened { .. }), "{refused}");
    }
    assert_same(&catalogue(&mut admin, database).await, &before, "refused");
    // The other way round nothing is lost: what is managed can be hardened.
    let managed = Site::managed("stays").await;
    let report = provision(&managed.admin_options(), managed.conventions(), &managed.options()).await.expect("hardens");
    assert_eq!(report.level, Level::Hardened);
}

#[tokio::test]
async fn deprovision_finds_rows_behind_forced_row_security_and_leaves_a_fresh_database() {
    let site = Site::bare(Level::Managed, "undo").await;
    let (mut admin, prefix) = (site.admin().await, site.conventions().roles);
    let fresh = catalogue(&mut admin, prefix).await;
    for _ in 0..2 {
        provision(&site.provisioner_options(), site.conventions(), &site.options()).await.expect("provisions");
        let fixture = format!(
            "set role {}; create table app.empty (); create table app.filled as select 1 as x; alter table app.filled enable row level security;
             alter table app.filled force row level security; reset role",
            site.role("owner")
        );
        execute(&mut admin, &fixture).await.expect("makes tables");
        match deprovision(&site.provisioner_options(), site.conventions(), false).await {
            Err(ProvisionError::Rows(tables)) => assert_eq!(tables, ["app.filled"]),
            other => panic!("{other:?}"),
        }
        let forced = lines(&mut admin, "select relforcerowsecurity::text from pg_class where oid = 'app.filled'::regclass").await;
        assert_eq!(forced.expect("is there"), ["true"], "who breaks off leaves the fence");
        let removed = deprovision(&site.provisioner_options(), site.conventions(), true).await.expect("is forced");
        assert!(removed.roles_kept_for.is_empty(), "{removed:?}");
        assert_same(&catalogue(&mut admin, prefix).await, &fresh, "taken back");
    }
}

#[tokio::test]
async fn two_databases_are_provisioned_at_once_by_one_login() {
    let site = Site::managed("pair").await;
    let other = server().create_database("pair").expect("a database");
    execute(&mut site.admin().await, &format!("alter database {} owner to {}", other.name(), site.role("dba"))).await.expect("owns it");
    let two = site.provisioner_options().database(other.name());
    for _ in 0..5 {
        let (one, options) = (site.provisioner_options(), site.options());
        let both = tokio::join!(provision(&one, site.conventions(), &options), provision(&two, site.conventions(), &options));
        both.0.expect("the first");
        both.1.expect("the second");
    }
    let removed = deprovision(&two, site.conventions(), false).await.expect("is empty");
    assert_eq!(removed.roles_kept_for, [site.conventions().roles]);
    site.connect("app").await;
}

#[tokio::test]
async fn the_printed_script_runs_without_a_superuser_and_ends_with_its_assertions() {
    let site = Site::bare(Level::Managed, "printed").await;
    let script = Script::new(site.conventions(), Level::Managed, false).expect("renders").to_string();
    let mut dba = site.provisioner().await;
    for _ in 0..2 {
        execute(&mut dba, &script).await.expect("runs");
    }
    execute(&mut site.admin().await, &format!("grant pg_read_all_data to {}", site.role("app"))).await.expect("spoils");
    let error = execute(&mut dba, &script).await.expect_err("has a fault").to_string();
    assert!(error.contains("is a member of pg_read_all_data"), "{error}");
}

#[tokio::test]
async fn roles_that_were_just_made_need_passwords() {
    let site = Site::bare(Level::Managed, "secret").await;
    let error = provision(&site.provisioner_options(), site.conventions(), &Options::default()).await.expect_err("no password").to_string();
    assert!(error.contains("_APP_PASSWORD") && error.contains("--passwords"), "{error}");
    let one: Password = "the one that is given".parse().expect("is a password");
    let options = Options { passwords: Passwords::same(&one), ..Options::default() };
    provision(&site.provisioner_options(), site.conventions(), &options).await.expect("provisions");
    let app = site.admin_options().username(&site.role("app")).password(one.expose());
    app.connect().await.expect("logs in");
    // A site's own names are others' whenever a database is not.
    assert_ne!(conventions("other".to_owned()).roles, site.conventions().roles);
}

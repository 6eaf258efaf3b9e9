//! Provision and deprovision against a real server.

mod callable;
mod managed;
mod openings;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, Row};
use tenantry::migrate::provision::{Level, Options, Password, PasswordOrigin, Passwords, ProvisionError, deprovision, provision};
use tenantry_testkit::{Database, execute};
use tenantry_tests::{Site, conventions, server};

fn options(database: &Database) -> PgConnectOptions {
    database.url().options().expect("is a URL")
}

/// The SQLSTATE that a statement fails with; `ok` when it does not.
async fn state(connection: &mut PgConnection, statement: &str) -> String {
    match execute(connection, statement).await {
        Ok(()) => "ok".to_owned(),
        Err(error) => error.as_database_error().and_then(|error| error.code()).map_or_else(|| error.to_string(), Into::into),
    }
}

/// Fails with the lines that only one of the two has.
fn assert_same(now: &[String], before: &[String], what: &str) {
    let only = |these: &[String], those: &[String]| -> Vec<String> { these.iter().filter(|line| !those.contains(line)).cloned().collect() };
    let (new, gone) = (only(now, before), only(before, now));
    assert!(new.is_empty() && gone.is_empty(), "{what}: new {new:#?}, gone {gone:#?}");
}

/// Everything that provision may change in this database and in its roles, as text.
async fn catalogue(connection: &mut PgConnection, prefix: &str) -> Vec<String> {
    let text = "
        select format('function %s %s', p.oid::regprocedure, array(select unnest(coalesce(proacl, acldefault('f', proowner)))::text order by 1))
          from pg_proc p
        union all
        select format('relation %s %s', c.oid::regclass, array(select unnest(coalesce(relacl, acldefault('r', relowner)))::text order by 1))
          from pg_class c where relkind in ('r', 'v')
        union all
        select format('column %s.%s %s', attrelid::regclass, attname, attacl) from pg_attribute where cardinality(attacl) > 0
        union all
        select format('schema %s %s', nspname, array(select unnest(coalesce(nspacl, acldefault('n', nspowner)))::text order by 1))
          from pg_namespace where nspname !~ '^pg_(toast_)?temp_'
        union all
        select format('database %s', array(select unnest(coalesce(datacl, acldefault('d', datdba)))::text order by 1))
          from pg_database where datname = current_database()
        union all
        select format('default %s %s', defaclrole::regrole, defaclacl) from pg_default_acl
        union all
        select format('event trigger %s %s', evtname, evtenabled) from pg_event_trigger
        union all
        select format('role %s %s', rolname, to_jsonb(a) - 'oid') from pg_authid a where rolname like $1 || '%'
        union all
        select format('member %s %s', roleid::regrole, member::regrole) from pg_auth_members where roleid::regrole::text like $1 || '%'
        union all
        select format('setting %s %s', setrole::regrole, array(select unnest(setconfig) order by 1)) from pg_db_role_setting where setrole::regrole::text like $1 || '%'
        order by 1";
    let rows = sqlx::query(text).bind(prefix).fetch_all(connection).await.expect("reads the catalogue");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_second_provision_changes_nothing() {
    let site = Site::new("twice").await;
    let mut admin = site.admin().await;
    let before = catalogue(&mut admin, site.conventions().roles).await;
    let report = provision(&site.admin_options(), site.conventions(), &site.options()).await.expect("provisions again");
    assert_eq!(report.logins.len(), 5);
    assert_same(&catalogue(&mut admin, site.conventions().roles).await, &before, "a second run");
    assert!(before.iter().any(|line| line.starts_with("role ") && line.contains("SCRAM-SHA-256$4096")), "no verifier is stored");
}

#[tokio::test]
async fn a_second_provision_mends_what_was_spoilt() {
    let site = Site::new("mends").await;
    let mut admin = site.admin().await;
    let before = catalogue(&mut admin, site.conventions().roles).await;
    let app = site.role("app");
    for spoil in [
        format!("alter role {app} bypassrls createdb"),
        "grant execute on function set_config(text, text, boolean) to public".to_owned(),
        format!("grant temporary, create on database {} to public", site.conventions().roles),
        "grant create on schema app to public".to_owned(),
        "alter event trigger SITE_enable_row_security disable".replace("SITE", site.conventions().roles),
        format!("alter role {app} reset statement_timeout"),
        format!("alter role {app} password 'another one'"),
    ] {
        assert_eq!(state(&mut admin, &spoil).await, "ok", "{spoil}");
    }
    assert_ne!(catalogue(&mut admin, site.conventions().roles).await, before);
    provision(&site.admin_options(), site.conventions(), &site.options()).await.expect("provisions again");
    site.connect("app").await;
    let without_passwords = |lines: Vec<String>| -> Vec<String> { lines.into_iter().filter(|line| !line.starts_with("role ")).collect() };
    assert_same(&without_passwords(catalogue(&mut admin, site.conventions().roles).await), &without_passwords(before), "mended");
}

#[tokio::test]
async fn each_fault_of_the_outcome_is_named_and_nothing_has_changed() {
    let site = Site::new("faults").await;
    let mut admin = site.admin().await;
    let (app, owner, prefix) = (site.role("app"), site.role("owner"), site.conventions().roles);
    let (lookup, platform) = (site.role("lookup"), site.role("platform"));
    let cases = [
        (
            format!("grant pg_read_all_data to {app}"),
            format!("revoke pg_read_all_data from {app}"),
            format!("{app} is a member of pg_read_all_data"),
        ),
        (
            format!("grant {platform} to {lookup}"),
            format!("revoke {platform} from {lookup}"),
            format!("{lookup} is a member of {platform}"),
        ),
        (
            format!("create table public.mine (); alter table public.mine owner to {app}"),
            "drop table public.mine".to_owned(),
            format!("{app} owns 1 objects"),
        ),
        (
            format!("alter role {app} set app.tenant_id = 'x'"),
            format!("alter role {app} reset app.tenant_id"),
            format!("setting app.tenant_id=x is a default of role {app}"),
        ),
        (
            format!("alter database {prefix} set row_security = off"),
            format!("alter database {prefix} reset row_security"),
            "setting row_security=off is a default of role PUBLIC".to_owned(),
        ),
        (
            format!("grant create on schema app to {app}"),
            format!("revoke create on schema app from {app}"),
            format!("{app} may create in schema app"),
        ),
        (
            format!("grant temporary on database {prefix} to {app}"),
            format!("revoke temporary on database {prefix} from {app}"),
            format!("{app} has temporary on this database"),
        ),
        (
            "create function app.f() returns int language sql security definer return 1".to_owned(),
            "drop function app.f()".to_owned(),
            "app.f() runs as postgres".to_owned(),
        ),
        (
            format!("grant execute on function query_to_xml(text, boolean, boolean, text) to {app}"),
            format!("revoke execute on function query_to_xml(text, boolean, boolean, text) from {app}"),
            format!("{app} may call query_to_xml(text,boolean,boolean,text)"),
        ),
        (
            "alter schema app owner to postgres".to_owned(),
            format!("alter schema app owner to {owner}"),
            "schema app belongs to postgres".to_owned(),
        ),
    ];
    for (spoil, mend, fault) in cases {
        // The names of the server's own administrator differ from server to server.
        let superuser: String = sqlx::query_scalar("select current_user::text").fetch_one(&mut admin).await.expect("has a name");
        let [spoil, fault] = [spoil, fault]
            .map(|text| text.replace("to postgres", &format!("to {superuser}")).replace("as postgres", &format!("as {superuser}")));
        execute(&mut admin, &spoil).await.expect(&spoil);
        let before = catalogue(&mut admin, prefix).await;
        match provision(&site.admin_options(), site.conventions(), &site.options()).await {
            Err(ProvisionError::Faults(faults)) => assert!(faults.contains(&fault), "{fault} is not among {faults:?}"),
            other => panic!("{spoil}: {other:?}"),
        }
        assert_same(&catalogue(&mut admin, prefix).await, &before, &spoil);
        assert_eq!(state(&mut admin, &mend).await, "ok", "{mend}");
    }
    provision(&site.admin_options(), site.conventions(), &site.options()).await.expect("is mended");
}

/// What the service's login may not do, and by which right a bare database would have let it.
#[tokio::test]
async fn attacks_of_the_app_role_are_refused() {
    let site = Site::new("attacks").await;
    let mut admin = site.admin().await;
    let owner = site.role("owner");
    let app = site.role("app");
    let fixture = format!(
        "set role {owner};
         create table app.things (tenant_id uuid not null, name text);
         insert into app.things values (gen_random_uuid(), 'one');
         create policy tenant_rows on app.things for all to {app} using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
         alter table app.things force row level security;
         grant select, insert, delete on app.things to {app};
         create table app.forgotten as select 1 as secret;
         grant select on app.forgotten to {app};
         reset role"
    );
    execute(&mut admin, &fixture).await.expect("makes a table");

    let mut connection = site.connect("app").await;
    for (count, table) in [("app.things", "select count(*) from app.things"), ("app.forgotten", "select count(*) from app.forgotten")] {
        let rows: i64 = sqlx::query_scalar(table).fetch_one(&mut connection).await.expect("may read");
        assert_eq!(rows, 0, "{count} shows rows without a context");
    }
    for attack in [
        "truncate app.things",
        "create table app.mine ()",
        "create table public.mine ()",
        "create schema mine",
        "create temp table mine ()",
        "select set_config('app.tenant_id', gen_random_uuid()::text, true)",
        "select query_to_xml('select 1', true, true, '')",
        "select table_to_xml('app.things', true, true, '')",
        "select ts_stat('select 1')",
        "select pg_advisory_lock(1)",
        "select pg_try_advisory_xact_lock(1)",
        "select lo_creat(-1)",
        "select lo_import('/etc/passwd')",
        "select pg_notify('a', 'b')",
        "select pg_export_snapshot()",
        "select query from pg_stat_activity",
        "select pg_stat_get_backend_activity(1)",
        "select setseed(0.5)",
        "update pg_settings set setting = 'x' where name = 'search_path'",
        "select pg_terminate_backend(pg_backend_pid())",
        "select pg_read_file('PG_VERSION')",
        "select * from pg_authid",
        "copy app.things to program 'true'",
        "alter table app.things disable row level security",
        "alter table app.things add foreign key (tenant_id) references app.things (tenant_id)",
        "create trigger t before insert on app.things execute function suppress_redundant_updates_trigger()",
        "create function public.f() returns int language sql return 1",
        "set role OWNER",
        "set session authorization OWNER",
        "alter role APP bypassrls",
        "create role mine",
        "create database mine",
        "drop event trigger PREFIX_enable_row_security",
        "select tenancy.enable_row_security()",
    ] {
        let attack = attack.replace("OWNER", &owner).replace("APP", &app).replace("PREFIX", site.conventions().roles);
        let state = state(&mut connection, &attack).await;
        // 0A000: a trigger function cannot be called; the privilege is looked at later. 42501: insufficient privilege.
        let refused = state == "42501" || attack.contains("enable_row_security()") && state == "0A000";
        assert!(refused, "{attack}: {state}");
    }
    for setting in ["search_path", "row_security", "statement_timeout"] {
        let value: String =
            sqlx::query_scalar("select current_setting($1)").bind(setting).fetch_one(&mut connection).await.expect("is set");
        let expected = match setting {
            "search_path" => "app, pg_temp",
            "row_security" => "on",
            _ => "15s",
        };
        assert_eq!(value, expected);
    }
}

#[tokio::test]
async fn quiet_stats_hides_counts_and_leaves_them_to_monitoring() {
    let site = Site::new("quiet").await;
    let peek = "select count(*) from pg_stat_all_tables";
    let mut app = site.connect("app").await;
    assert_eq!(state(&mut app, peek).await, "ok", "the option shows nothing if it is refused anyway");
    provision(&site.admin_options(), site.conventions(), &Options { quiet_stats: true, ..site.options() }).await.expect("provisions");
    for attack in [
        peek,
        "select currtid2('app.things', '(0,1)')",
        "select pg_database_size(current_database())",
        "select reltuples from pg_class",
        "select txid_current()",
    ] {
        assert_eq!(state(&mut app, attack).await, "42501", "{attack}");
    }
    let mut admin = site.admin().await;
    assert_eq!(state(&mut admin, "set role pg_monitor").await, "ok");
    assert_eq!(state(&mut admin, peek).await, "ok");
}

#[tokio::test]
async fn deprovision_leaves_a_fresh_database_and_provision_works_again() {
    let database = server().create_database("undo").expect("a database");
    let conventions = conventions(database.name().to_owned());
    let mut admin = options(&database).connect().await.expect("connects");
    let fresh = catalogue(&mut admin, conventions.roles).await;
    let options_of =
        Options { quiet_stats: true, passwords: Passwords::same(&Password::generate().expect("randomness")), ..Options::default() };
    for _ in 0..2 {
        provision(&options(&database), &conventions, &options_of).await.expect("provisions");
        assert_ne!(catalogue(&mut admin, conventions.roles).await, fresh);
        let removed = deprovision(&options(&database), &conventions, false).await.expect("is empty");
        assert!(removed.roles_kept_for.is_empty(), "{removed:?}");
        assert_same(&catalogue(&mut admin, conventions.roles).await, &fresh, "taken back");
    }
    let again = deprovision(&options(&database), &conventions, false).await;
    assert!(matches!(again, Err(ProvisionError::NotProvisioned { .. })), "{again:?}");
}

#[tokio::test]
async fn deprovision_names_tables_with_rows_and_drops_them_when_forced() {
    let site = Site::new("rows").await;
    let mut admin = site.admin().await;
    let fixture = "create table tenancy._sqlx_migrations as select 1 as version;
                   create table app.empty (); create table app.\"Odd one\" as select 1 as x";
    execute(&mut admin, fixture).await.expect("makes tables");
    match deprovision(&site.admin_options(), site.conventions(), false).await {
        Err(ProvisionError::Rows(tables)) => assert_eq!(tables, ["app.\"Odd one\""]),
        other => panic!("{other:?}"),
    }
    assert_eq!(state(&mut admin, "select from app.\"Odd one\"").await, "ok");
    deprovision(&site.admin_options(), site.conventions(), true).await.expect("is forced");
    assert_eq!(state(&mut admin, "select from app.\"Odd one\"").await, "42P01");
}

#[tokio::test]
async fn two_databases_of_one_server_are_provisioned_at_once_and_share_their_roles() {
    let (one, two) = (server().create_database("pair").expect("a database"), server().create_database("pair").expect("a database"));
    let conventions = conventions(one.name().to_owned());
    let password = Password::generate().expect("randomness");
    let settings = Options { passwords: Passwords::same(&password), ..Options::default() };
    for _ in 0..3 {
        let (options_one, options_two) = (options(&one), options(&two));
        let both = tokio::join!(provision(&options_one, &conventions, &settings), provision(&options_two, &conventions, &settings));
        both.0.expect("the first");
        both.1.expect("the second");
    }
    let removed = deprovision(&options(&one), &conventions, false).await.expect("is empty");
    assert_eq!(removed.roles_kept_for, [two.name()]);
    // The other database is as it was: its roles still connect.
    let app = two.url().with_login(&conventions.role("app"), password.expose());
    app.options().expect("is a URL").connect().await.expect("the other database still takes its logins");
    let locked_out = one.url().with_login(&conventions.role("app"), password.expose());
    let mut app = locked_out.options().expect("is a URL").connect().await.expect("PUBLIC may connect again");
    assert_eq!(state(&mut app, "create temp table t ()").await, "ok");
    drop(app);
    let removed = deprovision(&options(&two), &conventions, false).await.expect("is empty");
    assert!(removed.roles_kept_for.is_empty());
}

#[tokio::test]
async fn passwords_are_kept_in_a_file_of_mode_0600_and_shown_nowhere() {
    let database = server().create_database("secret").expect("a database");
    let conventions = conventions(database.name().to_owned());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("passwords");
    let mut admin = options(&database).connect().await.expect("connects");
    // The server logs whatever it is told to log.
    let loud =
        format!("alter database {0} set log_statement = 'all'; alter database {0} set log_min_duration_statement = 0", database.name());
    execute(&mut admin, &loud).await.expect("is a superuser");

    let given: Password = "given by somebody".parse().expect("is a password");
    let upper = conventions.role("app").to_ascii_uppercase();
    let environment = |name: &str| (name == format!("{upper}_PASSWORD")).then(|| "given by somebody".into());
    let settings = Options {
        passwords: Passwords::from_environment(&conventions, environment).expect("is well-formed").with_file(&file),
        ..Options::default()
    };
    let report = provision(&options(&database), &conventions, &settings).await.expect("provisions");
    let origins: Vec<PasswordOrigin> = report.logins.iter().map(|(_, origin)| *origin).collect();
    let expected = ["migrator", "app", "platform", "identity", "backup"]
        .map(|suffix| if suffix == "app" { PasswordOrigin::Given } else { PasswordOrigin::Generated });
    assert_eq!(origins, expected);
    assert_eq!(fs::metadata(&file).expect("is written").permissions().mode() & 0o777, 0o600);

    let text = fs::read_to_string(&file).expect("is text");
    let written: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('=')).collect();
    assert_eq!(written.len(), 4);
    let mut secrets = vec![given.expose().to_owned()];
    for (name, password) in written {
        let role = name.strip_suffix("_PASSWORD").expect("is a variable").to_ascii_lowercase();
        let login = database.url().with_login(&role, password);
        login.options().expect("is a URL").connect().await.unwrap_or_else(|error| panic!("{role} cannot log in: {error}"));
        secrets.push(password.to_owned());
    }
    let again = provision(&options(&database), &conventions, &settings).await.expect("provisions again");
    assert_eq!(fs::read_to_string(&file).expect("is text"), text, "a second run has written other passwords");

    let log = server().log();
    if server().is_private() {
        assert!(log.contains("statement: "), "the server does not log statements, so this test shows nothing");
        // The server's own marker of the transaction: passwords are set after it.
        assert!(!log.contains("SCRAM-SHA-256$"), "a verifier is in the server's log");
    }
    let shown = format!("{report} {report:?} {settings:?} {again:?} {log}");
    for secret in secrets {
        assert!(!shown.contains(&secret), "a password is shown");
    }
}

#[tokio::test]
async fn a_password_file_that_others_can_read_or_that_is_malformed_is_refused() {
    let database = server().create_database("badfile").expect("a database");
    let conventions = conventions(database.name().to_owned());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("passwords");
    let variable = format!("{}_PASSWORD", conventions.role("app").to_ascii_uppercase());
    let line = format!("{variable}=long enough to be one\n");
    let cases: [(&[u8], u32, &str); 6] = [
        (line.as_bytes(), 0o640, "can be read by others"),
        (b"\xff\xfe", 0o600, "UTF-8"),
        (&line.repeat(2).into_bytes(), 0o600, "twice"),
        (format!("{variable}=short").as_bytes(), 0o600, "printable ASCII"),
        (format!("{variable}=a tab\tand more").as_bytes(), 0o600, "printable ASCII"),
        (&vec![b'#'; 70_000], 0o600, "longer than"),
    ]
    .map(|(bytes, mode, problem)| (&*Vec::leak(bytes.to_vec()), mode, problem));
    for (bytes, mode, problem) in cases {
        fs::write(&file, bytes).expect("writes");
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("changes the mode");
        let settings = Options { passwords: Passwords::default().with_file(&file), ..Options::default() };
        let error = provision(&options(&database), &conventions, &settings).await.expect_err(problem).to_string();
        assert!(error.contains(problem) && !error.contains("long enough"), "{error}");
    }
    let error = provision(&options(&database), &conventions, &Options::default()).await.expect_err("no password").to_string();
    assert!(error.contains(&variable) && error.contains("--passwords"), "{error}");
    let mut admin = options(&database).connect().await.expect("connects");
    let made: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
        .bind(conventions.role("app"))
        .fetch_one(&mut admin)
        .await
        .expect("reads");
    assert!(!made, "a provision that failed has left a role");
}

#[tokio::test]
async fn a_login_that_is_no_superuser_is_told_so() {
    let site = Site::new("weak").await;
    let weak = site.url("migrator").options().expect("is a URL");
    let hardened = Options { level: Some(Level::Hardened), ..site.options() };
    let error = provision(&weak, site.conventions(), &hardened).await.expect_err("is no superuser").to_string();
    assert!(error.contains("no superuser") && error.contains("--print") && error.contains("--level managed"), "{error}");
    let error = provision(&weak, site.conventions(), &site.options()).await.expect_err("is hardened").to_string();
    assert!(error.contains("is provisioned at level hardened") && error.contains("connect as a superuser"), "{error}");
}

#[tokio::test]
async fn the_printed_script_runs_and_ends_with_its_assertions() {
    let database = server().create_database("printed").expect("a database");
    let conventions = conventions(database.name().to_owned());
    let script = tenantry::migrate::provision::Script::new(&conventions, Level::Hardened, true).expect("renders").to_string();
    let mut admin = options(&database).connect().await.expect("connects");
    for _ in 0..2 {
        execute(&mut admin, &script).await.expect("runs");
    }
    let spoil = format!("grant pg_read_all_data to {}", conventions.role("app"));
    assert_eq!(state(&mut admin, &spoil).await, "ok");
    let error = execute(&mut admin, &script).await.expect_err("has a fault").to_string();
    assert!(error.contains("is a member of pg_read_all_data"), "{error}");
    let _ = execute(&mut admin, "rollback").await;
    deprovision(&options(&database), &conventions, true).await.expect("is taken back");
}

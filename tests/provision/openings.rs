//! The list of what level `managed` leaves open is true: each opening is used here, and each is shut at level `hardened`. And what the list
//! does not name holds at both.

use sqlx::PgConnection;
use tenantry::migrate::provision::{Level, Options, provision};
use tenantry_testkit::{execute, lines};
use tenantry_tests::Site;

use super::state;

const A: &str = "00000000-0000-7000-8000-00000000000a";
const B: &str = "00000000-0000-7000-8000-00000000000b";

/// Two tenants with a row each behind a fence as the models' tables have it, and the application's connection.
async fn furnished(level: Level) -> (Site, PgConnection) {
    let site = Site::at(level, "open").await;
    let fence = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid";
    let (owner, app) = (site.role("owner"), site.role("app"));
    let fixture = format!(
        "set role {owner};
         create table app.things (tenant_id uuid not null, id int not null, name text, primary key (tenant_id, id));
         insert into app.things values ('{A}', 1, 'ours'), ('{B}', 1, 'theirs');
         create policy tenant_fence on app.things as restrictive for all to public using ({fence}) with check ({fence});
         create policy tenant_rows on app.things for all to {app} using ({fence}) with check ({fence});
         alter table app.things enable row level security;
         alter table app.things force row level security;
         grant select, insert, delete, update (name) on app.things to {app};
         create table app.forgotten as select 'forgotten' as secret;
         grant select on app.forgotten to {app};
         reset role"
    );
    execute(&mut site.admin().await, &fixture).await.expect("makes tables");
    let app = site.connect("app").await;
    (site, app)
}

/// What the application reads as A, which is the only text that the query is about; the SQLSTATE of a refusal.
async fn as_a(app: &mut PgConnection, query: &str) -> Result<Vec<String>, String> {
    execute(app, &format!("begin; set local app.tenant_id = '{A}'")).await.expect("begins");
    let result = lines(app, query).await;
    execute(app, "rollback").await.expect("ends");
    result.map_err(|error| error.as_database_error().and_then(|error| error.code()).map_or_else(|| error.to_string(), Into::into))
}

const REFUSED: &str = "42501";

/// Queries of A, what they read at `managed`, and the opening that says so. At `hardened` each of them is refused.
const READS: [(&str, &str, &str); 9] = [
    (
        "set_config stays callable",
        "select name from app.things where (select set_config('app.tenant_id', '00000000-0000-7000-8000-00000000000b', true)) is not null",
        "theirs",
    ),
    (
        "functions that run SQL in a string",
        "select (query_to_xml('select name from app.things', true, true, '')::text ~ 'ours')::text",
        "true",
    ),
    ("functions that run SQL in a string", "select word from ts_stat('select to_tsvector(''simple'', name) from app.things')", "ours"),
    ("advisory locks, NOTIFY", "select 'locked' from (select pg_advisory_xact_lock(1)) l", "locked"),
    ("advisory locks, NOTIFY", "select 'notified' from (select pg_notify('a', 'b')) n", "notified"),
    ("advisory locks, NOTIFY", "select 'made' where lo_creat(-1) is not null", "made"),
    ("advisory locks, NOTIFY", "select 'exported' where pg_export_snapshot() is not null", "exported"),
    ("pg_cursors and its kin", "select 'seeded' from (select setseed(0.5)) s", "seeded"),
    (
        "pg_cursors and its kin",
        "select 'seen' from pg_prepared_statements where statement ~ 'earlier request' and name = 'earlier'",
        "seen",
    ),
];

#[tokio::test]
async fn each_opening_for_an_injected_select_is_real_at_managed_and_shut_at_hardened() {
    let (site, mut managed) = furnished(Level::Managed).await;
    let (_hardened_site, mut hardened) = furnished(Level::Hardened).await;
    let report = provision(&site.provisioner_options(), site.conventions(), &site.options()).await.expect("provisions");
    for app in [&mut managed, &mut hardened] {
        execute(app, "prepare earlier as select 'of an earlier request'").await.expect("prepares");
    }
    for (lacks, query, read) in READS {
        assert!(report.openings.iter().any(|opening| opening.lacks.starts_with(lacks)), "{lacks} is not listed");
        let found = as_a(&mut managed, query).await;
        // A server that was built without libxml lets the function be called, and then has no XML.
        if found != Err("0A000".to_owned()) || !query.contains("_to_xml") {
            assert_eq!(found, Ok(vec![read.to_owned()]), "{query}");
        }
        assert_eq!(as_a(&mut hardened, query).await, Err(REFUSED.to_owned()), "{query}");
    }
    // SQL in a string stays within the fence of the tenant that is set.
    let all = as_a(&mut managed, "select word from ts_stat('select to_tsvector(''simple'', name) from app.things')").await;
    assert_eq!(all, Ok(vec!["ours".to_owned()]));
}

#[tokio::test]
async fn another_request_can_be_watched_and_ended_at_managed_only() {
    for level in [Level::Managed, Level::Hardened] {
        let (site, mut app) = furnished(level).await;
        let mut victim = site.connect("app").await;
        execute(&mut victim, &format!("begin; set local app.tenant_id = '{B}'")).await.expect("begins");
        let watch = format!("select 'seen' from pg_stat_activity where pid <> pg_backend_pid() and query like '%{B}%'");
        let end =
            "select pg_terminate_backend(pid, 5000)::text from pg_stat_get_activity(null) where pid <> pg_backend_pid() and usesysid =
                   (select oid from pg_roles where rolname = current_user)";
        let (watched, ended) = (as_a(&mut app, &watch).await, as_a(&mut app, end).await);
        let alive = state(&mut victim, "select").await;
        if level == Level::Managed {
            assert_eq!((watched, ended), (Ok(vec!["seen".to_owned()]), Ok(vec!["true".to_owned()])));
            assert_ne!(alive, "ok");
        } else {
            assert_eq!((watched, ended, alive.as_str()), (Err(REFUSED.to_owned()), Err(REFUSED.to_owned()), "ok"));
        }
    }
}

#[tokio::test]
async fn a_forgotten_fence_a_dump_and_counts_differ_as_the_list_says() {
    for level in [Level::Managed, Level::Hardened] {
        let (site, mut app) = furnished(level).await;
        let forgotten = as_a(&mut app, "select secret from app.forgotten").await.expect("is granted");
        let mut backup = site.connect("backup").await;
        // What pg_dump does first.
        execute(&mut backup, "set row_security = off").await.expect("is allowed");
        let dumped = state(&mut backup, "select from app.things").await;
        let quiet = provision(&site.provisioner_options(), site.conventions(), &Options { quiet_stats: true, ..site.options() }).await;
        let counted = as_a(&mut app, "select 'counted' from (select pg_database_size(current_database())) s").await;
        if level == Level::Managed {
            assert_eq!((forgotten, dumped), (vec!["forgotten".to_owned()], REFUSED.to_owned()));
            assert!(quiet.is_err());
            assert_eq!(counted, Ok(vec!["counted".to_owned()]));
        } else {
            assert_eq!((forgotten, dumped), (Vec::new(), "ok".to_owned()));
            quiet.expect("a superuser can");
            assert_eq!(counted, Err(REFUSED.to_owned()));
        }
    }
}

#[tokio::test]
async fn the_owner_is_within_reach_of_the_provisioner_and_until_15_of_who_may_make_roles() {
    let (site, mut app) = furnished(Level::Managed).await;
    let owner = site.role("owner");
    let become_owner = format!("set role {owner}");
    let mut dba = site.provisioner().await;
    assert_eq!(state(&mut dba, &become_owner).await, "ok");
    let version: i32 =
        sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&mut dba).await.expect("is a number");
    let other = site.role("other");
    let database = site.conventions().roles;
    let made =
        format!("create role {other} login createrole password 'a password of its own'; grant connect on database {database} to {other}");
    execute(&mut site.admin().await, &made).await.expect("makes a login");
    let login = site.admin_options().username(&other).password("a password of its own");
    let mut stranger = sqlx::ConnectOptions::connect(&login).await.expect("connects");
    let granted = state(&mut stranger, &format!("grant {owner} to {other}")).await;
    assert_eq!(granted, if version < 160_000 { "ok" } else { REFUSED });
    // The service's login is not among them.
    assert_eq!(state(&mut app, &become_owner).await, REFUSED);
    drop(stranger);
    execute(&mut site.admin().await, &format!("drop owned by {other}; drop role {other}")).await.expect("goes");
}

/// What is promised at every level: keys, row security that its owner cannot pass either, and a role that can make and change nothing.
#[tokio::test]
async fn what_is_not_on_the_list_holds_at_both_levels() {
    for level in [Level::Managed, Level::Hardened] {
        let (site, mut app) = furnished(level).await;
        assert_eq!(as_a(&mut app, "select name from app.things").await, Ok(vec!["ours".to_owned()]), "its own rows are there");
        for (attack, code) in [
            (format!("insert into app.things values ('{B}', 2, 'planted')"), REFUSED),
            (format!("update app.things set tenant_id = '{B}'"), REFUSED),
            ("truncate app.things".to_owned(), REFUSED),
            ("alter table app.things disable row level security".to_owned(), REFUSED),
            ("alter table app.things no force row level security".to_owned(), REFUSED),
            ("create policy open on app.things using (true)".to_owned(), REFUSED),
            ("create table app.mine ()".to_owned(), REFUSED),
            ("create table public.mine ()".to_owned(), REFUSED),
            ("create temporary table mine ()".to_owned(), REFUSED),
            ("create schema mine".to_owned(), REFUSED),
            ("create function app.f() returns int language sql return 1".to_owned(), REFUSED),
            ("set role OWNER".to_owned(), REFUSED),
            ("set role BACKUP".to_owned(), REFUSED),
            ("alter role APP bypassrls".to_owned(), REFUSED),
            ("create role mine".to_owned(), REFUSED),
            ("copy app.things to program 'true'".to_owned(), REFUSED),
            ("select pg_read_file('PG_VERSION')".to_owned(), REFUSED),
            ("select lo_import('/etc/passwd')".to_owned(), REFUSED),
            ("comment on schema tenancy is 'provisioned at level managed'".to_owned(), REFUSED),
            ("set row_security = off; select from app.things".to_owned(), REFUSED),
        ] {
            let attack = attack.replace("OWNER", &site.role("owner")).replace("BACKUP", &site.role("backup"));
            let attack = attack.replace("APP", &site.role("app"));
            execute(&mut app, &format!("begin; set local app.tenant_id = '{A}'")).await.expect("begins");
            let answer = state(&mut app, &attack).await;
            execute(&mut app, "rollback").await.expect("ends");
            assert_eq!(answer, code, "{level}: {attack}");
        }
        for write in ["update app.things set name = 'spoilt'", "delete from app.things"] {
            execute(&mut app, &format!("begin; set local app.tenant_id = '{A}'; {write}; commit")).await.expect("reaches its own rows");
        }
        let left = lines(&mut site.admin().await, "select name from app.things").await.expect("reads");
        assert_eq!(left, ["theirs"], "{level}");
        // Its owner does not pass either.
        let owner = format!("begin; set local role {}; delete from app.things; commit", site.role("owner"));
        execute(&mut site.provisioner().await, &owner).await.expect("reaches no row");
        let left = lines(&mut site.admin().await, "select name from app.things").await.expect("reads");
        assert_eq!(left, ["theirs"], "{level}");
    }
}

//! At level `managed` the service starts, says what is open, and refuses everything that is not on that list.

use tenantry::db::startup::{Level, Standing, check};
use tenantry::migrate::provision::{Options, Password, Passwords, provision};
use tenantry_testkit::{execute, lines};
use tenantry_tests::server;

use crate::Bench;

/// The condition that revokes and start-up share.
const REACHING: &str = include_str!("../../runtime/src/sql/provision/reaching_functions.sql");

async fn standing(bench: &Bench) -> Standing {
    let mut app = bench.site.connect("app").await;
    check(&mut app, &bench.registry).await.unwrap_or_else(|faults| panic!("{faults:#?}"))
}

#[tokio::test]
async fn what_managed_cannot_have_is_told_and_everything_else_is_refused() {
    let mut bench = Bench::at(Level::Managed, "managed").await;
    let told = standing(&bench).await;
    assert_eq!(told.level, Level::Managed);
    let hardened = Bench::new("hardened").await;
    assert_eq!((standing(&hardened).await.level, standing(&hardened).await.openings), (Level::Hardened, Vec::new()));
    bench
        .each(&[
            ("alter role APP bypassrls", "alter role APP nobypassrls", "has the attribute BYPASSRLS", "alter role APP nobypassrls"),
            ("alter role APP createrole", "alter role APP nocreaterole", "has the attribute CREATEROLE", "nocreaterole"),
            ("grant OWNER to APP", "revoke OWNER from APP", "`APP` is a member of `OWNER`", "revoke OWNER from APP"),
            (
                "grant temporary on database DATABASE to APP",
                "revoke temporary on database DATABASE from APP",
                "TEMPORARY on database",
                "revoke",
            ),
            ("grant create on schema app to APP", "revoke create on schema app from APP", "CREATE on schema app", "revoke create"),
            ("grant truncate on app.products to APP", "revoke truncate on app.products from APP", "TRUNCATE on app.products", "revoke"),
            (
                "grant update (tenant_id) on app.products to APP",
                "revoke update (tenant_id) on app.products from APP",
                "has UPDATE (tenant_id) on app.products",
                "revoke update (tenant_id) on app.products",
            ),
            (
                "alter table app.products no force row level security",
                "alter table app.products force row level security",
                "row security is not forced on app.products",
                "alter table app.products force row level security",
            ),
            (
                "create function app.peek() returns bigint language sql security definer return (select count(*) from app.products);
                 grant execute on function app.peek() to APP",
                "drop function app.peek",
                "which runs with its owner's rights",
                "revoke execute on routine app.peek()",
            ),
            // What the event trigger would have done.
            (
                "set role OWNER; create table app.stray (); grant select on app.stray to APP; reset role",
                "drop table app.stray",
                "table app.stray belongs to no model and has no row security",
                "alter table app.stray enable row level security",
            ),
        ])
        .await;
}

/// A dump of a hardened database that somebody restores without a superuser still says that it is hardened.
#[tokio::test]
async fn a_database_that_does_not_say_that_it_is_managed_is_held_to_hardened() {
    let mut bench = Bench::at(Level::Managed, "mute").await;
    for comment in ["null", "'provisioned at level hardened'", "'the platform'"] {
        execute(&mut bench.admin, &format!("comment on schema tenancy is {comment}")).await.expect("comments");
        let faults = bench.faults().await;
        let what = "function(s) that reach beyond a tenant's rows";
        assert!(faults.len() == 1 && faults[0].what.contains(what) && faults[0].remedy.contains("cargo xtask provision"), "{faults:#?}");
    }
    provision(&bench.site.provisioner_options(), bench.site.conventions(), &bench.site.options()).await.expect("the remedy");
    assert_eq!(standing(&bench).await.level, Level::Managed);
}

/// Every function that `hardened` revokes is on the list of `managed`, under one heading, and what a DBA has revoked by hand is not.
#[tokio::test]
async fn each_function_that_only_a_superuser_can_revoke_opens_exactly_one_item_of_the_list() {
    let mut bench = Bench::at(Level::Managed, "each").await;
    let functions = lines(&mut bench.admin, &format!("select p.oid::regprocedure::text from pg_proc p where {REACHING} order by 1")).await;
    let functions = functions.expect("reads");
    assert!(functions.len() > 60, "{} functions", functions.len());
    let all = standing(&bench).await.openings;
    let revoke = format!(
        "do $$ declare f regprocedure; begin
           for f in select p.oid from pg_proc p where {REACHING} loop execute format('revoke execute on function %s from public', f); end loop;
         end $$"
    );
    execute(&mut bench.admin, &revoke).await.expect("revokes");
    let shut = standing(&bench).await.openings;
    assert_eq!(all.len() - shut.len(), 6, "{shut:#?}");
    let mut app = bench.site.connect("app").await;
    for function in functions {
        execute(&mut bench.admin, &format!("grant execute on function {function} to public")).await.expect(&function);
        let open = check(&mut app, &bench.registry).await.expect("starts").openings;
        assert_eq!(open.len(), shut.len() + 1, "{function}");
        execute(&mut bench.admin, &format!("revoke execute on function {function} from public")).await.expect(&function);
    }
}

/// What the list says of the server's log: verifiers, and no passwords.
#[tokio::test]
async fn a_log_that_cannot_be_silenced_holds_verifiers_and_never_a_password() {
    let bench = Bench::at(Level::Managed, "loud").await;
    let loud = bench.fill("alter database DATABASE set log_statement = 'ddl'");
    let mut admin = bench.site.admin().await;
    execute(&mut admin, &loud).await.expect("is a superuser");
    let password: Password = "one that is in no log".parse().expect("is a password");
    let options = Options { passwords: Passwords::same(&password), ..Options::default() };
    let report = provision(&bench.site.provisioner_options(), bench.site.conventions(), &options).await.expect("provisions");
    assert!(report.openings.iter().any(|opening| opening.lacks == "the server's log cannot be silenced"), "{report}");
    let log = server().log();
    assert!(!log.contains(password.expose()));
    if server().is_private() {
        assert!(log.contains(&bench.fill("alter role APP password 'SCRAM-SHA-256$")), "the opening is not real");
    }
}

//! The proof, the attacks and the faults where the administrator is no superuser: the login has CREATEROLE and CREATEDB, as managed services
//! give it, and row security binds it.

use std::sync::LazyLock;

use sqlx::{Connection as _, PgConnection};
use tenantry_testkit::proof::Part;
use tenantry_testkit::{Postgres, Proof, execute};
use tenantry_tests::root;

/// A server of its own, since whoever makes the roles of a server must be who provisions there; and the same by way of that login.
static SERVERS: LazyLock<(Postgres, Postgres)> = LazyLock::new(|| {
    let server = Postgres::private().expect("a server");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let options = server.admin_url().options().expect("a URL");
        let mut admin = PgConnection::connect_with(&options).await.expect("the superuser logs in");
        execute(&mut admin, "create role dba login createrole createdb password 'a-dba'").await.expect("makes the login");
        admin.close().await.expect("closes");
    });
    let dba = Postgres::at(server.admin_url().with_login("dba", "a-dba"));
    (server, dba)
});

fn proof() -> Proof {
    Proof::new(tenantry_app::MODELS, tenantry_app::router).conventions(tenantry_app::CONVENTIONS).migrations(root().join("migrations"))
}

#[test]
fn the_proof_holds_and_says_what_the_level_leaves_open() {
    let report = proof().cases(8).try_run_on(&SERVERS.1).unwrap_or_else(|failure| panic!("{failure}"));
    let told = report.to_string();
    println!("{told}");
    let json = serde_json::to_value(&report).expect("a report is JSON");
    assert_eq!(json["server"]["level"], "managed");
    let observer = json["workload"]["observer"].as_str().unwrap_or_default();
    assert!(observer.starts_with("the application's role in the context of one tenant after the other"), "{json}");
    let open = json["attacks"]["left_open"].to_string();
    for due in ["an injected SELECT can switch tenants (set_config)", "SQL in a string runs (ts_stat)", "other requests can be ended"] {
        assert!(open.contains(due), "{due} is not listed: {open}");
    }
    let faults = json["faults"].to_string();
    for due in ["server process ended", "statement timeout", "deadlock, repeated"] {
        assert!(faults.contains(due), "{due} was not tried: {faults}");
    }
}

#[test]
fn a_fence_that_is_gone_is_seen_tenant_by_tenant() {
    let proof = proof().parts(&[Part::Workload]).cases(8).seed(1).without_row_security_on("customers");
    let told = proof.try_run_on(&SERVERS.1).expect_err("a fence is gone").to_string();
    assert!(told.contains("customers"), "{told}");
}

#[test]
fn the_attacks_see_what_gets_through() {
    let weakenings = "alter table app.suppliers disable row level security; grant truncate on app.customers to tenantry_app;
                      create view app.every_line as select * from app.sales_order_lines; grant select on app.every_line to tenantry_app";
    let told = proof().attacks_on(&SERVERS.1, weakenings).expect("a database to attack").violations_found().join("\n");
    for due in ["every relation, read: `select * from app.suppliers` => another tenant's", "tenantry_app has truncate on"] {
        assert!(told.contains(due), "{due} is not told:\n{told}");
    }
}

#[test]
fn weakening_roles_takes_a_superuser_which_the_error_says() {
    let error = proof().mutants().try_run_on(&SERVERS.1).expect_err("the login is no superuser").to_string();
    assert!(error.starts_with("the administrator of postgres://dba@"), "{error}");
    assert!(error.ends_with("is no superuser, which weakening takes: name another in ADMIN_DATABASE_URL, or unset it"), "{error}");
}

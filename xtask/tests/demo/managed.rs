//! The demo with a login that is no superuser, as managed services give it: it has CREATEROLE and CREATEDB.

use sqlx::{Connection as _, PgConnection};
use tenantry_testkit::{DatabaseUrl, Postgres, execute, lines};

use crate::process::Demo;
use crate::{path, small_data};

#[test]
fn until_ready_ends_with_zero_with_a_login_that_is_no_superuser() {
    // A server of its own: whoever makes the roles of a server must be who provisions there.
    let server = Postgres::private().unwrap();
    ask(server.admin_url(), &["create role dba login createrole createdb password 'a-dba'", "create database shop owner dba"]);
    let dba = server.admin_url().with_login("dba", "a-dba");
    let databases = || ask(server.admin_url(), &["select datname::text from pg_database where not datistemplate order by 1"]);
    let lives_in = |database: &str| {
        let url = server.admin_url().with_database(database);
        ask(&url, &["select count(*)::text from pg_class where relname = 'customers'"]) == ["1"]
    };

    // An empty database of its own is what it lives in.
    ready(&dba.with_database("shop"));
    assert!(lives_in("shop"));
    // Another's is not, though it is empty, and neither is its own that is not empty: it makes one, and takes it away.
    ready(&dba.with_database("postgres"));
    assert!(!lives_in("postgres"));
    ready(&dba.with_database("shop"));
    assert_eq!(databases(), ["postgres", "shop"]);
}

#[track_caller]
fn ready(admin: &DatabaseUrl) {
    let data = small_data();
    let ended = Demo::start(&["--until-ready", "--data", path(data.path())], Some(admin.expose_with_password())).end();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.output.contains("provisioned at level managed and migrated: every table is fenced"), "{ended}");
    assert!(ended.stdout.ends_with(" answered; one tenant's row of customers is 404 for another\n"), "{ended}");
    ended.leaves_nothing();
}

/// Runs the statements, of which the last one may be a query of one text, and gives what that one answers.
fn ask(url: &DatabaseUrl, statements: &[&str]) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect_with(&url.options().unwrap()).await.unwrap();
        let mut answer = Vec::new();
        for statement in statements {
            if statement.starts_with("select ") {
                answer = lines(&mut connection, statement).await.unwrap();
            } else {
                execute(&mut connection, statement).await.unwrap();
            }
        }
        connection.close().await.unwrap();
        answer
    })
}

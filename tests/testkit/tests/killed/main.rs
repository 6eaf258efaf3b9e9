//! Processes that are killed at a random time, and what is left of them after the next start: no cluster, no container, no database. A run
//! that goes on at the same time keeps what it has.

#[cfg(feature = "containers")]
mod container;
mod process;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use process::{Run, Server, kill_ten};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tenantry_testkit::{DatabaseUrl, Postgres, column, execute, lines};
use uuid::Uuid;

#[test]
fn killed_processes_leave_no_cluster() {
    let temporary = tempfile::tempdir().expect("a directory");
    // The account that runs the server must be able to enter it.
    fs::set_permissions(temporary.path(), Permissions::from_mode(0o755)).expect("may be entered");
    let server = Server::Local { temporary: temporary.path().to_owned() };
    let mut keeper = Run::keep(&server);
    let kept = entries(temporary.path());
    assert_eq!(kept.len(), 1, "{kept:?}");

    let killed = kill_ten(&server, Duration::from_millis(1500));
    Run::start_and_end(&server);
    assert_eq!(entries(temporary.path()), kept, "left by {killed:?}");
    assert_eq!(processes_in(temporary.path(), &kept), [""; 0], "left by {killed:?}");
    keeper.still_has_its_database();
    keeper.end();
    assert_eq!(entries(temporary.path()), [""; 0]);
}

#[test]
fn a_killed_process_whose_supervisor_is_killed_too_leaves_no_cluster() {
    let temporary = tempfile::tempdir().expect("a directory");
    fs::set_permissions(temporary.path(), Permissions::from_mode(0o755)).expect("may be entered");
    let server = Server::Local { temporary: temporary.path().to_owned() };
    let mut held = Run::keep(&server);
    // The shell is the child, and its group holds the server, too; the shell alone is killed, as when the machine runs out of memory.
    held.kill_its_shells();
    held.kill();
    assert_ne!(processes_in(temporary.path(), &[]), [""; 0], "the server should have been orphaned, or this test shows nothing");
    Run::start_and_end(&server);
    assert_eq!(entries(temporary.path()), [""; 0]);
    assert_eq!(processes_in(temporary.path(), &[]), [""; 0]);
}

#[test]
fn killed_processes_leave_no_database_on_a_server_that_stays() {
    let postgres = Postgres::find().expect("a server");
    killed_processes_leave_no_database(&postgres, postgres.admin_url());
}

#[test]
fn killed_processes_leave_no_database_of_a_login_that_is_no_superuser() {
    let postgres = Postgres::private().expect("a server");
    killed_processes_leave_no_database(&postgres, &dba(&postgres));
}

/// A login that has what managed services give. It owns the databases and administers the roles that it makes, which is all that it takes
/// to drop them.
fn dba(postgres: &Postgres) -> DatabaseUrl {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut admin: PgConnection = postgres.admin_url().options().expect("a URL").connect().await.expect("connects");
        execute(&mut admin, "create role dba login createrole createdb password 'a-dba'; create role guest login password 'a-guest'")
            .await
            .expect("makes them");
        admin.close().await.expect("closes");
    });
    postgres.admin_url().with_login("dba", "a-dba")
}

#[test]
fn a_database_goes_though_another_role_is_still_connected() {
    let postgres = Postgres::private().expect("a server");
    let server = Server::Named { url: dba(&postgres), prefix: "visited".to_owned() };
    let keeper = Run::keep(&server);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let mut admin = runtime.block_on(async { postgres.admin_url().options().expect("a URL").connect().await.expect("connects") });
    let visited = runtime.block_on(names(&mut admin, "visited")).into_iter().find(|name| !name.ends_with("_app")).expect("its database");
    let url = postgres.admin_url().with_login("guest", "a-guest").with_database(&visited);
    let guest = runtime.block_on(async { url.options().expect("a URL").connect().await.expect("connects") });
    // The guest, whose session the login may not end, leaves when the drop that waits for it has begun.
    let leaving = runtime.spawn(async move {
        let waiting =
            "select query from pg_stat_activity where query like 'drop database if exists visited_%' and query not like '%force%'";
        while lines(&mut admin, waiting).await.expect("reads").is_empty() {}
        guest.close().await.expect("closes");
        admin
    });
    keeper.end();
    let left = runtime.block_on(async {
        let mut admin = tokio::time::timeout(Duration::from_secs(60), leaving).await.expect("the drop waits").expect("has not panicked");
        names(&mut admin, "visited").await
    });
    assert_eq!(left, [""; 0]);
}

/// Runs with that login, of which all but one are killed.
fn killed_processes_leave_no_database(postgres: &Postgres, login: &DatabaseUrl) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut admin = runtime.block_on(async { postgres.admin_url().options().expect("a URL").connect().await.expect("connects") });
    let prefix = format!("killed_{:08x}", getrandom::u32().expect("is random"));
    let server = Server::Named { url: login.clone(), prefix: prefix.clone() };
    let keeper_of = Server::Named { url: login.clone(), prefix: prefix.replace("killed", "kept") };
    let mut keeper = Run::keep(&keeper_of);

    // Databases are of the server, so somebody who kills at a random time must see some that are left.
    let killed = kill_ten(&server, Duration::from_millis(700));
    let between = runtime.block_on(names(&mut admin, &prefix));
    Run::start_and_end(&keeper_of);
    let left = runtime.block_on(names(&mut admin, &prefix));
    assert_eq!(left, [""; 0], "left by {killed:?}; before the next start: {between:?}");
    keeper.still_has_its_database();
    assert_eq!(runtime.block_on(names(&mut admin, &prefix.replace("killed", "kept"))).len(), 2, "its database and its role");
    keeper.end();
    runtime.block_on(admin.close()).expect("closes");
}

/// The databases and roles whose name begins so.
async fn names(admin: &mut PgConnection, prefix: &str) -> Vec<String> {
    let query = format!(
        "select name from (select datname::text from pg_database union all select rolname::text from pg_roles) as names(name) \
         where starts_with(name, '{prefix}') and $1 is not null order by name"
    );
    column(admin, &query, Uuid::nil()).await.expect("reads the catalogue")
}

fn entries(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).expect("is there").map(|entry| entry.expect("is read").path().display().to_string()).collect();
    names.sort();
    names
}

/// The command lines that name the directory, where the system tells, without those that name one of its entries that are kept.
fn processes_in(directory: &Path, kept: &[String]) -> Vec<String> {
    let name = directory.display().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(&name) && !kept.iter().any(|kept| line.contains(kept))).collect()
}

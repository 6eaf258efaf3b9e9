//! The finder against the server binaries of this machine.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{ConnectOptions, Connection};
use tenantry_testkit::{DatabaseUrl, Postgres};

async fn one(url: &DatabaseUrl, query: &'static str) -> Result<String, sqlx::Error> {
    let mut connection = url.options().expect("is a URL").connect().await?;
    let value = sqlx::query_scalar(query).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(value)
}

#[tokio::test]
async fn a_database_lives_as_long_as_its_value_and_the_server_as_long_as_both() {
    let postgres = Postgres::find().expect("a server");
    let admin = postgres.admin_url().clone();
    let database = postgres.create_database("finder").expect("a database");
    assert_eq!(one(database.url(), "select current_database()::text").await.expect("connects"), database.name());
    let wrong = one(&admin.with_login("postgres", "wrong"), "select 'in'").await;
    assert!(!postgres.is_private() || wrong.is_err(), "the private cluster takes any password");

    // A second one, to see that a database goes while the server stays, with somebody connected to it.
    let other = postgres.create_database("finder").expect("a database");
    let (url, name) = (other.url().clone(), other.name().to_owned());
    assert_ne!(name, database.name());
    let _connected = url.options().expect("is a URL").connect().await.expect("connects");
    drop(other);
    assert!(one(&url, "select 'in'").await.is_err(), "{name} is still there");

    let directory = if postgres.is_private() { Some(data_directory(database.url()).await) } else { None };
    drop(postgres);
    one(database.url(), "select 'in'").await.expect("the database holds its server");
    drop(database);
    if let Some(directory) = directory {
        assert!(one(&admin, "select 'in'").await.is_err(), "the private cluster still runs");
        assert!(!directory.exists(), "{} is still there", directory.display());
    }
}

async fn data_directory(url: &DatabaseUrl) -> PathBuf {
    let data = one(url, "select current_setting('data_directory')").await.expect("is a superuser");
    PathBuf::from(data).parent().expect("has a parent").to_owned()
}

#[test]
fn a_prefix_that_is_no_identifier_is_refused() {
    let postgres = Postgres::find().expect("a server");
    for prefix in ["", "1a", "A", "a-b", "a\"; drop database postgres; --", &"a".repeat(41)] {
        let error = postgres.create_database(prefix).expect_err(prefix).to_string();
        assert!(error.contains("cannot begin a database's name"), "{error}");
    }
}

#[test]
fn a_killed_process_leaves_no_server_and_no_directory() {
    // The child is this test binary again, running only the test below, which waits until it is killed.
    let mut child = Command::new(std::env::current_exe().expect("has a path"))
        .args(["--exact", "hold_a_server_until_killed", "--nocapture"])
        .env("TENANTRY_FINDER_HOLD", "1")
        .env("TENANTRY_POSTGRES", "local")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let output = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().expect("is piped")));
    let line = output.map_while(Result::ok).find_map(|line| line.split_once("HELD ").map(|(_, rest)| rest.to_owned())).expect("holds one");
    let (url, directory) = line.split_once(' ').expect("two words");
    let (url, directory): (DatabaseUrl, _) = (url.parse().expect("is a URL"), PathBuf::from(directory));
    assert!(directory.exists());

    child.kill().expect("SIGKILL");
    child.wait().expect("has ended");
    let deadline = Instant::now() + Duration::from_secs(20);
    while directory.exists() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert!(!directory.exists(), "{} is still there", directory.display());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    assert!(runtime.block_on(one(&url, "select 'in'")).is_err(), "the server still runs");
}

#[test]
fn hold_a_server_until_killed() {
    if std::env::var_os("TENANTRY_FINDER_HOLD").is_none() {
        return;
    }
    let postgres = Postgres::find().expect("a server");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let directory = runtime.block_on(data_directory(postgres.admin_url()));
    println!("HELD {} {}", postgres.admin_url().expose_with_password(), directory.display());
    // Ends with end-of-file, when the parent dies, too.
    let _ = std::io::Read::read(&mut std::io::stdin(), &mut [0]);
}

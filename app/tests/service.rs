//! The binary: it serves with the application's role, and refuses to start with anything stronger.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tenantry_app::CONVENTIONS;
use tenantry_testkit::{DatabaseUrl, Postgres, Stage};

async fn stage() -> Stage {
    let server = Postgres::find().unwrap();
    let password = Stage::test_password(&server).unwrap();
    let database = server.create_database("service").unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    Stage::set(database, &CONVENTIONS, &migrations, password, &mut |_| {}).await.unwrap()
}

fn service(url: &DatabaseUrl, environment: &str, listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry-app"));
    command.env_clear().env("DATABASE_URL", url.expose_with_password()).env("TENANTRY_ENV", environment).env("TENANTRY_LISTEN", listen);
    command.env("NO_COLOR", "1").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What the service says when it does not start.
fn refusal(url: &DatabaseUrl, environment: &str, listen: &str) -> String {
    let Output { status, stderr, .. } = service(url, environment, listen).output().unwrap();
    let text = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{text}");
    text
}

#[tokio::test]
async fn a_login_that_is_too_strong_is_refused_with_the_remedy() {
    let stage = stage().await;
    let superuser = refusal(stage.admin_url(), "test", "127.0.0.1:0");
    assert!(superuser.contains("SUPERUSER"), "{superuser}");
    assert!(superuser.contains("DATABASE_URL") && superuser.contains("tenantry_app"), "{superuser}");

    // The migrator may become the owner of every table.
    let owner = refusal(&stage.url("migrator"), "test", "127.0.0.1:0");
    assert!(owner.contains("tenantry_migrator") && owner.contains("tenantry_owner"), "{owner}");
}

#[tokio::test]
async fn the_header_is_believed_nowhere_else() {
    let stage = stage().await;
    let production = refusal(&stage.url("app"), "production", "127.0.0.1:0");
    assert!(production.contains("TENANTRY_ENV"), "{production}");
    let everywhere = refusal(&stage.url("app"), "demo", "0.0.0.0:0");
    assert!(everywhere.contains("127.0.0.1"), "{everywhere}");
}

#[tokio::test]
async fn it_serves_and_ends_when_it_is_told_to() {
    let stage = stage().await;
    let mut child = service(&stage.url("app"), "test", "127.0.0.1:0").spawn().unwrap();
    let address = address(&mut child);
    let live = get(&address, "/health/ready");
    assert!(live.starts_with("HTTP/1.1 200"), "{live}");
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let status = tokio::time::timeout(Duration::from_secs(20), tokio::task::spawn_blocking(move || child.wait().unwrap())).await;
    assert!(status.unwrap().unwrap().success());
}

/// The address that the service logs.
fn address(child: &mut Child) -> String {
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let line = stderr.lines().map(Result::unwrap).find(|line| line.contains("serving")).unwrap();
    line.split("address=").nth(1).unwrap().trim().to_owned()
}

/// One request over a plain socket.
fn get(address: &str, path: &str) -> String {
    use std::io::Write;
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    socket.read_to_string(&mut text).unwrap();
    text
}

//! The variables that choose a server, each in a process of its own.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;
use tenantry_testkit::{DatabaseUrl, Postgres};

/// The variable that makes the child of a test of it.
const CHILD: &str = "TENANTRY_SOURCES_CHILD";

#[test]
fn says_what_it_found() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    match Postgres::find() {
        Ok(postgres) => {
            let database = postgres.create_database("sources").expect("a database");
            let settings = "select format('%s %s', current_setting('server_version_num')::int / 10000, current_setting('fsync'))";
            println!("FOUND {}; {}; private {}", postgres.origin(), one(database.url(), settings), postgres.is_private());
            // The last line of a log is the server's word that it is up, or later.
            println!("LOGGED {}", postgres.log().contains("database system is ready"));
        }
        Err(error) => println!("ERROR {error}"),
    }
}

fn one(url: &DatabaseUrl, query: &'static str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut connection = url.options().expect("is a URL").connect().await.expect("connects");
        let value = sqlx::query_scalar(query).fetch_one(&mut connection).await.expect("answers");
        connection.close().await.expect("closes");
        value
    })
}

/// What a process with these variables, and no other ones that choose, says that it found.
fn found(variables: &[(&str, &str)]) -> String {
    let mut child = Command::new(std::env::current_exe().expect("has a path"));
    child.args(["--exact", "says_what_it_found", "--nocapture"]).env(CHILD, "1");
    for variable in ["", "_VERSION", "_IMAGE", "_PACKAGE"] {
        child.env_remove(format!("TENANTRY_POSTGRES{variable}"));
    }
    let output = child.env_remove("ADMIN_DATABASE_URL").envs(variables.iter().copied()).output().expect("runs");
    let text = String::from_utf8(output.stdout).expect("is text");
    // The harness writes its own words in front of the first line.
    let from = text.find("FOUND ").or_else(|| text.find("ERROR ")).unwrap_or_else(|| panic!("says nothing: {text}"));
    text[from..].lines().take_while(|line| !line.starts_with("test ")).collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[test]
fn a_version_that_does_not_exist_is_refused_for_every_source() {
    for source in ["", "local", "container", "package"] {
        let error = found(&[("TENANTRY_POSTGRES", source), ("TENANTRY_POSTGRES_VERSION", "14")]);
        assert_eq!(error, "ERROR TENANTRY_POSTGRES_VERSION: `14` is none of 15, 16, 17, 18");
    }
}

#[test]
fn a_named_server_of_another_version_is_refused() {
    let postgres = Postgres::find().expect("a server");
    let admin = postgres.admin_url().expose_with_password();
    let major: u32 =
        one(postgres.admin_url(), "select (current_setting('server_version_num')::int / 10000)::text").parse().expect("a number");
    let this = found(&[("ADMIN_DATABASE_URL", admin), ("TENANTRY_POSTGRES_VERSION", &major.to_string())]);
    assert!(this.starts_with(&format!("FOUND named by ADMIN_DATABASE_URL; {major} ")) && this.contains("private false"), "{this}");
    let another = if major == 15 { "16" } else { "15" };
    let error = found(&[("ADMIN_DATABASE_URL", admin), ("TENANTRY_POSTGRES_VERSION", another)]);
    assert!(error.contains(&format!("the server that was named has {major}; name another one")), "{error}");
}

#[test]
fn a_source_that_is_not_there_says_what_to_install() {
    let error = found(&[("TENANTRY_POSTGRES", "container"), ("DOCKER_HOST", "unix:///nowhere/docker.sock")]);
    assert!(
        error.starts_with("ERROR TENANTRY_POSTGRES=container: Docker does not answer at unix:///nowhere/docker.sock; start it"),
        "{error}"
    );
    let error = found(&[("TENANTRY_POSTGRES", "package"), ("PATH", "/nowhere")]);
    assert!(error.starts_with("ERROR TENANTRY_POSTGRES=package: neither `python3` nor npm has a package"), "{error}");
    let error = found(&[("TENANTRY_POSTGRES", "package"), ("TENANTRY_POSTGRES_PACKAGE", "/nowhere")]);
    assert!(error.starts_with("ERROR TENANTRY_POSTGRES_PACKAGE: /nowhere holds no server"), "{error}");
}

#[test]
fn a_package_that_the_servers_account_cannot_enter_runs_all_the_same() {
    let Some((modules, major)) = package() else {
        println!("there are no programs of PostgreSQL on this machine to make a package of");
        return;
    };
    let folder = modules.path().to_str().expect("is text");
    let this = found(&[("TENANTRY_POSTGRES", "package"), ("TENANTRY_POSTGRES_PACKAGE", folder)]);
    let server = modules.path().join("@embedded-postgres/this-machine/native");
    let from = format!("FOUND a private cluster of the package in {}; {major} off; private true\nLOGGED true", server.display());
    assert_eq!(this, from);
    assert!(server.join("bin/postgres").exists(), "the package has lost its own file");

    let another = if major == 15 { "16" } else { "15" };
    let error = found(&[("TENANTRY_POSTGRES", "package"), ("TENANTRY_POSTGRES_PACKAGE", folder), ("TENANTRY_POSTGRES_VERSION", another)]);
    assert!(error.contains(&format!("what pip and npm have installed has {major}; `pip install")), "{error}");
}

/// A `node_modules` with a package that holds this machine's own server, in a directory that nobody else enters; and its version.
fn package() -> Option<(TempDir, u32)> {
    let local = found(&[("TENANTRY_POSTGRES", "local")]);
    let (bin, rest) = local.strip_prefix("FOUND a private cluster of the programs in ")?.split_once("; ")?;
    let major = rest.split_once(' ')?.0.parse().ok()?;
    // What is on PATH may be a link to where the server lies with its modules.
    let bin = Path::new(bin).join("postgres").canonicalize().expect("is there").parent().expect("lies in a folder").to_owned();
    let modules = tempfile::tempdir().expect("a directory");
    fs::set_permissions(modules.path(), Permissions::from_mode(0o700)).expect("is closed");
    let native = modules.path().join("@embedded-postgres/this-machine/native");
    for folder in ["bin", "lib", "share"].map(|folder| native.join(folder)) {
        fs::create_dir_all(folder).expect("a directory");
    }
    for program in ["initdb", "postgres"] {
        copy(&bin.join(program), &native.join("bin").join(program));
    }
    // The server looks for its modules beside its programs; for its other files it knows the place, where the machine has them.
    for module in fs::read_dir(bin.join("../lib")).into_iter().flatten().flatten() {
        if module.path().extension().is_some_and(|extension| extension == "so") {
            copy(&module.path(), &native.join("lib").join(module.file_name()));
        }
    }
    Some((modules, major))
}

fn copy(from: &Path, to: &Path) {
    let from: PathBuf = from.canonicalize().expect("is there");
    fs::copy(from, to).expect("is copied");
}

#[cfg(feature = "containers")]
#[test]
fn a_container_has_the_settings_of_data_that_is_thrown_away() {
    let this = found(&[("TENANTRY_POSTGRES", "container")]);
    if this.contains("Docker does not answer") {
        println!("{this}");
        return;
    }
    assert!(this.starts_with("FOUND a container of ") && this.contains(" by testcontainers, "), "{this}");
    assert!(this.contains(" off; private true\nLOGGED true"), "{this}");
    let image = this.split(' ').nth(4).expect("names its image");
    let again = found(&[("TENANTRY_POSTGRES", "container"), ("TENANTRY_POSTGRES_IMAGE", image)]);
    assert!(again.contains(image), "{again}");
    let error = found(&[("TENANTRY_POSTGRES", "container"), ("TENANTRY_POSTGRES_IMAGE", "Not an image")]);
    assert_eq!(error, "ERROR TENANTRY_POSTGRES_IMAGE: is no name of an image, such as postgres:18");
    let error = found(&[("TENANTRY_POSTGRES", "container"), ("TENANTRY_POSTGRES_IMAGE", "localhost:1/postgres:18")]);
    assert!(error.starts_with("ERROR Docker has no image localhost:1/postgres:18, and no registry gives it ("), "{error}");
    assert!(error.contains("tests/testkit/image/build"), "{error}");
}

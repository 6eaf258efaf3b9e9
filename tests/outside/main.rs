//! An application outside this workspace, used as anybody uses Tenantry: the template beside this file is copied into a folder of its own,
//! gets its migrations, a database and a server, is asked over HTTP, and is proven.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tenantry::{Config, Conventions, Platform};
use tenantry_testkit::ACT;
use tenantry_tests::outside::{Application, Service};
use tenantry_tests::server;

/// As the `models.toml` of the template says.
const CONVENTIONS: Conventions = Conventions {
    schema: "vet",
    platform_schema: "clinics",
    tenant_column: "clinic_id",
    settings: "vet",
    roles: "clinic",
    ..Conventions::DEFAULT
};

#[test]
fn an_application_outside_is_built_served_and_proven() {
    let application = Application::copied("tests/outside/template", "", env!("CARGO_TARGET_TMPDIR"));

    // Migrations of its own, from nothing.
    let written = application.xtask(&["gen-migrations"]).said();
    assert!(written.contains("migrations/0001_first.up.sql"), "{written}");
    application.xtask(&["gen-migrations", "--check"]).succeeds();
    let sql = application.read("migrations/0001_first.up.sql");
    for part in ["create table vet.animals (", "clinic_id ", "current_setting('vet.tenant_id', true)", "to clinic_app"] {
        assert!(sql.contains(part), "{part} is missing:\n{sql}");
    }
    assert!(!sql.contains("tenantry_") && !sql.contains("app."), "a convention of another application:\n{sql}");
    application.xtask(&["tidy"]).succeeds();

    // A database, served.
    let database = server().create_database("clinic").expect("a database");
    let admin = database.url().expose_with_password();
    let with = |arguments: &[&str]| application.xtask(arguments).env("ADMIN_DATABASE_URL", admin);
    let logins = ["APP", "MIGRATOR", "PLATFORM", "IDENTITY", "BACKUP"].map(|role| format!("CLINIC_{role}_PASSWORD"));
    logins.iter().fold(with(&["provision"]), |provision, login| provision.env(login, PASSWORD)).succeeds();
    let applied = with(&["migrate"]).said();
    // Three of its own, and the platform's.
    let tables = application.read("migrations/schema.json").matches("\"fence\":").count();
    assert!(tables > 3 && applied.contains(&format!("1 applied; the fences of {tables} tables are those of the snapshot")), "{applied}");
    with(&["status"]).succeeds();
    let tenants = tenants(database.url().with_login("clinic_platform", PASSWORD).expose_with_password());
    application.cargo(&["build", "--quiet", "--package", "clinic"]).succeeds();
    let service = application.serve("clinic", database.url().with_login("clinic_app", PASSWORD).expose_with_password());
    ask(&service, &tenants);
    drop(service);
    with(&["deprovision", "--force"]).succeeds();

    // The demo, with rows that are drafted from the models.
    let empty = server().create_database("clinic_demo").expect("a database");
    let demo = application.xtask(&["demo", "--until-ready"]).env("ADMIN_DATABASE_URL", empty.url().expose_with_password()).said();
    assert!(demo.contains("acme: 24 keepers, 24 animals, 24 visits") && demo.contains("ready: http://127.0.0.1:"), "{demo}");

    // The proof, and the people's own tests.
    let tests = application.cargo(&["test", "--package", "clinic"]).said();
    for test in ["no_clinic_reaches_another", "an_animal_is_its_clinics_alone", "visits_go_with_their_animal", "all_clinics_know_a_breed"] {
        assert!(tests.contains(&format!("test {test} ... ok")), "{test}: {tests}");
    }
    assert_eq!(databases_of_suites(), [""; 0], "the databases of its tests are gone");
    application.rewrite("tests/isolation.rs", ".migrations(", ".without_row_security_on(\"visits\").migrations(");
    let red = application.cargo(&["test", "--package", "clinic", "--test", "isolation"]).fails();
    assert!(red.contains("test no_clinic_reaches_another ... FAILED"), "{red}");
    assert!(red.contains("visits") && !red.contains("cannot be run"), "a script that reaches another tenant's visits: {red}");
}

/// Of every role of the database, which goes at the end of the test.
const PASSWORD: &str = "a-password-of-this-test-alone";

/// Two tenants, made by the operator's side.
fn tenants(url: &str) -> [String; 2] {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let config = Config::new(url).expect("a URL").acquire_timeout(Duration::from_secs(60));
        let platform = Platform::start(&config, &CONVENTIONS).await.expect("the platform");
        let tenants = ["first", "second"].map(async |slug| platform.create_tenant(slug, slug, ACT).await.expect("a tenant").to_string());
        let [first, second] = tenants;
        [first.await, second.await]
    })
}

/// The databases that `#[tenantry_testkit::test]` copies, as far as they are left on the server.
fn databases_of_suites() -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut admin = PgConnection::connect_with(&server().admin_url().options().expect("a URL")).await.expect("the administrator");
        let names = sqlx::query_scalar("select datname::text from pg_database where datname like 'suite\\_%'");
        names.fetch_all(&mut admin).await.expect("their names")
    })
}

/// Sends a request for a tenant; the status and the body.
fn send(service: &Service, tenant: &str, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
    let (status, body) = service.send(("X-Tenant", tenant), method, &format!("/api{path}"), body);
    (status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

/// The text of a value that is one.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// Its generated routes and the one written by hand, by two tenants.
fn ask(service: &Service, [first, second]: &[String; 2]) {
    let (status, keeper) = send(service, first, "POST", "/keepers", Some(&json!({"name": "Ada"})));
    assert_eq!(status, 201, "{keeper}");
    let animal = json!({"chip": "276098100000001", "name": "Rex", "species": "dog", "keeper": keeper["id"]});
    let (status, animal) = send(service, first, "POST", "/animals", Some(&animal));
    assert_eq!(status, 201, "{animal}");
    for (day, amount) in [("2026-03-01", 4500), ("2026-03-08", 1250)] {
        let visit = json!({"animal": animal["id"], "day": day, "fee": {"amount": amount, "currency": "EUR"}});
        let (status, made) = send(service, first, "POST", "/visits", Some(&visit));
        assert_eq!(status, 201, "{made}");
        assert_eq!(send(service, first, "POST", "/visits", Some(&visit)).0, 409, "one visit of an animal a day");
    }
    let fees = format!("/animals/{}/fees", text(&animal["id"]));
    assert_eq!(send(service, first, "GET", &fees, None), (200, json!({"visits": 2, "amount": 5750})));
    assert_eq!(send(service, second, "GET", &fees, None).0, 404, "another clinic's animal");

    let row = format!("/animals/{}", text(&animal["id"]));
    assert_eq!(send(service, second, "GET", &row, None).0, 404);
    assert_eq!(send(service, second, "DELETE", &row, None).0, 404);
    let foreign = json!({"animal": animal["id"], "day": "2026-03-15", "fee": {"amount": 1, "currency": "EUR"}});
    assert_eq!(send(service, second, "POST", "/visits", Some(&foreign)).0, 422, "a reference to another clinic's animal");
    assert_eq!(send(service, first, "DELETE", &row, None).0, 204);
    assert_eq!(send(service, first, "GET", "/visits", None).1["items"], Value::Array(Vec::new()), "its visits went with it");
}

//! The proof on models that have secrets: it knows that they do not come back, and sees when one does.

use axum::Router;
use axum::extract::Path;
use axum::http::Method;
use axum::routing::get;
use serde_json::Value;
use tenantry::http::{Api, Problem, routes};
use tenantry::schema::ir::Schema;
use tenantry::{Conventions, Entry, Id, Money, Registry, Stamps, TenantDb, migrate, tenant_model};
use tenantry_testkit::Proof;
use tenantry_testkit::proof::{Draw, Operation, Part, Request, Rows};
use tenantry_tests::server;

/// Somebody's way in.
#[tenant_model(table = "accounts")]
struct Account {
    id: Id<Account>,
    #[model(unique, max_len = 32, filter, sort)]
    login: String,
    #[model(secret, max_len = 97)]
    password: String,
    #[model(secret)]
    pin: Option<i64>,
    #[model(secret)]
    token: Option<uuid::Uuid>,
    #[model(secret)]
    offer: Option<Money>,
    #[model(secret, readonly, max_len = 200)]
    hint: Option<String>,
    #[model(flatten)]
    stamps: Stamps,
}

/// A way in on behalf of somebody else.
#[tenant_model(table = "delegations")]
struct Delegation {
    id: Id<Delegation>,
    #[model(filter, references(on_delete = "cascade"))]
    account: Id<Account>,
    #[model(secret, max_len = 40)]
    code: String,
}

const MODELS: &[Entry] = &[Entry::of::<Account>(), Entry::of::<Delegation>()];

/// The folder with the migrations of the models; it goes with the value.
fn migrations() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = Schema::of(&Registry::new(MODELS, Conventions::DEFAULT).expect("the models keep the laws"));
    let next = migrate::next(folder.path(), &schema, None).expect("a migration");
    migrate::write(folder.path(), next.generated.as_ref(), &schema).expect("the files");
    folder
}

fn proof(folder: &tempfile::TempDir, router: fn(&Api) -> Router) -> Proof {
    Proof::new(MODELS, router).migrations(folder.path())
}

#[test]
fn no_secret_leaves() {
    let folder = migrations();
    let report = proof(&folder, routes).parts(&[Part::Workload, Part::Attacks]).cases(12).try_run_on(server()).expect("it is green");
    assert!(report.operations() > 0);
}

/// A route of the application's own, which answers what it should not.
fn telling(api: &Api) -> Router {
    let tell = async |db: TenantDb, Path(id): Path<Id<Account>>| -> Result<String, Problem> {
        Ok(db.run(Account::repo().find(id)).await?.password)
    };
    routes(api).route("/accounts/{id}/password", get(tell))
}

/// One that answers nothing, and logs it.
fn logging(api: &Api) -> Router {
    let log = async |db: TenantDb, Path(id): Path<Id<Account>>| -> Result<(), Problem> {
        let account = db.run(Account::repo().find(id)).await?;
        tracing::info!(password = account.password, "somebody asks");
        Ok(())
    };
    routes(api).route("/accounts/{id}/password", get(log))
}

fn asks(draw: &mut Draw, own: Rows<'_>, _: &[Rows<'_>]) -> Option<Request> {
    let id = *draw.pick(&own.ids("accounts"))?;
    Some(Request::new(Method::GET, format!("/accounts/{id}/password"), Value::Null))
}

#[test]
fn a_secret_that_its_own_tenant_is_answered_is_seen() {
    let folder = migrations();
    let asked = |router| proof(&folder, router).operation(Operation::route("GET password", asks)).parts(&[Part::Workload]).cases(60);
    let told = asked(telling).try_run_on(server()).expect_err("it is told").to_string();
    assert!(told.contains("the answer carries a secret: qzk"), "{told}");
    let logged = asked(logging).try_run_on(server()).expect_err("it is logged").to_string();
    assert!(logged.contains("the log has a value of a row, qzk"), "{logged}");
}

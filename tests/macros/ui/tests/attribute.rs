use tenantry::TenantDb;
use tenantry_testkit::Suite;

static SUITE: Suite = Suite::new(&[], tenantry::Conventions::DEFAULT, "migrations");

#[tenantry_testkit::test]
async fn without_a_suite(_: TenantDb) {}

#[tenantry_testkit::test("migrations")]
async fn with_a_folder(_: TenantDb) {}

#[tenantry_testkit::test(SUITE)]
fn not_asynchronous(_: TenantDb) {}

#[tenantry_testkit::test(SUITE)]
async fn without_tenants() {}

#[tenantry_testkit::test(SUITE)]
async fn of_two_arguments(_: TenantDb, _: TenantDb) {}

#[tenantry_testkit::test(SUITE)]
fn wrong_in_every_way<T>() {}

#[tenantry_testkit::test(SUITE)]
struct NoFunction;

fn main() {}

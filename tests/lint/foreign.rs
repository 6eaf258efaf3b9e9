//! A database that somebody else made, with names of its own and the usual faults.

use sqlx::PgConnection;
use tenantry::lint::{LintError, Options, Target, run};
use tenantry_testkit::{Database, execute};
use tenantry_tests::server;

use super::told;

const SHOP: &str = "
    create schema shop;
    create table shop.countries (code text primary key);
    create table shop.orders (org_id bigint not null, id bigint not null, note text, primary key (org_id, id));
    create index orders_note_idx on shop.orders (note);
    alter table shop.orders enable row level security;
    create policy orgs on shop.orders using (org_id = current_setting('shop.org')::bigint);
    create table shop.lines (org_id bigint, id bigint primary key, order_id bigint);
    create policy lines on shop.lines using (org_id = (select current_setting('shop.org', true)::bigint) or true);
    create view shop.recent as select * from shop.orders;
    create table shop.tags (id bigint primary key);
";

struct Shop {
    database: Database,
    role: String,
}

impl Shop {
    async fn new() -> (Self, PgConnection) {
        let database = server().create_database("foreign").expect("a database");
        // Roles belong to the server, which other tests use at the same time.
        let role = format!("{}_web", database.name());
        let options = database.url().options().expect("a URL");
        let mut connection = sqlx::ConnectOptions::connect(&options).await.expect("connects");
        let grants = format!(
            "create role {role} nosuperuser; grant usage on schema shop to {role}; grant select on shop.countries to {role}; \
             grant select, insert on shop.orders, shop.lines, shop.tags to {role};"
        );
        execute(&mut connection, &format!("{SHOP} {grants}")).await.expect("the shop is made");
        (Self { database, role }, connection)
    }

    fn target(&self) -> Target {
        Target::any("org_id", "shop.org", &["shop".to_owned()], std::slice::from_ref(&self.role)).expect("plain names")
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let (url, role) = (self.database.url().clone(), self.role.clone());
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut connection = sqlx::ConnectOptions::connect(&url.options().expect("a URL")).await.expect("connects");
                execute(&mut connection, &format!("drop owned by {role}; drop role {role}")).await.expect("the role goes");
            });
        });
        let _ = dropped.join();
    }
}

#[tokio::test]
async fn a_database_that_somebody_else_made_is_audited() {
    let (shop, mut connection) = Shop::new().await;
    let found = run(&mut connection, &shop.target(), &Options::default()).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    let admin: String = sqlx::query_scalar("select current_user::text").fetch_one(&mut connection).await.expect("a name");
    let lines = found.iter().map(|finding| {
        let text = format!("{}: {:?}: {}: {}", finding.rule, finding.severity, finding.object, finding.what);
        text.replace(&shop.role, "WEB").replace(&format!("owner {admin} is"), "owner ADMIN is")
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

/// The same comparison in the forms that people use is one fence.
#[tokio::test]
async fn usual_forms_of_a_fence_are_known() {
    let (shop, mut connection) = Shop::new().await;
    let options = Options {
        rules: tenantry::lint::RULES.iter().filter(|rule| rule.name().starts_with("policy-") && rule.name() != "policy-role").collect(),
        ..Options::default()
    };
    execute(&mut connection, "drop policy lines on shop.lines").await.expect("is dropped");
    for (expression, good) in [
        ("org_id = current_setting('shop.org')::bigint", true),
        ("org_id = current_setting('shop.org', true)::bigint", true),
        ("org_id = nullif(current_setting('shop.org', true), '')::bigint", true),
        ("org_id = (select current_setting('shop.org')::bigint)", true),
        ("org_id = (select nullif(current_setting('shop.org', true), '')::bigint)", true),
        ("org_id >= current_setting('shop.org')::bigint", false),
        ("id = current_setting('shop.org')::bigint", false),
        ("org_id = current_setting('shop.organisation')::bigint", false),
        ("org_id = (select current_setting('shop.org')::bigint from shop.tags)", false),
        ("org_id = current_setting('shop.org')::bigint + 1", false),
        ("org_id = current_setting('shop.org')::bigint and note is not null", false),
        ("not org_id = current_setting('shop.org')::bigint", false),
    ] {
        let text = format!("alter policy orgs on shop.orders using ({expression}) with check ({expression})");
        execute(&mut connection, &text).await.expect("is altered");
        let found = run(&mut connection, &shop.target(), &options).await.expect("is asked");
        assert_eq!(found.is_empty(), good, "{expression}: {found:#?}");
    }
}

#[tokio::test]
async fn shared_tables_can_be_named() {
    let (shop, mut connection) = Shop::new().await;
    let options = Options { rules: tenantry::lint::Rule::named("tenant-column").into_iter().collect(), ..Options::default() };
    let objects = async |connection: &mut PgConnection, target| {
        let found = run(connection, &target, &options).await.expect("is asked");
        found.into_iter().map(|finding| finding.object).collect::<Vec<_>>()
    };
    assert_eq!(objects(&mut connection, shop.target()).await, ["shop.lines", "shop.tags"]);
    assert_eq!(objects(&mut connection, shop.target().with_shared(["shop.tags".to_owned()])).await, ["shop.lines"]);
}

#[tokio::test]
async fn without_the_services_role_nothing_is_claimed() {
    let (_shop, mut connection) = Shop::new().await;
    let target = Target::any("org_id", "shop.org", &[], &["nobody_at_all".to_owned()]).expect("plain names");
    let error = run(&mut connection, &target, &Options::default()).await.expect_err("there is no such role");
    assert!(matches!(error, LintError::NoRole(_)), "{error:?}");
    assert!(error.to_string().contains("nobody_at_all") && error.to_string().contains("--app-role"), "{error}");
}

//! What the service refuses to start with: each fault is introduced alone, must be named alone with its remedy, and must be gone when mended.

mod lookups;
mod managed;
mod names;

use sqlx::PgConnection;
use tenantry::Registry;
use tenantry::db::startup::{Fault, Level, check};
use tenantry::migrate::{self, migrate};
use tenantry::schema::ir::Schema;
use tenantry_testkit::execute;
use tenantry_tests::Site;

/// A migrated database of the reference application with roles of its own, so that a test may spoil them.
struct Bench {
    site: Site,
    registry: Registry,
    admin: PgConnection,
}

impl Bench {
    async fn new(name: &str) -> Self {
        Self::at(Level::Hardened, name).await
    }

    async fn at(level: Level, name: &str) -> Self {
        let site = Site::at(level, name).await;
        let registry = Registry::new(tenantry_app::MODELS, *site.conventions()).expect("the models hold together");
        let folder = tempfile::tempdir().expect("a folder");
        let schema = Schema::of(&registry);
        let next = migrate::next(folder.path(), &schema, Some("first")).expect("is generated");
        migrate::write(folder.path(), next.generated.as_ref(), &schema).expect("is written");
        let admin = site.admin().await;
        migrate(&mut site.provisioner().await, site.conventions(), folder.path(), &mut |_| {}).await.expect("is applied");
        Self { site, registry, admin }
    }

    /// `APP`, `OWNER`, `PLATFORM`, `LOOKUP` and `DATABASE` stand for this test's names.
    fn fill(&self, text: &str) -> String {
        let roles = [("APP", "app"), ("OWNER", "owner"), ("PLATFORM", "platform"), ("LOOKUP", "lookup")];
        let text = roles.iter().fold(text.to_owned(), |text, (word, suffix)| text.replace(word, &self.site.role(suffix)));
        text.replace("DATABASE", self.site.conventions().roles)
    }

    async fn faults(&self) -> Vec<Fault> {
        let mut app = self.site.connect("app").await;
        check(&mut app, &self.registry).await.err().unwrap_or_default()
    }

    /// Each case: what spoils, what mends, and the one fault by its beginning and a part of its remedy.
    async fn each(&mut self, cases: &[(&str, &str, &str, &str)]) {
        assert_eq!(self.faults().await, [], "the database is not clean to begin with");
        for (spoil, mend, what, remedy) in cases {
            let [spoil, mend, what, remedy] = [spoil, mend, what, remedy].map(|text| self.fill(text));
            execute(&mut self.admin, &spoil).await.unwrap_or_else(|error| panic!("{spoil}: {error}"));
            let faults = self.faults().await;
            assert_eq!(faults.len(), 1, "{spoil}: {faults:#?}");
            assert!(faults[0].what.contains(&what), "{spoil}: `{}` does not say `{what}`", faults[0].what);
            assert!(faults[0].remedy.contains(&remedy), "{spoil}: `{}` does not say `{remedy}`", faults[0].remedy);
            execute(&mut self.admin, &mend).await.unwrap_or_else(|error| panic!("{mend}: {error}"));
            assert_eq!(self.faults().await, [], "{mend}: the fault is still there");
        }
    }
}

#[tokio::test]
async fn attributes_memberships_and_ownership_of_the_role_are_named() {
    let mut bench = Bench::new("role").await;
    bench
        .each(&[
            ("alter role APP superuser", "alter role APP nosuperuser", "has the attribute SUPERUSER", "alter role APP nosuperuser"),
            ("alter role APP bypassrls", "alter role APP nobypassrls", "has the attribute BYPASSRLS", "alter role APP nobypassrls"),
            ("alter role APP createrole", "alter role APP nocreaterole", "has the attribute CREATEROLE", "nocreaterole"),
            ("alter role APP createdb", "alter role APP nocreatedb", "has the attribute CREATEDB", "nocreatedb"),
            ("alter role APP replication", "alter role APP noreplication", "has the attribute REPLICATION", "noreplication"),
            // The app's role inherits nothing, so only the membership itself shows.
            ("grant OWNER to APP", "revoke OWNER from APP", "`APP` is a member of `OWNER`", "revoke OWNER from APP"),
            (
                "create type public.mine as enum ('a'); alter type public.mine owner to APP",
                "drop type public.mine",
                "owns 1 object(s), such as type public.mine",
                "reassign owned by APP",
            ),
        ])
        .await;
}

#[tokio::test]
async fn privileges_are_named() {
    let mut bench = Bench::new("privilege").await;
    bench
        .each(&[
            (
                "grant temporary on database DATABASE to APP",
                "revoke temporary on database DATABASE from APP",
                "TEMPORARY on database",
                "revoke",
            ),
            (
                "grant create on database DATABASE to public",
                "revoke create on database DATABASE from public",
                "CREATE on database",
                "provision",
            ),
            ("grant create on schema app to APP", "revoke create on schema app from APP", "CREATE on schema app", "revoke create"),
            ("grant create on schema public to public", "revoke create on schema public from public", "CREATE on schema public", "revoke"),
            (
                "grant truncate on app.products to APP",
                "revoke truncate on app.products from APP",
                "TRUNCATE on app.products",
                "revoke truncate",
            ),
            ("grant trigger on app.products to public", "revoke trigger on app.products from public", "TRIGGER on app.products", "revoke"),
            (
                "grant references on app.products to APP",
                "revoke references on app.products from APP",
                "REFERENCES on app.products",
                "revoke",
            ),
            ("grant references (id) on app.products to APP", "revoke references (id) on app.products from APP", "REFERENCES on", "revoke"),
            (
                "grant update on app.products to APP",
                "revoke update on app.products from APP; grant update (name) on app.products to APP",
                "has UPDATE on app.products",
                "revoke update on",
            ),
            (
                "grant update (tenant_id) on app.products to APP",
                "revoke update (tenant_id) on app.products from APP",
                "has UPDATE (tenant_id) on app.products",
                "revoke update (tenant_id) on app.products",
            ),
            (
                "grant execute on function set_config(text, text, boolean) to APP",
                "revoke execute on function set_config(text, text, boolean) from APP",
                "may call 1 function(s) that reach beyond a tenant's rows, such as set_config",
                "cargo xtask provision",
            ),
            (
                "grant execute on function pg_advisory_lock(bigint) to public",
                "revoke execute on function pg_advisory_lock(bigint) from public",
                "such as pg_advisory_lock",
                "cargo xtask provision",
            ),
        ])
        .await;
}

#[tokio::test]
async fn settings_that_give_a_session_a_tenant_or_lift_the_fences_are_named() {
    let mut bench = Bench::new("setting").await;
    for (spoil, mend, what, remedy) in [
        ("alter role APP set app.tenant_id = 'x'", "alter role APP reset app.tenant_id", "app.tenant_id=x", "alter role APP reset"),
        (
            "alter database DATABASE set app.actor_id = 'x'",
            "alter database DATABASE reset app.actor_id",
            "app.actor_id=x",
            "alter database DATABASE",
        ),
        (
            "alter role APP in database DATABASE set row_security = off",
            "alter role APP in database DATABASE reset row_security",
            "row_security=off",
            "alter role APP in database DATABASE reset row_security",
        ),
    ] {
        let [spoil, mend, what, remedy] = [spoil, mend, what, remedy].map(|text| bench.fill(text));
        assert_eq!(bench.faults().await, []);
        execute(&mut bench.admin, &spoil).await.expect(&spoil);
        let faults = bench.faults().await;
        assert!(faults.iter().any(|fault| fault.what.contains(&what) && fault.remedy.contains(&remedy)), "{spoil}: {faults:#?}");
        assert!(faults.iter().any(|fault| fault.what.contains("a fresh connection already has a value")), "{spoil}: {faults:#?}");
        execute(&mut bench.admin, &mend).await.expect(&mend);
    }
    assert_eq!(bench.faults().await, []);
}

#[tokio::test]
async fn tables_that_are_missing_or_not_fenced_are_named() {
    let mut bench = Bench::new("tables").await;
    bench
        .each(&[
            (
                "alter table app.products rename to gone; alter table app.gone set schema public",
                "alter table public.gone set schema app; alter table app.gone rename to products",
                "table app.products of Product is missing",
                "cargo xtask migrate",
            ),
            (
                "alter table app.products disable row level security",
                "alter table app.products enable row level security",
                "row security is not enabled on app.products",
                "alter table app.products enable row level security",
            ),
            (
                "alter table tenancy.tenants no force row level security",
                "alter table tenancy.tenants force row level security",
                "row security is not forced on tenancy.tenants",
                "alter table tenancy.tenants force row level security",
            ),
            (
                "alter table app.products rename column name to title",
                "alter table app.products rename column title to name",
                "column name of app.products is missing",
                "cargo xtask migrate",
            ),
            (
                "create table app.stray (); alter table app.stray disable row level security",
                "drop table app.stray",
                "table app.stray belongs to no model and has no row security",
                "alter table app.stray enable row level security",
            ),
            ("create view app.peek as select * from app.products", "drop view app.peek", "view app.peek shows rows", "security_invoker"),
            (
                "create materialized view app.kept as select 1 as x",
                "drop materialized view app.kept",
                "materialized view app.kept cannot be fenced",
                "drop materialized view app.kept",
            ),
        ])
        .await;
}

/// What a hand-written migration, or somebody in psql, may have left.
#[tokio::test]
async fn ways_around_the_fences_that_are_no_tables_of_models_are_named() {
    let mut bench = Bench::new("around").await;
    let fence = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid";
    // One that is fenced as the models' tables are is welcome.
    let fenced = format!(
        "create table app.welcome (tenant_id uuid not null); alter table app.welcome force row level security;
         create policy tenant_fence on app.welcome as restrictive for all to public using ({fence}) with check ({fence});
         create policy tenant_rows on app.welcome for all to APP using ({fence}); grant select on app.welcome to APP"
    );
    let fenced = bench.fill(&fenced);
    execute(&mut bench.admin, &fenced).await.expect("makes a table");
    bench
        .each(&[
            (
                "create function app.peek(given text) returns bigint language sql security definer return (select count(*) from app.products)",
                "drop function app.peek",
                "`APP` may call app.peek(given text), which runs with its owner's rights",
                "revoke execute on routine app.peek(given text) from public",
            ),
            (
                "create table app.open (tenant_id uuid); create policy all_rows on app.open using (true); grant select on app.open to APP",
                "drop table app.open",
                "table app.open belongs to no model, has tenants' rows and lacks the fence",
                "create policy tenant_fence on app.open as restrictive for all to public",
            ),
            (
                "create schema reports; grant usage on schema reports to APP; create view reports.sums as select * from app.products;
                 grant select (name) on reports.sums to APP",
                "drop schema reports cascade",
                "view reports.sums shows rows by its owner's rights",
                "security_invoker",
            ),
            (
                "create schema reports; grant usage on schema reports to APP; create table reports.copies as select * from app.products;
                 grant insert on reports.copies to APP",
                "drop schema reports cascade",
                "table reports.copies belongs to no model and has no row security",
                "enable row level security",
            ),
            (
                "create unique index everywhere on app.products (code) include (tenant_id)",
                "drop index app.everywhere",
                "the unique key everywhere of app.products leaves out tenant_id",
                "drop index app.everywhere",
            ),
        ])
        .await;
}

#[tokio::test]
async fn policies_other_than_the_models_are_named() {
    let mut bench = Bench::new("policies").await;
    let fence = "nullif(current_setting('app.tenant_id', true), '')::uuid";
    let again = format!(
        "drop policy if exists tenant_fence on app.products;
         create policy tenant_fence on app.products as restrictive for all to public
           using (tenant_id = {fence}) with check (tenant_id = {fence})"
    );
    let changed = "policy tenant_fence on app.products is not the one that the model has";
    let spoils = [
        "as permissive for all to public using (tenant_id = FENCE) with check (tenant_id = FENCE)",
        "as restrictive for select to public using (tenant_id = FENCE)",
        "as restrictive for all to APP using (tenant_id = FENCE) with check (tenant_id = FENCE)",
        "as restrictive for all to public using (tenant_id = FENCE)",
        "as restrictive for all to public using (tenant_id = FENCE or true) with check (tenant_id = FENCE)",
        "as restrictive for all to public using (tenant_id = FENCE) with check (true)",
        "as restrictive for all to public using (id = FENCE) with check (tenant_id = FENCE)",
        "as restrictive for all to public using (tenant_id = nullif(current_setting('app.actor_id', true), '')::uuid) with check (tenant_id = FENCE)",
    ]
    .map(|text| format!("drop policy tenant_fence on app.products; create policy tenant_fence on app.products {}", text.replace("FENCE", fence)));
    for spoil in &spoils {
        bench.each(&[(spoil, &again, changed, "create policy tenant_fence on app.products as restrictive for all to public")]).await;
    }
    bench
        .each(&[
            (
                "drop policy tenant_fence on app.products",
                &again,
                "policy tenant_fence is missing on app.products",
                "create policy tenant_fence",
            ),
            (
                "create policy generous on app.products for select to APP using (true)",
                "drop policy generous on app.products",
                "policy generous on app.products belongs to no model",
                "drop policy generous on app.products",
            ),
            (
                "alter policy platform_rows on tenancy.tenants to APP",
                "alter policy platform_rows on tenancy.tenants to PLATFORM",
                "policy platform_rows on tenancy.tenants is not the one",
                "create policy platform_rows on tenancy.tenants as permissive for all to PLATFORM",
            ),
        ])
        .await;
}

#[tokio::test]
async fn another_login_and_another_encoding_are_named_among_everything_else() {
    let mut bench = Bench::new("login").await;
    let mut platform = bench.site.connect("platform").await;
    let faults = check(&mut platform, &bench.registry).await.expect_err("is another login");
    assert!(faults.iter().any(|fault| fault.what.contains(&bench.fill("`PLATFORM` and not as `APP`"))), "{faults:#?}");

    let faults = check(&mut bench.admin, &bench.registry).await.expect_err("is a superuser");
    for what in ["has the attribute SUPERUSER", "logs in as"] {
        assert!(faults.iter().any(|fault| fault.what.contains(what)), "{what} is not among {faults:#?}");
    }

    // A setting that makes the superuser the role that is expected hides nothing.
    let disguised = bench.site.admin_options().options([("role", bench.site.role("app"))]);
    let mut disguised = sqlx::ConnectOptions::connect(&disguised).await.expect("connects");
    let faults = check(&mut disguised, &bench.registry).await.expect_err("is another login");
    assert!(faults.iter().any(|fault| fault.what.contains(&bench.fill("and becomes `APP` by a setting"))), "{faults:#?}");
    drop(disguised);

    let name = format!("{}_ascii", bench.site.conventions().roles);
    execute(&mut bench.admin, &format!("create database {name} encoding 'SQL_ASCII' template template0")).await.expect("is made");
    let options = bench.site.admin_options().database(&name);
    let mut ascii = sqlx::ConnectOptions::connect(&options).await.expect("connects");
    let faults = check(&mut ascii, &bench.registry).await.expect_err("is encoded otherwise");
    drop(ascii);
    execute(&mut bench.admin, &format!("drop database {name} with (force)")).await.expect("is dropped");
    assert!(faults.iter().any(|fault| fault.what.contains("SQL_ASCII") && fault.remedy.contains("UTF8")), "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.what.contains("table app.products of Product is missing")), "{faults:#?}");
}

#[tokio::test]
async fn the_operators_door_opens_for_the_platforms_login_alone() {
    let bed = tenantry_tests::stage().await;
    let conventions = &tenantry_app::CONVENTIONS;
    let urls = [bed.admin_url().expose_with_password().to_owned(), bed.url("app").expose_with_password().to_owned()];
    for url in urls {
        let config = tenantry::Config::new(&url).expect("a URL");
        let refused = tenantry::Platform::start(&config, conventions).await.expect_err("is another login").to_string();
        assert!(refused.contains("and not as `tenantry_platform`"), "{refused}");
        assert!(!refused.contains("postgres://"), "{refused}");
    }
    let config = tenantry::Config::new(bed.url("platform").expose_with_password()).expect("a URL");
    tenantry::Platform::start(&config, conventions).await.expect("is the platform's").close().await;
}

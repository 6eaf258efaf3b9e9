//! What hand-written statements may name: the manifest's `[sql]` against the catalogue.

use tenantry::db::startup::{Unlisted, check};
use tenantry::{Conventions, Registry};
use tenantry_testkit::execute;

use crate::Bench;

/// A database where the administrator has run those statements, and the conventions as they are to be.
async fn bench(name: &str, setup: &str, listed: impl FnOnce(Conventions) -> Conventions) -> Bench {
    let mut bench = Bench::new(name).await;
    list(&mut bench, listed);
    let setup = bench.fill(setup);
    execute(&mut bench.admin, &setup).await.unwrap_or_else(|error| panic!("{setup}: {error}"));
    bench
}

/// Other conventions for the same database.
fn list(bench: &mut Bench, listed: impl FnOnce(Conventions) -> Conventions) {
    bench.registry = Registry::new(tenantry_app::MODELS, listed(*bench.site.conventions())).expect("the models hold together");
}

/// The one fault.
async fn only(bench: &Bench) -> String {
    match bench.faults().await.as_slice() {
        [fault] => fault.to_string(),
        faults => panic!("{faults:#?}"),
    }
}

const COUNTRIES: &str = "create schema reference; grant usage on schema reference to APP;
    create table reference.countries (code text primary key, name text not null);
    alter table reference.countries disable row level security; grant select on reference.countries to APP";

#[tokio::test]
async fn shared_tables_that_are_missing_are_tenants_or_are_written_are_named() {
    let shared = |conventions| Conventions { shared: &["reference.countries"], ..conventions };
    let mut bench = bench("shared", COUNTRIES, shared).await;
    bench
        .each(&[
            (
                "alter table reference.countries set schema public",
                "alter table public.countries set schema reference",
                "table reference.countries is listed under `shared` of [sql] in models.toml and is missing",
                "correct the name or take it out of `shared`",
            ),
            (
                "alter table reference.countries add tenant_id uuid",
                "alter table reference.countries drop tenant_id",
                "table reference.countries is listed under `shared` of [sql] in models.toml and has rows of tenants",
                "take it out of `shared`",
            ),
            // Who reads the parent reads the children, and without their fences.
            (
                "create table public.places (tenant_id uuid) inherits (reference.countries);
                 create table public.towns () inherits (public.places); alter table public.places no inherit reference.countries;
                 alter table public.towns inherit reference.countries",
                "drop table public.places cascade",
                "has rows of tenants",
                "take it out of `shared`",
            ),
            (
                "grant delete on reference.countries to APP",
                "revoke delete on reference.countries from APP",
                "table reference.countries is listed under `shared` of [sql] in models.toml and the service may write it",
                "revoke insert, update, delete, truncate on reference.countries from public, APP",
            ),
            (
                "grant insert (code) on reference.countries to public",
                "revoke insert (code) on reference.countries from public",
                "the service may write it",
                "revoke insert",
            ),
            (
                "alter table reference.countries set schema public;
                 create view reference.countries with (security_invoker = true) as select * from public.countries",
                "drop view reference.countries; alter table public.countries set schema reference",
                "reference.countries is listed under `shared` of [sql] in models.toml and is no table",
                "list the tables that it reads",
            ),
        ])
        .await;
    for table in ["app.products", "tenancy.tenants"] {
        let names: &'static [&'static str] = Box::leak(Box::new(["reference.countries", table]));
        list(&mut bench, |conventions| Conventions { shared: names, ..conventions });
        assert!(only(&bench).await.starts_with(&format!("table {table} is listed under `shared` of [sql] in models.toml and has rows")));
    }
    // What is not listed has to be fenced.
    list(&mut bench, |conventions| conventions);
    assert!(only(&bench).await.starts_with("table reference.countries belongs to no model and has no row security"));
}

const VIEW: &str = "create view app.open_orders with (security_invoker = true) as select tenant_id, id from app.sales_orders;
    grant select on app.open_orders to APP";

#[tokio::test]
async fn views_that_are_not_listed_or_do_not_show_the_tenant_are_named() {
    let views = |conventions| Conventions { views: &["app.open_orders"], ..conventions };
    let mut bench = bench("views", VIEW, views).await;
    let again = format!("drop view if exists app.open_orders; {VIEW}");
    bench
        .each(&[
            (
                "create view app.prices with (security_invoker = true) as select tenant_id, unit_price from app.products;
                 grant select on app.prices to APP",
                "drop view app.prices",
                "view app.prices is in reach of hand-written statements and models.toml does not list it",
                "list \"app.prices\" under `views` of [sql] once it shows tenant_id, or `revoke all on app.prices from public, APP`",
            ),
            (
                "drop view app.open_orders",
                VIEW,
                "view app.open_orders is listed under `views` of [sql] in models.toml and is missing",
                "correct",
            ),
            (
                "drop view app.open_orders; create view app.open_orders with (security_invoker = true) as select id from app.sales_orders;
                 grant select on app.open_orders to APP",
                &again,
                "app.open_orders is listed under `views` of [sql] in models.toml and does not show tenant_id",
                "select the column tenant_id in the view",
            ),
            (
                "revoke select on app.open_orders from APP",
                "grant select on app.open_orders to APP",
                "app.open_orders is listed under `views` of [sql] in models.toml and the service may not read it",
                "grant select on app.open_orders to APP",
            ),
            (
                "alter view app.open_orders set (security_invoker = false)",
                "alter view app.open_orders set (security_invoker = true)",
                "view app.open_orders shows rows by its owner's rights",
                "security_invoker",
            ),
            (
                "drop view app.open_orders; create materialized view app.open_orders as select tenant_id, id from app.sales_orders",
                "drop materialized view app.open_orders; create view app.open_orders with (security_invoker = true)
                   as select tenant_id, id from app.sales_orders; grant select on app.open_orders to APP",
                "materialized view app.open_orders cannot be fenced",
                "drop materialized view",
            ),
        ])
        .await;
    list(&mut bench, |conventions| Conventions { views: &["app.open_orders", "app.products"], ..conventions });
    assert!(only(&bench).await.starts_with("app.products is listed under `views` of [sql] in models.toml and is no view"));
}

#[tokio::test]
async fn functions_that_are_missing_or_called_unseen_are_named() {
    let functions = |conventions| Conventions { functions: &["app.slug"], ..conventions };
    let slug = "create function app.slug(text) returns text language sql immutable return lower($1)";
    let mut bench = bench("functions", slug, functions).await;
    bench
        .each(&[
            (
                "drop function app.slug",
                slug,
                "function app.slug is listed under `functions` of [sql] in models.toml and is missing",
                "correct the name or take it out of `functions`",
            ),
            (
                "create function app.tenant_id(app.products) returns uuid language sql return $1.id",
                "drop function app.tenant_id",
                "function app.tenant_id takes a row and has the name of the tenant's column, so that `x.tenant_id` may call it",
                "alter function app.tenant_id rename to",
            ),
            (
                "create function app.near(point, point) returns boolean language sql return $1 <-> $2 < 1;
                 create operator app.=~ (leftarg = point, rightarg = point, function = app.near)",
                "drop operator app.=~ (point, point); drop function app.near",
                "operator =~(point,point) calls app.near, which models.toml does not list",
                "list \"app.near\" under `functions` of [sql]",
            ),
            (
                "create function app.as_date(text) returns date language sql return to_date($1, 'YYYYMMDD');
                 create cast (text as date) with function app.as_date(text)",
                "drop cast (text as date); drop function app.as_date",
                "the cast from text to date calls app.as_date, which models.toml does not list",
                "list \"app.as_date\" under `functions` of [sql]",
            ),
        ])
        .await;
}

/// What the checker is given: the functions that a statement could call and that nobody vouches for.
#[tokio::test]
async fn functions_that_are_not_listed_are_no_fault_and_are_known() {
    let functions = |conventions| Conventions { functions: &["app.slug"], ..conventions };
    let setup = "
        create function app.slug(text) returns text language sql return lower($1);
        create function app.shout(text) returns text language sql return upper($1);
        create function app.label(app.products, integer default 1) returns text language sql return $1.name;
        create function app.anything(anyelement) returns text language sql as 'select $1::text';
        create aggregate app.longest (text) (sfunc = textcat, stype = text);
        create schema reports; grant usage on schema reports to APP;
        create function reports.slug(text) returns text language sql return lower($1);
        create function app.ours(text) returns text language sql return lower($1);
        alter extension plpgsql add function app.ours(text);
        create function app.mine(text) returns text language sql return lower($1);
        revoke execute on function app.mine(text) from public;
        create function public.unreached(text) returns text language sql return lower($1);
        create function app.on_change() returns trigger language plpgsql as 'begin return new; end';
        create procedure app.proceed() language sql as 'select 1'";
    let bench = bench("unlisted", setup, functions).await;
    let mut app = bench.site.connect("app").await;
    let Unlisted { functions, fields, .. } = check(&mut app, &bench.registry).await.expect("no fault").unlisted;
    let lookups = ["tenant_by_host", "tenant_by_id", "tenant_by_slug"];
    assert_eq!(functions, [["anything", "current_tenant", "label", "longest", "shout", "slug"].as_slice(), &lookups].concat());
    assert_eq!(fields, ["anything", "label"]);
}

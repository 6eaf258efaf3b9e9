//! The look-ups are the model's: their text, their rights, who calls them, what their role may do, and what they rest on.

use crate::Bench;

const BY_ID: &str = "tenancy.tenant_by_id(uuid)";

#[tokio::test]
async fn functions_other_than_the_models_are_named() {
    let mut bench = Bench::new("lookups").await;
    let not_the_one = format!("function {BY_ID} is not the one that was made");
    bench
        .each(&[
            (
                "alter function tenancy.tenant_by_id(uuid) rename to kept; alter function tenancy.kept set schema public;
                 alter function public.kept owner to OWNER; revoke execute on function public.kept from APP;
                 alter function public.kept security invoker",
                "alter function public.kept security definer; alter function public.kept set schema tenancy;
                 alter function tenancy.kept rename to tenant_by_id; grant execute on function tenancy.tenant_by_id to APP;
                 alter function tenancy.tenant_by_id owner to LOOKUP",
                "function tenancy.tenant_by_id(uuid) is missing",
                "cargo xtask migrate",
            ),
            (
                "alter function tenancy.tenant_by_id owner to OWNER",
                "alter function tenancy.tenant_by_id owner to LOOKUP",
                "function tenancy.tenant_by_id(uuid) belongs to `OWNER` and not to `LOOKUP`",
                "alter function tenancy.tenant_by_id(uuid) owner to LOOKUP",
            ),
            (
                "alter function tenancy.tenant_by_id set search_path = public",
                "alter function tenancy.tenant_by_id set search_path = pg_catalog, pg_temp",
                &not_the_one,
                "drop function tenancy.tenant_by_id(uuid)",
            ),
            (
                "alter function tenancy.tenant_by_id reset search_path",
                "alter function tenancy.tenant_by_id set search_path = pg_catalog, pg_temp",
                &not_the_one,
                "drop function",
            ),
            (
                "alter function tenancy.tenant_by_id set row_security = off",
                "alter function tenancy.tenant_by_id reset row_security",
                &not_the_one,
                "drop function",
            ),
            (
                "alter function tenancy.tenant_by_id called on null input",
                "alter function tenancy.tenant_by_id strict",
                &not_the_one,
                "drop function",
            ),
            (
                "alter function tenancy.tenant_by_id security invoker",
                "alter function tenancy.tenant_by_id security definer",
                &not_the_one,
                "drop function",
            ),
            (
                "update pg_proc set prosrc = prosrc || ' ' where proname = 'tenant_by_id'",
                "update pg_proc set prosrc = rtrim(prosrc) || ' ' where proname = 'tenant_by_id'",
                &not_the_one,
                "drop function",
            ),
            (
                "grant execute on function tenancy.tenant_by_id to public",
                "revoke execute on function tenancy.tenant_by_id from public",
                "function tenancy.tenant_by_id(uuid) may be called by public",
                "revoke execute on function tenancy.tenant_by_id(uuid) from public",
            ),
            (
                "grant execute on function tenancy.tenant_by_id to PLATFORM",
                "revoke execute on function tenancy.tenant_by_id from PLATFORM",
                "may be called by PLATFORM",
                "from PLATFORM",
            ),
            (
                "grant execute on function tenancy.tenant_by_id to APP with grant option",
                "revoke grant option for execute on function tenancy.tenant_by_id from APP",
                "may be called by APP with grant option",
                "from APP",
            ),
            (
                "create function tenancy.tenant_by_id(text) returns text language sql security definer set search_path = pg_catalog
                   as 'select $1'; grant execute on function tenancy.tenant_by_id(text) to APP",
                "drop function tenancy.tenant_by_id(text)",
                "`APP` may call tenancy.tenant_by_id(text), which runs with its owner's rights",
                "revoke execute on routine",
            ),
        ])
        .await;
}

#[tokio::test]
async fn a_look_up_that_the_service_may_not_call_is_named() {
    let mut bench = Bench::new("uncalled").await;
    bench
        .each(&[(
            "revoke execute on function tenancy.tenant_by_host from APP",
            "grant execute on function tenancy.tenant_by_host to APP",
            "function tenancy.tenant_by_host(text) may not be called by `APP`",
            "grant execute on function tenancy.tenant_by_host(text) to APP",
        )])
        .await;
}

#[tokio::test]
async fn what_the_look_up_role_may_do_beyond_its_columns_is_named() {
    let mut bench = Bench::new("reader").await;
    bench
        .each(&[
            (
                "alter role LOOKUP login",
                "alter role LOOKUP nologin",
                "`LOOKUP`, whose the look-ups are, has the attribute LOGIN",
                "provision",
            ),
            ("alter role LOOKUP bypassrls", "alter role LOOKUP nobypassrls", "has the attribute BYPASSRLS", "provision"),
            ("alter role LOOKUP superuser", "alter role LOOKUP nosuperuser", "has the attribute SUPERUSER", "provision"),
            ("alter role LOOKUP createrole", "alter role LOOKUP nocreaterole", "has the attribute CREATEROLE", "provision"),
            ("grant PLATFORM to LOOKUP", "revoke PLATFORM from LOOKUP", "is a member of `PLATFORM`", "revoke PLATFORM from LOOKUP"),
            ("grant LOOKUP to APP", "revoke LOOKUP from APP", "`APP` is a member of `LOOKUP`", "revoke LOOKUP from APP"),
            (
                "grant select (name) on tenancy.tenants to LOOKUP",
                "revoke select (name) on tenancy.tenants from LOOKUP",
                "has SELECT (name) on tenancy.tenants",
                "revoke select (name) on tenancy.tenants from public, LOOKUP",
            ),
            (
                "grant select (name) on tenancy.tenants to public",
                "revoke select (name) on tenancy.tenants from public",
                "has SELECT (name) on tenancy.tenants",
                "revoke",
            ),
            (
                "grant update (status) on tenancy.tenants to LOOKUP",
                "revoke update (status) on tenancy.tenants from LOOKUP",
                "has UPDATE (status) on tenancy.tenants",
                "revoke",
            ),
            (
                "grant delete on tenancy.domains to LOOKUP",
                "revoke delete on tenancy.domains from LOOKUP",
                "has DELETE on tenancy.domains",
                "revoke delete on tenancy.domains from public, LOOKUP",
            ),
            (
                "revoke select (slug) on tenancy.tenants from LOOKUP",
                "grant select (slug) on tenancy.tenants to LOOKUP",
                "may not read slug of tenancy.tenants",
                "grant select (slug) on tenancy.tenants to LOOKUP",
            ),
            (
                "create type public.mine as enum ('a'); alter type public.mine owner to LOOKUP",
                "drop type public.mine",
                "type public.mine belongs to `LOOKUP`",
                "drop owned by LOOKUP",
            ),
        ])
        .await;
}

#[tokio::test]
async fn what_the_look_ups_rest_on_is_named_when_it_is_gone() {
    let mut bench = Bench::new("rests").await;
    let key = "nullif(current_setting('app.tenant_id', true), '')";
    let again = "alter policy lookup_rows on tenancy.domains
           using (current_user = 'LOOKUP' and current_setting('ROLES.lookup', true) = 'host:' || host)
           with check (current_user = 'LOOKUP' and current_setting('ROLES.lookup', true) = 'host:' || host)"
        .replace("ROLES", bench.site.conventions().roles);
    let tenant =
        format!("alter policy lookup_rows on tenancy.domains using (tenant_id = {key}::uuid) with check (tenant_id = {key}::uuid)");
    bench
        .each(&[
            (
                "alter table tenancy.domains drop constraint domains_host_key",
                "alter table tenancy.domains add constraint domains_host_key unique (host)",
                "the unique key domains_host_key of tenancy.domains is missing",
                "as the migration that brought it does",
            ),
            (
                "alter table tenancy.domains drop constraint domains_host_key;
                 create unique index domains_host_key on tenancy.domains (host) where is_active",
                "drop index tenancy.domains_host_key; alter table tenancy.domains add constraint domains_host_key unique (host)",
                "the unique key domains_host_key of tenancy.domains is missing",
                "as the migration",
            ),
            (
                "drop index tenancy.domains_is_primary_idx",
                "create unique index domains_is_primary_idx on tenancy.domains (tenant_id) where is_primary",
                "the unique key domains_is_primary_idx of tenancy.domains is missing",
                "as the migration",
            ),
            (
                "alter table tenancy.tenants disable trigger tenant_changed",
                "alter table tenancy.tenants enable trigger tenant_changed",
                "the trigger tenant_changed of tenancy.tenants is missing or not in force",
                "enable it",
            ),
            (
                "alter table tenancy.domains disable trigger domain_changed",
                "alter table tenancy.domains enable trigger domain_changed",
                "the trigger domain_changed of tenancy.domains is missing",
                "enable it",
            ),
            (
                "alter policy lookup_rows on tenancy.domains using (true) with check (true)",
                &again,
                "policy lookup_rows on tenancy.domains is not the one that the model has",
                "create policy lookup_rows on tenancy.domains as permissive for all to LOOKUP",
            ),
            (&tenant, &again, "policy lookup_rows on tenancy.domains is not the one that the model has", "create policy lookup_rows"),
            (
                "create unique index everywhere on tenancy.domains (verified_at)",
                "drop index tenancy.everywhere",
                "the unique key everywhere of tenancy.domains leaves out tenant_id",
                "drop index tenancy.everywhere",
            ),
        ])
        .await;
}

//! The look-ups from before a tenant is known: their functions, their role, their fence, and what they rest on.

use tenantry::schema::ir::{Fence, Function, Table};

use super::super::super::value::quoted as literal;
use super::super::mutant::{Layer, List};
use super::super::plan::Plan;
use super::{role, schema, seen};

pub(super) fn list(plan: &Plan, list: &mut List) {
    let table = |fence| plan.schema.tables.iter().find(|table| table.fence == fence);
    let (Some(tenants), Some(domains)) = (table(Fence::Tenants), table(Fence::Domains)) else { return };
    let Some(by_slug) = function(plan, "tenant_by_slug") else { return };
    fences(plan, tenants, domains, list);
    texts(plan, by_slug, list);
    rights(plan, by_slug, tenants, list);
    objects(plan, tenants, domains, list);
}

fn function<'a>(plan: &'a Plan, name: &str) -> Option<&'a Function> {
    plan.schema.functions.iter().find(|function| function.name.name == name)
}

/// The rows of a table without the key that the look-up role is inside for.
fn fences(plan: &Plan, tenants: &Table, domains: &Table, list: &mut List) {
    let lookup = plan.conventions.role("lookup");
    let open = |table: &Table, policy: &str| {
        let expression = format!("current_user = '{lookup}' or current_user = '{}'", plan.conventions.role("platform"));
        format!("alter policy {policy} on {} using ({expression}) with check ({expression})", table.name)
    };
    for (name, what, table) in [
        ("lookup_rows_without_a_key", "the look-up role's own policy on the tenants asks for no key", tenants),
        ("lookup_rows_of_every_domain", "the look-up role's own policy on the domains asks for no key", domains),
    ] {
        let layer = Layer::new(format!("the key in the fence of {}", table.name), vec![open(table, "tenant_fence")]);
        list.add(schema(name, what, vec![open(table, "lookup_rows")], seen::policies(table)).behind(layer));
    }
    let both = vec![open(domains, "tenant_fence"), open(domains, "lookup_rows")];
    list.add(schema("lookup_without_a_key", "the look-up role sees every domain", both, seen::policies(domains)));
    let sql = vec![format!("alter policy lookup_rows on {} to {}", tenants.name, plan.role("app"))];
    list.add(schema("lookup_rows_for_the_app", "the look-up's policy is the application's", sql, seen::policies(tenants)));
}

/// A function with the same name and another text.
fn texts(plan: &Plan, by_slug: &Function, list: &mut List) {
    let source = by_slug.source().unwrap_or_default();
    let remade = |text: &str| {
        let set = "set search_path = pg_catalog, pg_temp";
        vec![format!(
            "create or replace function {}(key text) returns {} language plpgsql strict rows 1 security definer {set} as {}",
            by_slug.name,
            by_slug.returns,
            literal(text)
        )]
    };
    let setting = plan.conventions.lookup_setting();
    let kept = source.replace(&format!("  perform set_config('{setting}', '', true);\n"), "");
    list.add(schema("lookup_keeps_its_key", "a look-up does not take its key back", remade(&kept), seen::FUNCTIONS));
    let anybody = source.replace(&format!(" where t.slug = {}.key", by_slug.name.name), "");
    list.add(schema("lookup_of_anybody", "a look-up reads without a predicate", remade(&anybody), seen::FUNCTIONS));
    let Some(by_host) = function(plan, "tenant_by_host") else { return };
    let source = by_host.source().unwrap_or_default().replace(" and d.is_active and d.verified_at is not null", "");
    let sql = vec![format!("update pg_proc set prosrc = {} where oid = '{}'::regprocedure", literal(&source), by_host.signature())];
    list.add(schema("lookup_of_the_unverified", "a host that nobody has verified is a tenant's", sql, seen::FUNCTIONS));
}

fn rights(plan: &Plan, by_slug: &Function, tenants: &Table, list: &mut List) {
    let (signature, owner, lookup) = (by_slug.signature(), plan.role("owner"), plan.role("lookup"));
    let configured = format!("select coalesce(proconfig::text, '') from pg_proc where oid = {}::regprocedure", literal(&signature));
    let sql = vec![format!("alter function {signature} reset search_path")];
    list.add(schema("lookup_search_path", "a look-up finds names where its caller says", sql, configured));
    let sql = vec![format!("alter function {signature} owner to {owner}")];
    list.add(role("lookup_of_the_owner", "a look-up runs with the rights of the tables' owner", sql, seen::FUNCTIONS));
    let sql = vec![format!("alter function {signature} owner to current_user")];
    list.add(role("lookup_of_the_administrator", "a look-up runs with the administrator's rights", sql, seen::FUNCTIONS));
    let sql = vec![format!("grant execute on function {signature} to public")];
    list.add(role("lookup_for_everybody", "everybody may call a look-up", sql, seen::FUNCTIONS));
    let sql = vec![format!("grant select on {} to {lookup}", tenants.name)];
    list.add(role("lookup_reads_names", "the look-up role may read what its functions do not name", sql, seen::privileges(tenants)));
    let sql = vec![format!("grant update (status) on {} to {lookup}", tenants.name)];
    list.add(role("lookup_writes", "the look-up role may write", sql, seen::columns(tenants)));
    let (on, off) = (format!("alter role {lookup} bypassrls"), format!("alter role {lookup} nobypassrls"));
    list.add(role("lookup_bypassrls", "the look-up role bypasses row security", vec![on], seen::ROLES).undone_by(&[off]));
    let (on, off) = (format!("alter role {lookup} login"), format!("alter role {lookup} nologin"));
    list.add(role("lookup_login", "somebody can log in as the look-up role", vec![on], seen::ROLES).undone_by(&[off]));
}

/// What a look-up rests on: a host is one tenant's, and who remembers an answer is told when it changes.
fn objects(plan: &Plan, tenants: &Table, domains: &Table, list: &mut List) {
    let sql = vec![format!("alter table {} drop constraint domains_host_key", domains.name)];
    list.add(schema("host_of_two_tenants", "two tenants may have one host", sql, seen::constraints(domains)));
    let primary = vec![format!("drop index {}.domains_is_primary_idx", tenantry::schema::quoted(plan.conventions.platform_schema))];
    list.add(schema("two_primary_domains", "a tenant may have two primary domains", primary, seen::indexes(domains)));
    for (name, what, table, trigger) in [
        ("tenant_change_untold", "nobody is told that a tenant is suspended", tenants, "tenant_changed"),
        ("domain_change_untold", "nobody is told that a domain has gone", domains, "domain_changed"),
    ] {
        let sql = vec![format!("alter table {} disable trigger {trigger}", table.name)];
        list.add(schema(name, what, sql, seen::triggers(table)));
    }
}

//! Statements that the role must be refused, each of which would reach past the policies.

use tenantry::schema::quoted;

use super::super::plan::{Plan, Tenant};
use super::super::site::Site;
use super::Findings;

/// Tries them all. Only a denial counts as one: an error of another kind says that the role was allowed to get that far.
pub(super) async fn all(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for statement in on_tables(plan).into_iter().chain(on_the_rest(plan)) {
        if let Some((seen, script)) = let_through(site, &statement).await {
            findings.add(statement, seen, script);
        }
    }
    for statement in calls(plan) {
        if let Some((seen, script)) = let_through(site, &statement).await {
            findings.add_only_hardened(statement, seen, script);
        }
    }
    // No transaction may hold this one.
    let database = format!("made_by_{}", plan.conventions.role("app"));
    let create = format!("create database {}", quoted(&database));
    match site.app.alone(&create).await {
        Err(refusal) if refusal.is_denial() => {}
        outcome => {
            let seen = outcome.map_or_else(|refusal| refusal.message, |()| "it is done".to_owned());
            findings.add(create.clone(), seen, vec![create]);
            // The next mutant finds the server without it; whether this one could be dropped changes nothing of what was seen.
            let _ = site.admin.alone(&format!("drop database if exists {} with (force)", quoted(&database))).await;
        }
    }
}

/// What became of a statement that was not denied, and the script.
async fn let_through(site: &mut Site<'_>, statement: &str) -> Option<(String, Vec<String>)> {
    let script = vec![site.plan.enter(Tenant::A.id()), statement.to_owned()];
    match site.app.rows(&script).await {
        Err(refusal) if refusal.is_denial() => None,
        Err(refusal) => Some((format!("it is not refused for want of a privilege: {}", refusal.message), script)),
        Ok(_) => Some(("it is done".to_owned(), script)),
    }
}

fn on_tables(plan: &Plan) -> Vec<String> {
    let own = plan.in_schema("mine");
    let mut statements = Vec::new();
    for table in plan.tables() {
        let name = &table.name;
        statements.extend([
            format!("truncate {name}"),
            format!("alter table {name} disable row level security"),
            format!("create policy mine on {name} using (true)"),
            // A function that everybody may use, and that touches nothing.
            format!("create trigger mine before update on {name} for each row execute function suppress_redundant_updates_trigger()"),
            format!("drop table {name}"),
        ]);
        let tenant = plan.tenant();
        statements.push(format!("create table {own} (tenant uuid, row uuid, foreign key (tenant, row) references {name} ({tenant}, id))"));
    }
    if let Some(tenants) = plan.tenants() {
        let id = Tenant::B.id();
        statements.extend([
            format!("insert into {} (id, slug, name) values (gen_random_uuid(), 'mine', 'mine')", tenants.name),
            format!("update {} set status = 'suspended' where id = '{id}'", tenants.name),
            format!("delete from {} where id = '{id}'", tenants.name),
        ]);
    }
    statements
}

fn on_the_rest(plan: &Plan) -> Vec<String> {
    let own = plan.in_schema("mine");
    let (schema, platform) = (quoted(plan.conventions.schema), quoted(plan.conventions.platform_schema));
    let (app, owner) = (plan.role("app"), plan.role("owner"));
    vec![
        format!("create table {own} (id int)"),
        format!("create view {own} as select 1"),
        format!("create function {own}() returns int language sql return 1"),
        format!("create table {platform}.mine (id int)"),
        "create table public.mine (id int)".to_owned(),
        "create temporary table mine (id int)".to_owned(),
        "create schema mine".to_owned(),
        format!("drop schema {schema} cascade"),
        format!("create or replace function {platform}.current_tenant() returns uuid language sql return null::uuid"),
        format!("alter function {platform}.current_tenant() volatile"),
        "create role mine".to_owned(),
        format!("alter role {app} bypassrls"),
        format!("grant {owner} to {app}"),
        "set local session_replication_role = replica".to_owned(),
        "copy (select 1) to program 'true'".to_owned(),
        "do $$ begin execute format('alter database %I set row_security = off', current_database()); end $$".to_owned(),
        "select pg_read_file('PG_VERSION')".to_owned(),
        "select slot_name::text from pg_create_physical_replication_slot('mine', false, true)".to_owned(),
    ]
}

/// Functions that everybody may call until a superuser takes them away.
fn calls(plan: &Plan) -> Vec<String> {
    let setting = plan.conventions.tenant_setting();
    let calls = [
        &format!("set_config('{setting}', '{}', true)", Tenant::B.id()) as &str,
        "query_to_xml('select 1', true, true, '')",
        "lo_create(0)",
        "pg_advisory_lock(1)",
        "pg_notify('mine', '')",
        "pg_terminate_backend(0, 0)",
        "pg_stat_get_activity(null)",
        "pg_export_snapshot()",
    ];
    calls.map(|call| format!("select coalesce(f::text, '') from {call} f")).into()
}

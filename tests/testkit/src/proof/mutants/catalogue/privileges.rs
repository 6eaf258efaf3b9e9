//! What the application's role may do beyond reading and writing rows. A copy of the database holds these, but they are about a role.

use tenantry::schema::ir::Table;
use tenantry::schema::quoted;

use super::super::mutant::{Layer, List};
use super::super::plan::Plan;
use super::{role, seen};

pub(super) fn list(plan: &Plan, table: &Table, list: &mut List) {
    tables(plan, table, list);
    places(plan, list);
    functions(plan, list);
    ownership(plan, table, list);
}

fn tables(plan: &Plan, table: &Table, list: &mut List) {
    let (name, app) = (&table.name, plan.role("app"));
    let grant = |what: &str| vec![format!("grant {what} on {name} to {app}")];
    list.add(role("truncate_granted", "the role may TRUNCATE a table, which no policy guards", grant("truncate"), seen::privileges(table)));
    list.add(role("trigger_granted", "the role may put triggers on a table", grant("trigger"), seen::privileges(table)));
    let creating = Layer::new(
        format!("that {app} may make no table"),
        vec![format!("grant create on schema {} to {app}", quoted(plan.conventions.schema))],
    );
    let what = "the role may refer to a table from one of its own, which no policy guards";
    list.add(role("references_granted", what, grant("references"), seen::privileges(table)).behind(creating));
    let checks: Vec<String> = table
        .policies
        .iter()
        .map(|policy| format!("alter policy {} on {name} using ({}) with check (true)", policy.name, plan.fence()))
        .collect();
    let mut open = vec![format!("drop trigger tenant_immutable on {name}")];
    open.extend(checks);
    let layer = Layer::new(
        format!("the trigger that keeps the rows of {name} with their tenant, and what its policies check of a row that is written"),
        open,
    );
    list.add(role("update_granted", "the role may update every column of a table", grant("update"), seen::privileges(table)).behind(layer));
    if let Some(tenants) = plan.tenants() {
        let sql = vec![format!("grant insert, update, delete on {} to {app}", tenants.name)];
        list.add(role("tenants_granted", "the role may write the table of the tenants", sql, seen::privileges(tenants)));
    }
}

fn places(plan: &Plan, list: &mut List) {
    let app = plan.role("app");
    let database = |privilege: &str| {
        vec![format!("do $$ begin execute format('grant {privilege} on database %I to {app}', current_database()); end $$")]
    };
    list.add(role(
        "schema_create",
        "the role may make objects in the schema of the tenants' tables",
        vec![format!("grant create on schema {} to {app}", quoted(plan.conventions.schema))],
        seen::SCHEMAS,
    ));
    list.add(role(
        "platform_schema_create",
        "the role may make objects in the platform's schema",
        vec![format!("grant create on schema {} to {app}", quoted(plan.conventions.platform_schema))],
        seen::SCHEMAS,
    ));
    list.add(role(
        "public_create",
        "everybody may make objects in the schema public",
        vec!["grant create, usage on schema public to public".to_owned()],
        seen::SCHEMAS,
    ));
    list.add(role("database_create", "the role may make schemas", database("create"), seen::DATABASE));
    list.add(role(
        "temporary_granted",
        "the role may make temporary tables, which outlive a request",
        database("temporary"),
        seen::DATABASE,
    ));
}

fn functions(plan: &Plan, list: &mut List) {
    let app = plan.role("app");
    let functions = [
        ("set_config_granted", "set_config", "set_config(text, text, boolean)", "a SELECT can switch the tenant"),
        ("sql_in_a_string_granted", "query_to_xml", "query_to_xml(text, boolean, boolean, text)", "a SELECT can run SQL in a string"),
        ("large_objects_granted", "lo_create", "lo_create(oid)", "a SELECT can make large objects, which have no fence"),
        ("advisory_locks_granted", "pg_advisory_lock", "pg_advisory_lock(bigint)", "a SELECT can take locks that all tenants share"),
        ("notifications_granted", "pg_notify", "pg_notify(text, text)", "a SELECT can send to other sessions"),
        ("termination_granted", "pg_terminate_backend", "pg_terminate_backend(integer, bigint)", "a SELECT can end other sessions"),
        (
            "statements_of_others_granted",
            "pg_stat_get_activity",
            "pg_stat_get_activity(integer)",
            "a SELECT sees other sessions' statements",
        ),
        ("snapshots_granted", "pg_export_snapshot", "pg_export_snapshot()", "a SELECT can hand out its snapshot"),
    ];
    for (name, function, signature, what) in functions {
        let sql = vec![format!("grant execute on function pg_catalog.{signature} to {app}")];
        list.add(role(name, what, sql, seen::function_privileges(function)).only_hardened());
    }
}

fn ownership(plan: &Plan, table: &Table, list: &mut List) {
    let (name, app) = (&table.name, plan.role("app"));
    let (schema, platform) = (quoted(plan.conventions.schema), quoted(plan.conventions.platform_schema));
    list.add(role("owner_of_a_table", "the role owns a table", vec![format!("alter table {name} owner to {app}")], seen::flags(table)));
    // The tables' owner keeps what it needs there, so that nothing fails for want of it.
    let schema_owner =
        vec![format!("alter schema {schema} owner to {app}"), format!("grant create, usage on schema {schema} to {}", plan.role("owner"))];
    list.add(role("owner_of_the_schema", "the role owns the schema of the tenants' tables", schema_owner, seen::SCHEMAS));
    let function = vec![format!("alter function {platform}.current_tenant() owner to {app}")];
    list.add(role("owner_of_a_function", "the role owns a function that every table uses", function, seen::FUNCTIONS));
    let database = vec![format!("do $$ begin execute format('alter database %I owner to {app}', current_database()); end $$")];
    list.add(role("owner_of_the_database", "the role owns the database", database, seen::DATABASE));
}

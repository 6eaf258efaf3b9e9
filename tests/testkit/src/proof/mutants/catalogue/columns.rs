//! The tenant column: what it holds, who may change it, and which indexes begin with it.

use tenantry::schema::ir::Table;
use tenantry::schema::quoted;

use super::super::mutant::{Layer, List};
use super::super::plan::{Plan, Tenant};
use super::keys::without_primary_key;
use super::{schema, seen};

pub(super) fn list(plan: &Plan, table: &Table, list: &mut List) {
    content(plan, table, list);
    immutability(plan, table, list);
    indexes(plan, table, list);
}

/// Both policies of the table check nothing of what is written.
fn open_checks(plan: &Plan, table: &Table) -> Vec<String> {
    let fence = plan.fence();
    let alter =
        |policy: &tenantry::schema::ir::Policy| format!("alter policy {} on {} using ({fence}) with check (true)", policy.name, table.name);
    table.policies.iter().map(alter).collect()
}

fn content(plan: &Plan, table: &Table, list: &mut List) {
    let (name, tenant) = (&table.name, plan.tenant());
    if let Some(sql) = without_primary_key(plan, table, &[format!("alter table {name} alter {tenant} drop not null")]) {
        let layer = Layer::new(format!("what the policies of {name} check of a row that is written"), open_checks(plan, table));
        list.add(schema("tenant_nullable", "the tenant column takes null", sql, seen::columns(table)).behind(layer));
    }
    let victim = Tenant::B.id();
    let wrong = vec![format!("alter table {name} alter {tenant} set default '{victim}'")];
    list.add(schema("default_of_another", "the default of the tenant column is a fixed tenant", wrong, seen::columns(table)));
    let none = vec![format!("alter table {name} alter {tenant} drop default")];
    list.add(schema("default_missing", "the tenant column has no default", none, seen::columns(table)));
    let (platform, returns) = (quoted(plan.conventions.platform_schema), format!("return '{victim}'::uuid"));
    let function = vec![format!("create or replace function {platform}.current_tenant() returns uuid language sql stable {returns}")];
    list.add(schema("current_tenant_fixed", "the function behind the default names a fixed tenant", function, seen::FUNCTIONS));
}

/// Three layers keep a row with its tenant: no grant, a trigger, the check of the policies. Each is tried as the last one.
fn immutability(plan: &Plan, table: &Table, list: &mut List) {
    let (name, tenant, app) = (&table.name, plan.tenant(), plan.role("app"));
    let grant = || format!("grant update ({tenant}) on {name} to {app}");
    let drop = || format!("drop trigger tenant_immutable on {name}");
    let with = |what: &str, first: String| {
        let mut sql = vec![first];
        sql.extend(open_checks(plan, table));
        Layer::new(format!("{what}, and what the policies of {name} check of a row that is written"), sql)
    };
    let granted = || with(&format!("that {app} may not update {tenant} of {name}"), grant());
    list.add(
        schema("immutable_dropped", "the trigger that keeps a row with its tenant is missing", vec![drop()], seen::triggers(table))
            .behind(granted()),
    );
    let off = vec![format!("alter table {name} disable trigger tenant_immutable")];
    list.add(schema("immutable_off", "the trigger that keeps a row with its tenant is off", off, seen::triggers(table)).behind(granted()));
    let function = format!("{}.refuse_tenant_change()", quoted(plan.conventions.platform_schema));
    let empty = vec![format!("create or replace function {function} returns trigger language plpgsql as 'begin return new; end'")];
    list.add(schema("immutable_emptied", "the function of that trigger refuses nothing", empty, seen::FUNCTIONS).behind(granted()));
    let without_trigger = with(&format!("the trigger that keeps the rows of {name} with their tenant"), drop());
    list.add(
        schema("tenant_update_granted", "the application's role may update the tenant column", vec![grant()], seen::columns(table))
            .behind(without_trigger),
    );
}

/// What these betray is time: the linter names them.
fn indexes(plan: &Plan, table: &Table, list: &mut List) {
    let name = &table.name;
    let Some(column) = table.grants.iter().find_map(|grant| grant.update.first()).map(|column| quoted(column)) else {
        list.unfit(
            &["index_of_all_tenants", "index_tenant_last", "index_hash", "index_brin"],
            "the first model has no column beside its key",
        );
        return;
    };
    let mutants = [
        ("index_of_all_tenants", "an index leaves out the tenant", format!("create index on {name} ({column})")),
        ("index_tenant_last", "an index ends with the tenant", format!("create index on {name} ({column}, {})", plan.tenant())),
        ("index_hash", "a hash index, which cannot begin with the tenant", format!("create index on {name} using hash ({column})")),
        ("index_brin", "a brin index leaves out the tenant", format!("create index on {name} using brin ({column})")),
    ];
    for (mutant, what, sql) in mutants {
        list.add(schema(mutant, what, vec![sql], seen::indexes(table)));
    }
}

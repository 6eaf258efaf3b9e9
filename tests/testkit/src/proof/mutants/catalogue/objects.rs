//! Relations beside the models' tables that show what the tables hide.

use tenantry::schema::ir::Table;

use super::super::mutant::List;
use super::super::plan::{Plan, Tenant};
use super::{schema, seen, without_force};

pub(super) fn list(plan: &Plan, table: &Table, list: &mut List) {
    views(plan, table, list);
    copies(plan, table, list);
    others(plan, table, list);
}

fn readable(plan: &Plan, relation: &str) -> String {
    format!("grant select on {relation} to {}", plan.role("app"))
}

/// A table that the event trigger has fenced, opened again.
fn open(plan: &Plan, relation: &str) -> Vec<String> {
    let owned = format!("alter table {relation} owner to {}", plan.role("owner"));
    vec![format!("alter table {relation} disable row level security"), owned, readable(plan, relation)]
}

fn views(plan: &Plan, table: &Table, list: &mut List) {
    let (name, view, owner) = (&table.name, plan.in_schema("overview"), plan.role("owner"));
    let grant = || readable(plan, &view);
    let definer = vec![format!("create view {view} as select * from {name}"), grant()];
    list.add(schema("definer_view", "a view shows rows by the rights of the administrator, who made it", definer, seen::RELATIONS));
    let of_owner = vec![format!("create view {view} as select * from {name}"), format!("alter view {view} owner to {owner}"), grant()];
    let what = "a view shows rows by the rights of the tables' owner";
    list.add(schema("definer_view_of_the_owner", what, of_owner, seen::RELATIONS).behind(without_force(table)));
    let leaky =
        vec![format!("create view {view} with (security_invoker) as select * from {name} where {} is not null", plan.tenant()), grant()];
    list.add(schema("view_without_barrier", "a view is no security barrier", leaky, seen::RELATIONS));
    let materialized = vec![format!("create materialized view {view} as select * from {name}"), grant()];
    list.add(schema("materialized_view", "a materialized view has a copy of every tenant's rows", materialized, seen::RELATIONS));
}

fn copies(plan: &Plan, table: &Table, list: &mut List) {
    let (name, copy, tenant, app) = (&table.name, plan.in_schema("copies"), plan.tenant(), plan.role("app"));
    let columns = format!("select {tenant}, id, now() as at from {name}");
    let mut audit = vec![format!("create table {copy} as {columns}")];
    audit.extend(open(plan, &copy));
    list.add(schema("unfenced_table", "a table like an audit log has no row security", audit, seen::RELATIONS));
    let public = vec![
        format!("create table public.copies as select * from {name}"),
        format!("grant usage on schema public to {app}"),
        readable(plan, "public.copies"),
    ];
    list.add(schema("copy_in_public", "a forgotten copy of a table stands in the schema public", public, seen::RELATIONS));
    let mut child = vec![
        format!("create table {copy} () inherits ({name})"),
        format!("insert into {copy} select * from only {name} where {tenant} = '{}'", Tenant::B.id()),
    ];
    child.push(format!("update {copy} set id = gen_random_uuid()"));
    child.extend(open(plan, &copy));
    list.add(schema("child_table", "a child table has no fence of its own", child, seen::RELATIONS));
    let (fence, whole) = (plan.fence(), plan.in_schema("visits"));
    let mut partition = vec![
        format!("create table {whole} ({tenant} uuid not null, id uuid not null) partition by hash ({tenant})"),
        format!("create table {copy} partition of {whole} for values with (modulus 1, remainder 0)"),
        format!("insert into {whole} select {tenant}, id from {name}"),
        format!("create policy tenant_fence on {whole} as restrictive for all to public using ({fence}) with check ({fence})"),
        format!("create policy tenant_rows on {whole} for all to {app} using ({fence}) with check ({fence})"),
        format!("alter table {whole} force row level security"),
        readable(plan, &whole),
    ];
    partition.extend(open(plan, &copy));
    list.add(schema("partition", "a partition is readable beside its fenced parent", partition, seen::RELATIONS));
    let mut rule = vec![format!("create table {copy} as {columns} where false")];
    rule.extend(open(plan, &copy));
    rule.push(format!("create rule keep as on insert to {name} do also insert into {copy} values (new.{tenant}, new.id, now())"));
    list.add(schema("rule_copying_out", "a rule copies new rows into a table without a fence", rule, seen::RULES));
}

fn others(plan: &Plan, table: &Table, list: &mut List) {
    let (name, app) = (&table.name, plan.role("app"));
    let foreign = vec![
        "create foreign data wrapper elsewhere".to_owned(),
        "create server elsewhere foreign data wrapper elsewhere".to_owned(),
        format!("create foreign table {} ({} uuid) server elsewhere", plan.in_schema("elsewhere"), plan.tenant()),
        readable(plan, &plan.in_schema("elsewhere")),
    ];
    list.add(schema("foreign_table", "a foreign table, which no policy guards", foreign, seen::RELATIONS));
    let numbers = plan.in_schema("numbers");
    let sequence = vec![format!("create sequence {numbers}"), format!("grant usage on sequence {numbers} to {app}")];
    list.add(schema("sequence", "one sequence counts for all tenants", sequence, seen::RELATIONS));
    let publication = vec![format!("create publication changes for table {name}")];
    list.add(schema("publication", "a publication sends a table's rows to whoever subscribes", publication, seen::PUBLICATIONS));
    let everything = vec!["create publication changes for all tables".to_owned()];
    list.add(schema("publication_of_everything", "a publication sends every table's rows", everything, seen::PUBLICATIONS));
}

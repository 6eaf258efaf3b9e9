//! Functions and triggers that run with other rights than those of the caller.

use tenantry::schema::ir::{OnDelete, Table};

use super::super::mutant::List;
use super::super::plan::Plan;
use super::{schema, seen, without_force};

pub(super) fn list(plan: &Plan, table: &Table, list: &mut List) {
    functions(plan, table, list);
    triggers(plan, table, list);
    cascade(plan, list);
    event_trigger(plan, list);
}

fn functions(plan: &Plan, table: &Table, list: &mut List) {
    let (name, app, owner) = (&table.name, plan.role("app"), plan.role("owner"));
    let export = plan.in_schema("export");
    let definer = || {
        vec![
            format!("create function {export}() returns setof {name} language sql stable security definer as 'select * from {name}'"),
            format!("grant execute on function {export}() to {app}"),
        ]
    };
    list.add(schema(
        "definer_function",
        "a function shows rows by the rights of the administrator, who made it",
        definer(),
        seen::FUNCTIONS,
    ));
    let mut of_owner = definer();
    of_owner.push(format!("alter function {export}() owner to {owner}"));
    let what = "a function shows rows by the rights of the tables' owner";
    list.add(schema("definer_function_of_the_owner", what, of_owner, seen::FUNCTIONS).behind(without_force(table)));
    let (find, setting) = (plan.in_schema("find"), plan.conventions.tenant_setting());
    let lookup = vec![
        format!(
            "create function {find}(which uuid) returns text language sql stable security definer \
               as 'select t::text from {name} t where t.id = which'"
        ),
        format!("grant execute on function {find}(uuid) to {app}"),
    ];
    list.add(schema("definer_lookup", "a function finds the row of whichever id it is given", lookup, seen::FUNCTIONS));
    let become_ = plan.in_schema("become");
    let switch = vec![
        format!(
            "create function {become_}(tenant uuid) returns void language plpgsql security definer \
               as $$ begin perform set_config('{setting}', tenant::text, true); end $$"
        ),
        format!("grant execute on function {become_}(uuid) to {app}"),
    ];
    list.add(schema("tenant_switch", "a function sets the tenant that it is given", switch, seen::FUNCTIONS));
    let told = plan.in_schema("told");
    let leakproof = vec![
        format!(
            "create function {told}(which uuid) returns boolean language plpgsql immutable leakproof cost 0.0001 \
               as $$ begin raise exception '%', which; end $$"
        ),
        format!("grant execute on function {told}(uuid) to {app}"),
    ];
    list.add(schema("leakproof_function", "a function that tells what it is given claims to be leakproof", leakproof, seen::FUNCTIONS));
}

fn triggers(plan: &Plan, table: &Table, list: &mut List) {
    let (name, tenant, copy) = (&table.name, plan.tenant(), plan.in_schema("copies"));
    let function = plan.in_schema("keep");
    let copying = vec![
        format!("create table {copy} as select {tenant}, id from {name} where false"),
        format!("alter table {copy} disable row level security"),
        format!("grant select on {copy} to {}", plan.role("app")),
        format!(
            "create function {function}() returns trigger language plpgsql security definer \
               as $$ begin insert into {copy} values (new.{tenant}, new.id); return null; end $$"
        ),
        format!("create trigger keep after insert or update on {name} for each row execute function {function}()"),
    ];
    list.add(schema("trigger_copying_out", "a trigger copies rows into a table without a fence", copying, seen::triggers(table)));
    let Some(itself) = plan.itself(table) else {
        list.unfit(&["definer_trigger_without_predicate"], "the first model has no column beside its key");
        return;
    };
    // On INSERT, so that it does not run itself.
    let writing = vec![
        format!(
            "create function {function}() returns trigger language plpgsql security definer \
               as $$ begin update {name} set {itself}; return null; end $$"
        ),
        format!("create trigger keep after insert on {name} for each row execute function {function}()"),
    ];
    let what = "a trigger with its owner's rights writes without a predicate";
    list.add(schema("definer_trigger_without_predicate", what, writing, seen::triggers(table)));
}

/// A BEFORE trigger that a cascade fires runs as the owner of the table with FORCE off.
fn cascade(plan: &Plan, list: &mut List) {
    let found = plan.tables().find_map(|table| {
        let mut keys = plan.references(table).filter(|(_, key, _)| key.on_delete.is_some());
        keys.next().map(|(_, key, _)| (table, key))
    });
    let Some((table, key)) = found else {
        list.unfit(&["invoker_trigger_in_a_cascade"], "no deletion of a row reaches another one");
        return;
    };
    // Another table than the one that has the trigger, which would run itself.
    let Some((other, itself)) = plan.tables().filter(|other| other.name != table.name).find_map(|other| Some((other, plan.itself(other)?)))
    else {
        list.unfit(&["invoker_trigger_in_a_cascade"], "there is no second model to be written by it");
        return;
    };
    let (event, row) = match key.on_delete {
        Some(OnDelete::Cascade) => ("delete", "old"),
        _ => ("update", "new"),
    };
    let function = plan.in_schema("recount");
    let sql = vec![
        format!(
            "create function {function}() returns trigger language plpgsql as $$ begin update {} set {itself}; return {row}; end $$",
            other.name
        ),
        format!("create trigger recount before {event} on {} for each row execute function {function}()", table.name),
    ];
    let what = "a trigger with its caller's rights queries without a predicate, and a cascade reaches it";
    list.add(schema("invoker_trigger_in_a_cascade", what, sql, seen::triggers(table)));
}

fn event_trigger(plan: &Plan, list: &mut List) {
    let name = tenantry::schema::quoted(&plan.conventions.role("enable_row_security"));
    let gone = vec![format!("drop event trigger {name}")];
    list.add(
        schema(
            "event_trigger_dropped",
            "nothing enables row security on a table that a migration forgot to fence",
            gone,
            seen::EVENT_TRIGGERS,
        )
        .only_hardened(),
    );
    let off = vec![format!("alter event trigger {name} disable")];
    list.add(schema("event_trigger_off", "the event trigger that enables row security is off", off, seen::EVENT_TRIGGERS).only_hardened());
}

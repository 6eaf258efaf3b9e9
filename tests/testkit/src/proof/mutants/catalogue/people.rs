//! The people of all tenants, the users of each, and the operator's acts: who is inside of which fence, and what may be done there.

use tenantry::schema::ir::{Fence, Table};

use super::super::mutant::{Layer, List};
use super::super::plan::Plan;
use super::{role, schema, seen};

pub(super) fn list(plan: &Plan, list: &mut List) {
    let table = |fence, model: &str| plan.schema.tables.iter().find(|table| table.fence == fence && table.model == model);
    let (Some(identities), Some(acts)) = (table(Fence::Identities, "Identity"), table(Fence::Acts, "Act")) else { return };
    let (Some(users), Some(keys)) = (table(Fence::Members, "User"), table(Fence::Members, "ApiKey")) else { return };
    identity(plan, identities, list);
    identity_role(plan, identities, users, list);
    members(plan, users, keys, list);
    operator(plan, acts, list);
    if let (Some(plans), Some(tenants)) = (table(Fence::Shared, "Plan"), table(Fence::Tenants, "Tenant")) {
        agreed(plan, plans, tenants, list);
    }
}

fn open(table: &Table, policy: &str) -> String {
    format!("alter policy {policy} on {} using (true) with check (true)", table.name)
}

fn opened_to(table: &Table, policy: &str, role: &str) -> String {
    format!("alter policy {policy} on {} to {role} using (true) with check (true)", table.name)
}

/// Three things keep an application's statement from a hash: it has no privilege, no policy is for it, and the fence names another role.
fn identity(plan: &Plan, table: &Table, list: &mut List) {
    let app = plan.role("app");
    let granted = || format!("grant select on {} to {app}", table.name);
    let without = |what: &str, sql: [String; 2]| Layer::new(format!("{what} of {}", table.name), sql.to_vec());
    let sql = vec![granted()];
    let layer = without("the policies", [open(table, "tenant_fence"), opened_to(table, "identity_rows", "public")]);
    list.add(schema("identities_granted", "the application's role may read hashes", sql, seen::privileges(table)).behind(layer));
    let sql = vec![open(table, "tenant_fence")];
    let layer = without("the role's own policy and the privilege", [opened_to(table, "identity_rows", "public"), granted()]);
    list.add(schema("identities_fence_true", "the fence of the people reads `true`", sql, seen::policies(table)).behind(layer));
    let sql = vec![opened_to(table, "identity_rows", "public")];
    let layer = without("the fence and the privilege", [open(table, "tenant_fence"), granted()]);
    list.add(schema("identity_rows_for_everybody", "the policy of the people is everybody's", sql, seen::policies(table)).behind(layer));
    let sql = vec![opened_to(table, "identity_rows", &plan.role("platform"))];
    let layer = Layer::new(
        format!("the fence and the privilege of {}", table.name),
        vec![open(table, "tenant_fence"), format!("grant select on {} to {}", table.name, plan.role("platform"))],
    );
    list.add(schema("identity_rows_for_the_operator", "the operator reads hashes", sql, seen::policies(table)).behind(layer));
    let sql = vec![format!("alter table {} disable row level security", table.name)];
    list.add(schema("identities_unfenced", "row security of the people is off", sql, seen::flags(table)));
    let sql = vec![format!("alter table {} drop constraint identities_email_key", table.name)];
    list.add(schema("address_of_two_people", "two people may have one address", sql, seen::constraints(table)));
}

fn identity_role(plan: &Plan, identities: &Table, users: &Table, list: &mut List) {
    let identity = plan.role("identity");
    let sql = vec![
        format!("grant select on {} to {identity}", users.name),
        format!("create policy identity_sees on {} as permissive for select to {identity} using (true)", users.name),
    ];
    list.add(schema("identity_reads_users", "the role that verifies people reads whose users they are", sql, seen::policies(users)));
    let sql = vec![
        format!("grant delete on {} to {identity}", identities.name),
        format!("alter table {} drop constraint users_identity_id_fkey", users.name),
    ];
    list.add(schema("identity_deletes", "the role that verifies people may delete them", sql, seen::privileges(identities)));
    let (on, off) = (format!("alter role {identity} bypassrls"), format!("alter role {identity} nobypassrls"));
    list.add(role("identity_bypassrls", "the role that verifies people bypasses row security", vec![on], seen::ROLES).undone_by(&[off]));
}

/// A tenant's users and keys are fenced like its other rows; the operator sees the users inside of the tenant's context, and no key.
fn members(plan: &Plan, users: &Table, keys: &Table, list: &mut List) {
    let fence =
        || Layer::new(format!("the restrictive policy of {}", users.name), vec![format!("drop policy tenant_fence on {}", users.name)]);
    let sql = vec![open(users, "tenant_rows")];
    list.add(schema("users_rows_true", "the permissive policy of the users reads `true`", sql, seen::policies(users)).behind(fence()));
    let sql = vec![open(users, "platform_rows")];
    list.add(
        schema("users_of_all_for_the_operator", "the operator sees the users of all tenants", sql, seen::policies(users)).behind(fence()),
    );
    let rows = Layer::new(format!("the permissive policy of {}", users.name), vec![open(users, "tenant_rows")]);
    let sql = vec![open(users, "tenant_fence")];
    list.add(schema("users_fence_true", "the fence of the users reads `true`", sql, seen::policies(users)).behind(rows));
    let platform = plan.role("platform");
    let sql = vec![
        format!("grant select on {} to {platform}", keys.name),
        format!("create policy platform_rows on {} as permissive for all to {platform} using (true)", keys.name),
    ];
    list.add(schema("keys_for_the_operator", "the operator reads a tenant's API keys", sql, seen::policies(keys)));
    let sql = vec![format!("alter table {} drop constraint users_identity_id_key", users.name)];
    list.add(schema("user_twice", "a person may be a tenant's user twice", sql, seen::constraints(users)));
}

/// What the operator has done is added to, and never changed.
fn operator(plan: &Plan, acts: &Table, list: &mut List) {
    let platform = plan.role("platform");
    for (name, what, privilege) in [
        ("acts_changed", "the operator may change what it has done", "update (reason)"),
        ("acts_deleted", "the operator may delete what it has done", "delete"),
    ] {
        let sql = vec![format!("grant {privilege} on {} to {platform}", acts.name)];
        let held = format!("select concat(({}), ({}))", seen::privileges(acts), seen::columns(acts));
        list.add(schema(name, what, sql, held));
    }
    let app = plan.role("app");
    let sql =
        vec![open(acts, "tenant_fence"), opened_to(acts, "platform_rows", "public"), format!("grant select on {} to {app}", acts.name)];
    list.add(schema("acts_for_the_app", "the application reads what the operator has done", sql, seen::policies(acts)));
}

/// What a plan allows, and which plan a tenant has, is the platform's to say: the application has no privilege, and no policy lets it write.
fn agreed(plan: &Plan, plans: &Table, tenants: &Table, list: &mut List) {
    let app = plan.role("app");
    let granted = format!("grant insert, update, delete on {} to {app}", plans.name);
    let written = format!("create policy app_writes on {} as permissive for all to {app} using (true) with check (true)", plans.name);
    let without = |what: &str, sql: &String| Layer::new(format!("{what} of {}", plans.name), vec![sql.clone()]);
    let sql = vec![granted.clone()];
    let layer = without("the policies", &written);
    list.add(schema("plans_granted", "the application's role may write plans", sql, seen::privileges(plans)).behind(layer));
    let sql = vec![written];
    let layer = without("the privileges", &granted);
    list.add(schema("plans_written", "a policy lets the application write plans", sql, seen::policies(plans)).behind(layer));
    let sql = vec![format!("alter table {} disable row level security", plans.name)];
    list.add(
        schema("plans_unfenced", "row security of the plans is off", sql, seen::flags(plans)).behind(without("the privileges", &granted)),
    );
    let sql = vec![format!("grant update (plan_id) on {} to {app}", tenants.name)];
    list.add(schema("plan_of_ones_own", "a tenant may choose its own plan", sql, seen::columns(tenants)));
}

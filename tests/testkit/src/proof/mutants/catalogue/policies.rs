//! Row security that is off, and policies that let too much through.

use tenantry::schema::ir::Table;

use super::super::mutant::{Layer, List};
use super::super::plan::Plan;
use super::{schema, seen};

pub(super) fn list(plan: &Plan, table: &Table, list: &mut List) {
    switched_off(plan, table, list);
    read_by_everybody(plan, table, list);
    written_by_everybody(plan, table, list);
    one_of_two(plan, table, list);
    tenants(plan, list);
}

/// Gives both policies of the table these expressions.
fn both(table: &Table, using: &str, check: &str) -> Vec<String> {
    let alter = |policy: &tenantry::schema::ir::Policy| one(table, &policy.name, using, check);
    table.policies.iter().map(alter).collect()
}

fn one(table: &Table, policy: &str, using: &str, check: &str) -> String {
    format!("alter policy {policy} on {} using ({using}) with check ({check})", table.name)
}

fn switched_off(plan: &Plan, table: &Table, list: &mut List) {
    let name = &table.name;
    let off = format!("alter table {name} disable row level security");
    list.add(schema("row_security_disabled", "row security is not enabled on a table", vec![off], seen::flags(table)));
    let off = format!("alter table {name} no force row level security");
    list.add(schema("row_security_unforced", "row security is not forced on a table", vec![off], seen::flags(table)));
    let drop = format!("drop policy tenant_rows on {name}");
    list.add(schema("rows_dropped", "a table has no permissive policy, so nobody sees a row", vec![drop], seen::policies(table)));
    if let Some(tenants) = plan.tenants() {
        let off = format!("alter table {} disable row level security", tenants.name);
        list.add(schema("tenants_disabled", "row security is not enabled on the table of the tenants", vec![off], seen::flags(tenants)));
    }
}

/// Expressions for reading; what is written is checked as before.
fn read_by_everybody(plan: &Plan, table: &Table, list: &mut List) {
    let (fence, tenant, setting) = (plan.fence(), plan.tenant(), plan.setting());
    let actor = plan.conventions.actor_setting();
    let app = plan.conventions.role("app");
    let current = format!("current_setting('{}', true)", plan.conventions.tenant_setting());
    let expressions = [
        ("using_true", "policies read `true`", "true".to_owned()),
        ("using_or_true", "policies end in `or true`", format!("{fence} or true")),
        ("using_or_role", "policies let the application's role through", format!("{fence} or current_user = '{app}'")),
        (
            "using_coalesce",
            "policies compare with the row's own tenant where none is set",
            format!("{tenant} = coalesce({setting}::uuid, {tenant})"),
        ),
        (
            "using_is_null_unset",
            "policies let everything through where the setting was never made",
            format!("{fence} or {current} is null"),
        ),
        ("using_is_null_empty", "policies let everything through where the setting is empty", format!("{fence} or {setting} is null")),
        ("using_itself", "policies compare the tenant column with itself", format!("{tenant} = {tenant}")),
        ("using_not_null", "policies ask only for a tenant, whichever", format!("{tenant} is not null")),
        ("using_wrong_column", "policies compare the key with the setting", format!("id = {setting}::uuid")),
        (
            "using_wrong_setting",
            "policies read the actor's setting",
            format!("{tenant} = nullif(current_setting('{actor}', true), '')::uuid"),
        ),
        ("using_text_cast", "policies compare texts", format!("{tenant}::text = {setting}")),
        ("using_prefix", "policies compare the first eight digits", format!("left({tenant}::text, 8) = left({setting}, 8)")),
        ("using_like", "policies compare with LIKE", format!("{tenant}::text like {current} || '%'")),
    ];
    for (name, what, using) in expressions {
        list.add(schema(name, what, both(table, &using, &fence), seen::policies(table)));
    }
    let helper = plan.in_schema("the_tenant");
    let mut sql = vec![
        format!("create function {helper}() returns uuid language sql immutable return {setting}::uuid"),
        format!("grant execute on function {helper}() to public"),
    ];
    sql.extend(both(table, &format!("{tenant} = {helper}()"), &fence));
    list.add(schema(
        "using_immutable_helper",
        "policies call a function that claims to be immutable, which a cached plan folds",
        sql,
        seen::policies(table),
    ));
}

fn written_by_everybody(plan: &Plan, table: &Table, list: &mut List) {
    let (fence, name, app) = (plan.fence(), &table.name, plan.role("app"));
    list.add(schema("check_true", "policies check nothing of what is written", both(table, &fence, "true"), seen::policies(table)));
    let insert = vec![
        format!("drop policy tenant_fence on {name}"),
        format!("drop policy tenant_rows on {name}"),
        format!("create policy reads on {name} for select to {app} using ({fence})"),
        format!("create policy changes on {name} for update to {app} using ({fence}) with check ({fence})"),
        format!("create policy removals on {name} for delete to {app} using ({fence})"),
        format!("create policy additions on {name} for insert to {app} with check (true)"),
    ];
    list.add(schema("check_missing_insert", "the policy for INSERT checks nothing", insert, seen::policies(table)));
    let update = vec![
        format!("drop policy tenant_fence on {name}"),
        format!("drop policy tenant_rows on {name}"),
        format!("create policy reads on {name} for select to {app} using ({fence})"),
        format!("create policy changes on {name} for update to {app} using (true) with check (true)"),
        format!("create policy removals on {name} for delete to {app} using ({fence})"),
        format!("create policy additions on {name} for insert to {app} with check ({fence})"),
    ];
    list.add(schema("update_of_everything", "the policy for UPDATE lets every row through", update, seen::policies(table)));
    let delete = vec![
        format!("drop policy tenant_fence on {name}"),
        format!("drop policy tenant_rows on {name}"),
        format!("create policy rows on {name} for all to {app} using ({fence}) with check ({fence})"),
        format!("create policy removals on {name} for delete to {app} using (true)"),
    ];
    list.add(schema("delete_of_everything", "a policy for DELETE lets every row through", delete, seen::policies(table)));
}

/// The table has two policies, and each hides that the other is weak: so these are run without the other one, too.
fn one_of_two(plan: &Plan, table: &Table, list: &mut List) {
    let (name, fence, app, platform) = (&table.name, plan.fence(), plan.role("app"), plan.role("platform"));
    let open_rows = || {
        let sql = vec![one(table, "tenant_rows", "true", "true")];
        Layer::new(format!("the permissive policy of {name} (it reads `true`), so that the restrictive one stands alone"), sql)
    };
    let no_fence = || {
        let sql = vec![format!("drop policy tenant_fence on {name}")];
        Layer::new(format!("the restrictive policy of {name}, so that the permissive one stands alone"), sql)
    };
    let mutants = [
        ("fence_dropped", "the restrictive policy is missing", vec![format!("drop policy tenant_fence on {name}")], open_rows()),
        ("fence_true", "the restrictive policy reads `true`", vec![one(table, "tenant_fence", "true", "true")], open_rows()),
        (
            "fence_check_true",
            "the restrictive policy checks nothing of what is written",
            vec![one(table, "tenant_fence", &fence, "true")],
            open_rows(),
        ),
        (
            "fence_permissive",
            "the fence is permissive instead of restrictive",
            vec![
                format!("drop policy tenant_fence on {name}"),
                format!("create policy tenant_fence on {name} as permissive for all to public using ({fence}) with check ({fence})"),
            ],
            open_rows(),
        ),
        (
            "fence_for_select",
            "the restrictive policy is for SELECT only",
            vec![
                format!("drop policy tenant_fence on {name}"),
                format!("create policy tenant_fence on {name} as restrictive for select to public using ({fence})"),
            ],
            open_rows(),
        ),
        ("rows_true", "the permissive policy reads `true`", vec![one(table, "tenant_rows", "true", "true")], no_fence()),
        (
            "permissive_added",
            "somebody has added a permissive policy",
            vec![format!("create policy everything on {name} for select to {app} using (true)")],
            no_fence(),
        ),
        (
            "permissive_added_public",
            "somebody has added a permissive policy for PUBLIC",
            vec![format!("create policy everything on {name} using (true) with check (true)")],
            no_fence(),
        ),
    ];
    for (mutant, what, sql, layer) in mutants {
        list.add(schema(mutant, what, sql, seen::policies(table)).behind(layer));
    }
    let granted = Layer::new(
        format!("that {platform} may not read {name}: it has SELECT and a permissive policy"),
        vec![
            format!("grant select on {name} to {platform}"),
            format!("create policy platform_rows on {name} for select to {platform} using (true)"),
        ],
    );
    let narrow = vec![format!("alter policy tenant_fence on {name} to {app}")];
    list.add(
        schema(
            "fence_for_the_app_only",
            "the restrictive policy is for the application's role and not for PUBLIC",
            narrow,
            seen::policies(table),
        )
        .behind(granted),
    );
}

fn tenants(plan: &Plan, list: &mut List) {
    let Some(tenants) = plan.tenants() else { return };
    let open = both(tenants, "true", "true");
    list.add(schema("tenants_using_true", "the policies of the table of the tenants read `true`", open, seen::policies(tenants)));
}

//! The other roles: whoever runs with the owner's or the operator's rights stays behind the fence, too.

use tenantry::schema::ir::{Fence, Type};
use tenantry::schema::quoted;

use super::super::plan::{Tenant, shows_victim};
use super::super::site::Site;
use super::Findings;

/// As the owner, whom FORCE holds, and as the operator, in the attacker's context.
pub(super) async fn others(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for suffix in ["owner", "platform"] {
        for table in plan.tables() {
            let script = vec![
                format!("set local role {}", plan.role(suffix)),
                "set local row_security = on".to_owned(),
                plan.enter(Tenant::A.id()),
                format!("select t::text from {} t", table.name),
            ];
            let rows = site.admin.rows(&script).await.unwrap_or_default();
            let foreign = rows.iter().filter(|row| shows_victim(row)).count();
            if foreign > 0 {
                findings.add(
                    format!("{}, {suffix}", table.name),
                    format!("the {suffix} reads {foreign} rows of B in the context of A"),
                    script,
                );
            }
        }
    }
}

/// As the look-up role, which is inside the fence of the platform's tables for the row of one key, without a key.
pub(super) async fn lookups(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for table in plan.schema.tables.iter().filter(|table| table.fence != Fence::Tenant) {
        let script = vec![
            format!("set local role {}", plan.role("lookup")),
            "set local row_security = on".to_owned(),
            plan.enter(Tenant::A.id()),
            format!("select 'a row' from {}", table.name),
        ];
        let seen = site.admin.rows(&script).await.map_or(0, |rows| rows.len());
        if seen > 0 {
            findings.add(table.name.to_string(), format!("the look-up role sees {seen} rows without a key"), script);
        }
    }
}

/// As each role that logs in: what is no tenant's is seen by the one role that is inside, and what is a tenant's in its context alone.
pub(super) async fn people(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for table in &plan.schema.tables {
        let inside: &[&str] = match table.fence {
            Fence::Members => &["app", "platform"],
            Fence::Identities => &["identity"],
            Fence::Acts => &["platform"],
            Fence::Tenant | Fence::Tenants | Fence::Domains | Fence::Shared => continue,
        };
        for suffix in ["app", "platform", "identity"] {
            let granted = table.grants.iter().any(|grant| grant.role == plan.conventions.role(suffix));
            let script = as_role(site, suffix, format!("select t::text from {} t", table.name));
            let rows = site.admin.rows(&script).await.unwrap_or_default();
            let wrong = match (table.fence, inside.contains(&suffix) && granted) {
                (Fence::Members, true) => rows.iter().filter(|row| shows_victim(row)).count(),
                (_, true) => 0,
                (_, false) => rows.len(),
            };
            if wrong > 0 {
                findings.add(format!("{}, {suffix}", table.name), format!("the {suffix} reads {wrong} rows that it must not"), script);
            }
        }
    }
    unchanged(site, findings).await;
    agreed(site, findings).await;
}

/// What all tenants read, and which of it a tenant has agreed to, is for the platform to say.
async fn agreed(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    let mut statements = Vec::new();
    for table in plan.schema.tables.iter().filter(|table| table.fence == Fence::Shared) {
        let text = table.columns.iter().find(|column| column.ty == Type::Text);
        statements.extend(text.map(|column| format!("update {0} set {1} = {1}", table.name, quoted(&column.name))));
        statements.push(format!("delete from {}", table.name));
        statements.push(plan.insert(table, &plan.another(table)));
    }
    statements.extend(plan.tenants().map(|tenants| format!("update {} set plan_id = null", tenants.name)));
    for statement in statements {
        let script = as_role(site, "app", format!("{statement} returning id::text"));
        if site.admin.rows(&script).await.is_ok_and(|rows| !rows.is_empty()) {
            findings.add(format!("{statement}, app"), "the application writes what the platform alone says".to_owned(), script);
        }
    }
}

/// What was done is not changed, and nobody is deleted, by whoever may add to it.
async fn unchanged(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for table in &plan.schema.tables {
        let (suffix, statements) = match table.fence {
            Fence::Acts => {
                ("platform", vec![format!("update {} set reason = 'another'", table.name), format!("delete from {}", table.name)])
            }
            Fence::Identities => ("identity", vec![format!("delete from {}", table.name)]),
            _ => continue,
        };
        for statement in statements {
            let script = as_role(site, suffix, statement);
            if site.admin.rows(&script).await.is_ok() {
                findings.add(format!("{}, {suffix} writes", table.name), format!("the {suffix} changes {}", table.name), script);
            }
        }
    }
}

fn as_role(site: &Site<'_>, suffix: &str, statement: String) -> Vec<String> {
    let plan = site.plan;
    vec![format!("set local role {}", plan.role(suffix)), "set local row_security = on".to_owned(), plan.enter(Tenant::A.id()), statement]
}

/// A table that a migration forgot to fence shows its rows to nobody.
pub(super) async fn new_table(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    let table = plan.in_schema("forgotten");
    let script = vec![
        format!("set local role {}", plan.role("owner")),
        format!("create table {table} as select '{}'::uuid as tenant", Tenant::B.id()),
        format!("grant select on {table} to {}", plan.role("app")),
        format!("set local role {}", plan.role("app")),
        plan.enter(Tenant::A.id()),
        format!("select tenant::text from {table}"),
    ];
    let seen = match site.admin.rows(&script).await {
        Ok(rows) if rows.is_empty() => return,
        Ok(_) => "A reads a row of B in a table that has just been made".to_owned(),
        Err(refusal) => format!("a new table cannot be looked at: {}", refusal.message),
    };
    // The event trigger takes a superuser.
    findings.add_only_hardened(table, seen, script);
}

//! What keys let through: references to rows of others, and answers that tell what others have.

use tenantry::schema::quoted;

use super::super::plan::{NOBODY, Tenant, leads};
use super::super::site::Site;
use super::Findings;

/// A row that refers to the victim's row, or belongs to a tenant that there is none.
pub(super) async fn references(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for table in plan.tables() {
        for (_, key, column) in plan.references(table) {
            let foreign = plan.id(&key.table, Tenant::B, 1);
            let values = plan.fresh(table, Tenant::A, &[(column, format!("'{foreign}'"))]);
            let script = vec![plan.enter(Tenant::A.id()), plan.insert(table, &values)];
            if site.app.rows(&script).await.is_ok() {
                findings.add(format!("{}.{}", table.name, quoted(column)), "a row of A refers to a row of B", script);
            }
        }
        let mut values = plan.fresh(table, Tenant::A, &[(plan.conventions.tenant_column, format!("'{NOBODY}'"))]);
        for (_, _, column) in plan.references(table).filter(|(_, _, column)| table.column(column).is_some_and(|column| column.nullable)) {
            values.retain(|(name, _)| name != column);
        }
        let script = vec![plan.enter(NOBODY), plan.insert(table, &values)];
        if site.app.rows(&script).await.is_ok() {
            findings.add(table.name.to_string(), "a row is made for a tenant that there is none", script);
        }
    }
}

/// Every reference leads to a row that its tenant sees.
pub(super) async fn integrity(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for table in plan.tables() {
        for (_, key, column) in plan.references(table) {
            let (name, there, column) = (&table.name, &key.table, quoted(column));
            let dangling = format!(
                "select t::text from {name} t where {column} is not null and not exists (select from {there} p where p.id = t.{column})"
            );
            for (who, tenant) in [("A", Tenant::A), ("B", Tenant::B)] {
                let script = vec![plan.enter(tenant.id()), dangling.clone()];
                let rows = site.app.rows(&script).await.map_or(0, |rows| rows.len());
                if rows > 0 {
                    findings.add(
                        format!("{name}.{column}, {who}"),
                        format!("{rows} rows of {who} refer to a row that it does not see"),
                        script,
                    );
                }
            }
        }
    }
}

/// A key that the victim has is free for the attacker; a refusal would tell that it is taken.
pub(super) async fn taken(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for table in plan.tables() {
        let theirs = plan.row(table, Tenant::B, 1);
        let mut keys = vec![vec!["id"]];
        keys.extend(plan.uniques(table).map(|(_, columns)| columns));
        for key in keys {
            let replaced: Vec<(&str, String)> = theirs
                .iter()
                .filter(|(name, _)| key.contains(&name.as_str()))
                .map(|(name, value)| (name.as_str(), value.clone()))
                .collect();
            // A reference is no value that one takes from another tenant.
            if key.iter().any(|column| leads(table, column).is_some()) {
                continue;
            }
            let script = vec![plan.enter(Tenant::A.id()), plan.insert(table, &plan.fresh(table, Tenant::A, &replaced))];
            if let Err(refusal) = site.app.rows(&script).await
                && matches!(refusal.state.as_str(), "23505" | "23P01")
            {
                let seen = format!("A is told that {} is taken, which only B has: {}", key.join(", "), refusal.message);
                findings.add(format!("{} ({})", table.name, key.join(", ")), seen, script);
            }
        }
    }
}

//! What a tenant writes: its own rows. Statements stand bare, without RETURNING and WHERE, since the policy for SELECT would guard those,
//! too; what became of the victim's rows is read as the victim, in the same transaction.

use tenantry::schema::ir::Table;
use tenantry::schema::quoted;

use super::super::plan::{FRESH, Plan, Tenant};
use super::super::site::Site;
use super::Findings;

/// The victim's rows of a table. The place of a row changes with every write, whatever was written.
fn digest(plan: &Plan, table: &Table) -> String {
    let (name, tenant, id) = (&table.name, plan.tenant(), Tenant::B.id());
    format!(
        "select coalesce(md5(string_agg(t.ctid::text || t::text, ';' order by t.ctid)), 'no rows') from {name} t where {tenant} = '{id}'"
    )
}

/// What the attacker writes, and then the victim's rows of every table.
fn as_victim_after(plan: &Plan, statements: &[String]) -> Vec<String> {
    let mut script = vec![plan.enter(Tenant::A.id())];
    script.extend_from_slice(statements);
    script.push(plan.enter(Tenant::B.id()));
    script.extend(plan.tables().map(|table| digest(plan, table)));
    script
}

/// The same script with a look at the first table only whose rows are others now.
fn shortened(plan: &Plan, script: Vec<String>, before: &[String], after: &[String]) -> Vec<String> {
    let tables = plan.tables().count();
    let looks = script.len().saturating_sub(tables);
    let changed = (0..tables).find(|at| before.get(*at) != after.get(*at)).unwrap_or_default();
    let kept = |(at, line): (usize, String)| (at < looks || at == looks + changed).then_some(line);
    script.into_iter().enumerate().filter_map(kept).collect()
}

/// Rows for the victim and for nobody.
pub(super) async fn inserts(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    let column = plan.conventions.tenant_column;
    for table in plan.tables() {
        for (whom, tenant) in [("B", format!("'{}'", Tenant::B.id())), ("nobody", "null".to_owned())] {
            // References are null or the victim's, so that only the tenant is wrong.
            let owner = if whom == "B" { Tenant::B } else { Tenant::A };
            let values = plan.fresh(table, owner, &[(column, tenant)]);
            let script = vec![plan.enter(Tenant::A.id()), plan.insert(table, &values)];
            if site.app.rows(&script).await.is_ok() {
                findings.add(format!("{}, for {whom}", table.name), format!("A makes a row for {whom}"), script);
            }
        }
    }
}

/// UPDATE and DELETE of everything, and an INSERT, each of which must leave the victim's rows alone.
pub(super) async fn changes(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    let before = site.app.rows(&as_victim_after(plan, &[])).await.unwrap_or_default();
    let everything = plan.children_first().into_iter().map(|table| format!("delete from {}", table.name)).collect();
    let mut writes = vec![("every table".to_owned(), "deletes", everything)];
    for table in plan.tables() {
        let name = &table.name;
        writes.push((name.to_string(), "deletes", vec![format!("delete from {name}")]));
        writes.push((name.to_string(), "inserts", vec![plan.insert(table, &plan.fresh(table, Tenant::A, &[]))]));
        if let Some(assignment) = plan.constant(table).or_else(|| plan.itself(table)) {
            writes.push((name.to_string(), "updates", vec![format!("update {name} set {assignment}")]));
        }
    }
    for (place, what, statements) in writes {
        let script = as_victim_after(plan, &statements);
        match site.app.rows(&script).await {
            Ok(after) if after == before => {}
            Ok(after) => {
                findings.add(
                    format!("{place}, {what}"),
                    format!("A {what}, and rows of B change"),
                    shortened(plan, script, &before, &after),
                );
            }
            // A row that is referred to is not deleted.
            Err(refusal) if what == "deletes" && refusal.state == "23503" => {}
            // A row for which another tenant's has taken the key is another detector's, and says so better.
            Err(refusal) if matches!(refusal.state.as_str(), "23505" | "23P01") => {}
            Err(refusal) => {
                let script = script.into_iter().take(1 + statements.len()).collect();
                findings.add(format!("{place}, {what}"), format!("A cannot write its own rows: {}", refusal.message), script);
            }
        }
    }
}

/// The tenant of a row does not change.
pub(super) async fn moves(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for table in plan.tables() {
        // Without WHERE: the policy for SELECT would be asked about the row that comes out of it, too.
        let moved = format!("update {} set {} = '{}'", table.name, plan.tenant(), Tenant::B.id());
        let script = vec![plan.enter(Tenant::A.id()), moved.clone()];
        match site.app.rows(&script).await {
            Ok(_) => findings.add(table.name.to_string(), "A gives its rows to B", script),
            // Only the keys of other rows have held them back, so those go first.
            Err(refusal) if refusal.state == "23503" => {
                let others = plan.children_first().into_iter().filter(|other| other.name != table.name);
                let mut script = vec![plan.enter(Tenant::A.id())];
                script.extend(others.map(|other| format!("delete from {}", other.name)));
                script.push(moved);
                let outcome = site.app.rows(&script).await;
                let seen = outcome.map_or("only a foreign key keeps A from giving its rows to B", |_| "A gives its rows to B");
                findings.add(table.name.to_string(), seen, script);
            }
            Err(_) => {}
        }
    }
}

/// A row that names no tenant is the tenant's own.
pub(super) async fn defaults(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for table in plan.tables() {
        let mut values = plan.fresh(table, Tenant::A, &[]);
        values.retain(|(name, _)| name != plan.conventions.tenant_column);
        let id = plan.id(&table.name, Tenant::A, FRESH);
        let read = format!("select {}::text from {} where id = '{id}'", quoted(plan.conventions.tenant_column), table.name);
        let script = vec![plan.enter(Tenant::A.id()), plan.insert(table, &values), read];
        let seen = match site.app.rows(&script).await {
            Ok(rows) if rows == [Tenant::A.id()] => continue,
            Ok(rows) => format!("a row that names no tenant belongs to {rows:?}"),
            Err(refusal) if matches!(refusal.state.as_str(), "23505" | "23P01") => continue,
            Err(refusal) => format!("a row that names no tenant is refused: {}", refusal.message),
        };
        findings.add(table.name.to_string(), seen, script);
    }
}

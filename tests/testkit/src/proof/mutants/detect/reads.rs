//! What a tenant sees: exactly its own rows, whatever the setting holds and however a statement is run.

use super::super::plan::{Plan, Tenant, shows_victim};
use super::super::site::{Refusal, Site};
use super::Findings;

fn select(table: &impl std::fmt::Display) -> String {
    format!("select t::text from {table} t order by id")
}

/// What is wrong with the rows that the attacker reads: some are not its own, or some of its own are missing.
fn wrong(expected: usize, rows: &Result<Vec<String>, Refusal>) -> Option<String> {
    match rows {
        Err(refusal) => Some(format!("its own rows cannot be read: {}", refusal.message)),
        Ok(rows) => {
            let foreign = rows.iter().filter(|row| shows_victim(row)).count();
            let own = rows.iter().filter(|row| row.contains(Tenant::A.mark())).count();
            if foreign > 0 {
                Some(format!("A reads {foreign} rows of B"))
            } else if own != expected {
                Some(format!("A reads {own} of its {expected} rows"))
            } else {
                None
            }
        }
    }
}

/// Every table in full, without a predicate.
pub(super) async fn own_rows(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    for table in plan.tables() {
        let script = vec![plan.enter(Tenant::A.id()), select(&table.name)];
        if let Some(seen) = wrong(plan.rows(table), &site.app.rows(&script).await) {
            findings.add(table.name.to_string(), seen, script);
        }
    }
    if let Some(tenants) = plan.tenants() {
        let script = vec![plan.enter(Tenant::A.id()), select(&tenants.name)];
        let rows = site.app.rows(&script).await.unwrap_or_default();
        if rows.iter().any(|row| shows_victim(row)) || !rows.iter().any(|row| row.contains(Tenant::A.id())) {
            findings.add(tenants.name.to_string(), format!("A sees {} tenants, and not itself alone", rows.len()), script);
        }
    }
}

/// Other contents of the setting: nothing, what is no tenant, the beginning of one, and a tenant written otherwise.
pub(super) async fn contexts(site: &mut Site<'_>, findings: &mut Findings) {
    let plan = site.plan;
    let beginning: String = Tenant::A.id().chars().take(8).collect();
    for table in plan.tables() {
        for (setting, value) in [("empty", ""), ("malformed", "x"), ("a beginning", beginning.as_str()), ("a pattern", "%")] {
            let script = vec![plan.enter(value), select(&table.name)];
            // An error shows nothing either.
            let rows = site.app.rows(&script).await.map_or(0, |rows| rows.len());
            if rows > 0 {
                findings.add(format!("{}, {setting}", table.name), format!("{rows} rows are read without a tenant"), script);
            }
        }
        let script = vec![plan.enter(&Tenant::A.id().to_uppercase()), select(&table.name)];
        if let Some(seen) = wrong(plan.rows(table), &site.app.rows(&script).await) {
            findings.add(format!("{}, in capitals", table.name), seen, script);
        }
    }
}

/// The same statement for one tenant after the other, prepared once.
pub(super) async fn cached_plan(site: &mut Site<'_>, findings: &mut Findings) {
    let plan: &Plan = site.plan;
    for table in plan.tables() {
        let mut script = vec![plan.enter(Tenant::B.id()), format!("prepare twice as {}", select(&table.name)), "execute twice".to_owned()];
        // The first rows are the victim's own; what counts is what comes after them.
        let before = site.app.rows(&[script.as_slice(), &["deallocate twice".to_owned()]].concat()).await.map_or(0, |rows| rows.len());
        script.extend([plan.enter(Tenant::A.id()), "execute twice".to_owned(), "deallocate twice".to_owned()]);
        let rows = site.app.rows(&script).await.map(|rows| rows.into_iter().skip(before).collect());
        if let Some(seen) = wrong(plan.rows(table), &rows) {
            findings.add(table.name.to_string(), seen, script);
        }
    }
}

//! Relations, functions and sequences beside the models' tables: whatever the role can reach shows nothing of another tenant.

use tenantry::schema::ir::Table;

use super::super::MutantsError;
use super::super::plan::{Plan, Tenant, shows_victim};
use super::super::site::Site;
use super::Findings;

/// Schemas that are PostgreSQL's own.
const OURS: &str =
    "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)' and has_schema_privilege(n.oid, 'usage')";

async fn listed(site: &mut Site<'_>, query: &str) -> Result<Vec<String>, MutantsError> {
    site.app
        .rows(&[query.to_owned()])
        .await
        .map_err(|refusal| MutantsError::Refused { what: "list what the role reaches", message: refusal.message })
}

fn is_model(plan: &Plan, relation: &str) -> bool {
    plan.schema.tables.iter().any(|table: &Table| table.name.to_string() == relation)
}

/// The victim writes, so that what copies rows out does; then the attacker reads whatever it can.
pub(super) async fn relations(site: &mut Site<'_>, findings: &mut Findings) -> Result<(), MutantsError> {
    let plan = site.plan;
    let query = format!(
        "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace \
          where {OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f') and has_any_column_privilege(c.oid, 'select') order by 1"
    );
    for relation in listed(site, &query).await?.into_iter().filter(|relation| !is_model(plan, relation)) {
        let read = format!("select t::text from {relation} t");
        let mut script = vec![plan.enter(Tenant::A.id()), read.clone()];
        let mut shown = site.app.rows(&script).await.unwrap_or_default();
        for table in plan.tables().take(1) {
            if shown.iter().any(|row| shows_victim(row)) {
                break;
            }
            script = vec![
                plan.enter(Tenant::B.id()),
                plan.insert(table, &plan.fresh(table, Tenant::B, &[])),
                plan.enter(Tenant::A.id()),
                read.clone(),
            ];
            shown = site.app.rows(&script).await.unwrap_or_default();
        }
        let foreign = shown.iter().filter(|row| shows_victim(row)).count();
        if foreign > 0 {
            findings.add(relation, format!("A reads {foreign} rows of B"), script);
        }
    }
    Ok(())
}

/// Every function that the role may call with nothing or with an id: it tells nothing of the victim, and nothing of the victim's is there
/// to be read afterwards.
pub(super) async fn functions(site: &mut Site<'_>, findings: &mut Findings) -> Result<(), MutantsError> {
    let plan = site.plan;
    let query = format!(
        "select format('%I.%I', n.nspname, p.proname) || case p.pronargs when 0 then '()' else '(…)' end \
           from pg_proc p join pg_namespace n on n.oid = p.pronamespace \
          where {OURS} and p.prokind = 'f' and has_function_privilege(p.oid, 'execute') \
            and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype) \
            and (p.pronargs = 0 or p.pronargs = 1 and p.proargtypes[0] = 'uuid'::regtype) order by 1"
    );
    for function in listed(site, &query).await? {
        for table in plan.tables().take(1) {
            for argument in [Tenant::B.id().to_owned(), plan.id(&table.name, Tenant::B, 1)] {
                let call = function.replace("(…)", &format!("('{argument}')"));
                let script = vec![
                    plan.enter(Tenant::A.id()),
                    format!("select coalesce(f::text, '') from {call} f"),
                    format!("select t::text from {} t", table.name),
                ];
                let rows = site.app.rows(&script).await.unwrap_or_default();
                // What was given may come back, also as part of a row.
                let foreign = rows.iter().filter(|row| shows_victim(&row.replacen(&argument, "", 1))).count();
                if foreign > 0 {
                    findings.add(function.clone(), format!("A reads {foreign} rows of B"), script);
                    break;
                }
            }
        }
    }
    Ok(())
}

/// A predicate that is a function sees no row that the policy holds back. What it was given is in its error.
pub(super) async fn leakproof(site: &mut Site<'_>, findings: &mut Findings) -> Result<(), MutantsError> {
    let plan = site.plan;
    let query = format!(
        "select format('%I.%I', n.nspname, p.proname) from pg_proc p join pg_namespace n on n.oid = p.pronamespace \
          where {OURS} and p.prokind = 'f' and has_function_privilege(p.oid, 'execute') and p.prorettype = 'boolean'::regtype \
            and p.pronargs = 1 and p.proargtypes[0] = 'uuid'::regtype order by 1"
    );
    for function in listed(site, &query).await? {
        for table in plan.tables() {
            let mut script: Vec<String> =
                ["enable_indexscan", "enable_bitmapscan"].iter().map(|scan| format!("set local {scan} = off")).collect();
            script.extend([plan.enter(Tenant::A.id()), format!("select id::text from {} where {function}(id)", table.name)]);
            if let Err(refusal) = site.app.rows(&script).await
                && shows_victim(&refusal.message)
            {
                findings.add(format!("{function}, {}", table.name), format!("A is told of a row of B: {}", refusal.message), script);
            }
        }
    }
    Ok(())
}

/// A number that one tenant draws does not tell how many another one has drawn.
pub(super) async fn sequences(site: &mut Site<'_>, findings: &mut Findings) -> Result<(), MutantsError> {
    let plan = site.plan;
    let query = format!(
        "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace \
          where {OURS} and case when c.relkind = 'S' then has_sequence_privilege(c.oid, 'usage') end order by 1"
    );
    for sequence in listed(site, &query).await? {
        let draw = format!("select nextval('{}')::text", sequence.replace('\'', "''"));
        let (a, b) = (plan.enter(Tenant::A.id()), plan.enter(Tenant::B.id()));
        let script = vec![a.clone(), draw.clone(), b, draw.clone(), a, draw];
        let drawn: Vec<i64> = site.app.rows(&script).await.unwrap_or_default().iter().filter_map(|text| text.parse().ok()).collect();
        if let [first, _, last] = drawn.as_slice()
            && last - first > 1
        {
            findings.add(sequence, format!("A draws {first} and then {last}: B has drawn one between them"), script);
        }
    }
    Ok(())
}

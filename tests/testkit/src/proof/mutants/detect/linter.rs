//! What only the catalogue shows: rules about objects that leak time, or that leak to somebody who is not there yet.

use super::super::super::value::quoted as literal;
use super::super::MutantsError;
use super::super::site::Site;
use super::Findings;

/// Each rule with the query that names the objects that break it. `{schema}` and `{tenant}` are texts.
const RULES: &[(&str, &str)] = &[
    (
        "indexes begin with the tenant",
        "select indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
           join pg_attribute a on a.attrelid = i.indrelid and a.attname = {tenant}
          where c.relnamespace = {schema}::regnamespace
            and (m.amname = 'hash' or m.amname in ('btree', 'brin') and i.indkey[0] <> a.attnum)",
    ),
    (
        "views are invoker's and barriers",
        "select oid::regclass::text from pg_class where relnamespace = {schema}::regnamespace and relkind = 'v'
            and not (coalesce(reloptions, '{}') && array['security_invoker=true', 'security_invoker=on']
                 and coalesce(reloptions, '{}') && array['security_barrier=true', 'security_barrier=on'])",
    ),
    ("nothing is published", "select pubname::text from pg_publication"),
    (
        "tables have no rules",
        "select ev_class::regclass || '.' || rulename from pg_rewrite where rulename <> '_RETURN' and ev_class >= 16384",
    ),
    ("no function of ours is leakproof", "select oid::regprocedure::text from pg_proc where proleakproof and oid >= 16384"),
    (
        "the tenant column takes no null",
        "select attrelid::regclass::text from pg_attribute join pg_class c on c.oid = attrelid
          where relnamespace = {schema}::regnamespace and relkind in ('r', 'p') and attname = {tenant} and not attnotnull",
    ),
];

pub(super) async fn look(site: &mut Site<'_>, findings: &mut Findings) -> Result<(), MutantsError> {
    let conventions = site.plan.conventions;
    for (rule, query) in RULES {
        let query = query.replace("{schema}", &literal(conventions.schema)).replace("{tenant}", &literal(conventions.tenant_column));
        let listed = site.admin.rows(&[query]).await;
        let objects = listed.map_err(|refusal| MutantsError::Refused { what: "read the catalogue", message: refusal.message })?;
        for object in objects {
            findings.add(
                object.clone(),
                format!("{rule}: {object} does not hold to it"),
                vec!["-- the linter reads the catalogue".to_owned()],
            );
        }
    }
    Ok(())
}

//! What the catalogue says that the application's role can reach, whether a model stands behind it or not.

use sqlx::{PgConnection, Row as _};

use super::super::value::quoted;
use super::pair::told;
use crate::made;

/// Schemas that belong to the server.
const SYSTEM: &str = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'";

/// A relation on which the role has some privilege.
#[derive(Debug)]
pub(super) struct Relation {
    /// Qualified and quoted.
    pub(super) name: String,
    /// The columns that it may read, quoted; none when it may read nothing.
    pub(super) columns: Vec<String>,
}

/// Every relation on which the role has some privilege.
pub(super) async fn relations(observer: &mut PgConnection, role: &str) -> Result<Vec<Relation>, String> {
    let role = quoted(role);
    let may = |what: &str| format!("has_table_privilege({role}, c.oid, '{what}')");
    let any = ["insert", "update", "delete", "truncate", "references", "trigger"].map(may).join(" or ");
    let text = format!(
        "select format('%I.%I', n.nspname, c.relname),
                array(select quote_ident(a.attname) from pg_attribute a
                       where a.attrelid = c.oid and not a.attisdropped and (a.attnum > 0 or c.relkind = 'S')
                         and has_column_privilege({role}, c.oid, a.attnum, 'select') order by a.attnum)
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and {SYSTEM} and has_schema_privilege({role}, n.oid, 'usage')
            and case c.relkind when 'S' then has_sequence_privilege({role}, c.oid, 'select, usage, update')
                else has_any_column_privilege({role}, c.oid, 'select, insert, update, references') or {any} end
          order by 1"
    );
    let rows = sqlx::query(made(text)).fetch_all(observer).await.map_err(told)?;
    let relation = |row: &sqlx::postgres::PgRow| Ok::<_, sqlx::Error>(Relation { name: row.try_get(0)?, columns: row.try_get(1)? });
    rows.iter().map(relation).collect::<Result<_, _>>().map_err(told)
}

/// A function that the role may call.
#[derive(Debug)]
pub(super) struct Function {
    /// Qualified and quoted.
    pub(super) name: String,
    pub(super) procedure: bool,
    /// The types of its arguments.
    pub(super) arguments: Vec<String>,
}

/// Every function outside of the server's schemas that the role may call by name.
pub(super) async fn functions(observer: &mut PgConnection, role: &str) -> Result<Vec<Function>, String> {
    let role = quoted(role);
    let text = format!(
        "select format('%I.%I', n.nspname, p.proname), p.prokind = 'p',
                array(select format_type(t, null) from unnest(p.proargtypes) with ordinality u (t, i) order by i)
           from pg_proc p join pg_namespace n on n.oid = p.pronamespace
          where p.prokind in ('f', 'p') and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype) and {SYSTEM}
            and has_schema_privilege({role}, n.oid, 'usage') and has_function_privilege({role}, p.oid, 'execute')
          order by 1, 3"
    );
    let rows = sqlx::query(made(text)).fetch_all(observer).await.map_err(told)?;
    let function = |row: &sqlx::postgres::PgRow| {
        Ok::<_, sqlx::Error>(Function { name: row.try_get(0)?, procedure: row.try_get(1)?, arguments: row.try_get(2)? })
    };
    rows.iter().map(function).collect::<Result<_, _>>().map_err(told)
}

/// A fact about the database that is one boolean.
pub(super) async fn holds(observer: &mut PgConnection, expression: &str) -> Result<bool, String> {
    sqlx::query_scalar(made(format!("select {expression}"))).fetch_one(observer).await.map_err(told)
}

/// The first column of a query, as texts; of nulls there is nothing to read.
pub(super) async fn texts(connection: &mut PgConnection, query: &str) -> Result<Vec<String>, String> {
    let texts: Vec<Option<String>> = sqlx::query_scalar(made(query)).persistent(false).fetch_all(connection).await.map_err(told)?;
    Ok(texts.into_iter().flatten().collect())
}

//! What hand-written statements may name: `[sql]` of the manifest against the catalogue.
//!
//! The text of a statement does not show whether a relation has rows of tenants, nor what a function reads. The manifest says so, and here
//! it is compared with what is there.

use std::collections::BTreeSet;

use sqlx::PgConnection;

use super::{Fault, MIGRATE};
use crate::schema::ir::{Fence, Schema};
use crate::schema::{Conventions, quoted};

/// Functions that are not PostgreSQL's own, nor an extension's, that the login can call and the manifest does not list. A hand-written
/// statement that calls one is refused: what it reads, its text does not show.
///
/// They are read when the service starts. One that is made later is known after the next start.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Unlisted {
    /// Their names without the schema, sorted.
    pub functions: Vec<String>,
    /// Those that take one row, so that `x.name` calls them; sorted.
    pub fields: Vec<String>,
}

impl Unlisted {
    /// Both lists, as the check takes them.
    pub(crate) fn names(&self) -> (Vec<&str>, Vec<&str>) {
        (self.functions.iter().map(String::as_str).collect(), self.fields.iter().map(String::as_str).collect())
    }
}

/// Compares, and says which functions are not listed.
pub(super) async fn look(
    connection: &mut PgConnection,
    schema: &Schema,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<Unlisted, sqlx::Error> {
    look_at_shared(connection, schema, conventions, faults).await?;
    look_at_views(connection, conventions, faults).await?;
    look_for_views(connection, conventions, faults).await?;
    look_for_hidden_calls(connection, conventions, faults).await?;
    look_at_functions(connection, conventions, faults).await
}

/// Tables that every tenant reads and none writes.
async fn look_at_shared(
    connection: &mut PgConnection,
    schema: &Schema,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    // A child of a table, a partition among them, is read with its parent and may have columns of its own.
    let found: Vec<(String, Option<String>, bool, bool)> = sqlx::query_as(
        "select s.name, c.relkind::text,
                exists (with recursive family (oid) as (
                          select c.oid union select i.inhrelid from family f join pg_inherits i on i.inhparent = f.oid)
                        select from family f join pg_attribute a on a.attrelid = f.oid where a.attname = $2 and not a.attisdropped),
                coalesce(has_table_privilege(c.oid, 'delete, truncate') or has_any_column_privilege(c.oid, 'insert, update'), false)
           from unnest($1::text[]) with ordinality s (name, place)
           left join pg_namespace n on n.nspname = split_part(s.name, '.', 1)
           left join pg_class c on c.relnamespace = n.oid and c.relname = split_part(s.name, '.', 2)
            and c.relkind in ('r', 'p', 'v', 'm', 'f')
          order by s.place",
    )
    .bind(conventions.shared)
    .bind(conventions.tenant_column)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for (name, kind, has_tenant, is_written) in found {
        let shown = shown(&name);
        let fenced = has_tenant || schema.tables.iter().any(|table| table.name.to_string() == shown && table.fence != Fence::Shared);
        let fault = match kind.as_deref() {
            None => missing("table", &shown, "shared"),
            Some("r" | "p") if fenced => Fault::new(
                format!("table {shown} is listed under `shared` of [sql] in models.toml and has rows of tenants"),
                "take it out of `shared`, and compare its tenant in every statement",
            ),
            Some("r" | "p") if is_written => Fault::new(
                format!(
                    "table {shown} is listed under `shared` of [sql] in models.toml and the service may write it, for all tenants at once"
                ),
                format!("`revoke insert, update, delete, truncate on {shown} from public, {}`", quoted(&conventions.role("app"))),
            ),
            Some("r" | "p") => continue,
            Some(_) => Fault::new(
                format!("{shown} is listed under `shared` of [sql] in models.toml and is no table"),
                "list the tables that it reads, and read those",
            ),
        };
        faults.push(fault);
    }
    Ok(())
}

/// Views that are listed. That they read by the caller's rights is held for every view in reach, listed or not.
async fn look_at_views(connection: &mut PgConnection, conventions: &Conventions, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let found: Vec<(String, Option<String>, bool, bool)> = sqlx::query_as(
        "select s.name, c.relkind::text,
                exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = $2 and not a.attisdropped),
                coalesce(has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select'), false)
           from unnest($1::text[]) with ordinality s (name, place)
           left join pg_namespace n on n.nspname = split_part(s.name, '.', 1)
           left join pg_class c on c.relnamespace = n.oid and c.relname = split_part(s.name, '.', 2)
            and c.relkind in ('r', 'p', 'v', 'm', 'f')
          order by s.place",
    )
    .bind(conventions.views)
    .bind(conventions.tenant_column)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for (name, kind, has_tenant, is_read) in found {
        let shown = shown(&name);
        let listed = format!("{shown} is listed under `views` of [sql] in models.toml");
        let fault = match kind.as_deref() {
            None => missing("view", &shown, "views"),
            // That it cannot be fenced is told where every materialized view is.
            Some("m") => continue,
            Some("v") if !has_tenant => Fault::new(
                format!("{listed} and does not show {}", conventions.tenant_column),
                format!("select the column {} in the view, or take it out of `views` and revoke select on it", conventions.tenant_column),
            ),
            Some("v") if !is_read => Fault::new(
                format!("{listed} and the service may not read it"),
                format!("`grant select on {shown} to {}`, or take it out of `views`", quoted(&conventions.role("app"))),
            ),
            Some("v") => continue,
            Some(_) => Fault::new(format!("{listed} and is no view"), "take it out of `views`: tables need not be listed"),
        };
        faults.push(fault);
    }
    Ok(())
}

/// Views in reach that are not listed. Those that read by their owner's rights are told among the strangers.
async fn look_for_views(connection: &mut PgConnection, conventions: &Conventions, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let found: Vec<(String, String)> = sqlx::query_as(
        "select n.nspname::text, c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind = 'v' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            and coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false)
            and has_schema_privilege(n.oid, 'usage')
            and (has_table_privilege(c.oid, 'delete') or has_any_column_privilege(c.oid, 'select, insert, update'))
            and n.nspname || '.' || c.relname <> all ($1::text[])
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
          order by 1, 2",
    )
    .bind(conventions.views)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for (schema, name) in found {
        let view = format!("{}.{}", quoted(&schema), quoted(&name));
        faults.push(Fault::new(
            format!("view {view} is in reach of hand-written statements and models.toml does not list it"),
            format!(
                "list {:?} under `views` of [sql] once it shows {}, or `revoke all on {view} from public, {}`",
                format!("{schema}.{name}"),
                conventions.tenant_column,
                quoted(&conventions.role("app"))
            ),
        ));
    }
    Ok(())
}

/// Operators and casts that call a function which is not listed: a text shows neither that they do nor what.
async fn look_for_hidden_calls(
    connection: &mut PgConnection,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let found: Vec<(String, String)> = sqlx::query_as(
        "select caller, n.nspname || '.' || p.proname
           from (select 'operator ' || oid::regoperator::text as caller, oprcode::oid as callee,
                        has_schema_privilege(oprnamespace, 'usage') as named
                   from pg_operator
                  union all
                 select format('the cast from %s to %s', castsource::regtype, casttarget::regtype), castfunc, true from pg_cast) c
           join pg_proc p on p.oid = c.callee
           join pg_namespace n on n.oid = p.pronamespace
          where p.oid >= 16384 and named and has_function_privilege(p.oid, 'execute') and n.nspname || '.' || p.proname <> all ($1::text[])
            and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
          order by 1",
    )
    .bind(conventions.functions)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for (caller, function) in found {
        let what = format!("{caller} calls {}, which models.toml does not list", shown(&function));
        let remedy = format!("list {function:?} under `functions` of [sql] once it keeps to the tenant by itself, or revoke execute on it");
        faults.push(Fault::new(what, remedy));
    }
    Ok(())
}

/// The functions that are listed, and those that are not and can be called. The first object that is not PostgreSQL's own has the oid
/// 16384 (`FirstNormalObjectId`), whichever schema it is in.
async fn look_at_functions(
    connection: &mut PgConnection,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<Unlisted, sqlx::Error> {
    let absent: Vec<String> = sqlx::query_scalar(
        "select s.name from unnest($1::text[]) with ordinality s (name, place)
          where not exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                             where n.nspname = split_part(s.name, '.', 1) and p.proname = split_part(s.name, '.', 2))
          order by s.place",
    )
    .bind(conventions.functions)
    .persistent(false)
    .fetch_all(&mut *connection)
    .await?;
    faults.extend(absent.iter().map(|name| missing("function", &shown(name), "functions")));
    // A trigger's function is called by nobody else, and a procedure by CALL alone.
    let found: Vec<(String, String, bool)> = sqlx::query_as(
        "select n.nspname::text, p.proname::text,
                p.pronargs > 0 and p.pronargs - p.pronargdefaults < 2
                  and exists (select from pg_type t left join pg_type b on b.oid = t.typbasetype
                               where t.oid = p.proargtypes[0] and (t.typtype in ('c', 'p') or b.typtype = 'c'))
           from pg_proc p join pg_namespace n on n.oid = p.pronamespace
          where p.oid >= 16384 and p.prokind <> 'p' and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
            and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute')
            and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
          order by 1, 2",
    )
    .persistent(false)
    .fetch_all(connection)
    .await?;
    let (mut functions, mut fields) = (BTreeSet::new(), BTreeSet::new());
    for (schema, name, takes_row) in found {
        if takes_row && name == conventions.tenant_column {
            let function = format!("{}.{}", quoted(&schema), quoted(&name));
            let what = format!("function {function} takes a row and has the name of the tenant's column, so that `x.{name}` may call it");
            faults.push(Fault::new(what, format!("`alter function {function} rename to …`")));
        }
        if conventions.functions.contains(&format!("{schema}.{name}").as_str()) {
            continue;
        }
        if takes_row {
            fields.insert(name.clone());
        }
        functions.insert(name);
    }
    Ok(Unlisted { functions: functions.into_iter().collect(), fields: fields.into_iter().collect() })
}

fn missing(kind: &str, shown: &str, key: &str) -> Fault {
    let what = format!("{kind} {shown} is listed under `{key}` of [sql] in models.toml and is missing");
    Fault::new(what, format!("correct the name or take it out of `{key}`; or {MIGRATE}"))
}

/// `schema.name` as SQL has it.
fn shown(name: &str) -> String {
    name.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

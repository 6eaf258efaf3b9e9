//! The look-ups: the functions that answer from before a tenant is known are the model's to the letter, and so is what their role may do.
//!
//! They run past the fence of a tenant, for the row of one key. That holds as long as their text, their owner, their search path, those who
//! call them and the columns that their owner reads are what they were made with.

use std::collections::BTreeSet;

use sqlx::PgConnection;

use super::{Fault, MIGRATE, PROVISION};
use crate::mutants::mutant;
use crate::schema::ir::{Function, Schema};
use crate::schema::{Conventions, quoted};

pub(super) async fn look(
    connection: &mut PgConnection,
    schema: &Schema,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let role = conventions.role("lookup");
    if !look_at_role(connection, &role, faults).await? {
        return Ok(());
    }
    for function in of(schema).filter(|_| !mutant!("start_lookups_unread")) {
        look_at_function(connection, function, faults).await?;
    }
    look_at_belongings(connection, &role, schema, faults).await?;
    if mutant!("start_lookup_columns_unread") {
        return Ok(());
    }
    look_at_columns(connection, &role, schema, faults).await
}

/// The functions of a schema that run with the rights of a role of their own.
pub(super) fn of(schema: &Schema) -> impl Iterator<Item = &Function> {
    schema.functions.iter().filter(|function| function.owner.is_some())
}

/// Whether there is the role, and it is worth looking at what it may do.
async fn look_at_role(connection: &mut PgConnection, role: &str, faults: &mut Vec<Fault>) -> Result<bool, sqlx::Error> {
    let found: Option<(bool, bool, bool, bool, Vec<String>)> = sqlx::query_as(
        "select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole or rolcreatedb or rolreplication,
                array(select pg_get_userbyid(roleid)::text from pg_auth_members where member = r.oid order by 1)
           from pg_roles r where rolname = $1",
    )
    .bind(role)
    .persistent(false)
    .fetch_optional(connection)
    .await?;
    let Some((login, superuser, bypassing, making, groups)) = found else {
        faults.push(Fault::new(format!("the role `{role}`, whose the look-ups are, is missing"), PROVISION));
        return Ok(false);
    };
    let attributes =
        [(login, "login"), (superuser, "superuser"), (bypassing, "bypassrls"), (making, "createrole, createdb or replication")];
    for (_, attribute) in attributes.into_iter().filter(|(has, _)| *has) {
        let what = format!("`{role}`, whose the look-ups are, has the attribute {}", attribute.to_uppercase());
        faults.push(Fault::new(what, PROVISION));
    }
    for group in groups {
        let remedy = format!("`revoke {} from {}`", quoted(&group), quoted(role));
        faults.push(Fault::new(format!("`{role}`, whose the look-ups are, is a member of `{group}`"), remedy));
    }
    // A superuser has every privilege; saying so a hundred times helps nobody.
    Ok(!superuser)
}

/// A function as the catalogue has it.
#[derive(sqlx::FromRow)]
struct Found {
    definer: bool,
    owner: String,
    language: String,
    strict: bool,
    result: String,
    source: String,
    settings: Vec<String>,
    callers: Vec<String>,
}

async fn look_at_function(connection: &mut PgConnection, function: &Function, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let types: Vec<&str> = function.arguments.iter().map(|argument| argument.ty.sql()).collect();
    let found: Option<Found> = sqlx::query_as(
        "select p.prosecdef as definer, pg_get_userbyid(p.proowner)::text as owner, l.lanname::text as language, p.proisstrict as strict,
                pg_get_function_result(p.oid) as result, p.prosrc as source, coalesce(p.proconfig, '{}') as settings,
                array(select case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee)::text end
                             || case when x.is_grantable and x.grantee <> p.proowner then ' with grant option' else '' end
                        from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x order by 1) as callers
           from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
          where n.nspname = $1 and p.proname = $2 and oidvectortypes(p.proargtypes) = $3",
    )
    .bind(&function.name.schema)
    .bind(&function.name.name)
    .bind(types.join(", "))
    .persistent(false)
    .fetch_optional(connection)
    .await?;
    let signature = function.signature();
    let Some(found) = found else {
        faults.push(Fault::new(format!("function {signature} is missing"), MIGRATE));
        return Ok(());
    };
    let owner = function.owner.clone().unwrap_or_default();
    if found.owner != owner {
        let what = format!("function {signature} belongs to `{}` and not to `{owner}`", found.owner);
        faults.push(Fault::new(what, format!("`alter function {signature} owner to {}`", quoted(&owner))));
    }
    if !is_made_so(&found, function) {
        let what = format!("function {signature} is not the one that was made: its text, its search path or its rights are others");
        faults.push(Fault::new(what, format!("`drop function {signature}`, then make it as the migration that brought it does")));
    }
    let mut callers: Vec<String> = function.execute.iter().cloned().chain([found.owner.clone()]).collect();
    callers.sort();
    callers.dedup();
    for caller in found.callers.iter().filter(|caller| !callers.contains(caller)) {
        let remedy = format!("`revoke execute on function {signature} from {}`", caller.trim_end_matches(" with grant option"));
        faults.push(Fault::new(format!("function {signature} may be called by {caller}"), remedy));
    }
    let may = |caller: &String| found.callers.iter().any(|found| found.trim_end_matches(" with grant option") == caller);
    for caller in function.execute.iter().filter(|caller| !may(caller)) {
        let remedy = format!("`grant execute on function {signature} to {}`", quoted(caller));
        faults.push(Fault::new(format!("function {signature} may not be called by `{caller}`"), remedy));
    }
    Ok(())
}

fn is_made_so(found: &Found, function: &Function) -> bool {
    found.definer
        && found.language == "plpgsql"
        && found.strict
        && found.result.eq_ignore_ascii_case(&function.returns.replacen("table (", "TABLE(", 1))
        && Some(&found.source) == function.source().as_ref()
        && found.settings == ["search_path=pg_catalog, pg_temp"]
}

/// What belongs to the role beside the functions: with its rights that would run past the fences, too.
async fn look_at_belongings(
    connection: &mut PgConnection,
    role: &str,
    schema: &Schema,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let known: Vec<String> = of(schema).map(Function::signature).collect();
    let found: Vec<String> = sqlx::query_scalar(
        "select pg_describe_object(s.classid, s.objid, s.objsubid) from pg_shdepend s
          where s.dbid = (select oid from pg_database where datname = current_database())
            and s.refclassid = 'pg_authid'::regclass and s.deptype = 'o' and s.refobjid = (select oid from pg_roles where rolname = $1)
            and not (s.classid = 'pg_proc'::regclass
                     and exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                                  where p.oid = s.objid
                                    and format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) = any ($2)))
          order by 1",
    )
    .bind(role)
    .bind(known)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for object in found {
        let what = format!("{object} belongs to `{role}`, whose the look-ups are and nothing else");
        faults.push(Fault::new(what, format!("give it to another role, or `drop owned by {}` and {MIGRATE}", quoted(role))));
    }
    Ok(())
}

/// The role may read the columns that its functions name, and may do nothing else with any table. What everybody may do with the tenants' tables
/// is told of the application's role.
async fn look_at_columns(connection: &mut PgConnection, role: &str, schema: &Schema, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let held: Vec<(String, String, String)> = sqlx::query_as(
        "select format('%I.%I', n.nspname, c.relname), a.attname::text, p
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p
          where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            and has_column_privilege($1, c.oid, a.attnum, p)
            and (n.nspname = $2 or not has_column_privilege('public', c.oid, a.attnum, p))
         union all
         select format('%I.%I', n.nspname, c.relname), '', p
           from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join unnest(array['DELETE', 'TRUNCATE', 'TRIGGER']) p
          where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            and has_table_privilege($1, c.oid, p)
            and (n.nspname = $2 or not has_table_privilege('public', c.oid, p))
          order by 1, 2, 3",
    )
    .bind(role)
    .bind(schema.names.platform_schema.as_str())
    .persistent(false)
    .fetch_all(connection)
    .await?;
    let meant: BTreeSet<(String, String)> = schema
        .tables
        .iter()
        .flat_map(|table| table.grants.iter().filter(|grant| grant.role == role).map(move |grant| (table, grant)))
        .flat_map(|(table, grant)| grant.select.iter().map(|column| (table.name.to_string(), column.clone())))
        .collect();
    let is_meant =
        |table: &str, column: &str, privilege: &str| privilege == "SELECT" && meant.iter().any(|(of, name)| of == table && name == column);
    for (table, column, privilege) in held.iter().filter(|(table, column, privilege)| !is_meant(table, column, privilege)) {
        let on = if column.is_empty() { String::new() } else { format!(" ({})", quoted(column)) };
        let what = format!("`{role}`, whose the look-ups are, has {privilege}{on} on {table}");
        let remedy = format!("`revoke {}{on} on {table} from public, {}`", privilege.to_lowercase(), quoted(role));
        faults.push(Fault::new(what, remedy));
    }
    for (table, column) in &meant {
        if !held.iter().any(|(of, name, privilege)| of == table && name == column && privilege == "SELECT") {
            let what = format!("`{role}`, whose the look-ups are, may not read {} of {table}", quoted(column));
            faults.push(Fault::new(what, format!("`grant select ({}) on {table} to {}`", quoted(column), quoted(role))));
        }
    }
    Ok(())
}

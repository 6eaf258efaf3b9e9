//! The login of the service: what it is and what it may do.

use sqlx::PgConnection;

use super::{Fault, Level, PROVISION, lookups};
use crate::schema::ir::{Function, Schema};
use crate::schema::{Conventions, quoted};

pub(super) async fn look(
    connection: &mut PgConnection,
    schema: &Schema,
    conventions: &Conventions,
    level: Level,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let role = look_at_login(connection, &conventions.role("app"), faults).await?;
    let superuser = look_at_attributes(connection, &role, faults).await?;
    look_at_settings(connection, conventions, &role, faults).await?;
    look_at_memberships(connection, &role, faults).await?;
    look_at_ownership(connection, &role, faults).await?;
    // A superuser has every privilege; saying so a hundred times helps nobody.
    if !superuser {
        look_at_privileges(connection, &role, faults).await?;
        look_at_tables(connection, conventions, &role, faults).await?;
        if level == Level::Hardened {
            look_at_functions(connection, &role, faults).await?;
        }
        look_for_definers(connection, &role, schema, faults).await?;
    }
    Ok(())
}

/// The login is the role that is expected, and not one that has become it by a setting: it could become itself again.
pub(super) async fn look_at_login(connection: &mut PgConnection, expected: &str, faults: &mut Vec<Fault>) -> Result<String, sqlx::Error> {
    let (role, login): (String, String) =
        sqlx::query_as("select current_user::text, session_user::text").persistent(false).fetch_one(connection).await?;
    let remedy = format!("put the URL of `{expected}` into the configuration");
    if role != expected {
        faults.push(Fault::new(format!("the service logs in as `{role}` and not as `{expected}`"), remedy));
    } else if login != role {
        faults.push(Fault::new(format!("the service logs in as `{login}` and becomes `{role}` by a setting"), remedy));
    }
    Ok(role)
}

async fn look_at_attributes(connection: &mut PgConnection, role: &str, faults: &mut Vec<Fault>) -> Result<bool, sqlx::Error> {
    let has: (bool, bool, bool, bool, bool) = sqlx::query_as(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = current_user",
    )
    .persistent(false)
    .fetch_one(connection)
    .await?;
    let attributes = [
        (has.0, "superuser", "passes every fence"),
        (has.1, "bypassrls", "passes every fence"),
        (has.2, "createrole", "can give itself other roles"),
        (has.3, "createdb", "can make databases without fences"),
        (has.4, "replication", "reads every row through replication"),
    ];
    for (_, attribute, danger) in attributes.into_iter().filter(|(has, _, _)| *has) {
        let what = format!("`{role}` has the attribute {} and so {danger}", attribute.to_uppercase());
        faults.push(Fault::new(what, format!("`alter role {} no{attribute}`, or another login in DATABASE_URL", quoted(role))));
    }
    Ok(has.0)
}

/// Defaults that would give a session a tenant, or take its fences off: of the role, of the database, of the URL or the server.
async fn look_at_settings(
    connection: &mut PgConnection,
    conventions: &Conventions,
    role: &str,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let settings = [conventions.tenant_setting(), conventions.actor_setting(), conventions.request_setting()];
    let defaults: Vec<(String, bool, bool, String)> = sqlx::query_as(
        "select s, setrole <> 0, setdatabase <> 0, current_database()::text from pg_db_role_setting, unnest(setconfig) s
          where setrole in (0, (select oid from pg_roles where rolname = current_user))
            and setdatabase in (0, (select oid from pg_database where datname = current_database()))
            and (split_part(s, '=', 1) = any($1) or s ~ '^row_security=(off|false|no|0)$') order by 1",
    )
    .bind(settings.as_slice())
    .persistent(false)
    .fetch_all(&mut *connection)
    .await?;
    for (setting, of_role, of_database, database) in defaults {
        let name = setting.split('=').next().unwrap_or_default();
        let (role, database) = (quoted(role), quoted(&database));
        let remedy = match (of_role, of_database) {
            (true, true) => format!("`alter role {role} in database {database} reset {name}`"),
            (true, false) => format!("`alter role {role} reset {name}`"),
            (false, _) => format!("`alter database {database} reset {name}`"),
        };
        faults.push(Fault::new(format!("`{setting}` is a default of the role or the database"), remedy));
    }
    let now: Vec<String> = sqlx::query_scalar(
        "select s from unnest($1::text[]) s where coalesce(current_setting(s, true), '') <> ''
         union all select 'row_security' where current_setting('row_security') <> 'on' order by 1",
    )
    .bind(settings.as_slice())
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for name in now {
        let remedy = "take it out of DATABASE_URL's `options`, PGOPTIONS, the role's and the database's defaults and postgresql.conf";
        faults.push(Fault::new(format!("a fresh connection already has a value for `{name}`"), remedy));
    }
    Ok(())
}

async fn look_at_memberships(connection: &mut PgConnection, role: &str, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let groups: Vec<String> = sqlx::query_scalar(
        "select pg_get_userbyid(roleid)::text from pg_auth_members
          where member = (select oid from pg_roles where rolname = current_user) order by 1",
    )
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for group in groups {
        let remedy = format!("`revoke {} from {}`", quoted(&group), quoted(role));
        faults.push(Fault::new(format!("`{role}` is a member of `{group}`"), remedy));
    }
    Ok(())
}

async fn look_at_ownership(connection: &mut PgConnection, role: &str, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let (count, example): (i64, Option<String>) = sqlx::query_as(
        "select count(*), min(case when s.dbid in (0, d.oid) then pg_describe_object(s.classid, s.objid, s.objsubid) end)
           from pg_shdepend s, pg_database d
          where d.datname = current_database() and s.refclassid = 'pg_authid'::regclass and s.deptype = 'o'
            and s.refobjid = (select oid from pg_roles where rolname = current_user)",
    )
    .persistent(false)
    .fetch_one(connection)
    .await?;
    if count > 0 {
        let example = example.unwrap_or_else(|| "in another database".to_owned());
        let remedy = format!("`reassign owned by {} to …` in each database that has them", quoted(role));
        faults.push(Fault::new(format!("`{role}` owns {count} object(s), such as {example}"), remedy));
    }
    Ok(())
}

async fn look_at_privileges(connection: &mut PgConnection, role: &str, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let held: Vec<(String, String)> = sqlx::query_as(
        "select p, format('database %I', current_database()) from unnest(array['CREATE', 'TEMPORARY']) p
          where has_database_privilege(current_database(), p)
         union all
         select 'CREATE', format('schema %I', nspname) from pg_namespace where has_schema_privilege(oid, 'CREATE')
         order by 1, 2",
    )
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for (privilege, object) in held {
        let remedy = format!("`revoke {} on {object} from public, {}`, or {PROVISION}", privilege.to_lowercase(), quoted(role));
        faults.push(Fault::new(format!("`{role}` has {privilege} on {object}"), remedy));
    }
    Ok(())
}

/// Privileges on tables that reach past a policy (PostgreSQL manual, 5.9: TRUNCATE and REFERENCES are not subject to row security), or
/// that could move a row to another tenant. Updates are granted column by column.
async fn look_at_tables(
    connection: &mut PgConnection,
    conventions: &Conventions,
    role: &str,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let held: Vec<(String, String)> = sqlx::query_as(
        "select p, format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace,
                unnest(array['TRUNCATE', 'TRIGGER', 'UPDATE']
                       || case when current_setting('server_version_num')::int >= 170000 then array['MAINTAIN'] else '{}' end) p
          where n.nspname in ($1, $2) and c.relkind in ('r', 'p', 'v', 'f') and has_table_privilege(c.oid, p)
         union all
         select 'REFERENCES', format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname in ($1, $2) and c.relkind in ('r', 'p', 'v', 'f') and has_any_column_privilege(c.oid, 'REFERENCES')
         union all
         select format('UPDATE (%I)', a.attname), format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
           join pg_attribute a on a.attrelid = c.oid and a.attname = $3
          where n.nspname in ($1, $2) and c.relkind in ('r', 'p', 'v', 'f') and not has_table_privilege(c.oid, 'UPDATE')
            and has_column_privilege(c.oid, a.attnum, 'UPDATE')
         order by 2, 1",
    )
    .bind(conventions.schema)
    .bind(conventions.platform_schema)
    .bind(conventions.tenant_column)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for (privilege, table) in held {
        let remedy = format!("`revoke {} on {table} from public, {}`", privilege.to_lowercase(), quoted(role));
        faults.push(Fault::new(format!("`{role}` has {privilege} on {table}"), remedy));
    }
    Ok(())
}

/// What only a superuser can take from PUBLIC, so that only level `hardened` is held to it.
async fn look_at_functions(connection: &mut PgConnection, role: &str, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    const SELECT: &str = concat!(
        "select p.oid::regprocedure::text from pg_proc p where ",
        include_str!("../../sql/provision/reaching_functions.sql"),
        " and has_function_privilege(p.oid, 'execute') order by 1"
    );
    let callable: Vec<String> = sqlx::query_scalar(SELECT).persistent(false).fetch_all(&mut *connection).await?;
    if let Some(first) = callable.first() {
        let what = format!("`{role}` may call {} function(s) that reach beyond a tenant's rows, such as {first}", callable.len());
        faults.push(Fault::new(what, PROVISION));
    }
    Ok(())
}

/// Functions of ours or of an extension that run with their owner's rights. One that only a trigger can call is none: nobody gives it arguments.
/// The look-ups are looked at by themselves.
async fn look_for_definers(connection: &mut PgConnection, role: &str, schema: &Schema, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let known: Vec<String> = lookups::of(schema).map(Function::signature).collect();
    let callable: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
           from pg_proc p join pg_namespace n on n.oid = p.pronamespace
          where p.prosecdef and n.nspname <> 'pg_catalog' and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
            and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute')
            and format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) <> all ($1) order by 1",
    )
    .bind(known)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for function in callable {
        let what = format!("`{role}` may call {function}, which runs with its owner's rights");
        let remedy = format!("`revoke execute on routine {function} from public, {}`, or `security invoker`", quoted(role));
        faults.push(Fault::new(what, remedy));
    }
    Ok(())
}

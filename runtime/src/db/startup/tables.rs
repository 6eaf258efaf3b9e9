//! The tables: there, fenced by exactly their policies, and no table beside them without a fence.

use sqlx::PgConnection;

use super::{Fault, MIGRATE};
use crate::schema::ir::{Fence, Policy, Rule, Schema, Table};
use crate::schema::{Conventions, quoted};
use crate::sql::ddl;

pub(super) async fn look(
    connection: &mut PgConnection,
    schema: &Schema,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    for table in &schema.tables {
        look_at(connection, table, conventions, faults).await?;
    }
    look_for_strangers(connection, schema, conventions, faults).await
}

async fn look_at(
    connection: &mut PgConnection,
    table: &Table,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let name = &table.name;
    let found: Option<(i64, bool, bool)> = sqlx::query_as(
        "select c.oid::int8, c.relrowsecurity, c.relforcerowsecurity from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p')",
    )
    .bind(&name.schema)
    .bind(&name.name)
    .persistent(false)
    .fetch_optional(&mut *connection)
    .await?;
    let Some((oid, enabled, forced)) = found else {
        faults.push(Fault::new(format!("table {name} of {} is missing", table.model), MIGRATE));
        return Ok(());
    };
    if !enabled {
        faults
            .push(Fault::new(format!("row security is not enabled on {name}"), format!("`alter table {name} enable row level security`")));
    }
    if !forced {
        let what = format!("row security is not forced on {name}, so its owner sees every row");
        faults.push(Fault::new(what, format!("`alter table {name} force row level security`")));
    }
    look_at_columns(connection, oid, table, faults).await?;
    if table.column(conventions.tenant_column).is_some() {
        look_at_keys(connection, oid, table, conventions, faults).await?;
    }
    if table.fence != Fence::Tenant {
        look_at_objects(connection, oid, table, faults).await?;
    }
    look_at_policies(connection, oid, table, conventions, faults).await
}

/// What a look-up and those who remember its answers rest on: the keys that make a name one tenant's, and the triggers that tell of a change.
async fn look_at_objects(connection: &mut PgConnection, oid: i64, table: &Table, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let found: Vec<String> = sqlx::query_scalar(
        "select format('unique key %s (%s)%s', c.relname,
                       (select string_agg(a.attname, ', ' order by k.place) from unnest(i.indkey::int2[]) with ordinality k (attnum, place)
                          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum),
                       case when i.indpred is null then '' else ' where' end)
           from pg_index i join pg_class c on c.oid = i.indexrelid
          where i.indrelid = $1::oid and i.indisunique and i.indisvalid
         union all
         select 'trigger ' || t.tgname from pg_trigger t where t.tgrelid = $1::oid and not t.tgisinternal and t.tgenabled in ('O', 'A')",
    )
    .bind(oid)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    let key = |name, columns: &[String], part: &str| ("unique key", name, format!("unique key {name} ({}){part}", columns.join(", ")));
    let keys = table.constraints.iter().filter_map(|constraint| match &constraint.rule {
        Rule::Unique(columns) => Some(key(&constraint.name, columns, "")),
        _ => None,
    });
    let unique = table.indexes.iter().filter(|index| index.unique);
    let indexes = unique.map(|index| key(&index.name, &index.columns, if index.condition.is_some() { " where" } else { "" }));
    let triggers = table.triggers.iter().map(|trigger| ("trigger", &trigger.name, format!("trigger {}", trigger.name)));
    for (kind, name, wanted) in keys.chain(indexes).chain(triggers) {
        if !found.contains(&wanted) {
            let what = format!("the {kind} {} of {} is missing or not in force", quoted(name), table.name);
            faults.push(Fault::new(what, "make it as the migration that brought it does, or enable it"));
        }
    }
    Ok(())
}

async fn look_at_columns(connection: &mut PgConnection, oid: i64, table: &Table, faults: &mut Vec<Fault>) -> Result<(), sqlx::Error> {
    let found: Vec<(String, String)> = sqlx::query_as(
        "select attname::text, atttypid::regtype::text from pg_attribute where attrelid = $1::oid and attnum > 0 and not attisdropped",
    )
    .bind(oid)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for column in &table.columns {
        let place = format!("column {} of {}", quoted(&column.name), table.name);
        // The catalogue writes `timestamptz` in full.
        let expected = column.ty.sql().replace("timestamptz", "timestamp with time zone");
        match found.iter().find(|(name, _)| *name == column.name) {
            None => faults.push(Fault::new(format!("{place} is missing"), MIGRATE)),
            Some((_, ty)) if *ty != expected => faults.push(Fault::new(format!("{place} is {ty} and not {expected}"), MIGRATE)),
            Some(_) => {}
        }
    }
    Ok(())
}

/// A unique key without the tenant refuses what another tenant has, which tells that it is there, and lets foreign keys cross tenants. The
/// platform's own keys, which the model has so, are written by the platform alone.
async fn look_at_keys(
    connection: &mut PgConnection,
    oid: i64,
    table: &Table,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let crossing: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
          where i.indrelid = $1::oid and (i.indisunique or i.indisexclusion)
            and not exists (select from pg_attribute a where a.attrelid = i.indrelid and a.attname = $2
                               and a.attnum = any((i.indkey::int2[])[0:i.indnkeyatts - 1])) order by 1",
    )
    .bind(oid)
    .bind(conventions.tenant_column)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    let of_the_model = |index: &str| {
        table.constraints.iter().any(|constraint| match &constraint.rule {
            Rule::Unique(columns) => constraint.name == index && !columns.iter().any(|column| column == conventions.tenant_column),
            _ => false,
        })
    };
    for index in crossing.into_iter().filter(|index| !of_the_model(index)) {
        let what = format!("the unique key {} of {} leaves out {}", quoted(&index), table.name, conventions.tenant_column);
        let index = format!("{}.{}", quoted(&table.name.schema), quoted(&index));
        faults.push(Fault::new(what, format!("`drop index {index}`, or its constraint; make one that contains the tenant")));
    }
    Ok(())
}

/// The policies of a table that differ from the model's, whoever looks: the catalogue shows them to everybody.
pub(super) async fn policies(
    connection: &mut PgConnection,
    table: &Table,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let oid: Option<i64> = sqlx::query_scalar(
        "select c.oid::int8 from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2",
    )
    .bind(&table.name.schema)
    .bind(&table.name.name)
    .persistent(false)
    .fetch_optional(&mut *connection)
    .await?;
    match oid {
        Some(oid) => look_at_policies(connection, oid, table, conventions, faults).await,
        None => Ok(()),
    }
}

/// A policy as the catalogue has it.
#[derive(sqlx::FromRow)]
struct Found {
    name: String,
    command: String,
    permissive: bool,
    roles: Vec<String>,
    using: Option<String>,
    check: Option<String>,
}

async fn look_at_policies(
    connection: &mut PgConnection,
    oid: i64,
    table: &Table,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let found: Vec<Found> = sqlx::query_as(
        "select polname::text as name, polcmd::text as command, polpermissive as permissive,
                array(select case when r = 0 then 'public' else pg_get_userbyid(r)::text end from unnest(polroles) r) as roles,
                pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as check
           from pg_policy where polrelid = $1::oid order by polname",
    )
    .bind(oid)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    for policy in &table.policies {
        let create = ddl::policy(&table.name, policy);
        match found.iter().find(|found| found.name == policy.name) {
            None => faults.push(Fault::new(format!("policy {} is missing on {}", policy.name, table.name), format!("`{create}`"))),
            Some(found) if !same(found, policy, &table.fence.deparsed(policy, conventions)) => {
                let what = format!("policy {} on {} is not the one that the model has", policy.name, table.name);
                let drop = format!("drop policy {} on {};", quoted(&policy.name), table.name);
                faults.push(Fault::new(what, format!("`{drop} {create}`")));
            }
            Some(_) => {}
        }
    }
    for found in found.iter().filter(|found| !table.policies.iter().any(|policy| policy.name == found.name)) {
        let remedy = format!("`drop policy {} on {}`", quoted(&found.name), table.name);
        faults.push(Fault::new(format!("policy {} on {} belongs to no model", quoted(&found.name), table.name), remedy));
    }
    Ok(())
}

fn same(found: &Found, policy: &Policy, expression: &str) -> bool {
    found.command == if policy.reads { "r" } else { "*" }
        && found.permissive != policy.restrictive
        && found.roles == [policy.role.as_str()]
        && found.using.as_deref() == Some(expression)
        && found.check.as_deref() == (!policy.reads).then_some(expression)
}

/// Relations that belong to no model and show rows without a fence: any in the two schemas, and in other schemas those that the login reaches.
async fn look_for_strangers(
    connection: &mut PgConnection,
    schema: &Schema,
    conventions: &Conventions,
    faults: &mut Vec<Fault>,
) -> Result<(), sqlx::Error> {
    let fence = Fence::Tenant.deparsed_whole(conventions);
    let found: Vec<(String, String, String, bool)> = sqlx::query_as(
        "select n.nspname::text, c.relname::text, c.relkind::text, c.relrowsecurity
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where (n.nspname in ($1, $2)
              or n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_schema_privilege(n.oid, 'usage')
                 and (has_table_privilege(c.oid, 'delete') or has_any_column_privilege(c.oid, 'select, insert, update')))
            and (c.relkind in ('r', 'p') and not c.relrowsecurity or c.relkind in ('m', 'f')
              or c.relkind = 'v' and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false)
              or c.relkind in ('r', 'p') and exists (select from pg_attribute where attrelid = c.oid and attname = $3 and not attisdropped)
                 and not exists (select from pg_policy where polrelid = c.oid and not polpermissive and polcmd = '*' and polroles = '{0}'
                                    and pg_get_expr(polqual, polrelid) = $4 and pg_get_expr(polwithcheck, polrelid) = $4))
          order by 1, 2",
    )
    .bind(conventions.schema)
    .bind(conventions.platform_schema)
    .bind(conventions.tenant_column)
    .bind(fence)
    .persistent(false)
    .fetch_all(connection)
    .await?;
    // What is wrong with a model's table is told where its policies are compared, and with a shared one where those are looked at.
    let is_model =
        |in_schema: &str, name: &str| schema.tables.iter().any(|table| table.name.schema == in_schema && table.name.name == name);
    let is_shared = |name: &str, kind: &str| matches!(kind, "r" | "p") && conventions.shared.contains(&name);
    let strangers =
        found.iter().filter(|(in_schema, name, kind, _)| !is_model(in_schema, name) && !is_shared(&format!("{in_schema}.{name}"), kind));
    for (in_schema, name, kind, row_security) in strangers {
        let name = format!("{}.{}", quoted(in_schema), quoted(name));
        faults.push(stranger(&name, kind, *row_security));
    }
    Ok(())
}

fn stranger(name: &str, kind: &str, row_security: bool) -> Fault {
    match kind {
        "v" => Fault::new(
            format!("view {name} shows rows by its owner's rights"),
            format!("`alter view {name} set (security_invoker = true, security_barrier = true)`"),
        ),
        "m" => Fault::new(format!("materialized view {name} cannot be fenced"), format!("`drop materialized view {name}`")),
        "f" => Fault::new(format!("foreign table {name} cannot be fenced"), format!("`drop foreign table {name}`")),
        _ if row_security => Fault::new(
            format!("table {name} belongs to no model, has tenants' rows and lacks the fence"),
            format!("`create policy tenant_fence on {name} as restrictive for all to public …`, with the expression of the models' tables"),
        ),
        _ => Fault::new(
            format!("table {name} belongs to no model and has no row security"),
            format!("`alter table {name} enable row level security`, with policies in its migration"),
        ),
    }
}

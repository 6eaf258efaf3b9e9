//! What the application's role must never be able to do: each statement, and what it is refused with.
//!
//! Level `managed` cannot revoke functions of the server from everybody, so there they run; the report then says what stays open.

use sqlx::PgConnection;

use super::super::sql::code;
use super::super::value::quoted;
use super::catalogue::{holds, texts};
use super::form::Context;
use super::pair::{ATTACKER, Field, Pair, VICTIM, told};
use super::report::{AttackKind, AttackReport};
use super::statement;
use crate::{execute, made};

const TABLES: AttackKind = AttackKind::Catalogue("statements about tables");
const PRIVILEGES: AttackKind = AttackKind::Catalogue("privileges that nobody needs");
const SERVER: AttackKind = AttackKind::Catalogue("statements about the server");
const ROLES: AttackKind = AttackKind::Catalogue("becoming another role");
const FUNCTIONS: AttackKind = AttackKind::Catalogue("functions of the server");
const PLATFORM: AttackKind = AttackKind::Catalogue("writing the platform's tables");
const TENANTS: AttackKind = AttackKind::Catalogue("reading the platform's tables");

/// Statements with `{table}`, each refused.
const ON_TABLES: &[&str] = &[
    "truncate {table}",
    "alter table {table} disable row level security",
    "alter table {table} no force row level security",
    "alter table {table} owner to current_user",
    "alter table {table} add column mine text",
    "drop table {table}",
    "create policy open on {table} using (true)",
    "create trigger t before insert on {table} for each row execute function suppress_redundant_updates_trigger()",
    "create rule r as on insert to {table} do instead nothing",
    "create index on {table} (id)",
    "comment on table {table} is 'mine'",
    "copy {table} to '/tmp/tenantry'",
    "copy {table} to program 'cat'",
    "set local row_security = off; select from {table}",
];

/// Statements about everything else, each refused. `create extension` looks for its files before it looks at privileges.
const ON_THE_SERVER: &[&str] = &[
    "create table {schema}.mine (id int)",
    "create table {platform}.mine (id int)",
    "create table public.mine (id int)",
    "create temporary table mine (id int)",
    "create view {schema}.mine as select 1",
    "create materialized view {schema}.mine as select 1",
    "create sequence {schema}.mine",
    "create type {schema}.mine as (a int)",
    "create function {schema}.mine() returns int language sql return 1",
    "create function pg_temp.mine() returns int language sql return 1",
    "create schema mine",
    "create role mine",
    "create publication mine",
    "create extension dblink",
    "create foreign data wrapper mine",
    "create event trigger mine on ddl_command_end execute function suppress_redundant_updates_trigger()",
    "alter role current_user superuser",
    "alter role current_user bypassrls",
    "alter default privileges for role {owner} grant select on tables to public",
    "set session_replication_role = replica",
    "set log_statement = 'none'",
    "load 'mine'",
    "select from pg_authid",
    "select from pg_statistic",
    "select from pg_largeobject",
    "select from pg_user_mapping",
    "select pg_read_file('PG_VERSION')",
    "select pg_ls_dir('.')",
    "select pg_reload_conf()",
    "select lo_import('/etc/hostname')",
    "select * from dblink('', 'select 1') as t (a int)",
];

/// Functions that only level `hardened` takes away, and what they are for an attacker.
const ONLY_HARDENED: &[(&str, &str)] = &[
    ("select set_config('{setting}', '', true)", "an injected SELECT can switch tenants (set_config)"),
    ("select query_to_xml('select 1', true, false, '')", "SQL in a string runs (query_to_xml)"),
    ("select table_to_xml('pg_class', true, false, '')", "SQL in a string runs (table_to_xml)"),
    ("select ts_stat('select null::tsvector')", "SQL in a string runs (ts_stat)"),
    ("select lo_creat(-1)", "large objects have no fence (lo_creat)"),
    ("select lo_from_bytea(0, '')", "large objects have no fence (lo_from_bytea)"),
    ("select pg_advisory_lock(1)", "a lock outlives its transaction and is every tenant's (pg_advisory_lock)"),
    ("select pg_try_advisory_xact_lock(1)", "a lock is every tenant's (pg_try_advisory_xact_lock)"),
    ("select pg_notify('mine', '')", "messages reach other sessions (pg_notify)"),
    ("select pg_export_snapshot()", "a snapshot can be handed on (pg_export_snapshot)"),
    ("select pg_logical_emit_message(true, 'mine', '')", "messages reach the log (pg_logical_emit_message)"),
    ("select pg_terminate_backend(0)", "other requests can be ended (pg_terminate_backend)"),
];

/// What every level so far leaves open to somebody who can send statements of their own; nothing here is a finding.
const OPEN: &[(&str, &str)] = &[
    ("notify mine", "stacked SQL can NOTIFY, which PostgreSQL cannot revoke"),
    ("listen mine", "stacked SQL can LISTEN, which PostgreSQL cannot revoke"),
    (
        "alter role current_user set {setting} = ''",
        "stacked SQL can change its role's own defaults; the service refuses to start with them",
    ),
];

/// Tries all of it.
pub(super) async fn verbs(field: Field<'_>, pair: &mut Pair<'_>, report: &mut AttackReport) -> Result<(), String> {
    let conventions = field.world.conventions;
    let role = conventions.role("app");
    for model in 0..field.world.models.len() {
        let table = field.world.table(model);
        for statement in ON_TABLES {
            refused(pair, TABLES, &statement.replace("{table}", &table), report).await?;
        }
        for privilege in ["truncate", "references", "trigger", "select with grant option", "delete with grant option"] {
            report.count(PRIVILEGES);
            if holds(&mut pair.observer.connection, &format!("has_table_privilege({}, {}, '{privilege}')", quoted(&role), quoted(&table)))
                .await?
            {
                report.violation(PRIVILEGES, format!("{role} has {privilege} on {table}"));
            }
        }
    }
    let fill = |statement: &str| {
        statement
            .replace("{schema}", &format!("\"{}\"", conventions.schema))
            .replace("{platform}", &format!("\"{}\"", conventions.platform_schema))
            .replace("{owner}", &format!("\"{}\"", conventions.role("owner")))
            .replace("{setting}", &conventions.tenant_setting())
    };
    for statement in ON_THE_SERVER {
        refused(pair, SERVER, &fill(statement), report).await?;
    }
    let others = format!("select quote_ident(rolname) from pg_roles where rolname <> {} order by 1", quoted(&role));
    for other in texts(&mut pair.observer.connection, &others).await? {
        refused(pair, ROLES, &format!("set role {other}"), report).await?;
        refused(pair, ROLES, &format!("set session authorization {other}"), report).await?;
    }
    let hardened = format!("not has_function_privilege({}, 'set_config(text, text, boolean)', 'execute')", quoted(&role));
    let hardened = holds(&mut pair.observer.connection, &hardened).await?;
    for (statement, meaning) in ONLY_HARDENED {
        let statement = fill(statement);
        if hardened {
            refused(pair, FUNCTIONS, &statement, report).await?;
        } else {
            opened(pair, &statement, meaning, report).await?;
        }
    }
    for (statement, meaning) in OPEN {
        opened(pair, &fill(statement), meaning, report).await?;
    }
    let victim = pair.tenants[VICTIM];
    let switched = format!("set local {} = '{victim}'", conventions.tenant_setting());
    opened(pair, &switched, "stacked SQL can SET LOCAL another tenant", report).await?;
    platform(field, pair, report).await
}

/// The role reads its own tenant and writes nothing.
async fn platform(field: Field<'_>, pair: &mut Pair<'_>, report: &mut AttackReport) -> Result<(), String> {
    let table = format!("\"{}\".tenants", field.world.conventions.platform_schema);
    for context in Context::ALL {
        tenants(field, pair, context, &format!("select id::text from {table}"), report).await?;
    }
    for tenant in pair.tenants {
        for statement in [
            format!("update {table} set status = 'suspended'"),
            format!("update {table} set name = 'mine' where id = '{tenant}'"),
            format!("delete from {table} where id = '{tenant}'"),
            format!("insert into {table} (id, slug, name) values ('{tenant}', 'mine', 'mine') on conflict do nothing"),
            format!("merge into {table} t using (select 1) s on true when matched then delete"),
            format!("select from {table} where id = '{tenant}' for update"),
            format!("copy {table} from stdin"),
            format!("truncate {table} cascade"),
            format!("lock table {table} in access exclusive mode"),
        ] {
            refused(pair, PLATFORM, &statement, report).await?;
        }
    }
    Ok(())
}

/// Of the tenants a context shows its own, or none.
async fn tenants(
    field: Field<'_>,
    pair: &mut Pair<'_>,
    context: Context,
    statement: &str,
    report: &mut AttackReport,
) -> Result<(), String> {
    report.count(TENANTS);
    let (own, victim) = (pair.tenants[ATTACKER].uuid(), pair.tenants[VICTIM].uuid());
    let naming = if context == Context::Foreign { format!("{statement} where id = '{victim}'") } else { statement.to_owned() };
    let before = statement::context(&field.world.conventions.tenant_setting(), context, own, victim).join("; ");
    let connection = if context == Context::Unset { &mut pair.blank } else { &mut pair.app };
    execute(connection, &before).await.map_err(told)?;
    let seen = sqlx::query_scalar::<_, String>(made(&*naming)).persistent(false).fetch_all(&mut *connection).await;
    execute(connection, "rollback").await.map_err(told)?;
    let seen = seen.map_err(|error| code(&error));
    let due = match context {
        Context::Malformed => Err("22P02".to_owned()),
        Context::Foreign | Context::Unset | Context::Empty | Context::AfterRollback => Ok(Vec::new()),
        _ => Ok(vec![own.to_string()]),
    };
    if seen != due {
        report.violation(TENANTS, format!("`{before}; {naming}` => {seen:?}, where {due:?} was due"));
    }
    Ok(())
}

/// It must be refused for want of a privilege, and for nothing else: another refusal would hide that the privilege is there.
async fn refused(pair: &mut Pair<'_>, kind: AttackKind, statement: &str, report: &mut AttackReport) -> Result<(), String> {
    report.count(kind);
    match attempt(pair, statement).await? {
        Ok(()) => report.violation(kind, format!("`{statement}` => it ran")),
        Err((state, _)) if state == "42501" => {}
        Err((state, _)) if statement.contains("dblink") && matches!(state.as_str(), "42883" | "0A000" | "58P01") => {}
        Err((state, message)) => report.violation(kind, format!("`{statement}` => {state} {message}, where 42501 was due")),
    }
    Ok(())
}

async fn opened(pair: &mut Pair<'_>, statement: &str, meaning: &str, report: &mut AttackReport) -> Result<(), String> {
    if attempt(pair, statement).await?.is_ok() {
        report.open(meaning);
    }
    Ok(())
}

/// In the attacker's context, and rolled back.
async fn attempt(pair: &mut Pair<'_>, statement: &str) -> Result<Result<(), (String, String)>, String> {
    let setting = pair.field.world.conventions.tenant_setting();
    let connection: &mut PgConnection = &mut pair.app;
    execute(connection, &format!("begin; set local {setting} = '{}'", pair.tenants[ATTACKER])).await.map_err(told)?;
    let answer = if statement.ends_with(" from stdin") {
        match connection.copy_in_raw(statement).await {
            Ok(copy) => copy.abort("an attack that got through").await,
            Err(error) => Err(error),
        }
    } else {
        execute(connection, statement).await
    };
    execute(connection, "rollback").await.map_err(told)?;
    Ok(answer.map_err(|error| (code(&error), error.to_string())))
}

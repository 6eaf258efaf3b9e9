//! The sweep: every relation and every function that the catalogue offers to the application's role, and what comes out of it.
//!
//! It does not ask what a relation is for. Whatever bytes it gives in a tenant's context are scanned for the ids of other tenants, of their
//! rows and for their texts; and a tenant's own rows must be there, since what gives nothing would pass every scan.

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::PgConnection;
use tenantry::schema::Kind;

use super::super::model::World;
use super::catalogue::{Function, Relation, functions, relations, texts};
use super::pair::{ATTACKER, Field, Pair, VICTIM, told};
use super::report::{AttackKind, AttackReport};
use super::send::heard;
use crate::{execute, made};

const RELATIONS: AttackKind = AttackKind::Catalogue("every relation, read");
const OUTSIDE: AttackKind = AttackKind::Catalogue("every relation, read without a tenant");
const FUNCTIONS: AttackKind = AttackKind::Catalogue("every function, called");

/// Short texts are found anywhere.
const LEAST_TEXT: usize = 12;

/// Reads and calls everything.
pub(super) async fn sweep(field: Field<'_>, pair: &mut Pair<'_>, report: &mut AttackReport) -> Result<(), String> {
    let role = field.world.conventions.role("app");
    let strangers = markers(field.world, pair).await?;
    let own = pair.tenants[ATTACKER].to_string();
    let enter = format!("begin; set local {} = '{own}'", field.world.conventions.tenant_setting());
    let offered = relations(&mut pair.observer.connection, &role).await?;
    for (kind, before) in [(RELATIONS, enter.as_str()), (OUTSIDE, "begin")] {
        for relation in &offered {
            report.count(kind);
            let connection = if kind == OUTSIDE { &mut pair.blank } else { &mut pair.app };
            let seen = read(connection, before, relation).await?;
            let mut strangers: Vec<&String> = strangers.iter().collect();
            if kind == OUTSIDE {
                strangers.push(&own);
            }
            report.violations(kind, judged(field.world, relation, seen, &strangers, (kind == RELATIONS).then_some(own.as_str())));
        }
    }
    for function in functions(&mut pair.observer.connection, &role).await? {
        call(field, pair, &function, &enter, &strangers, report).await?;
    }
    Ok(())
}

/// What the victim, and every other tenant, can be known by.
async fn markers(world: &World, pair: &mut Pair<'_>) -> Result<BTreeSet<String>, String> {
    let tenants = format!("select id::text from \"{}\".tenants", world.conventions.platform_schema);
    let mut markers: BTreeSet<String> = texts(&mut pair.observer.connection, &tenants).await?.into_iter().collect();
    // Where no login passes row security by, the observer does not see the list.
    markers.insert(pair.tenants[VICTIM].to_string());
    markers.remove(&pair.tenants[ATTACKER].to_string());
    for (def, table) in world.models.iter().zip(&pair.books[VICTIM].tables) {
        for (id, row) in table {
            markers.insert(id.to_string());
            let texts =
                def.insertable().filter(|column| matches!(column.kind, Kind::Text)).filter_map(|column| row.get(column.name)?.as_str());
            // As to_jsonb writes it, without the quotes.
            let written = texts.filter(|text| text.len() >= LEAST_TEXT).map(|text| Value::from(text).to_string());
            markers.extend(written.map(|text| text[1..text.len() - 1].to_owned()));
        }
    }
    let mine: Vec<String> =
        pair.books[ATTACKER].tables.iter().flat_map(|table| table.values()).map(|row| Value::from_iter(row.clone()).to_string()).collect();
    markers.retain(|marker| !mine.iter().any(|row| row.contains(marker.as_str())));
    Ok(markers)
}

/// Every row, or the SQLSTATE of the refusal.
async fn read(connection: &mut PgConnection, before: &str, relation: &Relation) -> Result<Result<Vec<String>, String>, String> {
    let columns = if relation.columns.is_empty() { "null".to_owned() } else { relation.columns.join(", ") };
    let query = format!("select to_jsonb(t)::text from (select {columns} from {}) t", relation.name);
    attempt(connection, before, &query).await
}

/// Runs a query in a transaction that is rolled back.
pub(super) async fn attempt(connection: &mut PgConnection, before: &str, query: &str) -> Result<Result<Vec<String>, String>, String> {
    execute(connection, before).await.map_err(told)?;
    let answer = texts(connection, query).await;
    execute(connection, "rollback").await.map_err(told)?;
    Ok(answer)
}

fn judged(world: &World, relation: &Relation, seen: Result<Vec<String>, String>, strangers: &[&String], own: Option<&str>) -> Vec<String> {
    let statement = format!("select * from {}", relation.name);
    let rows = match seen {
        Ok(rows) => rows,
        // What may not be read gives nothing away.
        Err(_) if relation.columns.is_empty() => return Vec::new(),
        Err(error) => return vec![format!("`{statement}` => it can be read, says the catalogue, and yet: {error}")],
    };
    let mut faults: Vec<String> = found(&rows, strangers).into_iter().map(|marker| format!("`{statement}` => {marker}")).collect();
    let tenant_table = (0..world.models.len()).any(|model| world.table(model).replace('"', "") == relation.name.replace('"', ""));
    if let Some(own) = own
        && tenant_table
        && !rows.iter().any(|row| row.contains(own))
    {
        faults.push(format!("`{statement}` => no own row is seen, so that nothing is shown by it"));
    }
    faults
}

/// The first marker in what was answered.
fn found(rows: &[String], markers: &[&String]) -> Option<String> {
    let hit = |row: &&String| markers.iter().find(|marker| row.contains(marker.as_str()));
    rows.iter().find_map(|row| hit(&row).map(|marker| format!("another tenant's {marker} in {row}")))
}

/// Calls a function with values that it must not know what to do with. What it writes is looked at as the victim, and rolled back.
async fn call(
    field: Field<'_>,
    pair: &mut Pair<'_>,
    function: &Function,
    enter: &str,
    strangers: &BTreeSet<String>,
    report: &mut AttackReport,
) -> Result<(), String> {
    // A row of each table, and the tenant itself.
    let given: Vec<String> = pair.books[VICTIM].tables.iter().filter_map(|table| table.keys().next()).map(ToString::to_string).collect();
    for value in given.iter().chain([&pair.tenants[VICTIM].to_string()]) {
        let Some(arguments) = arguments(function, value) else {
            report.open(format!("{}({}) was not called: its arguments are not simple", function.name, function.arguments.join(", ")));
            return Ok(());
        };
        report.count(FUNCTIONS);
        let call = if function.procedure {
            format!("call {}({arguments})", function.name)
        } else {
            format!("select t::text from {}({arguments}) t", function.name)
        };
        let victim = format!("set local {} = '{}'", field.world.conventions.tenant_setting(), pair.tenants[VICTIM]);
        let digest = digest(field.world);
        let before = attempt(&mut pair.app, &format!("begin; {victim}"), &digest).await??;
        execute(&mut pair.app, enter).await.map_err(told)?;
        let answer = called(&mut pair.app, &call).await;
        let after = match answer {
            Ok(_) => {
                execute(&mut pair.app, &victim).await.map_err(told)?;
                texts(&mut pair.app, &digest).await?
            }
            Err(_) => before.clone(),
        };
        execute(&mut pair.app, "rollback").await.map_err(told)?;
        if before != after {
            report.violation(FUNCTIONS, format!("`{call}` => the victim's rows have changed"));
        }
        // What is given comes back from an honest function, too.
        let markers: Vec<&String> = strangers.iter().filter(|marker| *marker != value).collect();
        // An error can carry a row, too.
        let heard = answer.unwrap_or_else(|error| vec![error]);
        if let Some(marker) = found(&heard, &markers) {
            report.violation(FUNCTIONS, format!("`{call}` => {marker}"));
        }
        if function.arguments.is_empty() {
            break;
        }
    }
    Ok(())
}

/// Every table of the tenant whose context it is, in one text.
fn digest(world: &World) -> String {
    let part = |model| format!("select {model} as n, md5(string_agg(t::text, chr(10) order by id)) as d from {} t", world.table(model));
    let parts: Vec<String> = (0..world.models.len()).map(part).collect();
    format!("select concat(n, d) from ({}) t order by n", parts.join(" union all "))
}

/// Literals for simple arguments; `None` when one of them is not simple.
fn arguments(function: &Function, value: &str) -> Option<String> {
    let literal = |kind: &String| match kind.as_str() {
        "uuid" | "text" | "character varying" | "name" => Some(format!("'{value}'::{kind}")),
        "integer" | "bigint" | "smallint" | "numeric" => Some(format!("1::{kind}")),
        "boolean" => Some("true".to_owned()),
        "jsonb" | "json" => Some(format!("'\"{value}\"'::{kind}")),
        _ => None,
    };
    function.arguments.iter().map(literal).collect::<Option<Vec<_>>>().map(|literals| literals.join(", "))
}

/// What a function gives, or all that its error says.
async fn called(connection: &mut PgConnection, call: &str) -> Result<Vec<String>, String> {
    let given: Result<Vec<Option<String>>, _> = sqlx::query_scalar(made(call)).persistent(false).fetch_all(connection).await;
    given.map(|texts| texts.into_iter().flatten().collect()).map_err(|error| heard(&error))
}

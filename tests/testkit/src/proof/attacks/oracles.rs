//! Existence oracles: whether an answer tells that another tenant has a row. Unique keys and references are looked at past row security,
//! so only what they consist of keeps them from telling.

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::model::{Row, completed, unique_keys};
use super::super::operation::Scene;
use super::super::sql::{affected, insert};
use super::super::value::{Draw, literal};
use super::assault::fresh;
use super::pair::{ATTACKER, Field, Pair, VICTIM, told};
use super::report::{AttackKind, AttackReport};
use super::send::heard;
use crate::execute;

const IDS: AttackKind = AttackKind::Catalogue("another tenant's id and keys, in an own row");
const REFERENCES: AttackKind = AttackKind::Catalogue("another tenant's row, referred to");

/// Asks of each table what a guesser would ask, once with the victim's values and once with nobody's.
pub(super) async fn oracles(field: Field<'_>, pair: &mut Pair<'_>, report: &mut AttackReport) -> Result<(), String> {
    let mut draw = Draw::new(77);
    for model in 0..field.world.models.len() {
        let scene = Scene { world: field.world, own: &pair.books[ATTACKER], others: Vec::new() };
        let row = completed(field.world.models[model], &fresh(&scene, model, &mut draw));
        taken(field, pair, model, &row, report).await?;
        referred(field, pair, model, &row, &mut draw, report).await?;
    }
    Ok(())
}

/// The victim's ids and keys are free to everybody else.
async fn taken(field: Field<'_>, pair: &mut Pair<'_>, model: usize, row: &Row, report: &mut AttackReport) -> Result<(), String> {
    let (world, own) = (field.world, pair.tenants[ATTACKER].uuid());
    let references: Vec<&str> = world.references(model).into_iter().map(|(column, _)| column.name).collect();
    let Some((id, theirs)) = pair.books[VICTIM].tables[model].iter().next().map(|(id, row)| (*id, row.clone())) else { return Ok(()) };
    let mut questions = vec![("its id", insert(world, model, own, id, row), insert(world, model, own, Uuid::now_v7(), row))];
    for key in unique_keys(world.models[model]) {
        let mut asked = row.clone();
        for name in key.into_iter().filter(|name| !references.contains(name)) {
            asked.extend(theirs.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        // A key that the attacker has itself says nothing.
        if pair.books[ATTACKER].judge_new(world, model, &asked) == super::super::model::Outcome::Done {
            let question = insert(world, model, own, Uuid::now_v7(), &asked);
            questions.push(("its key", question, insert(world, model, own, Uuid::now_v7(), row)));
        }
    }
    for (what, theirs, nobodys) in questions {
        report.count(IDS);
        let (foreign, random) = (ask(pair, &theirs).await?, ask(pair, &nobodys).await?);
        if foreign != random {
            report.violation(IDS, format!("`{theirs}` => {what} is answered by {foreign:?}, nobody's by {random:?}"));
        }
    }
    Ok(())
}

/// A reference to the victim's row is one to no row.
async fn referred(
    field: Field<'_>,
    pair: &mut Pair<'_>,
    model: usize,
    row: &Row,
    draw: &mut Draw,
    report: &mut AttackReport,
) -> Result<(), String> {
    let (world, own) = (field.world, pair.tenants[ATTACKER].uuid());
    for (column, target) in world.references(model) {
        let Some(theirs) = pair.books[VICTIM].tables[target].keys().next().copied() else { continue };
        let ids = [theirs, draw.uuid()];
        let inserts = ids.map(|id| {
            let mut asked = row.clone();
            asked.insert(column.name.to_owned(), Value::String(id.to_string()));
            insert(world, model, own, Uuid::now_v7(), &asked)
        });
        // Of one row: two that refer to the same may meet in a key.
        let mine = pair.books[ATTACKER].tables[model].keys().next().copied().unwrap_or_default();
        let updates = ids.map(|id| {
            let value = literal(&Value::String(id.to_string()));
            format!("update {} set \"{}\" = {value} where id = '{mine}'", world.table(model), column.name)
        });
        // Whose a user's role or key is stays as it is.
        let is_fixed = !world.models[model].updatable().any(|other| other.name == column.name);
        for ([foreign, random], due) in [(inserts, "23503"), (updates, if is_fixed { "42501" } else { "23503" })] {
            report.count(REFERENCES);
            let answers = (ask(pair, &foreign).await?, ask(pair, &random).await?);
            let told = (answers.0.replace(&ids[0].to_string(), "?"), answers.1.replace(&ids[1].to_string(), "?"));
            if told.0 != told.1 {
                report.violation(REFERENCES, format!("`{foreign}` => {}, and for nobody's row {}", answers.0, answers.1));
            } else if !told.0.starts_with(due) {
                report.violation(REFERENCES, format!("`{foreign}` => {}, where {due} was due", answers.0));
            }
        }
    }
    Ok(())
}

/// Everything that an attacker could tell two answers apart by, in the attacker's context; rolled back.
async fn ask(pair: &mut Pair<'_>, statement: &str) -> Result<String, String> {
    let setting = pair.field.world.conventions.tenant_setting();
    let connection: &mut PgConnection = &mut pair.app;
    execute(connection, &format!("begin; set local {setting} = '{}'", pair.tenants[ATTACKER])).await.map_err(told)?;
    let answer = affected(connection, statement).await;
    execute(connection, "rollback").await.map_err(told)?;
    Ok(match answer {
        Ok(rows) => format!("{rows} rows"),
        Err(error) => heard(&error),
    })
}

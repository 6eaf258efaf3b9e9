//! Whether time tells another tenant's row from one that is not there: a model for each verb that names a row.

use axum::http::Method;
use serde_json::Value;
use tenantry::schema::Verb;
use uuid::Uuid;

use super::super::operation::Scene;
use super::super::timing::{self, Probe, Timing};
use super::super::value::Draw;
use super::assault::fresh;
use super::pair::{ATTACKER, Field, Pair, VICTIM, told};

/// Compares, in so many pairs of requests each, what the attacker is answered about the victim's rows and about nobody's.
pub(in super::super) async fn compared(field: Field<'_>, pairs: usize) -> Result<Vec<Timing>, String> {
    let mut pair = Pair::new(field, field.world.by_dependency()).await?;
    let mut timings = Vec::new();
    for (verb, method) in [(Verb::Get, Method::GET), (Verb::Patch, Method::PATCH), (Verb::Delete, Method::DELETE)] {
        let Some((model, probe)) = (0..field.world.models.len()).find_map(|model| Some((model, probe(&pair, model, verb, &method)?)))
        else {
            continue;
        };
        let foreign: Vec<Uuid> = pair.books[VICTIM].tables[model].keys().copied().collect();
        let tenant = pair.tenants[ATTACKER];
        let caller = &*field.world.principals.caller;
        timings.push(timing::compare_as(field.router, &|request| caller(tenant, request), &probe, &foreign, pairs).await.map_err(told)?);
    }
    pair.clear().await?;
    Ok(timings)
}

/// The request, if the model has that route and the victim a row: a change sets a column to a value that it may have.
fn probe(pair: &Pair<'_>, model: usize, verb: Verb, method: &Method) -> Option<Probe> {
    let world = pair.field.world;
    let def = world.models[model];
    if !def.routes.has(verb) || pair.books[VICTIM].tables[model].is_empty() {
        return None;
    }
    let body = match verb {
        Verb::Patch => {
            let scene = Scene { world, own: &pair.books[ATTACKER], others: Vec::new() };
            let row = fresh(&scene, model, &mut Draw::new(0));
            let column = def.updatable().find(|column| !column.readonly && row.get(column.name).is_some_and(|value| !value.is_null()))?;
            Some(Value::from_iter([(column.name.to_owned(), row.get(column.name)?.clone())]).to_string())
        }
        _ => None,
    };
    Some(Probe { method: method.clone(), path: format!("/{}", def.table), body })
}

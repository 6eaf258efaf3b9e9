//! Bodies: a tenant that somebody wants to give a row, and references to rows of others.

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use tenantry::schema::{ModelDef, Verb};
use uuid::Uuid;

use super::super::super::model::{Row, completed};
use super::super::super::operation::Scene;
use super::super::super::value::Draw;
use super::super::assault::fresh;
use super::super::pair::{ATTACKER, VICTIM};
use super::super::report::AttackKind;
use super::Web;

const ASSIGNED: AttackKind = AttackKind::Http("mass assignment of the tenant");
const BULK: AttackKind = AttackKind::Http("many rows in one body");
const REFERRED: AttackKind = AttackKind::Http("references to another tenant's rows");

/// What a client may send of a new row.
fn sendable(web: &Web<'_, '_>, model: usize, def: &'static ModelDef, draw: &mut Draw) -> Map<String, Value> {
    let scene = Scene { world: web.field.world, own: &web.pair.books[ATTACKER], others: Vec::new() };
    let row: Row = completed(def, &fresh(&scene, model, draw));
    let open = def.insertable().filter(|column| !column.readonly);
    open.filter_map(|column| Some((column.name.to_owned(), row.get(column.name)?.clone()))).collect()
}

/// The tenant's column is taken from nobody: not in a body, not inside a value, not in the query, not by another spelling.
pub(super) async fn assigned(web: &mut Web<'_, '_>) -> Result<(), String> {
    let mut draw = Draw::new(91);
    let victim = web.pair.tenants[VICTIM].to_string();
    let tenant = web.field.world.conventions.tenant_column;
    for (model, def) in web.with(Verb::Create) {
        web.kind = ASSIGNED;
        let before = web.pair.look().await?;
        let row = sendable(web, model, def, &mut draw);
        let place = web.row(ATTACKER, model).map(|id| format!("/{}/{id}", def.table));
        for body in bodies(&row, tenant, &victim) {
            refused(web, Method::POST, &format!("/{}", def.table), &body).await?;
            if let Some(place) = place.as_deref().filter(|_| def.routes.has(Verb::Patch)) {
                refused(web, Method::PATCH, place, &body).await?;
            }
        }
        web.kind = BULK;
        let (one, own) = (Value::Object(row.clone()), web.tenant());
        for body in [json!([one, one]), json!({"items": [one]}), json!([with(&row, tenant, &victim), with(&row, tenant, &own)])] {
            refused(web, Method::POST, &format!("/{}", def.table), &body.to_string()).await?;
        }
        for method in [Method::PATCH, Method::DELETE, Method::PUT] {
            refused(web, method, &format!("/{}", def.table), &one.to_string()).await?;
        }
        web.unchanged(&before, true).await?;
        // Without it, the same row is taken; and a tenant in the query makes it nobody else's.
        web.kind = ASSIGNED;
        let uri = format!("/{}?{tenant}={victim}", def.table);
        let answer = web.send(Method::POST, &uri, Some(&one.to_string())).await?;
        let answer =
            if answer.refuses() { web.send(Method::POST, &format!("/{}", def.table), Some(&one.to_string())).await? } else { answer };
        if answer.status != StatusCode::CREATED {
            web.violation(&format!("POST {uri} {one}"), &answer, "a row of the own tenant");
        }
        web.unchanged(&before, false).await?;
        web.pair.furnish(ATTACKER).await?;
    }
    Ok(())
}

fn with(row: &Map<String, Value>, name: &str, value: &str) -> Value {
    let mut row = row.clone();
    row.insert(name.to_owned(), json!(value));
    Value::Object(row)
}

fn bodies(row: &Map<String, Value>, tenant: &str, victim: &str) -> Vec<String> {
    let camel = tenant.split('_').enumerate().map(|(number, part)| {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if number > 0 => first.to_uppercase().chain(letters).collect(),
            _ => part.to_owned(),
        }
    });
    let names =
        [tenant.to_owned(), tenant.to_uppercase(), camel.collect(), format!("{tenant} "), format!("\u{0}{tenant}"), "tenant".to_owned()];
    let mut bodies: Vec<String> = names.iter().map(|name| with(row, name, victim).to_string()).collect();
    // By an escape, and twice.
    let plain = with(row, tenant, victim).to_string();
    let escaped = tenant.chars().next().map(|first| format!("\"\\u{:04x}{}\"", u32::from(first), &tenant[first.len_utf8()..]));
    bodies.extend(escaped.map(|escaped| plain.replace(&format!("\"{tenant}\""), &escaped)));
    bodies.push(plain.replacen('{', &format!("{{\"{tenant}\":null,"), 1));
    // Inside of a value: each of them in turn becomes an object.
    for name in row.keys() {
        let mut row = row.clone();
        row.insert(name.clone(), json!({tenant: victim, "amount": 1, "currency": "EUR", "id": victim}));
        bodies.push(Value::Object(row).to_string());
    }
    bodies.push(json!({"id": victim, "version": 7}).to_string());
    bodies
}

async fn refused(web: &mut Web<'_, '_>, method: Method, uri: &str, body: &str) -> Result<(), String> {
    let answer = web.send(method.clone(), uri, Some(body)).await?;
    if !answer.refuses() {
        web.violation(&format!("{method} {uri} {body}"), &answer, "a refusal");
    }
    Ok(())
}

/// A reference to another tenant's row is answered as one to nobody's.
pub(super) async fn referred(web: &mut Web<'_, '_>) -> Result<(), String> {
    web.kind = REFERRED;
    let mut draw = Draw::new(92);
    let before = web.pair.look().await?;
    for (model, def) in web.field.world.models.iter().copied().enumerate() {
        for (column, target) in web.field.world.references(model).into_iter().filter(|(column, _)| !column.readonly) {
            let Some(theirs) = web.row(VICTIM, target) else { continue };
            let row = sendable(web, model, def, &mut draw);
            let place = web.row(ATTACKER, model).map(|id| format!("/{}/{id}", def.table));
            let asked = [theirs, Uuid::now_v7()].map(|id| id.to_string());
            let creates = asked.clone().map(|id| (Method::POST, format!("/{}", def.table), with(&row, column.name, &id).to_string()));
            let patches = place.map(|place| asked.clone().map(|id| (Method::PATCH, place.clone(), json!({column.name: id}).to_string())));
            let offered = [(Verb::Create, Some(creates)), (Verb::Patch, patches)];
            for [foreign, random] in offered.into_iter().filter(|(verb, _)| def.routes.has(*verb)).filter_map(|(_, requests)| requests) {
                let seen = web.send(foreign.0.clone(), &foreign.1, Some(&foreign.2)).await?;
                let nothing = web.send(random.0, &random.1, Some(&random.2)).await?;
                let asked_for = format!("{} {} {}", foreign.0, foreign.1, foreign.2);
                if seen.about(&asked[0]) != nothing.about(&asked[1]) {
                    web.told_apart(&asked_for, &seen, &nothing);
                } else if !seen.refuses() {
                    web.violation(&asked_for, &seen, "a refusal");
                }
            }
        }
    }
    web.unchanged(&before, true).await
}

//! Single rows: another tenant's is answered as one that does not exist, by every method, with every body, in every spelling.

use axum::http::Method;
use serde_json::json;
use uuid::Uuid;

use super::super::pair::{ATTACKER, VICTIM};
use super::super::report::AttackKind;
use super::Web;

const FOREIGN: AttackKind = AttackKind::Http("another tenant's id against nobody's");
const FORMS: AttackKind = AttackKind::Http("ids in odd forms");

pub(super) async fn foreign(web: &mut Web<'_, '_>) -> Result<(), String> {
    web.kind = FOREIGN;
    let before = web.pair.look().await?;
    for (model, def) in web.routed() {
        let Some(theirs) = web.row(VICTIM, model) else { continue };
        let column = def.updatable().next().map_or("x", |column| column.name);
        let tenant = json!({web.field.world.conventions.tenant_column: web.tenant()}).to_string();
        let bodies = [
            None,
            Some("{}".to_owned()),
            Some("{".to_owned()),
            Some("[]".to_owned()),
            Some(json!({column: null}).to_string()),
            Some(tenant),
        ];
        for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
            for body in &bodies {
                for rest in ["", "/", "?limit=1", "/x"] {
                    let [theirs, nobodys] = [theirs, Uuid::now_v7()].map(|id| id.to_string());
                    let uri = |id: &str| format!("/{}/{id}{rest}", def.table);
                    let foreign = web.send(method.clone(), &uri(&theirs), body.as_deref()).await?;
                    let random = web.send(method.clone(), &uri(&nobodys), body.as_deref()).await?;
                    let asked = format!("{method} {} {}", uri(&theirs), body.as_deref().unwrap_or_default());
                    if foreign.about(&theirs) != random.about(&nobodys) {
                        web.told_apart(&asked, &foreign, &random);
                    } else if foreign.status.is_success() && method != Method::OPTIONS {
                        web.violation(&asked, &foreign, "a refusal");
                    }
                }
            }
        }
    }
    web.unchanged(&before, true).await
}

/// The spellings of an id that some reader of uuids takes, as they stand in a path.
fn spellings(id: &str, own: &str) -> Vec<String> {
    vec![
        id.to_uppercase(),
        format!("%7B{id}%7D"),
        format!("urn:uuid:{id}"),
        format!("%20{id}"),
        format!("{id}%20"),
        format!("{id}%0A"),
        format!("{id}%00"),
        format!("%EF%BB%BF{id}"),
        id.replace('-', ""),
        id.replace('-', "%2D"),
        format!("{own}/../{id}"),
        format!("{own}%2F..%2F{id}"),
        format!("{own},{id}"),
        format!("{id}'--"),
        format!("%22{id}%22"),
        format!("{id}.json"),
        Uuid::nil().to_string(),
        Uuid::max().to_string(),
    ]
}

/// In no spelling is the victim's id another answer than nobody's; the own one gives the own row or none.
pub(super) async fn forms(web: &mut Web<'_, '_>) -> Result<(), String> {
    web.kind = FORMS;
    let before = web.pair.look().await?;
    for (model, def) in web.routed() {
        let (Some(theirs), Some(own)) = (web.row(VICTIM, model), web.row(ATTACKER, model)) else { continue };
        let [theirs, own, nobodys] = [theirs, own, Uuid::now_v7()].map(|id| id.to_string());
        let places = spellings(&theirs, &own).into_iter().zip(spellings(&nobodys, &own)).zip(spellings(&own, &own));
        for ((foreign, random), mine) in places {
            for method in [Method::GET, Method::PATCH, Method::DELETE] {
                let body = (method == Method::PATCH).then_some("{}");
                let uri = |place: &str| format!("/{}/{place}", def.table);
                let seen = web.send(method.clone(), &uri(&foreign), body).await?;
                let nothing = web.send(method.clone(), &uri(&random), body).await?;
                if seen.about(&foreign) != nothing.about(&random) || seen.status.is_success() {
                    web.told_apart(&format!("{method} {}", uri(&foreign)), &seen, &nothing);
                }
            }
            let seen = web.send(Method::GET, &format!("/{}/{mine}", def.table), None).await?;
            if seen.status.is_success() && seen.json()["id"] != json!(own) {
                web.violation(&format!("GET /{}/{mine}", def.table), &seen, "the own row or none");
            }
        }
    }
    web.unchanged(&before, true).await
}

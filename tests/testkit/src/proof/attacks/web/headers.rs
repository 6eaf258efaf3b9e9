//! The header that names the tenant, otherwise than once and as one id.

use axum::http::{HeaderValue, Method};
use tenantry::schema::Verb;
use uuid::Uuid;

use super::super::pair::{ATTACKER, VICTIM};
use super::super::report::AttackKind;
use super::{Caller, Web};

pub(super) const KIND: AttackKind = AttackKind::Http("tenant headers");

/// Longer than a header of any client.
const OVERSIZED: usize = 64 * 1024;

pub(super) async fn tenants(web: &mut Web<'_, '_>) -> Result<(), String> {
    web.kind = KIND;
    let before = web.pair.look().await?;
    let values = values(&web.tenant(), &web.pair.tenants[VICTIM].to_string())?;
    for (model, def) in web.with(Verb::List) {
        let uri = format!("/{}", def.table);
        let own = web.page(web.pair.tenants[ATTACKER], &uri).await?;
        if web.row(ATTACKER, model).is_some_and(|id| !own.body.contains(&id.to_string())) {
            web.violation(&uri, &own, "a list with the own rows");
        }
        for values in &values {
            let answer = web.send_as(Caller::Values(values), Method::GET, &uri, None).await?;
            if !answer.refuses() {
                web.violation(&format!("{values:?} GET {uri}"), &answer, "a refusal");
            }
        }
        // A tenant that does not exist has no rows, and an id in capitals is the same id or none.
        for nobody in [Uuid::nil(), Uuid::max(), Uuid::now_v7()] {
            let answer = web.send_as(Caller::Values(&[value(nobody.to_string().as_bytes())?]), Method::GET, &uri, None).await?;
            if !answer.refuses() && answer.json()["items"] != serde_json::json!([]) {
                web.violation(&format!("{nobody} GET {uri}"), &answer, "an empty list");
            }
        }
        let capitals = web.tenant().to_uppercase();
        let answer = web.send_as(Caller::Values(&[value(capitals.as_bytes())?]), Method::GET, &uri, None).await?;
        if !answer.refuses() && answer.body != own.body {
            web.violation(&format!("{capitals} GET {uri}"), &answer, "the own list or a refusal");
        }
    }
    web.unchanged(&before, true).await
}

/// Each must be refused. All of them name the victim, or would, to a reader that is not strict.
fn values(own: &str, victim: &str) -> Result<Vec<Vec<HeaderValue>>, String> {
    let texts = [
        String::new(),
        format!("{own},{victim}"),
        format!("{victim}, {own}"),
        format!("{victim};{own}"),
        format!("{{{victim}}}"),
        format!("urn:uuid:{victim}"),
        victim.replace('-', ""),
        victim[..victim.len() - 1].to_owned(),
        format!("{victim}0"),
        format!("{victim}/"),
        format!("{victim}%00"),
        format!("\"{victim}\""),
        format!("{own}' or tenant_id = '{victim}"),
        "null".to_owned(),
        victim.repeat(OVERSIZED / victim.len()),
    ];
    let mut values = vec![Vec::new()];
    for text in texts {
        values.push(vec![value(text.as_bytes())?]);
    }
    values.push(vec![value(b"\xff\xfe\xfd")?]);
    values.push(vec![value(&[victim.as_bytes(), b"\xe9"].concat())?]);
    for twice in [[own, victim], [victim, own], [own, own], ["", victim]] {
        values.push(twice.iter().map(|text| value(text.as_bytes())).collect::<Result<_, _>>()?);
    }
    Ok(values)
}

fn value(bytes: &[u8]) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(bytes).map_err(|error| error.to_string())
}

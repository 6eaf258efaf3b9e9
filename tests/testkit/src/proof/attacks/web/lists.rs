//! Lists: cursors that were not given to this tenant, and names that are no columns.

use axum::http::Method;
use tenantry::schema::Verb;
use url::form_urlencoded::byte_serialize;

use super::super::pair::{ATTACKER, VICTIM};
use super::super::report::AttackKind;
use super::Web;

const CURSORS: AttackKind = AttackKind::Http("cursors of others, and flipped ones");
const COLUMNS: AttackKind = AttackKind::Http("sorts and filters by no column");

/// What base64 for URLs is written in.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The victim's cursor, and the own one with any letter changed, are no cursors.
pub(super) async fn cursors(web: &mut Web<'_, '_>) -> Result<(), String> {
    web.kind = CURSORS;
    let tenants = web.pair.tenants;
    for (_, def) in web.with(Verb::List) {
        let uri = format!("/{}?limit=1", def.table);
        let next = |answer: super::Answer| answer.json()["next"].as_str().map(str::to_owned);
        let theirs = next(web.page(tenants[VICTIM], &uri).await?);
        let own = next(web.page(tenants[ATTACKER], &uri).await?);
        let (Some(theirs), Some(own)) = (theirs, own) else { continue };
        // With the own one there is a second page: it is not for every cursor that there is a refusal.
        let second = web.send(Method::GET, &format!("{uri}&after={own}"), None).await?;
        if !second.status.is_success() {
            web.violation(&format!("{uri}&after={own}"), &second, "the second page");
        }
        let nobodys = web.send(Method::GET, &format!("{uri}&after=AAAA"), None).await?;
        let foreign = web.send(Method::GET, &format!("{uri}&after={theirs}"), None).await?;
        if foreign != nobodys || !foreign.refuses() {
            web.told_apart(&format!("{uri}&after={theirs}"), &foreign, &nobodys);
        }
        for place in 0..own.len() {
            let mut flipped = own.clone().into_bytes();
            let letter = LETTERS.iter().position(|letter| *letter == flipped[place]).unwrap_or_default();
            flipped[place] = LETTERS[letter ^ 1];
            let flipped = String::from_utf8_lossy(&flipped).into_owned();
            let answer = web.send(Method::GET, &format!("{uri}&after={flipped}"), None).await?;
            if !answer.refuses() {
                web.violation(&format!("{uri}&after={flipped} (letter {place} changed)"), &answer, "a refusal");
            }
        }
        for (_, other) in web.with(Verb::List).into_iter().filter(|(_, other)| other.table != def.table) {
            let uri = format!("/{}?limit=1&after={own}", other.table);
            let answer = web.send(Method::GET, &uri, None).await?;
            if !answer.refuses() {
                web.violation(&uri, &answer, "a refusal");
            }
        }
    }
    Ok(())
}

/// Nothing of a query string reaches SQL as a name.
pub(super) async fn columns(web: &mut Web<'_, '_>) -> Result<(), String> {
    web.kind = COLUMNS;
    let before = web.pair.look().await?;
    let tenant = web.field.world.conventions.tenant_column;
    let victim = web.pair.tenants[VICTIM];
    let names = [
        tenant.to_owned(),
        "no_such_column".to_owned(),
        "id;select 1".to_owned(),
        "id) or (1=1".to_owned(),
        "id' or '1'='1".to_owned(),
        "\"id\"".to_owned(),
        "t.id".to_owned(),
        "id::text".to_owned(),
        "(select tenant_id)".to_owned(),
        "id desc nulls last".to_owned(),
        "--id".to_owned(),
        "id\u{0}".to_owned(),
        "*".to_owned(),
        "ctid".to_owned(),
        "xmin".to_owned(),
    ];
    for (_, def) in web.with(Verb::List) {
        for name in &names {
            let name: String = byte_serialize(name.as_bytes()).collect();
            for query in [
                format!("sort={name}"),
                format!("sort=-{name}"),
                format!("{name}={victim}"),
                format!("{name}[gte]={victim}"),
                format!("{name}[null]=false"),
            ] {
                refused(web, &format!("/{}?{query}", def.table)).await?;
            }
        }
        for query in
            ["limit=-1", "limit=0", "limit=1%3Bselect%201", "limit=999999999999", "offset=0", "count=true", "fields=*", "limit=1&limit=2"]
        {
            refused(web, &format!("/{}?{query}", def.table)).await?;
        }
        // A value that is SQL is a value.
        for column in def.columns.iter().filter(|column| column.filter) {
            let value: String = byte_serialize(format!("' or {tenant} = '{victim}' --").as_bytes()).collect();
            let uri = format!("/{}?{}={value}", def.table, column.name);
            let answer = web.send(Method::GET, &uri, None).await?;
            if answer.status.is_success() && answer.json()["items"] != serde_json::json!([]) {
                web.violation(&uri, &answer, "an empty list");
            }
        }
    }
    web.unchanged(&before, true).await
}

async fn refused(web: &mut Web<'_, '_>, uri: &str) -> Result<(), String> {
    let answer = web.send(Method::GET, uri, None).await?;
    if !answer.refuses() {
        web.violation(uri, &answer, "a refusal");
    }
    Ok(())
}

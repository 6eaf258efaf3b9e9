//! What was mailed to the victim's people or given to them, presented at another tenant's: it is worth what something made up is worth.

use axum::http::Method;
use serde_json::{Value, json};
use tenantry::TenantId;

use super::super::report::AttackKind;
use super::household::PASSWORD;
use super::{Asked, Street};

const KIND: AttackKind = AttackKind::People("another tenant's tokens, addresses and names");

pub(super) async fn presented(street: &mut Street<'_, '_>) -> Result<(), String> {
    street.kind = KIND;
    let before = street.pair.look().await?;
    let (own, theirs) = (street.own.clone(), street.theirs.clone());
    let address = theirs.clerk.email.clone();
    let mails = street.accounts.mailed(&address).await.len();
    let stranger = TenantId::generate().to_string();
    let accept = |token: &str| json!({ "token": token, "name": "Mallory", "password": PASSWORD });
    let reset = |token: &str| json!({ "token": token, "password": "another password" });
    let refresh = |token: &str| json!({ "refresh_token": token });
    let log_in = |email: &str| json!({ "email": email, "password": PASSWORD });
    let nobody = format!("clerk@t-{stranger}.example");
    let mut tried: Vec<(&str, Value, Value)> = vec![
        ("/auth/login", log_in(&theirs.admin.email), log_in(&nobody)),
        ("/auth/login", log_in(&address), log_in(&nobody)),
        ("/auth/switch", json!({ "tenant": theirs.slug }), json!({ "tenant": format!("t-{stranger}") })),
    ];
    for made_up in [&altered as &dyn Fn(&str) -> String, &|_: &str| "x".to_owned()] {
        tried.push(("/auth/accept", accept(&theirs.invitation), accept(&made_up(&theirs.invitation))));
        tried.push(("/auth/reset/finish", reset(&theirs.reset), reset(&made_up(&theirs.reset))));
        tried.push(("/auth/refresh", refresh(&theirs.admin.refresh), refresh(&made_up(&theirs.admin.refresh))));
    }
    for (path, about, nobodys) in &tried {
        let [about, nobodys] = [about, nobodys].map(Value::to_string);
        for credential in [None, Some(own.admins())] {
            let asked = |body| Asked { slug: &own.slug, credential, method: &Method::POST, path, body: Some(body) };
            street.refused(asked(&about), asked(&nobodys), &[]).await?;
        }
    }
    // These are answered in the same way whoever is meant, and do nothing to the victim's.
    let quiet = [
        ("/auth/logout", refresh(&theirs.admin.refresh), refresh(&altered(&theirs.admin.refresh))),
        ("/auth/reset", json!({ "email": address }), json!({ "email": nobody })),
    ];
    for (path, about, nobodys) in &quiet {
        let [about, nobodys] = [about, nobodys].map(Value::to_string);
        let asked = |body| Asked { slug: &own.slug, credential: None, method: &Method::POST, path, body: Some(body) };
        street.alike(asked(&about), asked(&nobodys), &[]).await?;
    }
    if street.accounts.mailed(&address).await.len() != mails {
        street.report.violation(KIND, "somebody of the victim's gets mail from the attacker's tenant");
    }
    street.unchanged(&before, true).await
}

/// One of the same form that nobody was given.
fn altered(token: &str) -> String {
    let mut bytes: Vec<char> = token.chars().collect();
    for char in bytes.iter_mut().rev().take(12) {
        *char = if *char == 'a' { 'b' } else { 'a' };
    }
    bytes.into_iter().collect()
}

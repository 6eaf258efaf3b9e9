//! What was mailed to the people of one tenant or given to them, presented at another's: it is worth what something made up is worth.

use axum::http::Method;
use serde_json::{Value, json};
use tenantry::TenantId;

use super::super::report::AttackKind;
use super::fixture::{Fixture, PASSWORD, done};
use super::{Asked, Attacker, Credential};

const KIND: AttackKind = AttackKind::People("tokens, addresses and names of another tenant");

/// Chosen by whoever takes over an account.
const ANOTHER: &str = "another password of the proof";

pub(super) async fn presented(attacker: &mut Attacker<'_, '_>) -> Result<(), String> {
    attacker.kind = KIND;
    let before = attacker.pair.look().await?;
    let (own, theirs) = (attacker.own.clone(), attacker.theirs.clone());
    let mails = attacker.accounts.mailed(&theirs.clerk.email).await.len();
    present(attacker, &theirs, &own, &[None, Some(own.admins())]).await?;
    present(attacker, &own, &theirs, &[None]).await?;
    if attacker.accounts.mailed(&theirs.clerk.email).await.len() != mails {
        attacker.report.violation(KIND, "somebody of the victim's gets mail from the attacker's tenant");
    }
    attacker.unchanged(&before, true).await
}

/// At home all of it is good still, so that what was refused was refused for where it was presented.
pub(super) async fn at_home(attacker: &Attacker<'_, '_>) -> Result<(), String> {
    let theirs = &attacker.theirs;
    for (path, body) in [
        ("/auth/login", log_in(&theirs.clerk.email)),
        ("/auth/refresh", refresh(&theirs.admin.refresh)),
        ("/auth/accept", accept(&theirs.invitation)),
        ("/auth/reset/finish", reset(&theirs.reset)),
    ] {
        done(attacker.accounts, &theirs.slug, None, path, body).await?;
    }
    Ok(())
}

fn log_in(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD })
}

fn refresh(token: &str) -> Value {
    json!({ "refresh_token": token })
}

fn accept(token: &str) -> Value {
    json!({ "token": token, "name": "Mallory", "password": PASSWORD })
}

fn reset(token: &str) -> Value {
    json!({ "token": token, "password": ANOTHER })
}

/// Presents what the people of one tenant have at the host of another.
async fn present(
    attacker: &mut Attacker<'_, '_>,
    of: &Fixture,
    at: &Fixture,
    credentials: &[Option<Credential<'_>>],
) -> Result<(), String> {
    let stranger = format!("t-{}", TenantId::generate());
    let nobody = format!("clerk@{stranger}.example");
    let mut tried = vec![
        ("/auth/login", log_in(&of.admin.email), log_in(&nobody)),
        ("/auth/login", log_in(&of.clerk.email), log_in(&nobody)),
        ("/auth/switch", json!({ "tenant": of.slug }), json!({ "tenant": stranger })),
    ];
    let mut also = |path, token: &str, body: fn(&str) -> Value| {
        let named_anew = renamed(token, of, at);
        tried.push((path, body(token), body("x")));
        tried.push((path, body(token), body(&altered(token))));
        tried.push((path, body(&named_anew), body(&altered(&named_anew))));
    };
    also("/auth/accept", &of.invitation, accept);
    also("/auth/reset/finish", &of.reset, reset);
    also("/auth/refresh", &of.admin.refresh, refresh);
    for (path, about, nobodys) in &tried {
        let [about, nobodys] = [about, nobodys].map(Value::to_string);
        for credential in credentials {
            let asked = |body| Asked { slug: &at.slug, credential: *credential, method: &Method::POST, path, body: Some(body) };
            attacker.refused(asked(&about), asked(&nobodys), &[]).await?;
        }
    }
    let key = renamed(&of.key_text, of, at);
    let made_up = altered(&key);
    let with = |text| Some(Credential { what: "a key with another tenant's name", text });
    let asked = |text| Asked { slug: &at.slug, credential: with(text), method: &Method::GET, path: "/users", body: None };
    attacker.refused(asked(&key), asked(&made_up), &[]).await?;
    quiet(attacker, of, at, &nobody).await
}

/// These are answered alike whoever is meant, and do nothing to anybody.
async fn quiet(attacker: &mut Attacker<'_, '_>, of: &Fixture, at: &Fixture, nobody: &str) -> Result<(), String> {
    let named_anew = renamed(&of.admin.refresh, of, at);
    for (path, about, nobodys) in [
        ("/auth/logout", refresh(&of.admin.refresh), refresh(&altered(&of.admin.refresh))),
        ("/auth/logout", refresh(&named_anew), refresh(&altered(&named_anew))),
        ("/auth/reset", json!({ "email": of.clerk.email }), json!({ "email": nobody })),
    ] {
        let [about, nobodys] = [about, nobodys].map(|body| body.to_string());
        let asked = |body| Asked { slug: &at.slug, credential: None, method: &Method::POST, path, body: Some(body) };
        let answer = attacker.alike(asked(&about), asked(&nobodys), &[]).await?;
        if !answer.status.is_success() {
            attacker.report.violation(KIND, format!("`{}` => {answer:?}, where it is answered like any other", asked(&about).line()));
        }
    }
    Ok(())
}

/// The token, with the name of the tenant at which it is presented written into it.
fn renamed(token: &str, of: &Fixture, at: &Fixture) -> String {
    let [of, at] = [of, at].map(|fixture| fixture.tenant.uuid().simple().to_string());
    token.replace(&of, &at)
}

/// One of the same form that nobody was given.
fn altered(token: &str) -> String {
    let mut chars: Vec<char> = token.chars().collect();
    for char in chars.iter_mut().rev().take(12) {
        *char = if *char == 'a' { 'b' } else { 'a' };
    }
    chars.into_iter().collect()
}

//! Names: what is listed is the tenant's own, and what is taken at another's is not taken here.

use axum::http::Method;
use serde_json::json;
use tenantry::TenantId;

use super::super::answer::Answer;
use super::super::report::AttackKind;
use super::fixture::role_name;
use super::{Asked, Attacker};

pub(super) const LISTS: AttackKind = AttackKind::People("lists");
const TAKEN: AttackKind = AttackKind::People("names and addresses that another tenant has");

/// The lists have the own people, roles and keys, and by [`Attacker::send`] nothing of the victim's.
pub(super) async fn lists(attacker: &mut Attacker<'_, '_>) -> Result<(), String> {
    attacker.kind = LISTS;
    let own = attacker.own.clone();
    for (path, due) in [("/users", own.clerk.id), ("/roles", own.roles[0]), ("/api-keys", own.key)] {
        let asked = Asked { slug: &own.slug, credential: Some(own.admins()), method: &Method::GET, path, body: None };
        let answer = attacker.send(asked).await?;
        if !(answer.status.is_success() && answer.body.contains(&due.to_string())) {
            attacker.report.violation(LISTS, format!("`{path}` => {answer:?}, where the own ones were due"));
        }
        let aimed = format!("{path}?tenant_id={}", attacker.theirs.tenant);
        let answer = attacker.send(Asked { path: &aimed, ..asked }).await?;
        if !answer.refuses() {
            attacker.report.violation(LISTS, format!("`{aimed}` => {answer:?}, where no list takes a query"));
        }
    }
    Ok(())
}

/// A role may have the name of one of the victim's, and somebody of the victim's may be invited, as anybody may.
pub(super) async fn taken(attacker: &mut Attacker<'_, '_>) -> Result<(), String> {
    attacker.kind = TAKEN;
    let before = attacker.pair.look().await?;
    let own = attacker.own.clone();
    let theirs = attacker.theirs.clone();
    let stranger = format!("t-{}", TenantId::generate());
    let role = |slug: &str| json!({ "name": role_name(slug), "grants": ["users:read"] }).to_string();
    let invitation = |email: &str| json!({ "email": email, "role": own.roles[1] }).to_string();
    let key = |slug: &str| json!({ "name": format!("key of {slug}"), "scopes": ["users:read"] }).to_string();
    let tried = [
        ("/roles", role(&theirs.slug), role(&stranger)),
        ("/invitations", invitation(&theirs.clerk.email), invitation(&format!("clerk@{stranger}.example"))),
        // It has been invited by the victim, and has not accepted.
        ("/invitations", invitation(&format!("guest@{}.example", theirs.slug)), invitation(&format!("guest@{stranger}.example"))),
        ("/api-keys", key(&theirs.slug), key(&stranger)),
    ];
    for (path, about, nobodys) in &tried {
        let asked = |body| Asked { slug: &own.slug, credential: Some(own.admins()), method: &Method::POST, path, body: Some(body) };
        let (seen, nothing) = (attacker.send(asked(about)).await?, attacker.send(asked(nobodys)).await?);
        // A new row has an id, a key its text and its time.
        let bare = |answer: &Answer, slug: &str| {
            let answer = answer.about(slug);
            let own = ["id", "key", "created"].map(|name| answer.json()[name].as_str().map(str::to_owned));
            let bare = own.into_iter().flatten().fold(answer, |answer, own| answer.about(&own));
            (bare.status, bare.body)
        };
        if bare(&seen, &theirs.slug) != bare(&nothing, &stranger) || !seen.status.is_success() {
            let told = format!("`{}` => {seen:?}, and for nobody's {nothing:?}", asked(about).line());
            attacker.report.violation(TAKEN, told);
        }
    }
    attacker.unchanged(&before, false).await
}

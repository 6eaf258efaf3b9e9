//! Names: what is listed is the tenant's own, and what is taken at another's is not taken here.

use axum::http::Method;
use serde_json::json;
use tenantry::TenantId;

use super::super::report::AttackKind;
use super::household::role_name;
use super::{Asked, Street};

pub(super) const LISTS: AttackKind = AttackKind::People("lists");
const TAKEN: AttackKind = AttackKind::People("names and addresses that another tenant has");

/// The lists have the own people, roles and keys, and by [`Street::send`] nothing of the victim's.
pub(super) async fn lists(street: &mut Street<'_, '_>) -> Result<(), String> {
    street.kind = LISTS;
    let own = street.own.clone();
    for (path, due) in [("/users", own.clerk.id), ("/roles", own.roles[0]), ("/api-keys", own.key)] {
        for query in ["", "?limit=1000", "?tenant_id=x"] {
            let path = format!("{path}{query}");
            let asked = Asked { slug: &own.slug, credential: Some(own.admins()), method: &Method::GET, path: &path, body: None };
            let answer = street.send(asked).await?;
            if query.is_empty() && !(answer.status.is_success() && answer.body.contains(&due.to_string())) {
                street.report.violation(LISTS, format!("`{path}` => {answer:?}, where the own ones were due"));
            }
        }
    }
    Ok(())
}

/// A role may have the name of one of the victim's, and somebody of the victim's may be invited, as anybody may.
pub(super) async fn taken(street: &mut Street<'_, '_>) -> Result<(), String> {
    street.kind = TAKEN;
    let before = street.pair.look().await?;
    let own = street.own.clone();
    let theirs = street.theirs.clone();
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
        let (seen, nothing) = (street.send(asked(about)).await?, street.send(asked(nobodys)).await?);
        if seen.status != nothing.status || !seen.status.is_success() {
            let told = format!("`{}` => {seen:?}, and for nobody's {nothing:?}", asked(about).line());
            street.report.violation(TAKEN, told);
        }
    }
    street.unchanged(&before, false).await
}

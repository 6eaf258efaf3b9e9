//! Ids of another tenant's people, roles and keys, wherever a route takes one, against ids that nobody has.

use axum::http::Method;
use serde_json::json;
use uuid::Uuid;

use super::super::report::AttackKind;
use super::fixture::{Fixture, done, id};
use super::{Asked, Attacker};

const FOREIGN: AttackKind = AttackKind::People("another tenant's id against nobody's");

/// A path with ids, and the same path with nobody's in their place.
struct Aimed {
    theirs: String,
    nobodys: String,
    /// What the two differ in.
    ids: Vec<(String, String)>,
}

pub(super) async fn foreign(attacker: &mut Attacker<'_, '_>) -> Result<(), String> {
    attacker.kind = FOREIGN;
    let before = attacker.pair.look().await?;
    let mut paths: Vec<String> =
        attacker.accounts.routes.iter().map(|route| route.path.clone()).filter(|path| path.contains('{')).collect();
    paths.sort();
    paths.dedup();
    let own = attacker.own.clone();
    for path in paths {
        for aimed in aimed(&path, &attacker.own, &attacker.theirs)? {
            for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
                for body in [None, Some("{}"), Some("{"), Some(r#"{"is_active":false}"#), Some(r#"{"is_active":true}"#)] {
                    let about = |path| Asked { slug: &own.slug, credential: Some(own.admins()), method: &method, path, body };
                    let ids: Vec<_> = aimed.ids.iter().map(|(theirs, nobodys)| (theirs.as_str(), nobodys.as_str())).collect();
                    attacker.refused(about(&aimed.theirs), about(&aimed.nobodys), &ids).await?;
                }
            }
        }
    }
    invited(attacker).await?;
    attacker.unchanged(&before, true).await?;
    at_home(attacker).await?;
    attacker.unchanged(&before, false).await
}

/// With own ids the same is done, so that what was refused was refused for the ids. Of a key it is, at another's as at a colleague's, that it is no
/// key of the user's own.
async fn at_home(attacker: &mut Attacker<'_, '_>) -> Result<(), String> {
    let (own, token) = (attacker.own.clone(), attacker.own.admin.access.clone());
    let role = json!({ "name": format!("passing of {}", own.slug), "grants": ["users:read"] });
    let role = id(&done(attacker.accounts, &own.slug, Some(&token), "/roles", role).await?, "/id")?;
    let key = json!({ "name": format!("passing key of {}", own.slug), "scopes": ["users:read"] });
    let key = id(&done(attacker.accounts, &own.slug, Some(&token), "/api-keys", key).await?, "/id")?;
    let user = format!("/users/{}", own.clerk.id);
    let (of_user, role, key) = (format!("{user}/roles/{role}"), format!("/roles/{role}"), format!("/api-keys/{key}"));
    for (method, path, body) in [
        (Method::PATCH, &user, Some(r#"{"is_active":false}"#)),
        (Method::PATCH, &user, Some(r#"{"is_active":true}"#)),
        (Method::PUT, &of_user, None),
        (Method::DELETE, &of_user, None),
        (Method::DELETE, &role, None),
        (Method::DELETE, &key, None),
    ] {
        let asked = Asked { slug: &own.slug, credential: Some(own.admins()), method: &method, path, body };
        let answer = attacker.send(asked).await?;
        if !answer.status.is_success() {
            attacker.report.violation(FOREIGN, format!("`{}` => {answer:?}, where an own id does it", asked.line()));
        }
    }
    Ok(())
}

/// A role of another tenant is none that somebody could be invited with.
async fn invited(attacker: &mut Attacker<'_, '_>) -> Result<(), String> {
    let own = attacker.own.clone();
    let email = format!("new@{}.example", own.slug);
    for theirs in attacker.theirs.roles {
        let nobodys = Uuid::now_v7();
        let [foreign, random] = [theirs, nobodys].map(|role| json!({ "email": email, "role": role }).to_string());
        let about =
            |body| Asked { slug: &own.slug, credential: Some(own.admins()), method: &Method::POST, path: "/invitations", body: Some(body) };
        attacker.refused(about(&foreign), about(&random), &[(&theirs.to_string(), &nobodys.to_string())]).await?;
    }
    Ok(())
}

/// The path with ids of the victim's in some of its places, and own ones in the others: every way in which one at least is the victim's.
fn aimed(path: &str, own: &Fixture, theirs: &Fixture) -> Result<Vec<Aimed>, String> {
    let mut all = vec![Aimed { theirs: String::new(), nobodys: String::new(), ids: Vec::new() }];
    let mut noun = "";
    for segment in path.split('/').skip(1) {
        let mut next = Vec::new();
        for Aimed { theirs: foreign, nobodys, ids } in all {
            if !segment.starts_with('{') {
                next.push(Aimed { theirs: format!("{foreign}/{segment}"), nobodys: format!("{nobodys}/{segment}"), ids });
                continue;
            }
            let (mine, their, nobody) = (own.id_of(noun)?, theirs.id_of(noun)?, Uuid::now_v7());
            let more = ids.iter().cloned().chain([(their.to_string(), nobody.to_string())]).collect();
            next.push(Aimed { theirs: format!("{foreign}/{mine}"), nobodys: format!("{nobodys}/{mine}"), ids });
            next.push(Aimed { theirs: format!("{foreign}/{their}"), nobodys: format!("{nobodys}/{nobody}"), ids: more });
        }
        all = next;
        noun = segment;
    }
    all.retain(|aimed| !aimed.ids.is_empty());
    Ok(all)
}

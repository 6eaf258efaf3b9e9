//! Ids of another tenant's people, roles and keys, wherever a route takes one, against ids that nobody has.

use axum::http::Method;
use serde_json::json;
use uuid::Uuid;

use super::super::report::AttackKind;
use super::household::Household;
use super::{Asked, Street};

const FOREIGN: AttackKind = AttackKind::People("another tenant's id against nobody's");

/// A path with ids, and the same path with nobody's in their place.
struct Pair {
    theirs: String,
    nobodys: String,
    /// What the two differ in.
    ids: Vec<(String, String)>,
}

pub(super) async fn foreign(street: &mut Street<'_, '_>) -> Result<(), String> {
    street.kind = FOREIGN;
    let before = street.pair.look().await?;
    let mut paths: Vec<String> = street.accounts.routes.iter().map(|route| route.path.clone()).filter(|path| path.contains('{')).collect();
    paths.sort();
    paths.dedup();
    let own = street.own.clone();
    for path in paths {
        for pair in pairs(&path, &street.own, &street.theirs)? {
            for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
                for body in [None, Some("{}"), Some("{"), Some(r#"{"is_active":false}"#), Some(r#"{"is_active":true}"#)] {
                    let about = |path| Asked { slug: &own.slug, credential: Some(own.admins()), method: &method, path, body };
                    let ids: Vec<_> = pair.ids.iter().map(|(theirs, nobodys)| (theirs.as_str(), nobodys.as_str())).collect();
                    street.refused(about(&pair.theirs), about(&pair.nobodys), &ids).await?;
                }
            }
        }
    }
    invited(street).await?;
    street.unchanged(&before, true).await
}

/// A role of another tenant is none that somebody could be invited with.
async fn invited(street: &mut Street<'_, '_>) -> Result<(), String> {
    let own = street.own.clone();
    let email = format!("new@{}.example", own.slug);
    for theirs in street.theirs.roles {
        let nobodys = Uuid::now_v7();
        let [foreign, random] = [theirs, nobodys].map(|role| json!({ "email": email, "role": role }).to_string());
        let about =
            |body| Asked { slug: &own.slug, credential: Some(own.admins()), method: &Method::POST, path: "/invitations", body: Some(body) };
        street.refused(about(&foreign), about(&random), &[(&theirs.to_string(), &nobodys.to_string())]).await?;
    }
    Ok(())
}

/// The path with ids of the victim's in some of its places, and own ones in the others: every way in which one at least is the victim's.
fn pairs(path: &str, own: &Household, theirs: &Household) -> Result<Vec<Pair>, String> {
    let mut all = vec![Pair { theirs: String::new(), nobodys: String::new(), ids: Vec::new() }];
    let mut noun = "";
    for segment in path.split('/').skip(1) {
        let mut next = Vec::new();
        for Pair { theirs: foreign, nobodys, ids } in all {
            if !segment.starts_with('{') {
                next.push(Pair { theirs: format!("{foreign}/{segment}"), nobodys: format!("{nobodys}/{segment}"), ids });
                continue;
            }
            let (mine, their, nobody) = (own.id_of(noun)?, theirs.id_of(noun)?, Uuid::now_v7());
            let more = ids.iter().cloned().chain([(their.to_string(), nobody.to_string())]).collect();
            next.push(Pair { theirs: format!("{foreign}/{mine}"), nobodys: format!("{nobodys}/{mine}"), ids });
            next.push(Pair { theirs: format!("{foreign}/{their}"), nobodys: format!("{nobodys}/{nobody}"), ids: more });
        }
        all = next;
        noun = segment;
    }
    all.retain(|pair| !pair.ids.is_empty());
    Ok(all)
}

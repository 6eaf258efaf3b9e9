//! A credential opens its own tenant: at another's host it is worth what it is worth at a host of nobody, on every route.

use axum::http::Method;
use tenantry::TenantId;

use super::super::report::AttackKind;
use super::fixture::Fixture;
use super::{Asked, Attacker, Credential};

const KIND: AttackKind = AttackKind::People("a credential at another tenant's host");

pub(super) async fn elsewhere(attacker: &mut Attacker<'_, '_>) -> Result<(), String> {
    attacker.kind = KIND;
    let before = attacker.pair.look().await?;
    let (own, theirs) = (attacker.own.clone(), attacker.theirs.clone());
    let with = |what, text| Credential { what, text };
    // What the attacker has, at the victim's; what was stolen from the victim, at home.
    let tried = [
        (&theirs.slug, own.admins()),
        (&theirs.slug, with("a key", &own.key_text)),
        (&own.slug, with("the victim's administrator", &theirs.admin.access)),
        (&own.slug, with("the victim's clerk", &theirs.clerk.access)),
        (&own.slug, with("the victim's key", &theirs.key_text)),
    ];
    let mut routes: Vec<(Method, String)> = Vec::new();
    for route in &attacker.accounts.routes {
        let method = route.method.parse().map_err(|_| format!("{} is no method", route.method))?;
        let path = at_home(&route.path, &theirs)?;
        routes.extend([(method, path.clone()), (Method::OPTIONS, path)]);
    }
    for (slug, credential) in tried {
        for (method, path) in &routes {
            for body in [None, Some("{}")] {
                let nobody = format!("t-{}", TenantId::generate());
                let about = |slug| Asked { slug, credential: Some(credential), method, path, body };
                attacker.refused(about(slug), about(&nobody), &[]).await?;
            }
        }
    }
    attacker.unchanged(&before, true).await
}

/// The path with ids of that tenant.
fn at_home(path: &str, fixture: &Fixture) -> Result<String, String> {
    let (mut filled, mut noun) = (String::new(), "");
    for segment in path.split('/').skip(1) {
        filled.push('/');
        if segment.starts_with('{') {
            filled.push_str(&fixture.id_of(noun)?.to_string());
        } else {
            filled.push_str(segment);
        }
        noun = segment;
    }
    Ok(filled)
}

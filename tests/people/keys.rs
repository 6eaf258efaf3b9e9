//! API keys, as they are made, used and ended.

use std::time::SystemTime;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use tenantry::auth::Scopes;
use tenantry::auth::key::{ApiKey, KeyRefusal, judge};
use tenantry::layers::Authenticate;
use tenantry::layers::authenticate::{ApiKeys, Authenticated};
use tenantry::people::{PeopleError, Session};
use tenantry::permissions::Caller;
use tenantry::{TenantId, Timestamp};
use tenantry_tests::answer;
use uuid::Uuid;

use crate::town::{Person, Town};

fn scopes(text: &str) -> Scopes {
    text.parse().unwrap()
}

/// Somebody who may do all with customers, and is logged in.
async fn ada(town: &Town) -> (Person, Session, Authenticated, Caller) {
    let ada = town.person(town.bed.a, "ada@example.com").await;
    town.has(town.bed.a, ada.user, &["customers:*"]).await;
    let session = town.login(town.bed.a, "ada@example.com").await;
    let who = town.who(&session);
    let by = town.caller(&who).await;
    (ada, session, who, by)
}

/// Whether a request with the key gets to the handler, through the layer.
async fn opens(town: &Town, key: &ApiKey) -> u16 {
    let said = get(async |who: Authenticated| format!("{} {}", who.subject, who.scopes));
    let layer = Authenticate::builder(town.ring.clone()).api_keys(town.people.clone()).build();
    let request = Request::get("/").header("authorization", format!("Bearer {}", &*key.expose())).body(Body::empty()).unwrap();
    answer(&layer.around(Router::new().route("/", said)), request).await.status
}

async fn refusal(town: &Town, tenant: TenantId, key: &ApiKey) -> Option<KeyRefusal> {
    judge(town.people.find(tenant, key.id()).await.unwrap().as_ref(), key, SystemTime::now()).err()
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_until_it_is_revoked() {
    let town = Town::new().await;
    let a = town.bed.a;
    let (ada, _, who, by) = ada(&town).await;
    let (key, entry) = town.people.create_key(&who, &by, " the shop ", scopes("customers:read"), None).await.unwrap();
    assert_eq!((entry.id, entry.name.as_str(), entry.scopes.to_string().as_str()), (key.id(), "the shop", "customers:read"));
    assert!(entry.expires.is_none() && entry.revoked.is_none() && entry.used.is_none());
    let stored = town.people.find(a, key.id()).await.unwrap().unwrap();
    let admitted = judge(Some(&stored), &key, SystemTime::now()).unwrap();
    assert_eq!((admitted.tenant, admitted.owner, admitted.scopes.to_string().as_str()), (a, ada.user, "customers:read"));
    assert_eq!(opens(&town, &key).await, 200);
    let listed = town.people.keys(&who).await.unwrap();
    assert!(listed.len() == 1 && listed[0].used.is_some(), "the use was written down: {listed:?}");

    let shown = key.expose();
    let stored: String =
        sqlx::query_scalar("select secret_hash from tenancy.api_keys").fetch_one(&mut town.bed.observer().await).await.unwrap();
    assert!(stored.len() == 64 && !shown.contains(&stored));

    town.people.revoke_key(&who, key.id()).await.unwrap();
    let first = town.people.keys(&who).await.unwrap()[0].revoked;
    town.people.revoke_key(&who, key.id()).await.unwrap();
    assert_eq!(town.people.keys(&who).await.unwrap()[0].revoked, first, "the first time counts");
    assert_eq!((refusal(&town, a, &key).await, opens(&town, &key).await), (Some(KeyRefusal::Revoked), 401));
}

#[tokio::test]
async fn a_key_expires() {
    let town = Town::new().await;
    let (_, _, who, by) = ada(&town).await;
    let past = town.people.create_key(&who, &by, "past", scopes("customers:read"), Some(Timestamp::now())).await;
    assert!(matches!(past, Err(PeopleError::Invalid { pointer: "/expires", .. })), "{past:?}");
    let tomorrow = Timestamp::from_pg_micros(Timestamp::now().pg_micros() + 86_400_000_000).unwrap();
    let (key, entry) = town.people.create_key(&who, &by, "short", scopes("customers:read"), Some(tomorrow)).await.unwrap();
    assert_eq!((entry.expires, opens(&town, &key).await), (Some(tomorrow), 200));
    town.meddle("update tenancy.api_keys set expires_at = now() where id = $1", key.id()).await;
    assert_eq!((refusal(&town, town.bed.a, &key).await, opens(&town, &key).await), (Some(KeyRefusal::Expired), 401));
}

#[tokio::test]
async fn a_key_of_an_inactive_owner_is_none() {
    let town = Town::new().await;
    let (ada, _, who, by) = ada(&town).await;
    let (key, _) = town.people.create_key(&who, &by, "shop", scopes("customers:read"), None).await.unwrap();
    town.meddle("update tenancy.users set is_active = false where id = $1", ada.user).await;
    assert_eq!((refusal(&town, town.bed.a, &key).await, opens(&town, &key).await), (Some(KeyRefusal::Unknown), 401));
    town.meddle("update tenancy.users set is_active = true where id = $1", ada.user).await;
    assert_eq!(opens(&town, &key).await, 200);
}

#[tokio::test]
async fn nobody_lends_what_they_have_not() {
    let town = Town::new().await;
    let (_, session, who, by) = ada(&town).await;
    for more in ["*", "*:read", "orders:read", "customers:read orders:read"] {
        let refused = town.people.create_key(&who, &by, "more", scopes(more), None).await;
        assert!(matches!(refused, Err(PeopleError::NotGiven)), "{more}: {refused:?}");
    }
    for none in ["", "openid", "customers:read openid"] {
        let refused = town.people.create_key(&who, &by, "none", scopes(none), None).await;
        assert!(matches!(refused, Err(PeopleError::Invalid { pointer: "/scopes", .. })), "{none}: {refused:?}");
    }
    let nameless = town.people.create_key(&who, &by, "\t", scopes("customers:read"), None).await;
    assert!(matches!(nameless, Err(PeopleError::Invalid { pointer: "/name", .. })), "{nameless:?}");
    town.people.create_key(&who, &by, "all", scopes("customers:*"), None).await.unwrap();
    // What is read-only for the owner is so for the key, which has the owner's roles.
    let role = tenantry::permissions::Role::new("clerk", ["customers:*"]).unwrap().readonly(["customers.credit_limit"]).unwrap();
    let clerk = Caller::new(by.subject(), [role]);
    town.people.create_key(&who, &clerk, "clerk", scopes("customers:update"), None).await.unwrap();
    let by_key = town.people.create_key(&town.by_key(&session), &by, "another", scopes("customers:read"), None).await;
    assert!(matches!(by_key, Err(PeopleError::NotGiven)), "{by_key:?}");
}

#[tokio::test]
async fn a_key_is_its_owners_to_see_and_to_revoke() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let (_, _, who, by) = ada(&town).await;
    let (key, _) = town.people.create_key(&who, &by, "shop", scopes("customers:read"), None).await.unwrap();
    town.person(a, "cem@example.com").await;
    town.person(b, "bea@example.com").await;
    for (tenant, email) in [(a, "cem@example.com"), (b, "bea@example.com")] {
        let other = town.who(&town.login(tenant, email).await);
        assert_eq!(town.people.keys(&other).await.unwrap().len(), 0);
        for id in [key.id(), Uuid::now_v7()] {
            let refused = town.people.revoke_key(&other, id).await;
            assert!(matches!(refused, Err(PeopleError::NotFound)), "{refused:?}");
        }
    }
    assert_eq!(opens(&town, &key).await, 200);
    assert!(town.people.find(b, key.id()).await.unwrap().is_none(), "another tenant has no such key");
    assert!(town.people.find(TenantId::generate(), key.id()).await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_stored_and_listed_shows_no_secret() {
    let town = Town::new().await;
    let (_, _, who, by) = ada(&town).await;
    let (key, entry) = town.people.create_key(&who, &by, "shop", scopes("customers:read"), None).await.unwrap();
    let secret = key.expose().rsplit('_').next().unwrap().to_owned();
    let printed = format!("{entry:?} {key:?} {:?}", town.people.find(town.bed.a, key.id()).await.unwrap());
    assert!(!printed.contains(&secret) && printed.contains("SecretHash(…)"), "{printed}");
}

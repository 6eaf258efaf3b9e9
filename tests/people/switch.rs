//! From one tenant to another.

use tenantry::people::{PeopleError, Session};
use tenantry_testkit::ACT;

use crate::town::Town;

#[track_caller]
fn assert_nowhere(result: Result<Session, PeopleError>, what: &str) {
    assert!(matches!(result, Err(PeopleError::NotFound)), "{what}: {result:?}");
}

#[tokio::test]
async fn a_person_goes_to_another_tenant_where_it_is_a_user() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let ada = town.person(a, "ada@example.com").await;
    let there = town.joins(b, ada.identity, "ada@example.com").await;
    let session = town.login(a, "ada@example.com").await;
    let other = town.people.switch(&town.who(&session), "B").await.unwrap();
    assert_eq!((other.tenant, other.user.id, other.user.identity), (b, there, ada.identity));
    assert_eq!(town.who(&other).tenant, b);
    let next = town.people.refresh(b, other.refresh.expose().as_bytes()).await.unwrap();
    assert_eq!(next.user.id, there);
    // The one that it came from is a session still.
    town.people.refresh(a, session.refresh.expose().as_bytes()).await.unwrap();
}

#[tokio::test]
async fn a_tenant_of_nobody_one_that_is_not_served_and_one_of_others_are_one_answer() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let ada = town.person(a, "ada@example.com").await;
    let who = town.who(&town.login(a, "ada@example.com").await);
    for slug in ["b", "nobody", "", "b.c", "b\0", "-", &"x".repeat(10_000)] {
        assert_nowhere(town.people.switch(&who, slug).await, slug);
    }
    let there = town.joins(b, ada.identity, "ada@example.com").await;
    let platform = town.bed.platform().await;
    platform.suspend(b, ACT).await.unwrap();
    assert_nowhere(town.people.switch(&who, "b").await, "suspended");
    platform.resume(b, ACT).await.unwrap();
    town.meddle("update tenancy.users set is_active = false where id = $1", there).await;
    assert_nowhere(town.people.switch(&who, "b").await, "inactive there");
    town.meddle("update tenancy.users set is_active = true where id = $1", there).await;
    town.people.switch(&who, "b").await.unwrap();
    town.meddle("update tenancy.users set is_active = false where id = $1", ada.user).await;
    assert_nowhere(town.people.switch(&who, "b").await, "inactive here");
}

#[tokio::test]
async fn a_key_and_a_narrow_token_open_one_tenant() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let ada = town.person(a, "ada@example.com").await;
    town.joins(b, ada.identity, "ada@example.com").await;
    let session = town.login(a, "ada@example.com").await;
    assert_nowhere(town.people.switch(&town.by_key(&session), "b").await, "a key");
    let mut narrow = town.who(&session);
    narrow.scopes = "customers:read".parse().unwrap();
    assert_nowhere(town.people.switch(&narrow, "b").await, "scopes");
}

//! What keeps somebody logged in, and what ends it.

use futures_util::future::join_all;
use sqlx::Connection;
use tenantry::people::{PeopleError, Session};

use crate::town::{Town, assert_wrong};

fn text(session: &Session) -> String {
    session.refresh.expose().to_string()
}

#[tokio::test]
async fn a_token_is_taken_for_the_next_session_and_its_next_token() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    let mut session = town.login(a, "ada@example.com").await;
    for _ in 0..3 {
        let next = town.people.refresh(a, text(&session).as_bytes()).await.unwrap();
        assert_eq!((next.tenant, next.user.id), (a, ada.user));
        assert_ne!(text(&next), text(&session));
        assert_eq!(town.who(&next).subject, ada.user);
        session = next;
    }
    assert_eq!(town.open_logins(ada.user).await, 1);
    for none in ["", "rt_", &text(&session)[1..], &text(&session).to_uppercase(), session.access.expose()] {
        assert_wrong(town.people.refresh(a, none.as_bytes()).await);
    }
}

#[tokio::test]
async fn a_token_that_comes_again_ends_its_login_and_no_other() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    let (stolen, other) = (town.login(a, "ada@example.com").await, town.login(a, "ada@example.com").await);
    let next = town.people.refresh(a, text(&stolen).as_bytes()).await.unwrap();
    assert_wrong(town.people.refresh(a, text(&stolen).as_bytes()).await);
    assert_wrong(town.people.refresh(a, text(&next).as_bytes()).await);
    let why: Vec<Option<String>> = sqlx::query_scalar("select ended_why from tenancy.logins where user_id = $1 order by id")
        .bind(ada.user)
        .fetch_all(&mut town.bed.observer().await)
        .await
        .unwrap();
    assert_eq!(why, [Some("reused".to_owned()), None]);
    town.people.refresh(a, text(&other).as_bytes()).await.unwrap();
}

/// Both have read the login before either has stored the next one.
#[tokio::test]
async fn of_those_that_present_one_token_at_once_one_is_first_and_the_others_end_the_login() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    let token = text(&town.login(a, "ada@example.com").await);
    let (mut holder, mut observer) = (town.bed.observer().await, town.bed.observer().await);
    let mut held = holder.begin().await.unwrap();
    // It is read meanwhile, and not written.
    sqlx::query("lock table tenancy.logins in share row exclusive mode").execute(&mut *held).await.unwrap();
    let at_once: Vec<_> = (0..4)
        .map(|_| {
            let (people, token) = (town.people.clone(), token.clone());
            tokio::spawn(async move { people.refresh(a, token.as_bytes()).await })
        })
        .collect();
    town.until_waiting(&mut observer, 4).await;
    held.rollback().await.unwrap();
    let sessions: Vec<Result<Session, PeopleError>> = join_all(at_once).await.into_iter().map(Result::unwrap).collect();
    let taken: Vec<&Session> = sessions.iter().flatten().collect();
    assert_eq!(taken.len(), 1, "{sessions:?}");
    assert_eq!(town.open_logins(ada.user).await, 0);
    assert_wrong(town.people.refresh(a, text(taken[0]).as_bytes()).await);
}

#[tokio::test]
async fn a_token_is_good_in_its_own_tenant_alone() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let ada = town.person(a, "ada@example.com").await;
    town.joins(b, ada.identity, "ada@example.com").await;
    let token = text(&town.login(a, "ada@example.com").await);
    assert_wrong(town.people.refresh(b, token.as_bytes()).await);
    let renamed = token.replace(&a.uuid().as_simple().to_string(), &b.uuid().as_simple().to_string());
    assert_wrong(town.people.refresh(b, renamed.as_bytes()).await);
    town.people.logout(b, token.as_bytes()).await.unwrap();
    town.people.refresh(a, token.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn who_is_inactive_is_kept_logged_in_no_longer() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    let token = text(&town.login(a, "ada@example.com").await);
    town.meddle("update tenancy.users set is_active = false where id = $1", ada.user).await;
    assert_wrong(town.people.refresh(a, token.as_bytes()).await);
    town.meddle("update tenancy.users set is_active = true where id = $1", ada.user).await;
    town.people.refresh(a, token.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn a_login_grows_old() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    let token = text(&town.login(a, "ada@example.com").await);
    town.meddle("update tenancy.logins set rotated_at = now() - interval '13 days' where user_id = $1", ada.user).await;
    let token = text(&town.people.refresh(a, token.as_bytes()).await.unwrap());
    town.meddle("update tenancy.logins set rotated_at = now() - interval '14 days' where user_id = $1", ada.user).await;
    assert_wrong(town.people.refresh(a, token.as_bytes()).await);
}

#[tokio::test]
async fn a_logout_ends_the_login_of_its_token_and_a_made_up_one_ends_none() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    let (one, other) = (text(&town.login(a, "ada@example.com").await), text(&town.login(a, "ada@example.com").await));
    // Who knows the names of tenant and login, which are no secret, and none of its tokens.
    let made_up = format!("{}{}", &one[..69], "0".repeat(128));
    for none in ["", "rt_", &made_up] {
        town.people.logout(a, none.as_bytes()).await.unwrap();
    }
    assert_eq!(town.open_logins(ada.user).await, 2);
    for _ in 0..2 {
        town.people.logout(a, one.as_bytes()).await.unwrap();
        assert_eq!(town.open_logins(ada.user).await, 1);
    }
    assert_wrong(town.people.refresh(a, one.as_bytes()).await);
    town.people.refresh(a, other.as_bytes()).await.unwrap();
}

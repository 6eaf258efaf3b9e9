//! Who is let in.

use std::time::Duration;

use sqlx::Connection;
use tenantry::Identities;
use tenantry::auth::{AttemptLimits, Attempts, Cost, Hashing};
use tenantry::layers::callers::UserRoles;
use tenantry::people::{People, PeopleError};
use tenantry::permissions::Permission;
use tenantry_tests::patient;
use tokio::task::JoinSet;

use crate::town::{HOME, PASSWORD, Town, assert_wrong, hash, patience, quick, typed};

#[tokio::test]
async fn a_user_who_knows_the_password_gets_a_session_here() {
    let town = Town::new().await;
    let ada = town.person(town.bed.a, "ada@example.com").await;
    town.has(town.bed.a, ada.user, &["customers:read"]).await;
    let session = town.people.login(town.bed.a, " ADA@example.com", typed(PASSWORD), HOME).await.unwrap();
    assert_eq!((session.tenant, session.user.id, session.user.identity), (town.bed.a, ada.user, ada.identity));
    assert_eq!(session.user.email, "ada@example.com");
    assert_eq!(session.expires_in, session.access.lifetime());
    let who = town.who(&session);
    assert_eq!((who.tenant, who.subject, who.scopes.to_string().as_str()), (town.bed.a, ada.user, "*"));
    let caller = town.caller(&who).await;
    assert!(caller.allows(&Permission::of("customers:read")).is_some());
    assert!(caller.allows(&Permission::of("customers:delete")).is_none());
    assert_eq!(town.open_logins(ada.user).await, 1);
}

#[tokio::test]
async fn whoever_is_not_let_in_gets_one_answer() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let ada = town.person(a, "ada@example.com").await;
    town.person(b, "bea@example.com").await;
    town.stranger("cem@example.com").await;
    let nameless = "dot@example.com".parse().unwrap();
    let dot = town.identities.create(&nameless, None).await.unwrap();
    town.joins(a, dot, "dot@example.com").await;
    for (who, email, password) in [
        ("nobody", "nobody@example.com", PASSWORD),
        ("no address", "ada", PASSWORD),
        ("a wrong password", "ada@example.com", "correct horse battery stable"),
        ("no password", "ada@example.com", ""),
        ("a user of another tenant", "bea@example.com", PASSWORD),
        ("a user of no tenant", "cem@example.com", PASSWORD),
        ("who has chosen no password", "dot@example.com", ""),
    ] {
        let refused = town.people.login(a, email, typed(password), HOME).await;
        assert!(matches!(refused, Err(PeopleError::Wrong)), "{who}: {refused:?}");
    }
    let before = town.login(a, "ada@example.com").await;
    town.meddle("update tenancy.users set is_active = false where id = $1", ada.user).await;
    assert_wrong(town.people.login(a, "ada@example.com", typed(PASSWORD), HOME).await);
    assert_eq!(town.caller(&town.who(&before)).await.roles().len(), 0);
    assert_wrong(town.people.login(tenantry::TenantId::generate(), "bea@example.com", typed(PASSWORD), HOME).await);
}

/// What waits for its turn has no connection: others are looked up meanwhile. What would be turned away is not looked up at all.
#[tokio::test]
async fn a_login_holds_no_connection_while_its_password_is_compared() {
    let town = Town::new().await;
    let a = town.bed.a;
    town.person(a, "ada@example.com").await;
    let config = patient(town.bed.stage.url("identity").expose_with_password()).max_connections(1);
    let identities = Identities::start(&config, &tenantry_app::CONVENTIONS).await.unwrap();
    // One at a time, for some seconds, and 32 wait.
    let hashing = Hashing::new(Cost::new(64 * 1024, 64, 1).unwrap(), 1).unwrap();
    let people = People::builder(&town.bed.tenancy, identities.clone(), town.ring.clone())
        .hashing(hashing.clone())
        .attempts(Attempts::new(patience()).unwrap())
        .build()
        .unwrap();
    let mut all = JoinSet::new();
    for _ in 0..32 {
        let hashing = hashing.clone();
        all.spawn(async move { hashing.hash(typed(PASSWORD)).await.map(drop).map_err(PeopleError::from) });
    }
    let waiting = people.clone();
    all.spawn(async move { waiting.login(a, "ada@example.com", typed("a guess"), HOME).await.map(drop) });
    // The last place is that of the login, which has looked its person up.
    while !hashing.is_full() {
        assert!(all.try_join_next().is_none(), "one has ended before all were there");
        tokio::task::yield_now().await;
    }
    let ada = "ada@example.com".parse().unwrap();
    assert!(identities.by_email(&ada).await.unwrap().is_some());
    assert!(hashing.is_full(), "it waits still");
    identities.close().await;
    let refused = people.login(a, "ada@example.com", typed(PASSWORD), HOME).await;
    assert!(matches!(refused, Err(PeopleError::Busy)), "{refused:?}");
}

/// Who has an account elsewhere clears no way for guessing here.
#[tokio::test]
async fn an_attempt_has_succeeded_when_a_user_of_this_tenant_was_found() {
    let mut limits = AttemptLimits::DEFAULT;
    (limits.of_an_identity, limits.first) = (2, Duration::from_secs(60));
    let town = Town::with(limits).await;
    let (a, b) = (town.bed.a, town.bed.b);
    town.person(a, "ada@example.com").await;
    for _ in 0..4 {
        town.login(a, "ada@example.com").await;
    }
    for _ in 0..2 {
        assert_wrong(town.people.login(b, "ada@example.com", typed(PASSWORD), HOME).await);
    }
    for (tenant, email) in [(b, "ada@example.com"), (a, "Ada@Example.com")] {
        let refused = town.people.login(tenant, email, typed(PASSWORD), HOME).await;
        assert!(matches!(refused, Err(PeopleError::TooMany(wait)) if wait.seconds() > 50), "{refused:?}");
    }
}

/// The old password was right when it was compared, and is no more when the login is stored.
#[tokio::test]
async fn a_login_that_begins_while_the_password_changes_ends_itself() {
    let town = Town::new().await;
    let ada = town.person(town.bed.a, "ada@example.com").await;
    let (mut holder, mut observer) = (town.bed.observer().await, town.bed.observer().await);
    let mut held = holder.begin().await.unwrap();
    sqlx::query("lock table tenancy.users in access exclusive mode").execute(&mut *held).await.unwrap();
    let (people, tenant) = (town.people.clone(), town.bed.a);
    let login = tokio::spawn(async move { people.login(tenant, "ada@example.com", typed(PASSWORD), HOME).await });
    town.until_waiting(&mut observer, 1).await;
    town.identities.set_password(ada.identity, &hash("another password").await).await.unwrap();
    held.rollback().await.unwrap();
    assert_wrong(login.await.unwrap());
    assert_eq!(town.open_logins(ada.user).await, 0);
}

#[tokio::test]
async fn a_hash_of_an_older_cost_is_made_anew_and_over_no_other_password() {
    let town = Town::new().await;
    let ada = town.person(town.bed.a, "ada@example.com").await;
    let old = quick(3).hash(typed(PASSWORD)).await.unwrap();
    town.identities.set_password(ada.identity, &old).await.unwrap();
    let before = town.identities.by_id(ada.identity).await.unwrap().unwrap();
    town.login(town.bed.a, "ada@example.com").await;
    let after = town.identities.by_id(ada.identity).await.unwrap().unwrap();
    let stored = after.password.unwrap();
    assert!(stored.expose().contains("m=64,t=1,p=1") && old.expose().contains("t=3"), "{}", stored.expose());
    assert_eq!(after.changed, before.changed, "it is the same password");
    // The one that was compared is not stored any more.
    town.identities.rehash(ada.identity, &old, &hash("of a guess").await).await.unwrap();
    town.login(town.bed.a, "ada@example.com").await;
}

#[tokio::test]
async fn who_is_deactivated_may_nothing_and_who_comes_back_may_again() {
    let town = Town::with(patience()).await;
    let a = town.bed.a;
    let (ada, root) = (town.person(a, "ada@example.com").await, town.person(a, "root@example.com").await);
    town.has(a, ada.user, &["customers:read"]).await;
    town.has(a, root.user, &["*"]).await;
    let by = town.caller(&town.who(&town.login(a, "root@example.com").await)).await;
    let session = town.login(a, "ada@example.com").await;
    town.people.set_active(a, &by, ada.user, false).await.unwrap();
    assert_eq!(UserRoles::roles(&town.people, &town.who(&session)).await.unwrap().len(), 0);
    assert_eq!(town.open_logins(ada.user).await, 0);
    assert_wrong(town.people.refresh(a, session.refresh.expose().as_bytes()).await);
    assert_wrong(town.people.login(a, "ada@example.com", typed(PASSWORD), HOME).await);
    town.people.set_active(a, &by, ada.user, true).await.unwrap();
    town.login(a, "ada@example.com").await;
    assert_wrong(town.people.refresh(a, session.refresh.expose().as_bytes()).await);
}

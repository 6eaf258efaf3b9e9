//! Users and their roles, as others of the tenant see and change them.

use tenantry::layers::callers::UserRoles;
use tenantry::people::{PeopleError, RoleEntry};
use tenantry::permissions::{Caller, Role};
use tenantry::{Actor, TenantId};
use uuid::Uuid;

use crate::town::{Person, Town, assert_wrong};

fn role(name: &str, grants: &[&str]) -> Role {
    Role::new(name, grants.iter().copied()).unwrap()
}

fn names(roles: &[RoleEntry]) -> Vec<&str> {
    roles.iter().map(|entry| entry.role.name()).collect()
}

#[track_caller]
fn assert_not_given<T: std::fmt::Debug>(result: Result<T, PeopleError>) {
    assert!(matches!(result, Err(PeopleError::NotGiven)), "{result:?}");
}

#[track_caller]
fn assert_not_found<T: std::fmt::Debug>(result: Result<T, PeopleError>) {
    assert!(matches!(result, Err(PeopleError::NotFound)), "{result:?}");
}

/// A clerk who administers clerks.
async fn clerk(town: &Town, tenant: TenantId) -> (Person, Caller) {
    let clerk = town.person(tenant, "clerk@example.com").await;
    town.has(tenant, clerk.user, &["customers:*", "users:*"]).await;
    let by = town.caller(&town.who(&town.login(tenant, "clerk@example.com").await)).await;
    (clerk, by)
}

#[tokio::test]
async fn users_are_listed_with_their_roles_and_no_other_tenants() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let all = Caller::new(Actor::System, [role("all", &["*"])]);
    let (cem, ada) = (town.person(a, "cem@example.com").await, town.person(a, "ada@example.com").await);
    town.person(b, "bea@example.com").await;
    let readonly = role("sales", &["customers:*", "orders:read"]).readonly(["customers.credit_limit"]).unwrap();
    let sales = town.people.create_role(a, &all, readonly.clone()).await.unwrap();
    let audit = town.people.create_role(a, &all, role("audit", &["*:read"])).await.unwrap();
    for given in [sales, audit, audit] {
        town.people.give_role(a, &all, ada.user, given).await.unwrap();
    }
    let users = town.people.users(a).await.unwrap();
    let listed: Vec<_> = users.iter().map(|(user, roles)| (user.id, user.email.as_str(), names(roles))).collect();
    assert_eq!(listed, [(ada.user, "ada@example.com", vec!["audit", "sales"]), (cem.user, "cem@example.com", vec![])]);
    let roles = town.people.roles(a).await.unwrap();
    assert_eq!(names(&roles), ["audit", "sales"]);
    assert_eq!(*roles[1].role, readonly, "it is read as it was made");
    assert_eq!(town.people.roles(b).await.unwrap().len(), 0);
    town.people.take_role(a, &all, ada.user, audit).await.unwrap();
    assert_not_found(town.people.take_role(a, &all, ada.user, audit).await);
    let session = town.login(a, "ada@example.com").await;
    let asked = UserRoles::roles(&town.people, &town.who(&session)).await.unwrap();
    assert_eq!(asked.iter().map(|role| role.name()).collect::<Vec<_>>(), ["sales"]);
}

#[tokio::test]
async fn nobody_gives_takes_makes_or_deletes_what_they_have_not() {
    let town = Town::new().await;
    let a = town.bed.a;
    let (_, by) = clerk(&town, a).await;
    let (boss, cem) = (town.person(a, "boss@example.com").await, town.person(a, "cem@example.com").await);
    let strong = town.has(a, boss.user, &["*"]).await;
    assert_not_given(town.people.give_role(a, &by, cem.user, strong).await);
    assert_not_given(town.people.take_role(a, &by, boss.user, strong).await);
    assert_not_given(town.people.delete_role(a, &by, strong).await);
    assert_not_given(town.people.create_role(a, &by, role("stronger", &["customers:*", "orders:read"])).await);
    let weak = town.people.create_role(a, &by, role("weaker", &["customers:read"])).await.unwrap();
    town.people.give_role(a, &by, cem.user, weak).await.unwrap();
    let taken = town.people.create_role(a, &by, role("weaker", &[])).await;
    assert!(matches!(taken, Err(PeopleError::Taken { pointer: "/name" })), "{taken:?}");
    let long: Vec<String> = (0..400).map(|number| format!("customers:{}{number}", "x".repeat(10))).collect();
    let long = Role::new("long", long.iter().map(String::as_str)).unwrap();
    assert!(matches!(town.people.create_role(a, &by, long).await, Err(PeopleError::Invalid { pointer: "/grants", .. })));
}

#[tokio::test]
async fn a_role_is_deleted_when_nobody_has_it() {
    let town = Town::new().await;
    let a = town.bed.a;
    let (_, by) = clerk(&town, a).await;
    let cem = town.person(a, "cem@example.com").await;
    let given = town.people.create_role(a, &by, role("given", &["customers:read"])).await.unwrap();
    town.people.give_role(a, &by, cem.user, given).await.unwrap();
    let in_use = town.people.delete_role(a, &by, given).await;
    assert!(matches!(in_use, Err(PeopleError::InUse)), "{in_use:?}");
    town.people.invite(a, &by, "dot@example.com", given).await.unwrap();
    town.people.take_role(a, &by, cem.user, given).await.unwrap();
    town.people.delete_role(a, &by, given).await.unwrap();
    assert_not_found(town.people.delete_role(a, &by, given).await);
    let (_, token) = town.mail("invitation").await;
    assert_wrong(town.people.accept(a, token.as_bytes(), "Dot", crate::town::typed("a new password"), crate::town::HOME).await);
}

#[tokio::test]
async fn another_tenants_user_and_role_do_not_exist() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let all = Caller::new(Actor::System, [role("all", &["*"])]);
    let (ada, bea) = (town.person(a, "ada@example.com").await, town.person(b, "bea@example.com").await);
    let (here, there) = (town.has(a, ada.user, &["*"]).await, town.has(b, bea.user, &["*"]).await);
    for user in [bea.user, Uuid::now_v7()] {
        assert_not_found(town.people.give_role(a, &all, user, here).await);
        assert_not_found(town.people.take_role(a, &all, user, here).await);
        assert_not_found(town.people.set_active(a, &all, user, false).await);
    }
    for role in [there, Uuid::now_v7()] {
        assert_not_found(town.people.give_role(a, &all, ada.user, role).await);
        assert_not_found(town.people.take_role(a, &all, ada.user, role).await);
        assert_not_found(town.people.delete_role(a, &all, role).await);
    }
    town.login(b, "bea@example.com").await;
}

#[tokio::test]
async fn nobody_deactivates_oneself_or_somebody_who_has_more() {
    let town = Town::new().await;
    let a = town.bed.a;
    let (own, by) = clerk(&town, a).await;
    let boss = town.person(a, "boss@example.com").await;
    town.has(a, boss.user, &["customers:read"]).await;
    town.people.set_active(a, &by, boss.user, false).await.unwrap();
    assert_not_given(town.people.set_active(a, &by, own.user, false).await);
    assert_not_given(town.people.set_active(a, &by, own.user, true).await);
    town.has(a, boss.user, &["orders:read"]).await;
    assert_not_given(town.people.set_active(a, &by, boss.user, true).await);
    let all = Caller::new(Actor::System, [role("all", &["*"])]);
    town.people.set_active(a, &all, boss.user, true).await.unwrap();
    assert_not_given(town.people.set_active(a, &by, boss.user, false).await);
    town.login(a, "boss@example.com").await;
}

#[tokio::test]
async fn a_role_that_is_stored_and_none_covers_nothing() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    let bad = town.has(a, ada.user, &["*"]).await;
    town.has(a, ada.user, &["customers:read"]).await;
    let session = town.login(a, "ada@example.com").await;
    town.meddle("update tenancy.roles set grants = '* everything' where id = $1", bad).await;
    assert_eq!(UserRoles::roles(&town.people, &town.who(&session)).await.unwrap().len(), 1);
    assert_eq!(town.people.roles(a).await.unwrap().len(), 1);
}

//! What the plan of a tenant allows, and what it is not asked for.

use tenantry::auth::Scopes;
use tenantry::db::Limits;
use tenantry::people::PeopleError;
use tenantry::permissions::{Caller, Role};
use tenantry::{Act, Actor, Platform, TenantId, Timestamp};
use tenantry_tests::patient;
use uuid::Uuid;

use crate::town::{HOME, PASSWORD, Town, typed};

const CONTRACT: Act<'_> = Act { operator: "ada", reason: "contract 4711" };

async fn platform(town: &Town) -> Platform {
    let config = patient(town.bed.stage.url("platform").expose_with_password());
    Platform::start(&config, &tenantry_app::CONVENTIONS).await.unwrap()
}

/// Puts a tenant on a plan of its own.
async fn agrees(town: &Town, tenant: TenantId, users: Option<u32>, api_keys: Option<u32>) {
    let (platform, name, mut limits) = (platform(town).await, Uuid::now_v7().to_string(), Limits::NONE);
    (limits.users, limits.api_keys) = (users, api_keys);
    platform.create_plan(&name, limits, CONTRACT).await.unwrap();
    platform.set_plan(tenant, Some(&name), CONTRACT).await.unwrap();
    platform.close().await;
}

#[track_caller]
fn assert_full<T: std::fmt::Debug>(result: Result<T, PeopleError>, of: &str) {
    assert!(matches!(&result, Err(PeopleError::Limit { what }) if *what == of), "{result:?}");
}

fn everything() -> Caller {
    Caller::new(Actor::System, [Role::new("all", ["*"]).unwrap()])
}

/// An invitation of that address.
async fn invited(town: &Town, tenant: TenantId, role: Uuid, email: &str) -> String {
    town.people.invite(tenant, &everything(), email, role).await.unwrap();
    town.mail("invitation").await.1
}

async fn users(town: &Town, tenant: TenantId) -> usize {
    town.people.users(tenant).await.unwrap().iter().filter(|(user, _)| user.is_active).count()
}

#[tokio::test]
async fn a_plan_allows_so_many_users_and_no_more() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let root = town.person(a, "root@example.com").await;
    let role = town.has(a, root.user, &["customers:*"]).await;
    let (ada, bea) = (invited(&town, a, role, "ada@example.com").await, invited(&town, a, role, "bea@example.com").await);
    agrees(&town, a, Some(2), None).await;
    let accept = async |token: &str| town.people.accept(a, token.as_bytes(), "Somebody", typed(PASSWORD), HOME).await;
    let session = accept(&ada).await.unwrap();
    assert_full(accept(&bea).await, "users");
    assert_eq!(users(&town, a).await, 2);

    // Who is not let in takes no place, and who comes back takes one.
    town.people.set_active(a, &everything(), session.user.id, false).await.unwrap();
    let bea = accept(&bea).await.unwrap();
    assert_full(town.people.set_active(a, &everything(), session.user.id, true).await, "users");
    town.people.set_active(a, &everything(), bea.user.id, true).await.unwrap();
    town.people.set_active(a, &everything(), bea.user.id, false).await.unwrap();
    town.people.set_active(a, &everything(), session.user.id, true).await.unwrap();

    // It is that tenant's plan; and who has more than it allows keeps it.
    for email in ["one@example.com", "two@example.com", "three@example.com"] {
        town.person(b, email).await;
    }
    agrees(&town, b, Some(1), None).await;
    assert_eq!(users(&town, b).await, 3);
    town.login(b, "three@example.com").await;
}

#[tokio::test]
async fn of_two_that_take_the_last_place_one_gets_it() {
    let town = Town::new().await;
    let a = town.bed.a;
    let root = town.person(a, "root@example.com").await;
    let role = town.has(a, root.user, &["customers:*"]).await;
    agrees(&town, a, Some(4), None).await;
    for round in 0..6 {
        let names = [0, 1].map(|at| format!("user{round}-{at}@example.com"));
        let [first, second] = [invited(&town, a, role, &names[0]).await, invited(&town, a, role, &names[1]).await];
        // One place is left.
        let full = users(&town, a).await;
        agrees(&town, a, Some(u32::try_from(full).unwrap() + 1), None).await;
        let accept = |token: String| {
            let people = town.people.clone();
            async move { people.accept(a, token.as_bytes(), "Somebody", typed(PASSWORD), HOME).await }
        };
        let both = tokio::join!(accept(first), accept(second));
        let both = [both.0, both.1];
        assert_eq!(both.iter().filter(|one| one.is_ok()).count(), 1, "{both:?}");
        assert!(both.iter().any(|one| matches!(one, Err(PeopleError::Limit { .. }))), "{both:?}");
        assert_eq!(users(&town, a).await, full + 1);
    }
}

#[tokio::test]
async fn a_plan_allows_so_many_keys_that_are_good() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    town.has(a, ada.user, &["customers:*"]).await;
    agrees(&town, a, None, Some(1)).await;
    let who = town.who(&town.login(a, "ada@example.com").await);
    let by = town.caller(&who).await;
    let scopes = || "customers:read".parse::<Scopes>().unwrap();
    let make = async |expires: Option<Timestamp>| town.people.create_key(&who, &by, "the shop", scopes(), expires).await;
    let (key, _) = make(None).await.unwrap();
    assert_full(make(None).await, "API keys");
    town.people.revoke_key(&who, key.id()).await.unwrap();
    let (key, _) = make("2099-01-01T00:00:00Z".parse().ok()).await.unwrap();
    assert_full(make(None).await, "API keys");
    town.meddle("update tenancy.api_keys set expires_at = now() where id = $1", key.id()).await;
    make(None).await.unwrap();
}

//! Becoming a user.

use tenantry::auth::PasswordRefusal;
use tenantry::people::PeopleError;
use tenantry::permissions::{Caller, Permission};
use tenantry::{Actor, TenantId};
use uuid::Uuid;

use crate::town::{HOME, PASSWORD, Town, assert_wrong, typed};

const NEW: &str = "a new password";

/// A town with an admin, a role of its own, and an invitation to that role, which was mailed.
struct Invited {
    town: Town,
    tenant: TenantId,
    by: Caller,
    role: Uuid,
    invitation: Uuid,
    token: String,
}

async fn invited(email: &str) -> Invited {
    let town = Town::new().await;
    let tenant = town.bed.a;
    let root = town.person(tenant, "root@example.com").await;
    let role = town.has(tenant, root.user, &["customers:*"]).await;
    let by = town.caller(&town.who(&town.login(tenant, "root@example.com").await)).await;
    let invitation = town.people.invite(tenant, &by, email, role).await.unwrap();
    let (to, token) = town.mail("invitation").await;
    assert_eq!(to, email.trim().to_lowercase());
    Invited { town, tenant, by, role, invitation, token }
}

#[tokio::test]
async fn a_new_person_chooses_a_password_and_is_a_user_with_the_role() {
    let Invited { town, tenant, token, .. } = invited(" Ada@example.com").await;
    let short = town.people.accept(tenant, token.as_bytes(), "Ada", typed("short"), HOME).await;
    assert!(matches!(short, Err(PeopleError::Password(PasswordRefusal::TooShort))), "{short:?}");
    for name in ["", " ", "a\0b", &"n".repeat(201)] {
        let nameless = town.people.accept(tenant, token.as_bytes(), name, typed(NEW), HOME).await;
        assert!(matches!(nameless, Err(PeopleError::Invalid { pointer: "/name", .. })), "{nameless:?}");
    }
    let session = town.people.accept(tenant, token.as_bytes(), " Ada ", typed(NEW), HOME).await.unwrap();
    assert_eq!((session.tenant, session.user.name.as_str(), session.user.email.as_str()), (tenant, "Ada", "ada@example.com"));
    let caller = town.caller(&town.who(&session)).await;
    assert!(caller.allows(&Permission::of("customers:delete")).is_some());
    town.people.refresh(tenant, session.refresh.expose().as_bytes()).await.unwrap();
    town.people.login(tenant, "ada@example.com", typed(NEW), HOME).await.unwrap();
}

#[tokio::test]
async fn a_person_who_has_a_password_types_it() {
    let Invited { town, tenant, token, .. } = invited("ada@example.com").await;
    let ada = town.person(town.bed.b, "ada@example.com").await;
    assert_wrong(town.people.accept(tenant, token.as_bytes(), "Ada", typed(NEW), HOME).await);
    assert_wrong(town.people.login(tenant, "ada@example.com", typed(PASSWORD), HOME).await);
    let session = town.people.accept(tenant, token.as_bytes(), "Ada", typed(PASSWORD), HOME).await.unwrap();
    assert_eq!(session.user.identity, ada.identity);
    town.login(tenant, "ada@example.com").await;
    town.login(town.bed.b, "ada@example.com").await;
}

#[tokio::test]
async fn a_person_without_a_password_chooses_one() {
    let Invited { town, tenant, token, .. } = invited("ada@example.com").await;
    let identity = town.identities.create(&"ada@example.com".parse().unwrap(), None).await.unwrap();
    let session = town.people.accept(tenant, token.as_bytes(), "Ada", typed(NEW), HOME).await.unwrap();
    assert_eq!(session.user.identity, identity);
    town.people.login(tenant, "ada@example.com", typed(NEW), HOME).await.unwrap();
}

#[tokio::test]
async fn an_invitation_is_good_once() {
    let Invited { town, tenant, token, .. } = invited("ada@example.com").await;
    let first = town.people.accept(tenant, token.as_bytes(), "Ada", typed(NEW), HOME).await.unwrap();
    assert_wrong(town.people.accept(tenant, token.as_bytes(), "Ada", typed(NEW), HOME).await);
    // Nor when the user is gone.
    town.meddle("delete from tenancy.users where id = $1", first.user.id).await;
    assert_wrong(town.people.accept(tenant, token.as_bytes(), "Ada", typed(NEW), HOME).await);
}

#[tokio::test]
async fn of_two_that_accept_at_once_one_becomes_the_user() {
    let Invited { town, tenant, token, .. } = invited("ada@example.com").await;
    town.stranger("ada@example.com").await;
    let accept = || town.people.accept(tenant, token.as_bytes(), "Ada", typed(PASSWORD), HOME);
    let both = tokio::join!(accept(), accept());
    let both = [both.0, both.1];
    assert_eq!(both.iter().filter(|one| one.is_ok()).count(), 1, "{both:?}");
    let users = town.people.users(tenant).await.unwrap();
    assert_eq!(users.iter().filter(|(user, _)| user.email == "ada@example.com").count(), 1);
}

#[tokio::test]
async fn an_invitation_expires() {
    let Invited { town, tenant, token, invitation, .. } = invited("ada@example.com").await;
    town.meddle("update tenancy.invitations set expires_at = now() where id = $1", invitation).await;
    assert_wrong(town.people.accept(tenant, token.as_bytes(), "Ada", typed(NEW), HOME).await);
    assert!(town.identities.by_email(&"ada@example.com".parse().unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn an_invitation_is_its_tenants_and_its_secrets() {
    let Invited { town, tenant, token, .. } = invited("ada@example.com").await;
    let b = town.bed.b;
    assert_wrong(town.people.accept(b, token.as_bytes(), "Ada", typed(NEW), HOME).await);
    let renamed = token.replace(&tenant.uuid().as_simple().to_string(), &b.uuid().as_simple().to_string());
    assert_wrong(town.people.accept(b, renamed.as_bytes(), "Ada", typed(NEW), HOME).await);
    let made_up = format!("{}{}", &token[..69], "0".repeat(64));
    assert_wrong(town.people.accept(tenant, made_up.as_bytes(), "Ada", typed(NEW), HOME).await);
    assert_wrong(town.people.accept(tenant, b"iv_", "Ada", typed(NEW), HOME).await);
    town.people.accept(tenant, token.as_bytes(), "Ada", typed(NEW), HOME).await.unwrap();
}

#[tokio::test]
async fn nobody_invites_to_more_than_they_have() {
    let Invited { town, tenant, by, role, .. } = invited("ada@example.com").await;
    let stronger = {
        let root = town.person(tenant, "strong@example.com").await;
        town.has(tenant, root.user, &["*"]).await
    };
    let refused = town.people.invite(tenant, &by, "bea@example.com", stronger).await;
    assert!(matches!(refused, Err(PeopleError::NotGiven)), "{refused:?}");
    let narrow = by.clone().with_scopes(["customers:read".parse().unwrap()]);
    assert!(matches!(town.people.invite(tenant, &narrow, "bea@example.com", role).await, Err(PeopleError::NotGiven)));
    for nothing in [Uuid::now_v7(), town.has(town.bed.b, town.person(town.bed.b, "bo@example.com").await.user, &["customers:*"]).await] {
        let refused = town.people.invite(tenant, &by, "bea@example.com", nothing).await;
        assert!(matches!(refused, Err(PeopleError::NotFound)), "{refused:?}");
    }
    assert!(town.mails().await.is_empty());
}

#[tokio::test]
async fn who_is_a_user_already_is_not_invited_again() {
    let Invited { town, tenant, by, role, token, .. } = invited("ada@example.com").await;
    let again = town.people.invite(tenant, &by, "ada@example.com", role).await;
    assert!(again.is_ok(), "an invitation may be lost: {again:?}");
    let (_, second) = town.mail("invitation").await;
    town.people.accept(tenant, token.as_bytes(), "Ada", typed(NEW), HOME).await.unwrap();
    let taken = town.people.invite(tenant, &by, "ADA@example.com", role).await;
    assert!(matches!(taken, Err(PeopleError::Taken { pointer: "/email" })), "{taken:?}");
    let taken = town.people.accept(tenant, second.as_bytes(), "Ada", typed(NEW), HOME).await;
    assert!(matches!(taken, Err(PeopleError::Taken { pointer: "/email" })), "{taken:?}");
    // Who has an account elsewhere is invited like anybody else.
    town.person(town.bed.b, "bea@example.com").await;
    town.people.invite(tenant, &Caller::new(Actor::System, by.roles().to_vec()), "bea@example.com", role).await.unwrap();
    let no_address = town.people.invite(tenant, &by, "bea", role).await;
    assert!(matches!(no_address, Err(PeopleError::Email(_))), "{no_address:?}");
}

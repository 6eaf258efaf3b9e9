//! Another password: changed, or set by who can read the mailbox.

use tenantry::auth::PasswordRefusal;
use tenantry::people::PeopleError;

use crate::town::{HOME, PASSWORD, Town, assert_wrong, typed};

const NEW: &str = "a new password";

#[tokio::test]
async fn who_knows_the_old_password_chooses_another_and_all_logins_here_end() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let ada = town.person(a, "ada@example.com").await;
    let there = town.joins(b, ada.identity, "ada@example.com").await;
    let (here, other) = (town.login(a, "ada@example.com").await, town.login(a, "ada@example.com").await);
    town.login(b, "ada@example.com").await;
    let who = town.who(&here);
    assert_wrong(town.people.change_password(&who, typed("a guess"), typed(NEW), HOME).await);
    let short = town.people.change_password(&who, typed(PASSWORD), typed("short"), HOME).await;
    assert!(matches!(short, Err(PeopleError::Password(PasswordRefusal::TooShort))), "{short:?}");
    let by_key = town.people.change_password(&town.by_key(&here), typed(PASSWORD), typed(NEW), HOME).await;
    assert!(matches!(by_key, Err(PeopleError::NotGiven)), "{by_key:?}");
    assert_eq!(town.open_logins(ada.user).await, 2);

    town.people.change_password(&who, typed(PASSWORD), typed(NEW), HOME).await.unwrap();
    assert_eq!((town.open_logins(ada.user).await, town.open_logins(there).await), (0, 1));
    for session in [here, other] {
        assert_wrong(town.people.refresh(a, session.refresh.expose().as_bytes()).await);
    }
    assert_wrong(town.people.login(a, "ada@example.com", typed(PASSWORD), HOME).await);
    town.people.login(a, "ada@example.com", typed(NEW), HOME).await.unwrap();
}

#[tokio::test]
async fn who_has_forgotten_the_password_gets_a_token_that_is_good_once() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    let before = town.login(a, "ada@example.com").await;
    town.people.begin_reset(a, "ADA@example.com ", HOME).await.unwrap();
    let (to, token) = town.mail("reset").await;
    assert_eq!(to, "ada@example.com");
    let short = town.people.finish_reset(a, token.as_bytes(), typed("short"), HOME).await;
    assert!(matches!(short, Err(PeopleError::Password(PasswordRefusal::TooShort))), "{short:?}");
    town.people.finish_reset(a, token.as_bytes(), typed(NEW), HOME).await.unwrap();
    assert_wrong(town.people.finish_reset(a, token.as_bytes(), typed("yet another password"), HOME).await);
    assert_eq!(town.open_logins(ada.user).await, 0);
    assert_wrong(town.people.refresh(a, before.refresh.expose().as_bytes()).await);
    town.people.login(a, "ada@example.com", typed(NEW), HOME).await.unwrap();
}

#[tokio::test]
async fn a_token_expires_and_another_one_takes_its_place() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        town.people.begin_reset(a, "ada@example.com", HOME).await.unwrap();
        tokens.push(town.mail("reset").await.1);
    }
    assert_wrong(town.people.finish_reset(a, tokens[0].as_bytes(), typed(NEW), HOME).await);
    town.meddle("update tenancy.identities set reset_expires_at = now() where id = $1", ada.identity).await;
    assert_wrong(town.people.finish_reset(a, tokens[1].as_bytes(), typed(NEW), HOME).await);
    // Whoever logs in with the old password or changes it needs no reset any more.
    town.people.begin_reset(a, "ada@example.com", HOME).await.unwrap();
    let (_, token) = town.mail("reset").await;
    let who = town.who(&town.login(a, "ada@example.com").await);
    town.people.change_password(&who, typed(PASSWORD), typed(NEW), HOME).await.unwrap();
    assert_wrong(town.people.finish_reset(a, token.as_bytes(), typed("yet another password"), HOME).await);
}

#[tokio::test]
async fn a_token_is_good_in_the_tenant_that_it_names_alone() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    let ada = town.person(a, "ada@example.com").await;
    town.joins(b, ada.identity, "ada@example.com").await;
    town.people.begin_reset(a, "ada@example.com", HOME).await.unwrap();
    let (_, token) = town.mail("reset").await;
    assert_wrong(town.people.finish_reset(b, token.as_bytes(), typed(NEW), HOME).await);
    let renamed = token.replace(&a.uuid().as_simple().to_string(), &b.uuid().as_simple().to_string());
    assert_wrong(town.people.finish_reset(b, renamed.as_bytes(), typed(NEW), HOME).await);
    town.people.finish_reset(a, token.as_bytes(), typed(NEW), HOME).await.unwrap();
}

#[tokio::test]
async fn nobody_learns_whose_address_it_is_and_no_stranger_gets_a_mail() {
    let town = Town::new().await;
    let (a, b) = (town.bed.a, town.bed.b);
    town.person(b, "bea@example.com").await;
    town.stranger("cem@example.com").await;
    let dot = town.person(a, "dot@example.com").await;
    town.meddle("update tenancy.users set is_active = false where id = $1", dot.user).await;
    for email in ["nobody@example.com", "bea@example.com", "cem@example.com", "dot@example.com"] {
        town.people.begin_reset(a, email, HOME).await.unwrap();
    }
    assert!(town.mails().await.is_empty());
    let no_address = town.people.begin_reset(a, "nobody", HOME).await;
    assert!(matches!(no_address, Err(PeopleError::Email(_))), "{no_address:?}");
}

/// What a tenant has written beside its user is not where the mail goes.
#[tokio::test]
async fn a_reset_goes_to_the_address_that_somebody_logs_in_with() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    town.meddle("update tenancy.users set email = 'eve@example.com' where id = $1", ada.user).await;
    town.people.begin_reset(a, "eve@example.com", HOME).await.unwrap();
    assert!(town.mails().await.is_empty());
    town.people.begin_reset(a, "ada@example.com", HOME).await.unwrap();
    assert_eq!(town.mail("reset").await.0, "ada@example.com");
}

#[tokio::test]
async fn who_is_deactivated_meanwhile_sets_no_password() {
    let town = Town::new().await;
    let a = town.bed.a;
    let ada = town.person(a, "ada@example.com").await;
    town.people.begin_reset(a, "ada@example.com", HOME).await.unwrap();
    let (_, token) = town.mail("reset").await;
    town.meddle("update tenancy.users set is_active = false where id = $1", ada.user).await;
    assert_wrong(town.people.finish_reset(a, token.as_bytes(), typed(NEW), HOME).await);
    town.meddle("update tenancy.users set is_active = true where id = $1", ada.user).await;
    town.login(a, "ada@example.com").await;
}

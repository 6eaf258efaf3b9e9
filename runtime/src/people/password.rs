//! Another password: by somebody who knows the old one, or who can read the mailbox.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::behind::whole;
use super::{Email, Mail, MailKind, People, PeopleError, in_person, stamp};
use crate::auth::mailed::ResetToken;
use crate::auth::{Password, PasswordHash};
use crate::layers::authenticate::Authenticated;
use crate::mutants::mutant;
use crate::schema::TenantId;

/// How long a reset is good: an hour.
const RESET: Duration = Duration::from_secs(60 * 60);

impl People {
    /// Sets another password for who knows the old one, and ends the logins of that user in this tenant, this one among them.
    ///
    /// # Errors
    /// [`Wrong`](PeopleError::Wrong) when the old one is another, [`Password`](PeopleError::Password) when the new one cannot be chosen,
    /// [`NotGiven`](PeopleError::NotGiven) for an API key, [`TooMany`](PeopleError::TooMany), [`Busy`](PeopleError::Busy).
    pub async fn change_password(&self, who: &Authenticated, old: Password, new: Password, address: IpAddr) -> Result<(), PeopleError> {
        if !in_person(who) {
            return Err(PeopleError::NotGiven);
        }
        may_be_chosen(&new)?;
        let user = self.active_user(who.tenant, who.subject).await?.ok_or(PeopleError::Wrong)?;
        let identity = self.core.identities.by_id(user.identity).await?.ok_or(PeopleError::Wrong)?;
        let attempt = self.attempt(identity.email.as_str(), address)?;
        let id = identity.id;
        let compared = self.compared(old, Some(identity)).await;
        if !mutant!("people_change_unverified") {
            compared?;
        }
        let (people, tenant) = (self.clone(), who.tenant);
        let hash = self.core.hashing.hash(new).await?;
        whole(async move {
            people.core.identities.set_password(id, &hash).await?;
            people.end_logins(tenant, user.id).await
        })
        .await?;
        attempt.succeeded();
        Ok(())
    }

    /// Mails a way to a new password, if that is the address of a user here. Whether it is, neither the answer tells nor how long it takes.
    ///
    /// # Errors
    /// [`Email`](PeopleError::Email) for what is no address, [`TooMany`](PeopleError::TooMany), [`Busy`](PeopleError::Busy).
    pub async fn begin_reset(&self, tenant: TenantId, email: &str, address: IpAddr) -> Result<(), PeopleError> {
        let email: Email = email.parse()?;
        // Counted by itself, so that nobody is kept from logging in by it; it stays counted, as it never shows who has asked.
        let _counted = self.attempt(&format!("reset {email}"), address)?;
        let people = self.clone();
        self.core.behind.place()?.begin(async move { people.send_reset(tenant, email).await });
        Ok(())
    }

    async fn send_reset(&self, tenant: TenantId, email: Email) -> Result<(), PeopleError> {
        let Some(identity) = self.core.identities.by_email(&email).await? else { return Ok(()) };
        if self.active_user_of(tenant, identity.id).await?.is_none() && !mutant!("people_reset_of_strangers") {
            return Ok(());
        }
        let token = ResetToken::generate(tenant, identity.id)?;
        let expires = stamp(SystemTime::now() + RESET)?;
        self.core.identities.begin_reset(identity.id, &token.hash(), expires).await?;
        // To the address that somebody logs in with: a tenant can write another one beside its user.
        self.mail(Mail { to: identity.email, kind: MailKind::Reset { tenant, token: token.expose() } }).await
    }

    /// Sets a new password for whoever has the token of a reset, which is good once, and ends the logins of that person in this tenant.
    ///
    /// # Errors
    /// [`Wrong`](PeopleError::Wrong), also for a token of another tenant; [`Password`](PeopleError::Password) when the new one cannot be
    /// chosen, and the token is good still; [`TooMany`](PeopleError::TooMany), [`Busy`](PeopleError::Busy).
    pub async fn finish_reset(&self, tenant: TenantId, token: &[u8], new: Password, address: IpAddr) -> Result<(), PeopleError> {
        let presented = ResetToken::read(token).map_err(|_| PeopleError::Wrong)?;
        if presented.tenant() != tenant && !mutant!("people_reset_of_any_tenant") {
            return Err(PeopleError::Wrong);
        }
        may_be_chosen(&new)?;
        let attempt = self.attempt(&format!("reset {}", presented.id()), address)?;
        let user = self.active_user_of(presented.tenant(), presented.id()).await?.ok_or(PeopleError::Wrong)?;
        let hash = self.core.hashing.hash(new).await?;
        let people = self.clone();
        whole(async move { people.reset(&presented, user.id, &hash).await }).await?;
        attempt.succeeded();
        Ok(())
    }

    async fn reset(&self, presented: &ResetToken, user: Uuid, hash: &PasswordHash) -> Result<(), PeopleError> {
        if !self.core.identities.finish_reset(presented.id(), &presented.hash(), hash).await? {
            return Err(PeopleError::Wrong);
        }
        self.end_logins(presented.tenant(), user).await
    }
}

/// Whether somebody may choose that password.
pub(super) fn may_be_chosen(password: &Password) -> Result<(), PeopleError> {
    if mutant!("people_short_passwords") {
        return Ok(());
    }
    Ok(password.may_be_chosen()?)
}

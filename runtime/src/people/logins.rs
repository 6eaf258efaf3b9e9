//! Logging in and out, and what keeps somebody logged in.

use std::net::IpAddr;
use std::time::SystemTime;

use uuid::Uuid;

use super::rows::{self, User};
use super::{Email, People, PeopleError, Session, in_person, stamp};
use crate::auth::refresh::{Ended, Family, RefreshToken, Step};
use crate::auth::token::Grant;
use crate::auth::{Password, Scopes, Verdict};
use crate::db::{Error, ErrorKind, Identity, TenantTx};
use crate::layers::authenticate::Authenticated;
use crate::layers::resolve::Slug;
use crate::mutants::mutant;
use crate::schema::{Arg, TenantId};

/// What becomes of a token within its transaction: a refusal keeps what was stored, an error of the database does not.
type Outcome<T> = Result<Result<T, PeopleError>, Error>;

impl People {
    /// Logs in to that tenant. An unknown person takes as long as a known one, and somebody who is no user here gets the answer of a wrong
    /// password. A password whose hash is of an older cost is hashed anew.
    ///
    /// # Errors
    /// [`Wrong`](PeopleError::Wrong), [`TooMany`](PeopleError::TooMany), [`Busy`](PeopleError::Busy).
    pub async fn login(&self, tenant: TenantId, email: &str, password: Password, address: IpAddr) -> Result<Session, PeopleError> {
        // What is no address is nobody's.
        let spelled = email.parse::<Email>().ok();
        let attempt = self.attempt(spelled.as_ref().map_or(email, Email::as_str), address)?;
        // Whoever would be turned away behind the look-up costs none.
        if self.core.hashing.is_full() && !mutant!("password_full_unseen") {
            return Err(PeopleError::Busy);
        }
        let identity = match &spelled {
            Some(email) => self.core.identities.by_email(email).await?,
            None => None,
        };
        let identity = self.compared(password, identity).await?;
        // Not before there is a user: whoever has an account elsewhere would clear the way for guessing here.
        let attempt = if mutant!("people_succeeded_early") {
            attempt.succeeded();
            None
        } else {
            Some(attempt)
        };
        let (user, refresh) = self.begin_login(tenant, identity.id).await?.ok_or(PeopleError::Wrong)?;
        if self.has_changed(&identity).await? && !mutant!("people_change_unseen") {
            self.end(tenant, &refresh).await?;
            return Err(PeopleError::Wrong);
        }
        if let Some(attempt) = attempt {
            attempt.succeeded();
        }
        self.session(tenant, user, refresh)
    }

    /// Takes a refresh token for the next session. The token is good once: one that comes again ends the login.
    ///
    /// # Errors
    /// [`Wrong`](PeopleError::Wrong), also for a token of another tenant.
    pub async fn refresh(&self, tenant: TenantId, token: &[u8]) -> Result<Session, PeopleError> {
        let presented = RefreshToken::read(token).map_err(|_| PeopleError::Wrong)?;
        if presented.tenant() != tenant && !mutant!("people_refresh_of_any_tenant") {
            return Err(PeopleError::Wrong);
        }
        let presented = &presented;
        let mut db = self.system(presented.tenant());
        let (user, next) = db.transaction(async move |tx: &mut TenantTx<'_>| self.rotated(tx, presented).await).await??;
        self.session(presented.tenant(), user, next)
    }

    /// Logs out: ends the login of that token. One that is none, or of nobody, is as good: afterwards it is worth nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn logout(&self, tenant: TenantId, token: &[u8]) -> Result<(), PeopleError> {
        match RefreshToken::read(token) {
            Ok(presented) if presented.tenant() == tenant => self.end(tenant, &presented).await,
            _ => Ok(()),
        }
    }

    /// A session in another tenant, for the person who has this one. Nobody's slug, a tenant that is not served and one where the person is no
    /// user are one answer.
    ///
    /// # Errors
    /// [`NotFound`](PeopleError::NotFound), also for whoever is not there in person: an API key opens one tenant.
    pub async fn switch(&self, who: &Authenticated, slug: &str) -> Result<Session, PeopleError> {
        if !in_person(who) && !mutant!("people_switch_by_key") {
            return Err(PeopleError::NotFound);
        }
        let user = self.active_user(who.tenant, who.subject).await?.ok_or(PeopleError::NotFound)?;
        let found = match Slug::parse(slug) {
            Ok(slug) => self.core.tenancy.directory().by_slug(slug.as_str()).await?,
            Err(_) => None,
        };
        // A tenant of nobody is asked as well, which has no users: the time does not tell which tenants there are.
        let served = found.filter(|found| found.active || mutant!("people_switch_to_suspended"));
        let tenant = served.map_or_else(TenantId::generate, |found| found.tenant);
        let (user, refresh) = self.begin_login(tenant, user.identity).await?.ok_or(PeopleError::NotFound)?;
        self.session(tenant, user, refresh)
    }

    /// The identity, when the password is its own; it takes as long for nobody.
    pub(super) async fn compared(&self, password: Password, identity: Option<Identity>) -> Result<Identity, PeopleError> {
        let stored = identity.as_ref().and_then(|identity| identity.password.as_ref());
        let verdict = self.core.hashing.verify(password, stored).await?;
        let (Verdict::Right { rehashed }, Some(identity)) = (verdict, identity) else { return Err(PeopleError::Wrong) };
        if let (Some(from), Some(to)) = (&identity.password, rehashed) {
            // The next login can do it as well.
            if let Err(error) = self.core.identities.rehash(identity.id, from, &to).await {
                tracing::warn!(%error, identity = %identity.id, "a hash of an older cost was not replaced");
            }
        }
        Ok(identity)
    }

    /// Whether the password was set since the identity was read. Whoever sets one ends the logins that there are then; one that begins meanwhile
    /// ends itself.
    async fn has_changed(&self, identity: &Identity) -> Result<bool, PeopleError> {
        let now = self.core.identities.by_id(identity.id).await?;
        Ok(now.is_none_or(|now| now.changed != identity.changed))
    }

    /// Begins a login of the person in that tenant; `None` when it is no user there, or an inactive one.
    async fn begin_login(&self, tenant: TenantId, identity: Uuid) -> Result<Option<(User, RefreshToken)>, PeopleError> {
        let mut db = self.system(tenant);
        let begun = db.transaction(async move |tx: &mut TenantTx<'_>| {
            let args = vec![Arg::Uuid(Some(identity))];
            let user = tx.own(&self.core.statements.user_for_login, args, rows::user).await?.into_iter().find(is_active);
            let Some(user) = user else { return Ok(Ok(None)) };
            Ok(self.insert_login(tx, tenant, user.id).await?.map(|token| Some((user, token))))
        });
        begun.await?
    }

    /// Stores a new login.
    pub(super) async fn insert_login(&self, tx: &mut TenantTx<'_>, tenant: TenantId, user: Uuid) -> Outcome<RefreshToken> {
        let (family, token) = match Family::begin(tenant, user, SystemTime::now()) {
            Ok(begun) => begun,
            Err(error) => return Ok(Err(error.into())),
        };
        let (began, rotated) = (stamp(family.began)?, stamp(family.rotated)?);
        let args = vec![
            Arg::Uuid(Some(family.id)),
            Arg::Uuid(Some(family.subject)),
            Arg::Text(Some(family.hash.hex())),
            Arg::Text(Some(family.current.hex())),
            Arg::I64(Some(generation(&family)?)),
            Arg::Timestamp(Some(began)),
            Arg::Timestamp(Some(rotated)),
        ];
        tx.own(&self.core.statements.insert_login, args, rows::id).await?;
        Ok(Ok(token))
    }

    /// The next token for the current one of a login, in one transaction, in which nobody else steps.
    async fn rotated(&self, tx: &mut TenantTx<'_>, presented: &RefreshToken) -> Outcome<(User, RefreshToken)> {
        let Some(family) = self.family(tx, presented).await? else { return Ok(Err(PeopleError::Wrong)) };
        match family.step(presented, &self.core.refresh, SystemTime::now()) {
            Ok(Step::Rotated { family: next, token }) => {
                let args = vec![Arg::Uuid(Some(family.subject))];
                let user = tx.own(&self.core.statements.user, args, rows::user).await?.into_iter().find(is_active);
                let Some(user) = user else { return Ok(Err(PeopleError::Wrong)) };
                self.store(tx, &family, &next).await?;
                Ok(Ok((user, token)))
            }
            Ok(Step::Reused { family: ended }) => {
                tracing::warn!(login = %ended.id, user = %ended.subject, "a refresh token came again: its login has ended");
                if !mutant!("people_reuse_forgotten") {
                    self.store(tx, &family, &ended).await?;
                }
                // No error of the transaction's: what was stored stays.
                Ok(Err(PeopleError::Wrong))
            }
            Ok(Step::Refused(refusal)) => {
                tracing::debug!(login = %family.id, %refusal, "a refresh token was not taken");
                Ok(Err(PeopleError::Wrong))
            }
            Err(error) => Ok(Err(error.into())),
        }
    }

    /// Ends the login of a token, if it is one of its tokens.
    async fn end(&self, tenant: TenantId, presented: &RefreshToken) -> Result<(), PeopleError> {
        let mut db = self.system(tenant);
        let ended = db.transaction(async move |tx: &mut TenantTx<'_>| {
            let Some(family) = self.family(tx, presented).await? else { return Ok(Ok(())) };
            let ended = match family.step(presented, &self.core.refresh, SystemTime::now()) {
                Ok(Step::Refused(_)) if !mutant!("people_logout_unverified") => return Ok(Ok(())),
                Ok(Step::Reused { family }) => family,
                Ok(Step::Rotated { .. } | Step::Refused(_)) => {
                    let mut family = family.clone();
                    family.end(Ended::Revoked, SystemTime::now());
                    family
                }
                Err(error) => return Ok(Err(error.into())),
            };
            self.store(tx, &family, &ended).await?;
            Ok(Ok(()))
        });
        ended.await?
    }

    /// The login that a token names, and nobody else's until the transaction ends.
    async fn family(&self, tx: &mut TenantTx<'_>, presented: &RefreshToken) -> Result<Option<Family>, Error> {
        let rows = tx.own(&self.core.statements.login, vec![Arg::Uuid(Some(presented.family()))], rows::login).await?;
        Ok(rows.into_iter().next().map(|row| row.family(presented.tenant(), presented.family())))
    }

    /// Stores a login as it is now, where it is still as it was before.
    async fn store(&self, tx: &mut TenantTx<'_>, before: &Family, now: &Family) -> Result<(), Error> {
        let ended = now.ended.map(|(why, at)| stamp(at).map(|at| (rows::ended_word(why), at))).transpose()?;
        let args = vec![
            Arg::Uuid(Some(now.id)),
            Arg::Text(Some(now.current.hex())),
            Arg::I64(Some(generation(now)?)),
            Arg::Timestamp(Some(stamp(now.rotated)?)),
            Arg::Timestamp(ended.map(|(_, at)| at)),
            Arg::Text(ended.map(|(why, _)| why.to_owned())),
            Arg::I64(Some(generation(before)?)),
        ];
        let stored = tx.own(&self.core.statements.store_login, args, rows::id).await?;
        // It is locked, so that somebody else has stepped between only where locks do not hold.
        if stored.is_empty() { Err(ErrorKind::Conflict.into()) } else { Ok(()) }
    }

    /// Ends all logins of a user.
    pub(super) async fn end_logins(&self, tenant: TenantId, user: Uuid) -> Result<(), PeopleError> {
        if !mutant!("people_logins_survive") {
            self.system(tenant).own(&self.core.statements.end_logins, vec![Arg::Uuid(Some(user))], rows::id).await?;
        }
        Ok(())
    }

    /// The user with that key in that tenant, when it is active.
    pub(super) async fn active_user(&self, tenant: TenantId, user: Uuid) -> Result<Option<User>, PeopleError> {
        let users = self.system(tenant).own(&self.core.statements.user, vec![Arg::Uuid(Some(user))], rows::user).await?;
        Ok(users.into_iter().find(is_active))
    }

    /// The user of that person in that tenant, when it is active.
    pub(super) async fn active_user_of(&self, tenant: TenantId, identity: Uuid) -> Result<Option<User>, PeopleError> {
        let args = vec![Arg::Uuid(Some(identity))];
        let users = self.system(tenant).own(&self.core.statements.user_of_identity, args, rows::user).await?;
        Ok(users.into_iter().find(is_active))
    }

    /// The tokens of a login.
    pub(super) fn session(&self, tenant: TenantId, user: User, refresh: RefreshToken) -> Result<Session, PeopleError> {
        let scopes = "*".parse::<Scopes>().map_err(|error| PeopleError::internal(&error))?;
        let access = self.core.ring.issue(&Grant { tenant, subject: user.id, scopes })?;
        Ok(Session { tenant, user, expires_in: access.lifetime(), access, refresh })
    }
}

fn is_active(user: &User) -> bool {
    user.is_active || mutant!("people_inactive_accepted")
}

fn generation(family: &Family) -> Result<i64, Error> {
    i64::try_from(family.generation).map_err(|_| ErrorKind::Internal.into())
}

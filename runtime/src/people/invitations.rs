//! Becoming a user: somebody of the tenant invites an address, and whoever reads its mails accepts.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::password::may_be_chosen;
use super::plan::Limited;
use super::rows::{self, InvitationRow, User};
use super::{Email, Mail, MailKind, People, PeopleError, Session, named, stamp};
use crate::auth::mailed::{InvitationToken, judge};
use crate::auth::refresh::RefreshToken;
use crate::auth::{Attempt, Password};
use crate::db::{Error, ErrorKind, TenantTx};
use crate::mutants::mutant;
use crate::permissions::Caller;
use crate::schema::{Actor, Arg, TenantId};

/// How long an invitation is good: seven days.
const INVITATION: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl People {
    /// Invites an address to be a user with that role, and mails the token, which is good once and for seven days. Who has an account elsewhere is
    /// invited like anybody else, and nobody learns of it.
    ///
    /// # Errors
    /// [`Email`](PeopleError::Email) for what is no address, [`NotFound`](PeopleError::NotFound) when there is no such role,
    /// [`NotGiven`](PeopleError::NotGiven) when the caller has less than it covers, [`Taken`](PeopleError::Taken) when the address is a user's
    /// of this tenant, [`Busy`](PeopleError::Busy).
    pub async fn invite(&self, tenant: TenantId, by: &Caller, email: &str, role: Uuid) -> Result<Uuid, PeopleError> {
        let email: Email = email.parse()?;
        let place = self.core.behind.place()?;
        let db = self.of(tenant, by.subject());
        let entry = self.role_to_give(&db, by, role).await?;
        let address = || Arg::Text(Some(email.to_string()));
        if !db.own(&self.core.statements.user_of_email, vec![address()], rows::id).await?.is_empty() {
            return Err(PeopleError::Taken { pointer: "/email" });
        }
        let token = InvitationToken::generate(tenant, Uuid::now_v7())?;
        let inviter = if let Actor::User(user) = by.subject() { Some(user) } else { None };
        let args = vec![
            Arg::Uuid(Some(token.id())),
            address(),
            Arg::Uuid(Some(entry.id)),
            Arg::Text(Some(token.hash().hex())),
            Arg::Uuid(inviter),
            Arg::Timestamp(Some(stamp(SystemTime::now() + INVITATION)?)),
        ];
        db.own(&self.core.statements.insert_invitation, args, rows::id).await?;
        let (people, id) = (self.clone(), token.id());
        let mail = Mail { to: email, kind: MailKind::Invitation { tenant, token: token.expose() } };
        place.begin(async move { people.mail(mail).await });
        Ok(id)
    }

    /// Accepts an invitation: makes the user and logs it in. A person who has a password types it, and a new one chooses it.
    ///
    /// # Errors
    /// [`Wrong`](PeopleError::Wrong) when the token is not taken or the password is not that of the person;
    /// [`Password`](PeopleError::Password) when it is to be chosen and cannot be; [`Invalid`](PeopleError::Invalid) for what is no name;
    /// [`Taken`](PeopleError::Taken) when the person is a user of this tenant already; [`TooMany`](PeopleError::TooMany),
    /// [`Limit`](PeopleError::Limit) when the tenant's plan allows no more users; [`Busy`](PeopleError::Busy).
    pub async fn accept(
        &self,
        tenant: TenantId,
        token: &[u8],
        name: &str,
        password: Password,
        address: IpAddr,
    ) -> Result<Session, PeopleError> {
        let presented = InvitationToken::read(token).map_err(|_| PeopleError::Wrong)?;
        if presented.tenant() != tenant && !mutant!("people_invitation_of_any_tenant") {
            return Err(PeopleError::Wrong);
        }
        let tenant = presented.tenant();
        let name = named("/name", name)?;
        let tried = self.attempt(&format!("invitation {}", presented.id()), address)?;
        let invitation = self.system(tenant).own(&self.core.statements.invitation, id_of(&presented), rows::invitation).await?;
        let invitation = good(&invitation, &presented).ok_or(PeopleError::Wrong)?;
        let email = invitation.email.parse::<Email>().map_err(|error| PeopleError::internal(&error))?;
        let (identity, typed) = self.person(&email, password, address).await?;
        let (user, refresh) = self.accepted(tenant, &presented, identity, name).await?;
        tried.succeeded();
        if let Some(typed) = typed {
            typed.succeeded();
        }
        self.session(tenant, user, refresh)
    }

    /// The identity of that address: whoever has a password has typed it, which was an attempt like any other; whoever has none chooses this one.
    async fn person(&self, email: &Email, password: Password, address: IpAddr) -> Result<(Uuid, Option<Attempt>), PeopleError> {
        let known = self.core.identities.by_email(email).await?;
        if known.as_ref().is_some_and(|known| known.password.is_some()) {
            let attempt = self.attempt(email.as_str(), address)?;
            if let (Some(known), true) = (&known, mutant!("people_accept_unverified")) {
                return Ok((known.id, Some(attempt)));
            }
            let known = self.compared(password, known).await?;
            return Ok((known.id, Some(attempt)));
        }
        may_be_chosen(&password)?;
        let hash = self.core.hashing.hash(password).await?;
        match known {
            Some(known) => {
                self.core.identities.set_password(known.id, &hash).await?;
                Ok((known.id, None))
            }
            None => match self.core.identities.create(email, Some(&hash)).await {
                Ok(id) => Ok((id, None)),
                // Somebody has accepted another invitation of that address just now; the next time the password is that one's.
                Err(error) if is_taken(&error) => Err(Error::from(ErrorKind::Conflict).into()),
                Err(error) => Err(error.into()),
            },
        }
    }

    /// Makes the user, gives it the role and begins its login, if the invitation is good still: all of it or nothing.
    async fn accepted(
        &self,
        tenant: TenantId,
        presented: &InvitationToken,
        identity: Uuid,
        name: &str,
    ) -> Result<(User, RefreshToken), PeopleError> {
        let mut db = self.system(tenant);
        let statements = &self.core.statements;
        let accepted = db.transaction(async move |tx: &mut TenantTx<'_>| {
            // A role is locked before the invitations to it, as where one is deleted.
            if let Err(full) = self.room(tx, Limited::Users).await? {
                return Ok(Err(full));
            }
            let invitation = tx.own(&statements.invitation_for_acceptance, id_of(presented), rows::invitation).await?;
            let Some(invitation) = good(&invitation, presented) else { return Ok(Err(PeopleError::Wrong)) };
            tx.own(&statements.accept_invitation, id_of(presented), rows::id).await?;
            let user = Uuid::now_v7();
            let texts = [invitation.email.as_str(), name].map(|text| Arg::Text(Some(text.to_owned())));
            let args = [Arg::Uuid(Some(user)), Arg::Uuid(Some(identity))].into_iter().chain(texts).collect();
            let made = tx.own(&statements.insert_user, args, rows::user).await?.into_iter().next().ok_or_else(Error::not_found)?;
            let args = [Uuid::now_v7(), user, invitation.role].map(|id| Arg::Uuid(Some(id))).to_vec();
            tx.own(&statements.give_role, args, rows::id).await?;
            Ok(self.insert_login(tx, tenant, user).await?.map(|token| (made, token)))
        });
        match accepted.await {
            Err(error) if is_taken(&error) => Err(PeopleError::Taken { pointer: "/email" }),
            accepted => accepted?,
        }
    }
}

/// The invitation, when the token is good for it now.
fn good<'r>(rows: &'r [InvitationRow], presented: &InvitationToken) -> Option<&'r InvitationRow> {
    let row = rows.first();
    let stored = row.map(|row| row.stored(presented.tenant(), presented.id()));
    match judge(stored.as_ref(), presented, SystemTime::now()) {
        Ok(()) => row,
        Err(refusal) => {
            tracing::debug!(invitation = %presented.id(), %refusal, "an invitation was not taken");
            None
        }
    }
}

fn id_of(presented: &InvitationToken) -> Vec<Arg> {
    vec![Arg::Uuid(Some(presented.id()))]
}

fn is_taken(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unique { .. })
}

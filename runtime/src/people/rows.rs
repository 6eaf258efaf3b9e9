//! What people are as rows, and how those are read.

use std::sync::Arc;
use std::time::SystemTime;

use uuid::Uuid;

use crate::auth::mailed::StoredInvitation;
use crate::auth::refresh::{Ended, Family};
use crate::auth::{Scopes, SecretHash};
use crate::permissions::Role;
use crate::schema::{Cells, Column, ReadError, TenantId, Timestamp};

/// Somebody in a tenant. Its `identity` is the person, who may be a user of other tenants as well.
#[derive(Clone, Debug)]
pub struct User {
    /// The user: what tokens name, and what acts in the tenant.
    pub id: Uuid,
    /// The person.
    pub identity: Uuid,
    /// Where the invitation went. What the person logs in with is the identity's, and may differ one day.
    pub email: String,
    /// What people call it.
    pub name: String,
    /// Whether it may log in, and its keys are believed.
    pub is_active: bool,
}

/// A role of a tenant.
#[derive(Clone, Debug)]
pub struct RoleEntry {
    /// Its key.
    pub id: Uuid,
    /// What it covers.
    pub role: Arc<Role>,
}

/// An API key, without what makes it one.
#[derive(Clone, Debug)]
pub struct KeyEntry {
    /// Its name in logs.
    pub id: Uuid,
    /// Its name for people.
    pub name: String,
    /// What it may be used for.
    pub scopes: Scopes,
    /// When it was made.
    pub created: Timestamp,
    /// When it expires, if ever.
    pub expires: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked: Option<Timestamp>,
    /// When it was last used, to about a minute.
    pub used: Option<Timestamp>,
}

/// What is stored of a login, but for its tenant and its key, which were asked for.
pub(super) struct LoginRow {
    subject: Uuid,
    hash: SecretHash,
    current: SecretHash,
    generation: u64,
    began: SystemTime,
    rotated: SystemTime,
    ended: Option<(Ended, SystemTime)>,
}

/// What is stored of an invitation, but for its tenant and its key.
pub(super) struct InvitationRow {
    pub(super) email: String,
    pub(super) role: Uuid,
    hash: SecretHash,
    expires: SystemTime,
    accepted: Option<SystemTime>,
}

/// What is stored of an API key, but for its tenant and its key.
pub(super) struct KeyRow {
    pub(super) owner: Uuid,
    pub(super) hash: SecretHash,
    pub(super) scopes: Scopes,
    pub(super) expires: Option<SystemTime>,
    pub(super) revoked: Option<SystemTime>,
    pub(super) used: Option<SystemTime>,
    pub(super) owner_is_active: bool,
}

impl LoginRow {
    pub(super) fn family(self, tenant: TenantId, id: Uuid) -> Family {
        let Self { subject, hash, current, generation, began, rotated, ended } = self;
        Family { tenant, id, subject, hash, current, generation, began, rotated, ended }
    }
}

impl InvitationRow {
    pub(super) fn stored(&self, tenant: TenantId, id: Uuid) -> StoredInvitation {
        StoredInvitation { tenant, id, hash: self.hash, expires: self.expires, accepted: self.accepted }
    }
}

pub(super) fn id(cells: &mut Cells<'_>) -> Result<Uuid, ReadError> {
    Uuid::read(cells)
}

pub(super) fn user(cells: &mut Cells<'_>) -> Result<User, ReadError> {
    let (id, identity) = (Uuid::read(cells)?, Uuid::read(cells)?);
    let (email, name) = (String::read(cells)?, String::read(cells)?);
    Ok(User { id, identity, email, name, is_active: bool::read(cells)? })
}

/// A role; `None` for one that is no role. It covers nothing, whatever it is.
pub(super) fn role(cells: &mut Cells<'_>) -> Result<Option<RoleEntry>, ReadError> {
    let id = Uuid::read(cells)?;
    let (name, grants, readonly) = (String::read(cells)?, String::read(cells)?, String::read(cells)?);
    let role = Role::new(&name, grants.split_ascii_whitespace()).and_then(|role| role.readonly(readonly.split_ascii_whitespace()));
    match role {
        Ok(role) => Ok(Some(RoleEntry { id, role: Arc::new(role) })),
        Err(_) => {
            tracing::error!(role = %id, "a role is stored that is none: it covers nothing");
            Ok(None)
        }
    }
}

/// A role of a user, and whether that one is active.
pub(super) fn role_of_user(cells: &mut Cells<'_>) -> Result<(Option<RoleEntry>, bool), ReadError> {
    Ok((role(cells)?, bool::read(cells)?))
}

/// A user, and one of its roles, if it has any.
pub(super) fn user_with_role(cells: &mut Cells<'_>) -> Result<(User, Option<RoleEntry>), ReadError> {
    let user = user(cells)?;
    let role = if cells.next_is_null()? { None } else { role(cells)? };
    Ok((user, role))
}

pub(super) fn login(cells: &mut Cells<'_>) -> Result<LoginRow, ReadError> {
    let subject = Uuid::read(cells)?;
    let (hash, current) = (secret_hash(cells)?, secret_hash(cells)?);
    let generation = u64::try_from(i64::read(cells)?).map_err(|_| ReadError::Range("a generation"))?;
    let (began, rotated) = (time(cells)?, time(cells)?);
    let (at, why) = (optional_time(cells)?, Option::<String>::read(cells)?);
    let why = if why.as_deref() == Some(REUSED) { Ended::Reused } else { Ended::Revoked };
    Ok(LoginRow { subject, hash, current, generation, began, rotated, ended: at.map(|at| (why, at)) })
}

/// A login has ended since a former token came again.
const REUSED: &str = "reused";
/// A login was ended.
const REVOKED: &str = "revoked";

/// Why a login has ended, as it is stored.
pub(super) const fn ended_word(why: Ended) -> &'static str {
    match why {
        Ended::Reused => REUSED,
        Ended::Revoked => REVOKED,
    }
}

pub(super) fn invitation(cells: &mut Cells<'_>) -> Result<InvitationRow, ReadError> {
    let (email, role) = (String::read(cells)?, Uuid::read(cells)?);
    Ok(InvitationRow { email, role, hash: secret_hash(cells)?, expires: time(cells)?, accepted: optional_time(cells)? })
}

pub(super) fn key(cells: &mut Cells<'_>) -> Result<KeyRow, ReadError> {
    let (owner, hash, scopes) = (Uuid::read(cells)?, secret_hash(cells)?, scopes(cells)?);
    let [expires, revoked, used] = [optional_time(cells)?, optional_time(cells)?, optional_time(cells)?];
    Ok(KeyRow { owner, hash, scopes, expires, revoked, used, owner_is_active: bool::read(cells)? })
}

pub(super) fn key_entry(cells: &mut Cells<'_>) -> Result<KeyEntry, ReadError> {
    let (id, name, scopes, created) = (Uuid::read(cells)?, String::read(cells)?, scopes(cells)?, Timestamp::read(cells)?);
    let [expires, revoked, used] =
        [Option::<Timestamp>::read(cells)?, Option::<Timestamp>::read(cells)?, Option::<Timestamp>::read(cells)?];
    Ok(KeyEntry { id, name, scopes, created, expires, revoked, used })
}

fn secret_hash(cells: &mut Cells<'_>) -> Result<SecretHash, ReadError> {
    SecretHash::from_hex(&String::read(cells)?).ok_or(ReadError::Form("a hash"))
}

fn scopes(cells: &mut Cells<'_>) -> Result<Scopes, ReadError> {
    String::read(cells)?.parse().map_err(|_| ReadError::Form("scopes"))
}

fn time(cells: &mut Cells<'_>) -> Result<SystemTime, ReadError> {
    system_time(Timestamp::read(cells)?)
}

fn optional_time(cells: &mut Cells<'_>) -> Result<Option<SystemTime>, ReadError> {
    Option::<Timestamp>::read(cells)?.map(system_time).transpose()
}

fn system_time(at: Timestamp) -> Result<SystemTime, ReadError> {
    SystemTime::try_from(jiff::Timestamp::from(at)).map_err(|_| ReadError::Range("an instant"))
}

/// The time as it is stored, cut to microseconds; `None` when it is out of the range of the database, which the clock of a service is not.
pub(super) fn stamp(at: SystemTime) -> Option<Timestamp> {
    let at = jiff::Timestamp::try_from(at).ok()?;
    jiff::Timestamp::from_microsecond(at.as_microsecond()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_time_is_cut_to_what_is_stored() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_790_000_000_123_456_789);
        let stored = stamp(at).unwrap();
        assert_eq!(stored.to_string(), "2026-09-21T14:13:20.123456Z");
        assert_eq!(system_time(stored), Ok(SystemTime::UNIX_EPOCH + Duration::from_micros(1_790_000_000_123_456)));
    }

    #[test]
    fn an_end_is_told_by_its_word() {
        assert_eq!([Ended::Reused, Ended::Revoked].map(ended_word), ["reused", "revoked"]);
    }
}

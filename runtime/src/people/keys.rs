//! API keys: a user lends out some of what it may.

use std::time::SystemTime;

use uuid::Uuid;

use super::plan::Limited;
use super::rows::{self, KeyEntry};
use super::{MOST_LISTED, People, PeopleError, in_person, named, stamp};
use crate::auth::Scopes;
use crate::auth::key::{ApiKey, StoredKey};
use crate::db::{Error, TenantTx};
use crate::layers::authenticate::{ApiKeys, Authenticated};
use crate::mutants::mutant;
use crate::permissions::{Caller, Role};
use crate::schema::{Actor, Arg, TenantId, Timestamp};

impl People {
    /// Makes an API key of whoever asks, who sees it this once. It may do what its scopes and the roles of its owner cover both. No key makes
    /// another: what was lent out would not come back when it is revoked.
    ///
    /// # Errors
    /// [`NotGiven`](PeopleError::NotGiven) when a scope is more than the caller has, or who asks is a key itself;
    /// [`Invalid`](PeopleError::Invalid) for what is no name, for no scopes and such as cover nothing, and for a time that is past;
    /// [`Limit`](PeopleError::Limit) when the tenant's plan allows no more keys.
    pub async fn create_key(
        &self,
        who: &Authenticated,
        by: &Caller,
        name: &str,
        scopes: Scopes,
        expires: Option<Timestamp>,
    ) -> Result<(ApiKey, KeyEntry), PeopleError> {
        let name = named("/name", name)?;
        let wanted = lent(by, &scopes)?;
        if expires.is_some_and(|expires| expires <= Timestamp::now()) {
            return Err(PeopleError::Invalid { pointer: "/expires", detail: "the time is past" });
        }
        if !in_person(who) && !mutant!("people_key_by_key") {
            return Err(PeopleError::NotGiven);
        }
        if !by.may_give(&wanted) && !mutant!("people_key_ungiven") {
            return Err(PeopleError::NotGiven);
        }
        let key = ApiKey::generate(who.tenant)?;
        let stored = StoredKey::new(&key, who.subject, scopes);
        let args = vec![
            Arg::Uuid(Some(stored.id)),
            Arg::Uuid(Some(stored.owner)),
            Arg::Text(Some(name.to_owned())),
            Arg::Text(Some(stored.hash.hex())),
            Arg::Text(Some(stored.scopes.to_string())),
            Arg::Timestamp(expires),
        ];
        let statements = &self.core.statements;
        let mut db = self.of(who.tenant, Actor::User(who.subject));
        let made = db.transaction(async move |tx: &mut TenantTx<'_>| {
            Ok(match self.room(tx, Limited::ApiKeys).await? {
                Ok(()) => Ok(tx.own(&statements.insert_key, args, rows::key_entry).await?),
                Err(full) => Err(full),
            })
        });
        let made = made.await??;
        let entry = made.into_iter().next().ok_or(PeopleError::NotFound)?;
        Ok((key, entry))
    }

    /// The API keys of whoever asks, the oldest first; at most 1,000.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keys(&self, who: &Authenticated) -> Result<Vec<KeyEntry>, PeopleError> {
        let args = vec![Arg::Uuid(Some(who.subject)), Arg::I64(Some(MOST_LISTED))];
        Ok(self.of(who.tenant, Actor::User(who.subject)).own(&self.core.statements.keys, args, rows::key_entry).await?)
    }

    /// Revokes an API key of whoever asks. The first time counts.
    ///
    /// # Errors
    /// [`NotFound`](PeopleError::NotFound) when it has no such key.
    pub async fn revoke_key(&self, who: &Authenticated, id: Uuid) -> Result<(), PeopleError> {
        let args = vec![Arg::Uuid(Some(id)), Arg::Uuid(Some(who.subject))];
        let revoked = self.of(who.tenant, Actor::User(who.subject)).own(&self.core.statements.revoke_key, args, rows::id).await?;
        if revoked.is_empty() { Err(PeopleError::NotFound) } else { Ok(()) }
    }
}

/// The key of an owner that is inactive is none.
impl ApiKeys for People {
    async fn find(&self, tenant: TenantId, id: Uuid) -> Result<Option<StoredKey>, Error> {
        let rows = self.system(tenant).own(&self.core.statements.key, vec![Arg::Uuid(Some(id))], rows::key).await?;
        let row = rows.into_iter().find(|row| row.owner_is_active || mutant!("people_key_of_inactive"));
        Ok(row.map(|row| StoredKey {
            tenant,
            id,
            hash: row.hash,
            owner: row.owner,
            scopes: row.scopes,
            expires: row.expires,
            revoked: row.revoked,
            used: row.used,
        }))
    }

    async fn used(&self, tenant: TenantId, id: Uuid, now: SystemTime) -> Result<(), Error> {
        let args = vec![Arg::Uuid(Some(id)), Arg::Timestamp(Some(stamp(now)?))];
        self.system(tenant).own(&self.core.statements.key_used, args, rows::id).await.map(drop)
    }
}

/// What the scopes cover, as a role to be given. What is read-only for its owner is so for a key, whatever its scopes.
fn lent(by: &Caller, scopes: &Scopes) -> Result<Role, PeopleError> {
    let invalid =
        PeopleError::Invalid { pointer: "/scopes", detail: "scopes are one or more of `table:action`, `table:*`, `*:action` and `*`" };
    if scopes.is_empty() {
        return Err(invalid);
    }
    let readonly = by.roles().iter().flat_map(|role| role.readonly_fields());
    Role::new("an API key", scopes.iter()).and_then(|role| role.readonly(readonly)).map_err(|_| invalid)
}

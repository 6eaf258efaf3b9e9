//! The users of a tenant.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::plan::Limited;
use super::roles::may_give;
use super::rows::{self, RoleEntry, User};
use super::{MOST_LISTED, People, PeopleError};
use crate::db::TenantTx;
use crate::mutants::mutant;
use crate::permissions::{Caller, Role};
use crate::schema::{Actor, Arg, TenantId};

impl People {
    /// The users of a tenant with their roles, in the order of their addresses; at most 1,000.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn users(&self, tenant: TenantId) -> Result<Vec<(User, Vec<RoleEntry>)>, PeopleError> {
        let args = vec![Arg::I64(Some(MOST_LISTED))];
        let rows = self.system(tenant).own(&self.core.statements.users_with_roles, args, rows::user_with_role).await?;
        let mut users: Vec<(User, Vec<RoleEntry>)> = Vec::new();
        let mut known: HashMap<Uuid, Arc<Role>> = HashMap::new();
        for (user, entry) in rows {
            if users.last().is_none_or(|(last, _)| last.id != user.id) {
                users.push((user, Vec::new()));
            }
            if let (Some((_, roles)), Some(RoleEntry { id, role })) = (users.last_mut(), entry) {
                // Many users have one role, and share it.
                roles.push(RoleEntry { id, role: Arc::clone(known.entry(id).or_insert(role)) });
            }
        }
        Ok(users)
    }

    /// Lets a user log in, or not any more: then its logins end, and its API keys and access tokens are as good as none.
    ///
    /// # Errors
    /// [`NotFound`](PeopleError::NotFound), [`NotGiven`](PeopleError::NotGiven) for oneself, and for somebody who has what the caller has not;
    /// [`Limit`](PeopleError::Limit) when the tenant's plan allows no more users.
    pub async fn set_active(&self, tenant: TenantId, by: &Caller, user: Uuid, active: bool) -> Result<(), PeopleError> {
        if by.subject() == Actor::User(user) && !mutant!("people_deactivates_oneself") {
            return Err(PeopleError::NotGiven);
        }
        let statements = &self.core.statements;
        let of_user = move || vec![Arg::Uuid(Some(user))];
        let mut db = self.of(tenant, by.subject());
        let changed = db.transaction(async move |tx: &mut TenantTx<'_>| {
            let known = tx.own(&statements.user_for_change, of_user(), rows::user).await?;
            if known.is_empty() {
                return Ok(Err(PeopleError::NotFound));
            }
            let roles = tx.own(&statements.roles_of_user, of_user(), rows::role_of_user).await?;
            let stronger = roles.iter().filter_map(|(entry, _)| entry.as_ref()).any(|entry| may_give(by, &entry.role).is_err());
            if stronger && !mutant!("people_deactivates_stronger") {
                return Ok(Err(PeopleError::NotGiven));
            }
            let (rising, room) = (active && !known.iter().any(|user| user.is_active), Limited::Users);
            if rising && let Err(full) = self.room(tx, room).await? {
                return Ok(Err(full));
            }
            tx.own(&statements.set_user_active, vec![Arg::Uuid(Some(user)), Arg::Bool(Some(active))], rows::id).await?;
            if !active && !mutant!("people_logins_survive") {
                tx.own(&statements.end_logins, of_user(), rows::id).await?;
            }
            Ok(Ok(()))
        });
        changed.await?
    }
}

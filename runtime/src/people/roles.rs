//! The roles of a tenant, and who has which.

use std::sync::Arc;

use uuid::Uuid;

use super::rows::{self, RoleEntry};
use super::{MOST_LISTED, People, PeopleError};
use crate::db::{Error, ErrorKind, TenantDb};
use crate::layers::authenticate::Authenticated;
use crate::layers::callers::UserRoles;
use crate::mutants::mutant;
use crate::permissions::{Caller, Role};
use crate::schema::{Arg, TenantId};

/// The longest list of grants or of fields, in bytes.
const LONGEST_LIST: usize = 4_096;

impl People {
    /// The roles of a tenant, in the order of their names; at most 1,000.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn roles(&self, tenant: TenantId) -> Result<Vec<RoleEntry>, PeopleError> {
        let roles = self.system(tenant).own(&self.core.statements.roles, vec![Arg::I64(Some(MOST_LISTED))], rows::role).await?;
        Ok(roles.into_iter().flatten().collect())
    }

    /// Makes a role of what the caller has.
    ///
    /// # Errors
    /// [`NotGiven`](PeopleError::NotGiven) when the caller has less than it covers, [`Taken`](PeopleError::Taken) when a role has its name,
    /// [`Invalid`](PeopleError::Invalid) when its grants or its fields are more than 4,096 bytes.
    pub async fn create_role(&self, tenant: TenantId, by: &Caller, role: Role) -> Result<Uuid, PeopleError> {
        let grants = list("/grants", role.grants())?;
        let readonly = list("/readonly", role.readonly_fields())?;
        may_give(by, &role)?;
        let id = Uuid::now_v7();
        let args = [role.name(), &grants, &readonly].map(|text| Arg::Text(Some(text.to_owned())));
        let args = std::iter::once(Arg::Uuid(Some(id))).chain(args).collect();
        match self.of(tenant, by.subject()).own(&self.core.statements.insert_role, args, rows::id).await {
            Ok(_) => Ok(id),
            Err(error) if matches!(error.kind(), ErrorKind::Unique { .. }) => Err(PeopleError::Taken { pointer: "/name" }),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes a role, and the invitations to it.
    ///
    /// # Errors
    /// [`NotFound`](PeopleError::NotFound), [`NotGiven`](PeopleError::NotGiven) when the caller has less than it covers,
    /// [`InUse`](PeopleError::InUse) while somebody has it.
    pub async fn delete_role(&self, tenant: TenantId, by: &Caller, role: Uuid) -> Result<(), PeopleError> {
        let db = self.of(tenant, by.subject());
        let role = self.role_to_give(&db, by, role).await?.id;
        match db.own(&self.core.statements.delete_role, vec![Arg::Uuid(Some(role))], rows::id).await {
            Ok(gone) if gone.is_empty() => Err(PeopleError::NotFound),
            Ok(_) => Ok(()),
            Err(error) if refers(&error) => Err(PeopleError::InUse),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a user a role. Who has it keeps it.
    ///
    /// # Errors
    /// [`NotFound`](PeopleError::NotFound) when there is no such role or no such user, [`NotGiven`](PeopleError::NotGiven) when the caller has
    /// less than the role covers.
    pub async fn give_role(&self, tenant: TenantId, by: &Caller, user: Uuid, role: Uuid) -> Result<(), PeopleError> {
        let db = self.of(tenant, by.subject());
        let role = self.role_to_give(&db, by, role).await?.id;
        let args = [Uuid::now_v7(), user, role].map(|id| Arg::Uuid(Some(id))).to_vec();
        match db.own(&self.core.statements.give_role, args, rows::id).await {
            Ok(_) => Ok(()),
            Err(error) if refers(&error) => Err(PeopleError::NotFound),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a role from a user.
    ///
    /// # Errors
    /// [`NotFound`](PeopleError::NotFound) when there is no such role or the user has it not, [`NotGiven`](PeopleError::NotGiven) when the
    /// caller has less than the role covers.
    pub async fn take_role(&self, tenant: TenantId, by: &Caller, user: Uuid, role: Uuid) -> Result<(), PeopleError> {
        let db = self.of(tenant, by.subject());
        let role = self.role_to_give(&db, by, role).await?.id;
        let args = [user, role].map(|id| Arg::Uuid(Some(id))).to_vec();
        let taken = db.own(&self.core.statements.take_role, args, rows::id).await?;
        if taken.is_empty() { Err(PeopleError::NotFound) } else { Ok(()) }
    }

    /// The role with that key, which the caller may give and take.
    pub(super) async fn role_to_give(&self, db: &TenantDb, by: &Caller, role: Uuid) -> Result<RoleEntry, PeopleError> {
        let found = db.own(&self.core.statements.role, vec![Arg::Uuid(Some(role))], rows::role).await?;
        let entry = found.into_iter().flatten().next().ok_or(PeopleError::NotFound)?;
        may_give(by, &entry.role)?;
        Ok(entry)
    }
}

/// Who is inactive, or no user any more, has none.
impl UserRoles for People {
    async fn roles(&self, who: &Authenticated) -> Result<Vec<Arc<Role>>, Error> {
        let args = vec![Arg::Uuid(Some(who.subject))];
        let found = self.system(who.tenant).own(&self.core.statements.roles_of_user, args, rows::role_of_user).await?;
        let of_active = |(entry, is_active): (Option<RoleEntry>, bool)| entry.filter(|_| is_active || mutant!("people_roles_of_inactive"));
        Ok(found.into_iter().filter_map(of_active).map(|entry| entry.role).collect())
    }
}

/// Nobody gives what they have not.
pub(super) fn may_give(by: &Caller, role: &Role) -> Result<(), PeopleError> {
    if by.may_give(role) || mutant!("people_role_ungiven") { Ok(()) } else { Err(PeopleError::NotGiven) }
}

/// The items as a column of text has them, with spaces between.
fn list(pointer: &'static str, items: impl IntoIterator<Item: ToString>) -> Result<String, PeopleError> {
    let text = items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(" ");
    if text.len() > LONGEST_LIST { Err(PeopleError::Invalid { pointer, detail: "together at most 4,096 bytes" }) } else { Ok(text) }
}

/// A foreign key fails: on a row that is not there, or by one that is.
fn refers(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Reference { .. } | ErrorKind::Referenced { .. })
}

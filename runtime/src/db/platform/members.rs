//! The users of one tenant, as the operator sees them: inside of that tenant's context, and on the record.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::super::Error;
use super::{Act, Platform, arguments};
use crate::mutants::mutant;
use crate::schema::TenantId;

/// How many are told at once.
const PAGE: usize = 200;

/// A user of a tenant. Of the person behind it the operator learns no more.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Member {
    /// The user.
    pub id: Uuid,
    /// The address by which the tenant has invited them.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Whether they are let in now.
    pub is_active: bool,
    /// The names of their roles, in alphabetical order.
    pub roles: Vec<String>,
}

/// The users of a tenant, in the order of their addresses.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Members {
    /// At most 200.
    pub items: Vec<Member>,
    /// The address behind which more follow.
    pub next: Option<String>,
}

impl Platform {
    /// The users of a tenant, those behind an address. Each look is an act.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such tenant, [`Rule`](crate::ErrorKind::Rule) when the act is not as it must
    /// be.
    pub async fn members(&self, tenant: TenantId, after: Option<&str>, act: Act<'_>) -> Result<Members, Error> {
        let act = act.checked()?;
        let Self { tenants, column, users, roles, user_roles, .. } = self;
        let mut connection = self.pool.acquire().await?;
        let mut acting = self.begin(&mut connection, act, Some(tenant)).await?;
        if acting.rows(format!("select 1 from {tenants} where id = $1"), arguments(tenant, &[])?).await?.is_empty() {
            return acting.refuse().await;
        }
        let text = format!(
            "select u.id, u.email, u.name, u.is_active,
                    array(select r.name from {user_roles} h join {roles} r on r.{column} = h.{column} and r.id = h.role_id
                           where h.{column} = u.{column} and h.user_id = u.id order by r.name)
               from {users} u where u.{column} = $1 and u.email > $2 order by u.email limit {}",
            PAGE + 1
        );
        let rows = acting.rows(text, arguments(tenant, &[after.unwrap_or_default()])?).await?;
        let mut items = rows.iter().map(member).collect::<Result<Vec<_>, _>>()?;
        if mutant!("platform_members_unrecorded") {
            acting.commit().await?;
        } else {
            acting.record(Some(tenant), "tenant.members").await?;
        }
        let more = items.len() > PAGE;
        items.truncate(PAGE);
        let next = items.last().filter(|_| more).map(|last| last.email.clone());
        Ok(Members { items, next })
    }
}

fn member(row: &PgRow) -> Result<Member, Error> {
    Ok(Member { id: row.try_get(0)?, email: row.try_get(1)?, name: row.try_get(2)?, is_active: row.try_get(3)?, roles: row.try_get(4)? })
}

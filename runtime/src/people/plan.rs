//! What the tenant's plan allows, counted where something is added to.

use std::sync::Arc;

use super::{People, PeopleError};
use crate::db::{Error, TenantTx};
use crate::mutants::mutant;
use crate::schema::{Cells, Column, ReadError};

/// What a plan limits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Limited {
    /// Users that are let in.
    Users,
    /// API keys that are good.
    ApiKeys,
}

impl People {
    /// Whether there is room for one more. Whoever else adds one waits until this transaction has ended, so that two do not take one place.
    pub(super) async fn room(&self, tx: &mut TenantTx<'_>, of: Limited) -> Result<Result<(), PeopleError>, Error> {
        let statements = &self.core.statements;
        let (text, what): (&Arc<str>, _) = match of {
            Limited::Users => (&statements.room_for_users, "users"),
            Limited::ApiKeys => (&statements.room_for_keys, "API keys"),
        };
        if !mutant!("people_counted_at_once") {
            tx.own(&statements.one_at_a_time, Vec::new(), super::rows::id).await?;
        }
        let rows = tx.own(text, Vec::new(), room).await?;
        let full = rows.iter().any(|(limit, used)| limit.is_some_and(|limit| *used >= i64::from(limit)));
        Ok(if full && !mutant!("people_plan_unlimited") { Err(PeopleError::Limit { what }) } else { Ok(()) })
    }
}

/// The limit and how much of it is used.
fn room(cells: &mut Cells<'_>) -> Result<(Option<i32>, i64), ReadError> {
    Ok((Option::read(cells)?, i64::read(cells)?))
}

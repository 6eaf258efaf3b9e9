//! Plans: what tenants may agree to, and which of them each has agreed to.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, Row as _};

use super::super::{Error, ErrorKind};
use super::acts::CheckedAct;
use super::{Act, Platform};
use crate::schema::TenantId;
use crate::schema::platform::plans::MAX_PLAN;

/// How much of something a tenant with a plan may have; `None` is no limit.
///
/// ```
/// use tenantry::db::Limits;
///
/// let mut small = Limits::NONE;
/// small.users = Some(5);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Users that are let in.
    pub users: Option<u32>,
    /// API keys that are good: neither revoked nor expired.
    pub api_keys: Option<u32>,
}

impl Limits {
    /// No limit of anything.
    pub const NONE: Self = Self { users: None, api_keys: None };
}

/// What tenants may agree to.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// Its name, unique in the database.
    pub name: String,
    /// What it limits.
    pub limits: Limits,
}

impl Platform {
    /// All plans, in the order of their names.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn plans(&self) -> Result<Vec<Plan>, Error> {
        let text = format!("select name, max_users, max_api_keys from {} order by name", self.plans);
        self.pool.rows(text, PgArguments::default()).await?.iter().map(plan).collect()
    }

    /// Makes a plan, which no tenant has yet. Its name has 1 to 64 visible characters.
    ///
    /// # Errors
    /// [`Unique`](ErrorKind::Unique) when there is one of that name, [`Rule`](ErrorKind::Rule) when the name, a limit or the act is not as it must
    /// be.
    pub async fn create_plan(&self, name: &str, limits: Limits, act: Act<'_>) -> Result<(), Error> {
        let text = format!("insert into {} (name, max_users, max_api_keys, id) values ($1, $2, $3, gen_random_uuid())", self.plans);
        self.write_plan((name, limits), text, "plan.create", act).await
    }

    /// Sets the limits of a plan. They hold for what its tenants do from then on; who has more than they allow keeps it.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) when there is no such plan, [`Rule`](ErrorKind::Rule) as in [`create_plan`](Self::create_plan).
    pub async fn change_plan(&self, name: &str, limits: Limits, act: Act<'_>) -> Result<(), Error> {
        let text = format!("update {} set max_users = $2, max_api_keys = $3 where name = $1", self.plans);
        self.write_plan((name, limits), text, "plan.change", act).await
    }

    /// Removes a plan that no tenant has.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) when there is no such plan, [`Referenced`](ErrorKind::Referenced) when a tenant has it,
    /// [`Rule`](ErrorKind::Rule) when the act is not as it must be.
    pub async fn remove_plan(&self, name: &str, act: Act<'_>) -> Result<(), Error> {
        let act = act.checked()?;
        let mut arguments = PgArguments::default();
        arguments.add(name).map_err(Error::encode)?;
        let (what, text) = (format!("plan.remove {name}"), format!("delete from {} where name = $1", self.plans));
        let removed = self.change_plans(act, &what, text, arguments);
        removed.await.map_err(|error| match error.kind() {
            // What refers to a plan is a tenant.
            ErrorKind::Reference { .. } => error.with_kind(ErrorKind::Referenced { by: Some("tenants") }),
            _ => error,
        })
    }

    /// Puts a tenant on a plan, or on none, which has no limits. Who has more than it allows keeps it.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) when there is no such tenant or no such plan, [`Rule`](ErrorKind::Rule) when the act is not as it must
    /// be.
    pub async fn set_plan(&self, tenant: TenantId, plan: Option<&str>, act: Act<'_>) -> Result<(), Error> {
        let Self { tenants, plans, .. } = self;
        let text = match plan {
            Some(_) => format!("update {tenants} t set plan_id = p.id from {plans} p where t.id = $1 and p.name = $2"),
            // The text is there for every act, and empty here; no plan has that name.
            None => format!("update {tenants} set plan_id = null where id = $1 and $2 = ''"),
        };
        let what = plan.map_or_else(|| "tenant.no_plan".to_owned(), |plan| format!("tenant.plan {plan}"));
        self.change(act.checked()?, &what, vec![text], (tenant, plan.unwrap_or_default())).await
    }

    async fn write_plan(&self, (name, limits): (&str, Limits), text: String, what: &str, act: Act<'_>) -> Result<(), Error> {
        let act = act.checked()?;
        if !is_name(name) {
            return Err(Error::rule("name", "/name", "a plan's name has 1 to 64 visible characters and no space at its ends"));
        }
        let mut arguments = PgArguments::default();
        arguments.add(name).map_err(Error::encode)?;
        for (pointer, limit) in [("/users", limits.users), ("/api_keys", limits.api_keys)] {
            arguments.add(stored(pointer, limit)?).map_err(Error::encode)?;
        }
        self.change_plans(act, &format!("{what} {name}"), text, arguments).await
    }

    /// Does an act that is one statement about plans, which has to find its row.
    async fn change_plans(&self, act: CheckedAct<'_>, what: &str, text: String, arguments: PgArguments) -> Result<(), Error> {
        let mut connection = self.pool.acquire().await?;
        let mut acting = self.begin(&mut connection, act, None).await?;
        if acting.run(text, arguments).await? == 0 {
            return acting.refuse().await;
        }
        acting.record(None, what).await
    }
}

/// A limit as its column takes it.
fn stored(pointer: &'static str, limit: Option<u32>) -> Result<Option<i32>, Error> {
    let stored = limit.map(i32::try_from).transpose();
    stored.map_err(|_| Error::rule("limit", pointer, "a limit is at most 2147483647; leave it out for none"))
}

/// Whether it can be the name of a plan: what is shown in a record must read as it is.
fn is_name(text: &str) -> bool {
    let fits = usize::try_from(MAX_PLAN).is_ok_and(|most| text.chars().nth(most).is_none());
    fits && text.trim() == text && text.split(' ').all(super::is_operator)
}

fn plan(row: &PgRow) -> Result<Plan, Error> {
    let limit =
        |at: usize| -> Result<Option<u32>, Error> { Ok(row.try_get::<Option<i32>, _>(at)?.and_then(|limit| u32::try_from(limit).ok())) };
    Ok(Plan { name: row.try_get(0)?, limits: Limits { users: limit(1)?, api_keys: limit(2)? } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_has_a_name_that_can_be_read() {
        for name in ["free", "Pro 2026", "größer", &"p".repeat(64)] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", " ", " pro", "pro ", "a  b", "a\tb", "a\u{202e}b", &"p".repeat(65)] {
            assert!(!is_name(name), "{name:?}");
        }
    }

    #[test]
    fn a_limit_fits_into_its_column() {
        assert_eq!(stored("/users", Some(0)).ok(), Some(Some(0)));
        assert_eq!(stored("/users", None).ok(), Some(None));
        assert!(matches!(stored("/users", Some(u32::MAX)).unwrap_err().kind(), ErrorKind::Rule(_)));
    }
}

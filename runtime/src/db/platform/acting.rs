//! An act under way: a transaction that ends in the row that says who did it and why.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, Postgres, Transaction};
use uuid::Uuid;

use super::super::Error;
use super::super::pool::Guarded;
use super::acts::{CheckedAct, shortened};
use super::{Platform, arguments, explain};
use crate::mutants::mutant;
use crate::schema::TenantId;

/// What an act has changed so far. Unless it is [recorded](Self::record), nothing of it stays.
#[must_use = "an act that is not recorded is taken back"]
pub(super) struct Acting<'c> {
    platform: &'c Platform,
    transaction: Transaction<'c, Postgres>,
    act: CheckedAct<'c>,
}

impl Platform {
    /// Begins an act, inside of a tenant's context where it is about rows of that tenant's own.
    pub(super) async fn begin<'c>(
        &'c self,
        connection: &'c mut Guarded,
        act: CheckedAct<'c>,
        inside: Option<TenantId>,
    ) -> Result<Acting<'c>, Error> {
        let mut opening = self.pool.opening(None);
        if let Some(tenant) = inside {
            // SET takes no parameters; this is a uuid and the name of a setting that the manifest has checked.
            opening.push_str(&format!("; SET LOCAL {} = '{tenant}'", self.setting));
        }
        Ok(Acting { platform: self, transaction: connection.begin(opening).await?, act })
    }

    /// Does an act that is statements about a tenant (`$1`) and a text (`$2`). The last one has to find its row.
    pub(super) async fn change(
        &self,
        act: CheckedAct<'_>,
        what: &str,
        statements: Vec<String>,
        (tenant, text): (TenantId, &str),
    ) -> Result<(), Error> {
        let mut connection = self.pool.acquire().await?;
        let mut acting = self.begin(&mut connection, act, None).await?;
        let mut affected = 0;
        for statement in statements {
            affected = acting.run(statement, arguments(tenant, &[text])?).await?;
        }
        if affected == 0 && !mutant!("platform_found_unseen") {
            return acting.refuse().await;
        }
        acting.record(Some(tenant), what).await
    }
}

impl Acting<'_> {
    /// Runs a statement, and says how many rows it has changed.
    pub(super) async fn run(&mut self, text: String, arguments: PgArguments) -> Result<u64, Error> {
        #[expect(clippy::disallowed_methods, reason = "made of the conventions, whose names the manifest has checked, and quoted")]
        let query = sqlx::query_with(sqlx::AssertSqlSafe(text), arguments).persistent(self.platform.pool.keeps_statements());
        let done = query.execute(&mut *self.transaction).await;
        Ok(done.map_err(|error| explain(error.into()))?.rows_affected())
    }

    /// Runs a statement that reads.
    pub(super) async fn rows(&mut self, text: String, arguments: PgArguments) -> Result<Vec<PgRow>, Error> {
        #[expect(clippy::disallowed_methods, reason = "made of the conventions, whose names the manifest has checked, and quoted")]
        let query = sqlx::query_with(sqlx::AssertSqlSafe(text), arguments).persistent(self.platform.pool.keeps_statements());
        Ok(query.fetch_all(&mut *self.transaction).await?)
    }

    /// Takes it back, since what it is about is not there.
    pub(super) async fn refuse<T>(self) -> Result<T, Error> {
        if mutant!("platform_refusal_recorded") {
            self.record(None, "refused").await?;
        } else {
            self.transaction.rollback().await?;
        }
        Err(Error::not_found())
    }

    /// Records what was done to the tenant, and makes it stay.
    pub(super) async fn record(mut self, tenant: Option<TenantId>, what: &str) -> Result<(), Error> {
        self.write(tenant, what).await?;
        self.commit().await
    }

    /// Writes the row of the act.
    pub(super) async fn write(&mut self, tenant: Option<TenantId>, what: &str) -> Result<(), Error> {
        if mutant!("platform_act_unrecorded") {
            return Ok(());
        }
        if mutant!("platform_act_apart") {
            self.part(None).await?;
        }
        let text = format!("insert into {} (id, tenant, operator, act, reason) values ($1, $2, $3, $4, $5)", self.platform.acts);
        let mut arguments = PgArguments::default();
        arguments.add(Uuid::now_v7()).map_err(Error::encode)?;
        arguments.add(tenant.map(TenantId::uuid)).map_err(Error::encode)?;
        for text in [self.act.operator(), &*shortened(what), self.act.reason()] {
            arguments.add(text).map_err(Error::encode)?;
        }
        self.run(text, arguments).await.map(drop)
    }

    /// Ends the transaction and begins another one, as only a weakening does.
    pub(super) async fn part(&mut self, inside: Option<TenantId>) -> Result<(), Error> {
        let set = inside.map(|tenant| format!("set local {} = '{tenant}'", self.platform.setting));
        for text in ["commit".to_owned(), "begin".to_owned()].into_iter().chain(set) {
            self.run(text, PgArguments::default()).await?;
        }
        Ok(())
    }

    /// Makes it stay. What was done is written before.
    pub(super) async fn commit(self) -> Result<(), Error> {
        Ok(self.transaction.commit().await?)
    }
}

//! The ways into the database as they are meant: beside each refusal of `ui/ways` the form that compiles.

use futures_util::TryStreamExt;
use sqlx::Executor;
use tenantry::{Error, Id, TenantDb, TenantTx};
use tenantry_app::inventory::Category;

const NAMES: &str = "select name from app.categories where tenant_id = $1";

async fn what_a_transaction_returns_is_kept(db: &mut TenantDb, id: Id<Category>) -> Result<Category, Error> {
    let mut kept = None;
    db.transaction(async |tx| {
        kept = Some(tx.tenant());
        tx.run(Category::repo().find(id)).await
    })
    .await
}

async fn one_transaction_after_the_other(db: &mut TenantDb, id: Id<Category>) -> Result<(), Error> {
    db.transaction(async |_| Ok(())).await?;
    db.run(Category::repo().delete(id)).await?;
    db.transaction(async |_| Ok(())).await
}

async fn transactions_of_two_handles(a: &mut TenantDb, b: &mut TenantDb) -> Result<(), Error> {
    a.transaction(async |_| b.transaction(async |_| Ok(())).await).await
}

async fn a_stream_within_its_transaction(db: &mut TenantDb) -> Result<usize, Error> {
    db.transaction(async |tx| {
        let names = sqlx::query(NAMES).bind(tx.tenant());
        let mut rows = (&mut *tx).fetch(names);
        let mut count = 0;
        while rows.try_next().await?.is_some() {
            count += 1;
        }
        Ok(count)
    })
    .await
}

async fn an_unchecked_statement(tx: &mut TenantTx<'_>) -> Result<i32, Error> {
    Ok(sqlx::query_scalar("select 1 where $1").bind(true).fetch_one(tx.without_predicate_check()).await?)
}

async fn the_savepoint_itself(tx: &mut TenantTx<'_>, id: Id<Category>) -> Result<Category, Error> {
    tx.savepoint(async |tx| tx.run(Category::repo().find(id)).await).await
}

/// A whole handle moves into a task. Its transaction is the boxed form, since the compiler cannot prove an async closure's future `Send`.
async fn a_task_with_a_handle_of_its_own(mut db: TenantDb, id: Id<Category>) -> Result<Category, Error> {
    let task =
        tokio::spawn(async move { db.transaction_boxed(move |tx| Box::pin(async move { tx.run(Category::repo().find(id)).await })).await });
    task.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

/// What is asserted here is that all of this compiles; `tests/db` runs it.
#[test]
fn the_ways_in_are_open() {
    let _ = (what_a_transaction_returns_is_kept, one_transaction_after_the_other, transactions_of_two_handles);
    let _ = (a_stream_within_its_transaction, an_unchecked_statement, the_savepoint_itself, a_task_with_a_handle_of_its_own);
}

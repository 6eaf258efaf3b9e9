//! A future that is dropped, a panic, a timeout, a killed backend, a swallowed error.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use tenantry::{Actor, Error, ErrorKind, TenantDb, TenantTx};
use tenantry_app::inventory::{Category, NewCategory};
use tenantry_tests::{Bed, category};

/// Polls the future at most `times` times and drops it; `None` when it was not ready by then.
async fn poll_times<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|context| {
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polls >= times => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// The server process behind the pool's only connection.
async fn backend(db: &mut TenantDb) -> i32 {
    let pid = db.transaction(async |tx| {
        let tenant = tx.tenant();
        let sql = "select pg_backend_pid() where $1::uuid is not null";
        Ok(sqlx::query_scalar(sql).bind(tenant).fetch_one(tx).await?)
    });
    pid.await.unwrap()
}

/// The next transaction, of another tenant, writes and reads what it should.
async fn next_is_clean(bed: &Bed, name: &str) {
    let mut db = bed.tenancy.tenant(bed.b, Actor::System);
    let made = db.run(Category::repo().create(&category(name))).await.unwrap();
    assert_eq!(made.tenant_id.get(), bed.b);
    assert_eq!(db.run(Category::repo().find(made.id)).await.unwrap().name, name);
    let count = "select count(*) from app.categories where tenant_id = $1 and name = $2";
    let committed: i64 = sqlx::query_scalar(count).bind(bed.b.uuid()).bind(name).fetch_one(&mut bed.observer().await).await.unwrap();
    assert_eq!(committed, 1, "an acknowledged write is committed");
    let visible: i64 = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let sql = "select count(*) from app.categories where tenant_id <> $1";
            Ok(sqlx::query_scalar(sql).bind(tenant).fetch_one(tx).await?)
        })
        .await
        .unwrap();
    assert_eq!(visible, 0, "no other tenant's row is visible");
}

async fn write_two(tx: &mut TenantTx<'_>, first: &NewCategory, second: &NewCategory) -> Result<(), Error> {
    tx.run(Category::repo().create(first)).await?;
    tx.run(Category::repo().create(second)).await?;
    Ok(())
}

#[tokio::test]
async fn a_future_dropped_after_any_number_of_polls_leaves_nothing_behind() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut stopped_in_begin = BTreeSet::new();
    let mut finished = false;
    for times in 1..200 {
        let mut db = bed.tenancy.tenant(bed.a, Actor::System);
        let before = backend(&mut db).await;
        let (first, second) = (category(&format!("first {times}")), category(&format!("second {times}")));
        let done = poll_times(times, db.transaction(async |tx| write_two(tx, &first, &second).await)).await;
        next_is_clean(&bed, &format!("next {times}")).await;
        // Only a connection that was left inside BEGIN is closed; all others are used again.
        if backend(&mut db).await != before {
            stopped_in_begin.insert(times);
        }
        let sql = "select count(*) from app.categories where tenant_id = $1 and name in ($2, $3)";
        let query = sqlx::query_scalar(sql).bind(bed.a.uuid()).bind(&first.name).bind(&second.name);
        let written: i64 = query.fetch_one(&mut bed.observer().await).await.unwrap();
        assert!(written == 0 || written == 2, "the transaction is whole or absent, not {written} rows of 2");
        if let Some(result) = done {
            result.unwrap();
            assert_eq!(written, 2, "an acknowledged transaction is there");
            finished = true;
            break;
        }
    }
    assert!(finished, "the transaction was never polled to its end");
    assert!(!stopped_in_begin.is_empty(), "no drop fell inside BEGIN, so the guard was not tested");
}

#[tokio::test]
async fn a_panic_rolls_back() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let tenancy = bed.tenancy.clone();
    let tenant = bed.a;
    let task = tokio::spawn(async move {
        let mut db = tenancy.tenant(tenant, Actor::System);
        db.transaction(async |tx| {
            tx.run(Category::repo().create(&category("lost"))).await?;
            assert!(tx.tenant().is_nil(), "this panics");
            Ok(())
        })
        .await
    });
    assert!(task.await.unwrap_err().is_panic());
    next_is_clean(&bed, "after the panic").await;
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

#[tokio::test]
async fn a_statement_timeout_rolls_back() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    // For this database only, and for connections that are made from now on.
    let text = format!("alter role tenantry_app in database {} set statement_timeout = '200ms'", bed.stage.database().name());
    sqlx::query(sqlx::AssertSqlSafe(text)).execute(&mut bed.observer().await).await.unwrap();
    bed.terminate_app_backends().await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    // The pool learns here that its connection is gone.
    let _ = db.run(Category::repo().list().unit()).await;
    let result = db
        .transaction(async |tx| {
            tx.run(Category::repo().create(&category("lost"))).await?;
            let tenant = tx.tenant();
            let sql = "select count(*) from generate_series(1, 10000000000) n where $1::uuid is not null and n > 0";
            let count: i64 = sqlx::query_scalar(sql).bind(tenant).fetch_one(&mut *tx).await?;
            Ok(count)
        })
        .await;
    assert_eq!(result.unwrap_err().kind(), &ErrorKind::Timeout);
    next_is_clean(&bed, "after the timeout").await;
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

#[tokio::test]
async fn a_killed_backend_is_replaced() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let result = db
        .transaction(async |tx| {
            tx.run(Category::repo().create(&category("lost"))).await?;
            bed.terminate_app_backends().await;
            tx.run(Category::repo().create(&category("lost, too"))).await
        })
        .await;
    assert_eq!(result.unwrap_err().kind(), &ErrorKind::Unavailable);
    next_is_clean(&bed, "after the kill").await;
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

#[tokio::test]
async fn a_swallowed_error_is_not_committed() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let result = db
        .transaction(async |tx| {
            tx.run(Category::repo().create(&category("one"))).await?;
            // The name is taken; the error is dropped.
            let _ = tx.run(Category::repo().create(&category("one"))).await;
            Ok(())
        })
        .await;
    assert_eq!(result.unwrap_err().kind(), &ErrorKind::Poisoned, "sqlx would have reported success");
    next_is_clean(&bed, "after the swallowed error").await;
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

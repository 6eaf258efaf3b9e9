//! A future that is dropped, a panic, a timeout, a killed backend, a swallowed error.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use sqlx::PgConnection;
use tenantry::{Actor, Error, ErrorKind, TenantDb, TenantTx};
use tenantry_app::inventory::{Category, NewCategory};
use tenantry_testkit::execute;
use tenantry_tests::{Bed, category};
use uuid::Uuid;

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
async fn next_is_clean(bed: &Bed, observer: &mut PgConnection, name: &str) {
    let mut db = bed.tenancy.tenant(bed.b, Actor::System);
    let made = db.run(Category::repo().create(&category(name))).await.unwrap();
    assert_eq!(made.tenant_id.get(), bed.b);
    assert_eq!(db.run(Category::repo().find(made.id)).await.unwrap().name, name);
    let count = "select count(*) from app.categories where tenant_id = $1 and name = $2";
    let committed: i64 = sqlx::query_scalar(count).bind(bed.b.uuid()).bind(name).fetch_one(observer).await.unwrap();
    assert_eq!(committed, 1, "an acknowledged write is committed");
    let visible: i64 = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let sql = "select count(*) from app.categories where tenant_id <> $1";
            Ok(sqlx::query_scalar(sql).bind(tenant).fetch_one(tx.without_predicate_check()).await?)
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

/// One transaction of two writes, dropped after so many polls. Whether it was polled to its end, and whether the drop fell inside BEGIN.
async fn drop_after(bed: &Bed, observer: &mut PgConnection, times: usize) -> (bool, bool) {
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let before = backend(&mut db).await;
    let (first, second) = (category(&Uuid::now_v7().to_string()), category(&Uuid::now_v7().to_string()));
    let done = poll_times(times, db.transaction(async |tx| write_two(tx, &first, &second).await)).await;
    next_is_clean(bed, observer, &Uuid::now_v7().to_string()).await;
    // Only a connection that was left inside BEGIN is closed; all others are used again.
    let in_begin = backend(&mut db).await != before;
    let sql = "select count(*) from app.categories where tenant_id = $1 and name in ($2, $3)";
    let query = sqlx::query_scalar(sql).bind(bed.a.uuid()).bind(&first.name).bind(&second.name);
    let written: i64 = query.fetch_one(observer).await.unwrap();
    assert!(written == 0 || written == 2, "the transaction is whole or absent, not {written} rows of 2");
    if let Some(result) = &done {
        result.as_ref().unwrap();
        assert_eq!(written, 2, "an acknowledged transaction is there");
    }
    (done.is_some(), in_begin)
}

#[tokio::test]
async fn a_future_dropped_after_any_number_of_polls_leaves_nothing_behind() {
    let bed = Bed::proxied().await;
    let mut observer = bed.observer().await;
    let mut in_begin = false;
    for times in 1..1_000 {
        let (ended, inside) = drop_after(&bed, &mut observer, times).await;
        in_begin |= inside;
        if ended {
            assert!(in_begin, "no drop fell inside BEGIN, so the guard was not tested");
            return;
        }
    }
    panic!("the transaction was never polled to its end");
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
    next_is_clean(&bed, &mut bed.observer().await, "after the panic").await;
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

#[tokio::test]
async fn a_statement_timeout_rolls_back() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    // For this database only, and for connections that are made from now on.
    let text = format!("alter role tenantry_app in database {} set statement_timeout = '200ms'", bed.stage.database().name());
    execute(&mut bed.observer().await, &text).await.unwrap();
    bed.terminate_app_backends().await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
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
    next_is_clean(&bed, &mut bed.observer().await, "after the timeout").await;
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
    next_is_clean(&bed, &mut bed.observer().await, "after the kill").await;
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

#[tokio::test]
async fn a_connection_that_the_server_has_closed_costs_nobody_a_request() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let db = bed.tenancy.tenant(bed.a, Actor::System);
    for name in ["before", "after"] {
        db.run(Category::repo().create(&category(name))).await.unwrap();
        bed.terminate_app_backends().await;
    }
    assert_eq!(bed.names("categories", bed.a).await, ["after", "before"]);
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
    next_is_clean(&bed, &mut bed.observer().await, "after the swallowed error").await;
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

#[tokio::test]
async fn the_context_is_set_for_the_transaction_alone() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut observer = bed.observer().await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    // Nobody sees the settings of another session, but the observer sees the message that opened the transaction.
    let opened = db.transaction(async |_| {
        let sql = "select query from pg_stat_activity where datname = current_database() and usename like '%_app'";
        let query: String = sqlx::query_scalar(sql).fetch_one(&mut observer).await?;
        Ok(query)
    });
    let opened = opened.await.unwrap();
    let settings = opened.split("; ").skip(1).collect::<Vec<_>>();
    assert!(settings.len() == 3 && settings[0].contains(&bed.a.to_string()), "{opened}");
    assert!(settings.iter().all(|setting| setting.starts_with("SET LOCAL ")), "what outlives a transaction: {opened}");
}

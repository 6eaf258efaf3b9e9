//! Hand-written SQL that is not well meant: it neither leaves the tenant nor leaves anything behind.

use futures_util::TryStreamExt;
use tenantry::{Actor, Error, ErrorKind, TenantTx};
use tenantry_app::inventory::Category;
use tenantry_tests::{Bed, category};

/// What fails and is swallowed by the caller, without the server having noticed.
#[derive(Clone, Copy, Debug)]
enum Failure {
    Refused,
    HalfRead,
}

/// What succeeds afterwards.
#[derive(Clone, Copy, Debug)]
enum Success {
    Unit,
    Statement,
    Unchecked,
    Savepoint,
}

async fn fail(tx: &mut TenantTx<'_>, failure: Failure) {
    let tenant = tx.tenant();
    match failure {
        Failure::Refused => {
            let refused = sqlx::query("insert into app.categories (id, name) values (gen_random_uuid(), 'never sent')").execute(tx).await;
            assert!(refused.is_err());
        }
        Failure::HalfRead => {
            let rows = "select n from generate_series(1, 3) n where $1::uuid is not null";
            let first = sqlx::query(rows).bind(tenant).fetch(tx).try_next().await;
            assert!(first.unwrap().is_some());
        }
    }
}

async fn succeed(tx: &mut TenantTx<'_>, success: Success) -> Result<(), Error> {
    let tenant = tx.tenant();
    let one = "select 1 where $1::uuid is not null";
    match success {
        Success::Unit => tx.run(Category::repo().list().unit()).await.map(drop),
        Success::Statement => Ok(sqlx::query(one).bind(tenant).execute(tx).await.map(drop)?),
        Success::Unchecked => Ok(sqlx::query(one).bind(tenant).execute(tx.without_predicate_check()).await.map(drop)?),
        Success::Savepoint => {
            let _ = tx.savepoint(async |_| Ok(())).await;
            Ok(())
        }
    }
}

#[tokio::test]
async fn what_succeeds_later_does_not_wash_off_what_failed_before() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    for failure in [Failure::Refused, Failure::HalfRead] {
        for success in [Success::Unit, Success::Statement, Success::Unchecked, Success::Savepoint] {
            let result = db
                .transaction(async |tx| {
                    tx.run(Category::repo().create(&category("half of it"))).await?;
                    fail(tx, failure).await;
                    succeed(tx, success).await
                })
                .await;
            let kind = result.map_err(|error| error.kind().clone());
            assert_eq!(kind, Err(ErrorKind::Poisoned), "{failure:?}, then {success:?}");
            assert_eq!(bed.count("categories", bed.a).await, 0, "{failure:?}, then {success:?}");
        }
    }
}

//! Savepoints.

use std::time::Duration;

use tenantry::{Actor, Error, ErrorKind};
use tenantry_app::inventory::Category;
use tenantry_tests::{Bed, category};

#[tokio::test]
async fn what_fails_is_taken_back_and_the_rest_is_kept() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    db.transaction(async |tx| {
        tx.run(Category::repo().create(&category("kept"))).await?;
        let inner = tx.savepoint(async |tx| {
            tx.run(Category::repo().create(&category("taken back"))).await?;
            tx.run(Category::repo().create(&category("kept"))).await
        });
        assert!(matches!(inner.await.unwrap_err().kind(), ErrorKind::Unique { columns } if columns == &["name"]));
        tx.savepoint(async |tx| tx.run(Category::repo().create(&category("kept, too"))).await).await?;
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(bed.names("categories", bed.a).await, ["kept", "kept, too"]);
}

#[tokio::test]
async fn a_swallowed_error_inside_a_savepoint_takes_it_back() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    db.transaction(async |tx| {
        tx.run(Category::repo().create(&category("kept"))).await?;
        let inner = tx.savepoint(async |tx| {
            let _ = tx.run(Category::repo().create(&category("kept"))).await;
            Ok(())
        });
        assert_eq!(inner.await.unwrap_err().kind(), &ErrorKind::Poisoned);
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(bed.names("categories", bed.a).await, ["kept"]);
}

#[tokio::test]
async fn a_savepoint_does_not_heal_a_poisoned_transaction() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let result = db
        .transaction(async |tx| {
            tx.run(Category::repo().create(&category("one"))).await?;
            let _ = tx.run(Category::repo().create(&category("one"))).await;
            let _ = tx.savepoint(async |_| Ok(())).await;
            Ok(())
        })
        .await;
    assert_eq!(result.unwrap_err().kind(), &ErrorKind::Poisoned);
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

#[tokio::test]
async fn a_savepoint_dropped_half_way_keeps_the_transaction_from_committing() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let result = db
        .transaction(async |tx| {
            let abandoned = tx.savepoint(async |tx| {
                tx.run(Category::repo().create(&category("half"))).await?;
                std::future::pending::<Result<(), Error>>().await
            });
            let finished = tokio::time::timeout(Duration::from_millis(200), abandoned).await;
            assert!(finished.is_err(), "it is pending for ever");
            // This one succeeds and would clear the mark of the statement before.
            tx.run(Category::repo().create(&category("after"))).await?;
            Ok(())
        })
        .await;
    assert_eq!(result.unwrap_err().kind(), &ErrorKind::Poisoned);
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

#[tokio::test]
async fn neither_a_savepoint_nor_a_success_heals_a_refused_statement() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    for savepoint in [false, true] {
        let result = db
            .transaction(async |tx| {
                tx.run(Category::repo().create(&category("one"))).await?;
                // Refused before it is sent, so the server knows of no failure; the error is dropped.
                let _ = sqlx::query("delete from app.categories").execute(&mut *tx).await;
                if savepoint {
                    let _ = tx.savepoint(async |_| Err::<(), _>(Error::not_found())).await;
                } else {
                    tx.run(Category::repo().create(&category("two"))).await?;
                }
                Ok(())
            })
            .await;
        assert_eq!(result.unwrap_err().kind(), &ErrorKind::Poisoned, "with a savepoint: {savepoint}");
    }
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

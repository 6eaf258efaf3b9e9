//! SQL that people write, on the tenant transaction as an sqlx executor.

use futures_util::TryStreamExt;
use sqlx::Row;
use tenantry::{Actor, Date, Error, ErrorKind, Id, StatementRefusal, Timestamp};
use tenantry_app::inventory::Category;
use tenantry_app::sales::CustomerStatus;
use tenantry_tests::{Bed, category};
use uuid::Uuid;

/// Runs a statement with those arguments and says why it was refused.
macro_rules! refusal {
    ($bed:ident, $sql:expr $(, $arg:expr)*) => {{
        let mut db = $bed.tenancy.tenant($bed.a, Actor::System);
        let result: Result<(), Error> = db
            .transaction(async |tx| {
                let _ = tx.tenant();
                sqlx::query($sql)$(.bind($arg))*.fetch_all(tx).await?;
                Ok(())
            })
            .await;
        match result.unwrap_err().kind() {
            ErrorKind::Statement(refusal) => refusal.clone(),
            other => panic!("{} was not refused: {other:?}", $sql),
        }
    }};
}

#[tokio::test]
async fn plain_sqlx_runs_as_it_is() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let made = db.run(Category::repo().create(&category("Tea"))).await.unwrap();
    let (id, name, at): (Id<Category>, String, Timestamp) = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let sql = "select id, name, created_at from app.categories where tenant_id = $1 and name = $2";
            Ok(sqlx::query_as(sql).bind(tenant).bind("Tea").fetch_one(tx).await?)
        })
        .await
        .unwrap();
    assert_eq!((id, name.as_str(), at), (made.id, "Tea", made.stamps.created_at));
    let today: Date = "2026-11-24".parse().unwrap();
    let same: (Date, Option<Date>) = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let sql = "select $2::date, null::date where $1::uuid is not null";
            Ok(sqlx::query_as(sql).bind(tenant).bind(today).fetch_one(tx).await?)
        })
        .await
        .unwrap();
    assert_eq!(same, (today, None));
}

#[tokio::test]
async fn an_enum_is_bound_and_read_as_its_word() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let sql = "select $2, null::text, $3 where $1::uuid is not null";
    let read: (CustomerStatus, Option<CustomerStatus>, String) = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let query = sqlx::query_as(sql).bind(tenant).bind(CustomerStatus::OnHold).bind(Some(CustomerStatus::Closed));
            Ok(query.fetch_one(tx).await?)
        })
        .await
        .unwrap();
    assert_eq!(read, (CustomerStatus::OnHold, None, "closed".to_owned()));
    let unknown = db.transaction(async |tx| {
        let tenant = tx.tenant();
        let row = sqlx::query("select 'a secret' where $1::uuid is not null").bind(tenant).fetch_one(tx).await?;
        Ok(row.try_get::<CustomerStatus, _>(0).unwrap_err().to_string())
    });
    let unknown = unknown.await.unwrap();
    assert!(unknown.ends_with("it is none of active, on_hold, closed") && !unknown.contains("secret"), "{unknown}");
}

#[tokio::test]
async fn a_statement_without_arguments_or_tenant_is_refused() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let first = "select id from app.categories where tenant_id = $1";
    assert_eq!(refusal!(bed, first), StatementRefusal::NoArguments);
    assert_eq!(refusal!(bed, first, bed.b.uuid()), StatementRefusal::NotTheTenant);
    assert_eq!(refusal!(bed, first, bed.a.to_string()), StatementRefusal::NotTheTenant);
    assert_eq!(refusal!(bed, first, None::<Uuid>), StatementRefusal::NotTheTenant);
    let other = "select id from app.categories where tenant_id = $1 and name = $2";
    assert_eq!(refusal!(bed, other, "Tea", bed.a.uuid()), StatementRefusal::NotTheTenant);
    assert!(matches!(refusal!(bed, "set local app.tenant_id = ''", bed.a.uuid()), StatementRefusal::Text(_)));
    assert!(matches!(refusal!(bed, "select 1; select 2", bed.a.uuid()), StatementRefusal::Text(_)));
    assert!(matches!(refusal!(bed, "commit", bed.a.uuid()), StatementRefusal::Text(_)));
    assert!(matches!(refusal!(bed, "select set_config('app.tenant_id', $1::text, false)", bed.a.uuid()), StatementRefusal::Text(_)));
}

#[tokio::test]
async fn a_refused_statement_keeps_the_transaction_from_committing() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let result = db
        .transaction(async |tx| {
            tx.run(Category::repo().create(&category("lost"))).await?;
            let _ = sqlx::query("delete from app.categories").execute(&mut *tx).await;
            Ok(())
        })
        .await;
    assert_eq!(result.unwrap_err().kind(), &ErrorKind::Poisoned);
    assert_eq!(bed.count("categories", bed.a).await, 0);
}

#[tokio::test]
async fn without_the_predicate_check_row_security_still_holds() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    for tenant in [bed.a, bed.b] {
        let db = bed.tenancy.tenant(tenant, Actor::System);
        db.run(Category::repo().create(&category("Tea"))).await.unwrap();
    }
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let seen: i64 = db
        .transaction(async |tx| {
            let sql = "select count(*) from app.categories where name = $1";
            Ok(sqlx::query_scalar(sql).bind("Tea").fetch_one(tx.without_predicate_check()).await?)
        })
        .await
        .unwrap();
    assert_eq!(seen, 1, "its own, and no other");
    let result: Result<(), Error> = db
        .transaction(async |tx| {
            sqlx::query("commit").bind(1).execute(tx.without_predicate_check()).await?;
            Ok(())
        })
        .await;
    assert!(matches!(result.unwrap_err().kind(), ErrorKind::Statement(StatementRefusal::Text(_))));
}

#[tokio::test]
async fn a_stream_dropped_half_read_poisons_and_one_read_to_its_end_does_not() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    for (read, committed) in [(2, false), (4, true)] {
        let result = db
            .transaction(async |tx| {
                let tenant = tx.tenant();
                let sql = "select n from generate_series(1, 3) n where $1::uuid is not null";
                let mut rows = sqlx::query(sql).bind(tenant).fetch(&mut *tx);
                for _ in 0..read {
                    if let Some(row) = rows.try_next().await? {
                        let _: i32 = row.try_get(0)?;
                    }
                }
                Ok(())
            })
            .await;
        assert_eq!(result.is_ok(), committed, "{read} reads of 3 rows and an end");
    }
}

#[tokio::test]
async fn a_row_that_hand_written_sql_deletes_while_it_is_in_use_is_named() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let result: Result<(), Error> = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let (customer, order) = (Uuid::now_v7(), Uuid::now_v7());
            let sql = "insert into app.customers (tenant_id, id, code, name) values ($1, $2, '1', 'Alfreds')";
            sqlx::query(sql).bind(tenant).bind(customer).execute(&mut *tx).await?;
            let sql = "insert into app.sales_orders (tenant_id, id, number, customer, placed_on, total, total_currency)
                       values ($1, $2, 1, $3, current_date, 0, 'EUR')";
            sqlx::query(sql).bind(tenant).bind(order).bind(customer).execute(&mut *tx).await?;
            let sql = "delete from app.customers where tenant_id = $1 and id = $2";
            sqlx::query(sql).bind(tenant).bind(customer).execute(tx).await?;
            Ok(())
        })
        .await;
    assert_eq!(result.unwrap_err().kind(), &ErrorKind::Referenced { by: Some("sales_orders") });
}

#[tokio::test]
async fn a_constraint_that_hand_written_sql_breaks_is_explained() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let result: Result<(), Error> = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let sql = "insert into app.categories (tenant_id, id, name) values ($1, $2, $3), ($1, $4, $3)";
            let query = sqlx::query(sql).bind(tenant).bind(Uuid::now_v7()).bind("Tea").bind(Uuid::now_v7());
            query.execute(tx).await?;
            Ok(())
        })
        .await;
    let error = result.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unique { columns } if columns == &["name"]), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("Tea"), "an error quotes no value");
}

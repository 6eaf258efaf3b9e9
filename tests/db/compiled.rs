//! sqlx's `!` macros on the tenant transaction. They were checked against the database when `.sqlx` was written, and build without one.
//!
//! After a change: `SQLX_OFFLINE=false SQLX_OFFLINE_DIR=<this package>/.sqlx DATABASE_URL=<a migrated database> cargo test -p tenantry-tests
//! --test db --no-run`.

use futures_util::TryStreamExt;
use tenantry::{Actor, Error, ErrorKind, StatementRefusal};
use tenantry_app::inventory::Category;
use tenantry_testkit::Way;
use tenantry_tests::{Bed, category};
use uuid::Uuid;

#[derive(Debug, Eq, PartialEq)]
struct Named {
    id: Uuid,
    name: String,
}

#[tokio::test]
async fn macros_that_sqlx_checks_run_as_they_are() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    for name in ["Coffee", "Tea"] {
        db.run(Category::repo().create(&category(name))).await.unwrap();
    }
    db.transaction(async |tx| {
        let tenant = tx.tenant();
        let changed = sqlx::query!("update app.categories set description = $2 where tenant_id = $1 and name = 'Tea'", tenant, "leaves")
            .execute(&mut *tx)
            .await?;
        assert_eq!(changed.rows_affected(), 1);
        let rows = sqlx::query!("select name, description from app.categories where tenant_id = $1 order by name", tenant)
            .fetch_all(&mut *tx)
            .await?;
        let rows: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.description.as_deref())).collect();
        assert_eq!(rows, [("Coffee", None), ("Tea", Some("leaves"))]);
        let mut stream =
            sqlx::query_as!(Named, "select id, name from app.categories where tenant_id = $1 order by name", tenant).fetch(&mut *tx);
        let mut names = Vec::new();
        while let Some(named) = stream.try_next().await? {
            assert!(!named.id.is_nil());
            names.push(named.name);
        }
        drop(stream);
        assert_eq!(names, ["Coffee", "Tea"]);
        let count =
            sqlx::query_scalar!(r#"select count(*) as "count!" from app.categories where tenant_id = $1"#, tenant).fetch_one(tx).await?;
        assert_eq!(count, 2);
        Ok(())
    })
    .await
    .unwrap();
}

/// sqlx and the server find nothing wrong with it.
#[tokio::test]
async fn a_macro_that_forgets_the_tenant_is_refused_before_anything_is_sent() {
    let (bed, wire) = Bed::wired().await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let result: Result<(), Error> = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            wire.watch(None);
            let planted = sqlx::query_as!(Named, "select id, name from app.categories where id <> $1", tenant).fetch_all(tx).await;
            assert_eq!(wire.passed(Way::ToServer), 0);
            planted?;
            Ok(())
        })
        .await;
    assert!(matches!(result.unwrap_err().kind(), ErrorKind::Statement(StatementRefusal::Text(_))));
}

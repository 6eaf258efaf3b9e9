//! Hand-written SQL that is not well meant: it neither leaves the tenant nor leaves anything behind.

use std::sync::Arc;

use futures_util::TryStreamExt;
use tenantry::{Actor, Error, ErrorKind, StatementRefusal, TenantTx};
use tenantry_app::inventory::Category;
use tenantry_testkit::made;
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

/// What the session would hand on to the next transaction.
async fn left_behind(bed: &Bed) -> Vec<Option<String>> {
    let mut db = bed.tenancy.tenant(bed.b, Actor::System);
    let settings = db.transaction(async |tx| {
        let tenant = tx.tenant();
        let sql = "select array[current_setting('search_path'), current_setting('row_security'), current_setting('statement_timeout'),
                                current_setting('transaction_read_only'), current_setting('app.tenant_id'), current_setting('app.actor_id'),
                                current_user::text, session_user::text, pg_backend_pid()::text]
                    where $1::uuid is not null";
        Ok(sqlx::query_scalar(sql).bind(tenant).fetch_one(tx).await?)
    });
    settings.await.unwrap()
}

/// Refused before anything was sent.
const BY_NAME: &[&str] = &[
    "select set_config('app.tenant_id', gen_random_uuid()::text, true) where $1::uuid is not null",
    "with a as (select \"set_config\"('search_path', 'x', false)) select * from a where $1::uuid is not null",
    "update pg_catalog.pg_settings set setting = 'x' where name = 'search_path' and $1::uuid is not null",
    "select setseed(0.5) where $1::uuid is not null",
    "select query from pg_stat_activity where $1::uuid is not null",
    "select currtid2('app.categories', '(100,1)') where $1::uuid is not null",
    "set local app.tenant_id = ''",
    "reset role",
    "do 'begin perform 1; end'",
    "copy app.categories to stdout",
    "listen x",
    "prepare x as select $1::uuid",
    "execute x",
    "declare c cursor with hold for select $1::uuid",
    "explain analyze select $1::uuid",
    "savepoint a",
    "rollback",
    "lock table app.categories",
    "create temp table a ()",
    "select $1::uuid into a",
    "select 1; select $1::uuid",
];

#[tokio::test]
async fn what_would_leave_the_tenant_or_outlive_the_transaction_is_not_sent() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let before = left_behind(&bed).await;
    for attack in BY_NAME {
        for checked in [true, false] {
            let mut db = bed.tenancy.tenant(bed.a, Actor::System);
            let result = db
                .transaction(async |tx| {
                    let query = sqlx::query(*attack).bind(tx.tenant()).persistent(checked);
                    if checked {
                        query.execute(tx).await?
                    } else {
                        query.execute(tx.without_predicate_check()).await?
                    };
                    Ok(())
                })
                .await;
            let kind = result.map_err(|error| error.kind().clone());
            assert!(matches!(kind, Err(ErrorKind::Statement(StatementRefusal::Text(_)))), "{attack}: {kind:?}");
            assert_eq!(left_behind(&bed).await, before, "{attack}");
        }
    }
}

/// The statement check is a guard rail in front of the server's refusal, and the two must not drift apart.
#[tokio::test]
async fn every_function_that_provision_takes_away_is_refused_by_name() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let taken = "select distinct proname::text from pg_proc p
                  where pronamespace = 'pg_catalog'::regnamespace and not has_function_privilege('tenantry_app', oid, 'execute')
                    and not exists (select from pg_init_privs i where i.classoid = 'pg_proc'::regclass and i.objoid = p.oid) order by 1";
    let names: Vec<String> = sqlx::query_scalar(taken).fetch_all(&mut bed.observer().await).await.unwrap();
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        let mut db = bed.tenancy.tenant(bed.a, Actor::System);
        let result: Result<(), Error> = db
            .transaction(async |tx| {
                let query = sqlx::query(made(format!("select {name}($1)"))).bind(tx.tenant());
                query.execute(tx).await?;
                Ok(())
            })
            .await;
        // Of ts_rewrite only the form with a query in a string is taken away; its name is refused whole.
        assert!(matches!(result.unwrap_err().kind(), ErrorKind::Statement(_)), "{name} is not refused by name");
    }
}

/// A first argument that has the tenant's bytes and another type passes for the tenant. It opens nothing: the policies do not read it, and
/// the comparison with the tenant's column does not take it.
#[tokio::test]
async fn a_disguised_first_argument_sees_no_more() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    for (tenant, name) in [(bed.a, "own"), (bed.b, "foreign")] {
        bed.tenancy.tenant(tenant, Actor::System).run(Category::repo().create(&category(name))).await.unwrap();
    }
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let disguised: Result<Vec<String>, Error> = db
        .transaction(async |tx| {
            let bytes = tx.tenant().as_bytes().to_vec();
            Ok(sqlx::query_scalar("select name from app.categories where tenant_id = $1").bind(bytes).fetch_all(tx).await?)
        })
        .await;
    assert_eq!(disguised.unwrap_err().sqlstate(), Some("42883"), "there is no operator between the two types");
    let seen: Vec<String> = db
        .transaction(async |tx| {
            let bytes = tx.tenant().as_bytes().to_vec();
            let query = sqlx::query_scalar("select name from app.categories where $1::bytea is not null").bind(bytes);
            Ok(query.fetch_all(tx.without_predicate_check()).await?)
        })
        .await
        .unwrap();
    assert_eq!(seen, ["own"]);
    let attacks = [
        "delete from app.categories where $1::uuid is not null",
        "update app.categories set name = 'taken' where $1::uuid is not null",
        "with a as (update app.categories set description = 'x' where $1::uuid is not null returning id)
           delete from app.categories c using a where c.id <> a.id",
    ];
    for attack in attacks {
        let refused: Result<(), Error> =
            db.transaction(async |tx| Ok(sqlx::query(attack).bind(tx.tenant()).execute(tx).await.map(drop)?)).await;
        assert!(matches!(refused.unwrap_err().kind(), ErrorKind::Statement(StatementRefusal::Text(_))), "{attack}");
        let _: Result<(), Error> = db
            .transaction(async |tx| {
                let query = sqlx::query(attack).bind(tx.tenant());
                query.execute(tx.without_predicate_check()).await?;
                Ok(())
            })
            .await;
        assert_eq!(bed.names("categories", bed.b).await, ["foreign"], "{attack}");
    }
}

#[tokio::test]
async fn a_connection_cut_at_commit_is_an_error() {
    let bed = Arc::new(Bed::with(|config| config.max_connections(1)).await);
    let cutter = Arc::clone(&bed);
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let result = db
        .transaction_boxed(move |tx| {
            Box::pin(async move {
                tx.run(Category::repo().create(&category("lost"))).await?;
                cutter.terminate_app_backends().await;
                Ok(())
            })
        })
        .await;
    assert_eq!(result.unwrap_err().kind(), &ErrorKind::Unavailable);
    assert_eq!(bed.count("categories", bed.a).await, 0);
    bed.tenancy.tenant(bed.a, Actor::System).run(Category::repo().create(&category("after"))).await.unwrap();
    assert_eq!(bed.names("categories", bed.a).await, ["after"]);
}

/// What is caught inside a savepoint, at whatever depth, is caught with all that it wrote.
#[tokio::test]
async fn a_savepoint_in_a_savepoint_takes_back_its_own_part_only() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    db.transaction(async |tx| {
        tx.run(Category::repo().create(&category("1 kept"))).await?;
        let outer = tx.savepoint(async |tx| {
            tx.run(Category::repo().create(&category("2 kept"))).await?;
            let inner = tx.savepoint(async |tx| {
                tx.run(Category::repo().create(&category("3 lost"))).await?;
                fail(tx, Failure::Refused).await;
                // It would pass for success if the savepoint washed the failure off.
                let deepest = tx.savepoint(async |tx| succeed(tx, Success::Statement).await).await;
                assert_eq!(deepest.unwrap_err().kind(), &ErrorKind::Poisoned);
                succeed(tx, Success::Unit).await
            });
            assert_eq!(inner.await.unwrap_err().kind(), &ErrorKind::Poisoned);
            tx.run(Category::repo().create(&category("4 kept"))).await
        });
        outer.await?;
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(bed.names("categories", bed.a).await, ["1 kept", "2 kept", "4 kept"]);
}

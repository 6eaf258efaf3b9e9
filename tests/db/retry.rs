//! `transaction_retrying`: what is repeated, how often, and what is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::http::{Request, StatusCode};
use axum::routing::post;
use sqlx::PgConnection;
use tenantry::db::retry::TRIES;
use tenantry::http::{Problem, TenantSlot, UncheckedPermissions};
use tenantry::{Actor, Error, ErrorKind, Id, Isolation, Tenancy, TenantDb, TenantTx};
use tenantry_app::inventory::Category;
use tenantry_app::{CONVENTIONS, MODELS};
use tenantry_testkit::{Cut, Way, Wire, execute};
use tenantry_tests::{Bed, category, patient};
use tokio::sync::{Barrier, Mutex};
use tower::ServiceExt as _;

async fn made(db: &TenantDb, name: &str) -> Id<Category> {
    db.run(Category::repo().create(&category(name))).await.unwrap().id
}

/// Adds a character to the row's description.
async fn add(tx: &mut TenantTx<'_>, id: Id<Category>) -> Result<(), Error> {
    let tenant = tx.tenant();
    let sql = "update app.categories set description = coalesce(description, '') || '+' where tenant_id = $1 and id = $2";
    sqlx::query(sql).bind(tenant).bind(id).execute(tx).await?;
    Ok(())
}

async fn read(tx: &mut TenantTx<'_>, id: Id<Category>) -> Result<String, Error> {
    let tenant = tx.tenant();
    let sql = "select coalesce(description, '') from app.categories where tenant_id = $1 and id = $2";
    Ok(sqlx::query_scalar(sql).bind(tenant).bind(id).fetch_one(tx).await?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_repeated_until_both_are_done() {
    let bed = Bed::with(|config| config.max_connections(2)).await;
    // For connections that are made from now on: by default the server looks after a second.
    let text = format!("alter role tenantry_app in database {} set deadlock_timeout = '20ms'", bed.stage.database().name());
    execute(&mut bed.observer().await, &text).await.unwrap();
    bed.terminate_app_backends().await;
    let db = bed.tenancy.tenant(bed.a, Actor::System);
    let rows = [made(&db, "one").await, made(&db, "two").await];
    let (both, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let work = [rows, [rows[1], rows[0]]].map(|[first, second]| {
        let (mut db, both, runs) = (bed.tenancy.tenant(bed.a, Actor::System), Arc::clone(&both), Arc::clone(&runs));
        tokio::spawn(async move {
            let mut meets = true;
            db.transaction_retrying(Isolation::ReadCommitted, async move |tx: &mut TenantTx<'_>| {
                runs.fetch_add(1, Ordering::SeqCst);
                add(tx, first).await?;
                // Each has the row that the other wants next; whoever is sent back finds nobody here.
                if std::mem::take(&mut meets) {
                    both.wait().await;
                }
                add(tx, second).await
            })
            .await
        })
    });
    for done in work {
        done.await.unwrap().unwrap();
    }
    assert!(runs.load(Ordering::SeqCst) >= 3, "there was no deadlock");
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let seen = db.transaction(async |tx| Ok([read(tx, rows[0]).await?, read(tx, rows[1]).await?])).await.unwrap();
    assert_eq!(seen, ["++", "++"], "both wrote both, once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_serialization_failure_is_repeated_and_no_write_is_lost() {
    let bed = Bed::with(|config| config.max_connections(2)).await;
    for isolation in [Isolation::RepeatableRead, Isolation::Serializable] {
        let db = bed.tenancy.tenant(bed.a, Actor::System);
        let id = made(&db, &format!("{isolation:?}")).await;
        let (both, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
        let work = [1, 2].map(|_| {
            let (mut db, both, runs) = (bed.tenancy.tenant(bed.a, Actor::System), Arc::clone(&both), Arc::clone(&runs));
            tokio::spawn(async move {
                let mut meets = true;
                db.transaction_retrying(isolation, async move |tx: &mut TenantTx<'_>| {
                    runs.fetch_add(1, Ordering::SeqCst);
                    let text = read(tx, id).await?;
                    if std::mem::take(&mut meets) {
                        both.wait().await;
                    }
                    let tenant = tx.tenant();
                    let sql = "update app.categories set description = $3 where tenant_id = $1 and id = $2";
                    sqlx::query(sql).bind(tenant).bind(id).bind(format!("{text}+")).execute(tx).await?;
                    Ok(())
                })
                .await
            })
        });
        for done in work {
            done.await.unwrap().unwrap();
        }
        assert!(runs.load(Ordering::SeqCst) >= 3, "{isolation:?}: they did not meet");
        let mut db = bed.tenancy.tenant(bed.a, Actor::System);
        let text = db.transaction(async |tx| read(tx, id).await).await.unwrap();
        assert_eq!(text, "++", "{isolation:?}: what was read and written back counts twice");
    }
}

/// Two that read what the other writes: no row is written by both, and still one of them must go back, which shows at COMMIT.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_read_what_the_other_writes_come_one_after_the_other() {
    let bed = Bed::with(|config| config.max_connections(2)).await;
    let both = Arc::new(Barrier::new(2));
    let work = ["one", "two"].map(|name| {
        let (mut db, both, name) = (bed.tenancy.tenant(bed.a, Actor::System), Arc::clone(&both), name.to_owned());
        tokio::spawn(async move {
            let mut meets = true;
            db.transaction_retrying(Isolation::Serializable, async move |tx: &mut TenantTx<'_>| {
                let tenant = tx.tenant();
                let sql = "select count(*) from app.categories where tenant_id = $1";
                let count: i64 = sqlx::query_scalar(sql).bind(tenant).fetch_one(&mut *tx).await?;
                if std::mem::take(&mut meets) {
                    both.wait().await;
                }
                tx.run(Category::repo().create(&category(&format!("{name} of {count}")))).await.map(drop)
            })
            .await
        })
    });
    for done in work {
        done.await.unwrap().unwrap();
    }
    let names = bed.names("categories", bed.a).await;
    let counts: Vec<&str> = names.iter().filter_map(|name| name.split(' ').next_back()).collect();
    assert!(counts.contains(&"0") && counts.contains(&"1"), "as if one had been first: {names:?}");
}

#[tokio::test]
async fn a_conflict_that_does_not_pass_is_the_callers_with_the_number_of_tries() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let id = made(&db, "contested").await;
    let other: Arc<Mutex<PgConnection>> = Arc::new(Mutex::new(bed.observer().await));
    let runs = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&runs);
    let result = db.transaction_retrying(Isolation::RepeatableRead, async move |tx: &mut TenantTx<'_>| {
        counter.fetch_add(1, Ordering::SeqCst);
        read(tx, id).await?;
        // Somebody else is always faster.
        let sql = "update app.categories set description = description where id = $1";
        sqlx::query(sql).bind(id).execute(&mut *other.lock().await).await?;
        add(tx, id).await
    });
    let error = result.await.unwrap_err();
    assert_eq!((error.kind(), error.tries(), runs.load(Ordering::SeqCst)), (&ErrorKind::Conflict, TRIES, TRIES));
    assert_eq!(error.to_string(), "another transaction stood in the way, after 6 tries (SQLSTATE 40001)");
}

#[tokio::test]
async fn what_a_repetition_would_not_mend_goes_straight_out() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let taken = made(&db, "taken").await;
    let runs = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&runs);
    let result = db.transaction_retrying(Isolation::ReadCommitted, async move |tx: &mut TenantTx<'_>| {
        counter.fetch_add(1, Ordering::SeqCst);
        tx.run(Category::repo().find(taken)).await?;
        tx.run(Category::repo().create(&category("taken"))).await
    });
    let error = result.await.unwrap_err();
    assert_eq!((error.kind(), error.tries()), (&ErrorKind::Unique { columns: vec!["name"] }, 1));
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_commit_whose_end_is_unknown_is_not_repeated() {
    let bed = Bed::new().await;
    let wire = Wire::to(bed.stage.admin_url()).await.unwrap();
    let config = patient(wire.url(&bed.stage.url("app")).expose_with_password()).max_connections(1);
    let tenancy = Tenancy::start(&config, MODELS, CONVENTIONS).await.unwrap();
    let mut unknown = 0;
    for way in Way::ALL {
        for after in 0.. {
            let mut db = tenancy.tenant(bed.a, Actor::System);
            let name = format!("{way} {after}");
            let runs = Arc::new(AtomicU32::new(0));
            let (counter, new) = (Arc::clone(&runs), category(&name));
            wire.disconnect().await;
            wire.watch(Some(Cut { way, after }));
            let result = db
                .transaction_retrying(Isolation::ReadCommitted, async move |tx: &mut TenantTx<'_>| {
                    counter.fetch_add(1, Ordering::SeqCst);
                    tx.run(Category::repo().create(&new)).await
                })
                .await;
            let armed = wire.is_armed();
            wire.watch(None);
            let written = bed.names("categories", bed.a).await.contains(&name);
            assert!(runs.load(Ordering::SeqCst) <= 1, "{name}: the work ran twice");
            assert!(written || result.is_err(), "{name}: acknowledged and not there");
            unknown += u32::from(written && result.is_err());
            if armed {
                break;
            }
        }
    }
    assert!(unknown > 0, "no cut fell between COMMIT and its answer");
}

/// A handler of axum must be Send, and so must what it awaits.
async fn handler(mut db: TenantDb) -> Result<StatusCode, Problem> {
    let name = "by a handler".to_owned();
    db.transaction_retrying(Isolation::Serializable, async move |tx: &mut TenantTx<'_>| {
        tx.run(Category::repo().create(&category(&name))).await.map(drop)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[tokio::test]
async fn a_handler_may_use_it() {
    let bed = Bed::new().await;
    let router: Router = Router::new().route("/", post(handler));
    let mut request = Request::post("/").body(axum::body::Body::empty()).unwrap();
    request.extensions_mut().insert(TenantSlot::new(bed.tenancy.tenant(bed.a, Actor::System)));
    request.extensions_mut().insert(UncheckedPermissions);
    assert_eq!(router.oneshot(request).await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(bed.names("categories", bed.a).await, ["by a handler"]);
}

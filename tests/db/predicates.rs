//! The check of predicates at run time: what it refuses is never sent, what it has seen it knows again, and who goes past it is counted.

use futures_util::TryStreamExt;
use sqlx::{Execute, Executor, Postgres};
use tenantry::{Actor, Conventions, Error, ErrorKind, StatementRefusal, Tenancy, TenantDb, TenantTx};
use tenantry_app::inventory::Category;
use tenantry_testkit::{Way, Wire, execute, made};
use tenantry_tests::{Bed, category};

use crate::log::Log;

const BOUND: &str = "select name from app.categories where tenant_id = $1";
const FORGOTTEN: &str = "select name from app.categories where $1::uuid is not null";

/// What a statement with the tenant as its only argument is refused for, each reason a line; empty when it is run.
async fn reasons(db: &mut TenantDb, sql: &'static str) -> Vec<String> {
    let run = db.transaction(async |tx| Ok(sqlx::query(sql).bind(tx.tenant()).execute(tx).await.map(drop)?)).await;
    match run.map_err(|error| error.kind().clone()) {
        Ok(()) => Vec::new(),
        Err(ErrorKind::Statement(StatementRefusal::Text(refusals))) => refusals.iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{sql}: {other:?}"),
    }
}

async fn is_refused(db: &mut TenantDb, sql: &'static str) -> bool {
    !reasons(db, sql).await.is_empty()
}

/// How many messages the server was sent while the statement was run.
async fn sent<'q>(wire: &Wire, tx: &mut TenantTx<'_>, query: impl Execute<'q, Postgres> + 'q) -> (u32, bool) {
    wire.watch(None);
    let run = (&mut *tx).execute(query).await;
    (wire.passed(Way::ToServer), run.is_ok())
}

#[tokio::test]
async fn a_forgotten_predicate_is_refused_before_anything_is_sent() {
    let (bed, wire) = Bed::wired().await;
    let planted = [
        FORGOTTEN,
        "select c.name from app.customers c join app.sales_orders o on o.customer = c.id where c.tenant_id = $1",
        "update app.categories set name = 'taken' where id <> $1",
        "delete from app.categories where tenant_id = $1 or true",
        "insert into app.categories (id, name) select gen_random_uuid(), 'taken' where $1::uuid is not null",
    ];
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let poisoned = db.transaction(async |tx| {
        let tenant = tx.tenant();
        let (messages, run) = sent(&wire, tx, sqlx::query(BOUND).bind(tenant)).await;
        assert!(run && messages > 0, "the wire counts nothing, so it could not tell");
        for sql in planted {
            assert_eq!(sent(&wire, tx, sqlx::query(sql).bind(tenant)).await, (0, false), "{sql}");
        }
        Ok(())
    });
    assert_eq!(poisoned.await.unwrap_err().kind(), &ErrorKind::Poisoned);
}

#[tokio::test]
async fn every_way_that_sqlx_has_is_checked() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    db.run(Category::repo().create(&category("Tea"))).await.unwrap();
    for (sql, bound) in [(BOUND, true), (FORGOTTEN, false)] {
        for way in 0..8 {
            let run: Result<usize, Error> = db
                .transaction(async |tx| {
                    let tenant = tx.tenant();
                    let query = sqlx::query(sql).bind(tenant);
                    Ok(match way {
                        0 => query.fetch_all(tx).await?.len(),
                        1 => query.fetch_one(tx).await.map(|_| 1)?,
                        2 => query.fetch_optional(tx).await?.iter().count(),
                        3 => query.execute(tx).await?.rows_affected() as usize,
                        4 => query.fetch(tx).try_collect::<Vec<_>>().await?.len(),
                        5 => tx.fetch_many(query).try_filter_map(async |step| Ok(step.right())).try_collect::<Vec<_>>().await?.len(),
                        6 => sqlx::query_as::<_, (String,)>(sql).bind(tenant).fetch_all(tx).await?.len(),
                        _ => sqlx::query_scalar::<_, String>(sql).bind(tenant).fetch_all(tx).await?.len(),
                    })
                })
                .await;
            match run {
                Ok(rows) => assert!(bound && rows == 1, "way {way}: {rows} rows"),
                Err(error) => {
                    assert!(!bound && matches!(error.kind(), ErrorKind::Statement(StatementRefusal::Text(_))), "way {way}: {error}")
                }
            }
        }
    }
}

/// A text that is part of another one has the same address.
#[tokio::test]
async fn a_text_is_known_by_itself_and_not_by_its_place_or_length() {
    const LONG: &str = "select name from app.categories where tenant_id = $1 or true";
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let start = LONG.strip_suffix(" or true").expect("it ends so");
    assert_eq!(start.as_ptr(), LONG.as_ptr());
    assert!(!is_refused(&mut db, start).await);
    assert!(is_refused(&mut db, LONG).await);
    let [equal, greater] = ["select id from app.categories where tenant_id = $1", "select id from app.categories where tenant_id > $1"];
    assert!(!is_refused(&mut db, equal).await);
    assert!(is_refused(&mut db, greater).await);
}

#[tokio::test]
async fn a_refused_text_is_refused_again() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let first = reasons(&mut db, FORGOTTEN).await;
    assert!(matches!(first.as_slice(), [reason] if reason.contains("app.categories")), "{first:?}");
    assert_eq!(reasons(&mut db, FORGOTTEN).await, first);
}

#[tokio::test]
async fn what_becomes_of_statements_is_counted() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    let counted = |tenancy: &Tenancy| {
        let counters = tenancy.sql_counters();
        [counters.admitted, counters.refused, counters.unchecked, counters.parsed]
    };
    assert_eq!(counted(&bed.tenancy), [0; 4]);
    for _ in 0..3 {
        assert!(!is_refused(&mut db, BOUND).await);
    }
    assert_eq!(counted(&bed.tenancy), [3, 0, 0, 1]);
    for _ in 0..2 {
        assert!(is_refused(&mut db, FORGOTTEN).await);
    }
    assert_eq!(counted(&bed.tenancy), [3, 2, 0, 3]);
    let unchecked = async |tx: &mut TenantTx<'_>| {
        sqlx::query(FORGOTTEN).bind(tx.tenant()).execute(tx.without_predicate_check()).await?;
        sqlx::query("commit").bind(1).execute(tx.without_predicate_check()).await?;
        Ok::<_, Error>(())
    };
    assert!(db.transaction(unchecked).await.is_err());
    assert_eq!(counted(&bed.tenancy), [4, 3, 2, 3]);
    // What goes past the check is not known to it afterwards.
    assert!(is_refused(&mut db, FORGOTTEN).await);
    // Units are none of these.
    db.run(Category::repo().list().unit()).await.unwrap();
    assert_eq!(counted(&bed.tenancy), [4, 4, 2, 4]);
}

#[tokio::test]
async fn a_refusal_is_loud_and_quotes_no_value() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let log = Log::default();
    {
        // The runtime of a test has one thread, so everything below is logged here.
        let _guard = log.listen();
        let mut db = bed.tenancy.tenant(bed.a, Actor::System);
        let sql =
            "select name from app.categories\n where name = 'Marzipan' and exists (select from app.products p where p.code = $1::text)";
        assert_eq!(reasons(&mut db, sql).await.len(), 2);
    }
    let text = log.text();
    let loud: Vec<&str> = text.lines().filter(|line| line.contains("ERROR")).collect();
    assert!(
        matches!(loud.as_slice(), [line] if line.contains("line 1, column 18: app.categories") && line.contains("line 2, column 50: app.products")),
        "{text}"
    );
    assert!(loud.iter().all(|line| line.contains(&bed.a.to_string())), "{text}");
    assert!(!text.contains("Marzipan"), "{text}");
}

#[tokio::test]
async fn a_function_of_the_applications_own_is_called_where_it_is_listed() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let functions = "create function app.slug(text) returns text language sql return lower($1);
                     create function app.label(app.categories) returns text language sql return $1.name;
                     grant execute on function app.slug(text), app.label(app.categories) to tenantry_app";
    execute(&mut bed.observer().await, functions).await.unwrap();
    let calls = [
        ("slug", "select slug(name) from app.categories where tenant_id = $1"),
        ("slug", "select app.slug(name) from app.categories where tenant_id = $1"),
        ("slug", "select n from slug($1::text) n"),
        ("label", "select c.label from app.categories c where c.tenant_id = $1"),
        ("label", "select (c).label from app.categories c where c.tenant_id = $1"),
    ];
    // Functions are read when a service starts.
    let unlisted = bed.service(tenantry_app::CONVENTIONS).await;
    let listed = bed.service(Conventions { functions: &["app.slug", "app.label"], ..tenantry_app::CONVENTIONS }).await;
    for (function, call) in calls {
        let refused = reasons(&mut unlisted.tenant(bed.a, Actor::System), call).await;
        assert!(matches!(refused.as_slice(), [reason] if reason.contains(function) && reason.contains("functions")), "{call}: {refused:?}");
        assert_eq!(reasons(&mut listed.tenant(bed.a, Actor::System), call).await, [""; 0], "{call}");
    }
}

/// Texts that are made at run time are checked as any other.
#[tokio::test]
async fn a_text_that_is_put_together_is_checked_each_time_it_differs() {
    let bed = Bed::with(|config| config.max_connections(1)).await;
    let mut db = bed.tenancy.tenant(bed.a, Actor::System);
    for number in 0..10 {
        let both = [format!("{BOUND} and {number} = {number}"), format!("{BOUND} or {number} = {number}")];
        for (text, runs) in both.into_iter().zip([true, false]) {
            let run: Result<(), Error> =
                db.transaction(async |tx| Ok(sqlx::query(made(text.clone())).bind(tx.tenant()).execute(tx).await.map(drop)?)).await;
            assert_eq!(run.is_ok(), runs, "{text}");
        }
    }
    assert_eq!((bed.tenancy.sql_counters().admitted, bed.tenancy.sql_counters().refused), (10, 10));
}

//! Behind a real PgBouncer: in transaction mode with fewer of the server's connections than there are tenants, where each transaction may be
//! on another one; and a pooler that the configuration does not name.

use std::time::Duration;

use futures_util::future::join_all;
use sqlx::{Connection, PgConnection};
use tenantry::{Actor, Config, Error, Platform, Pooler, Tenancy, TenantDb, TenantId};
use tenantry_app::inventory::{Category, CategoryPatch};
use tenantry_app::{CONVENTIONS, MODELS};
use tenantry_testkit::{ACT, PgBouncer, Stage};
use tenantry_tests::{category, patient, stage};

const TRANSACTION: (&str, &str) = ("pool_mode", "transaction");
/// Two of the server's connections for a login, so that clients get each other's.
const TWO: (&str, &str) = ("default_pool_size", "2");
/// What makes the pooler swallow the start-up parameter by which it would show.
const QUIET: (&str, &str) = ("ignore_startup_parameters", "extra_float_digits");

const TENANTS: usize = 8;
const ROUNDS: usize = 25;

fn pooler(stage: &Stage, settings: &[(&str, &str)]) -> PgBouncer {
    stage.pgbouncer(settings).unwrap_or_else(|error| panic!("{error}"))
}

fn config(stage: &Stage, pooler: &PgBouncer, role: &str) -> Config {
    patient(pooler.url(&stage.url(role)).expose_with_password()).pooler(Pooler::Transaction)
}

async fn start(stage: &Stage, pooler: &PgBouncer) -> Tenancy {
    Tenancy::start(&config(stage, pooler, "app"), MODELS, CONVENTIONS).await.unwrap_or_else(|error| panic!("{error}"))
}

async fn start_platform(stage: &Stage, pooler: &PgBouncer) -> Platform {
    Platform::start(&config(stage, pooler, "platform"), &CONVENTIONS).await.unwrap_or_else(|error| panic!("{error}"))
}

/// A tenant makes a row, changes it, finds it, counts and lists, each in other words than its neighbour's, and every answer is its own.
async fn round(db: &mut TenantDb, who: &str, number: usize) -> Result<(), Error> {
    let name = format!("{who} {number:02}");
    let made = db.run(Category::repo().create(&category(&name))).await?;
    assert_eq!((made.tenant_id.get(), made.name.as_str()), (db.tenant(), name.as_str()));
    let patch = CategoryPatch { description: tenantry::Field::Set(Some(who.to_owned())), ..CategoryPatch::default() };
    assert_eq!(db.run(Category::repo().update(made.id, &patch)).await?.description.as_deref(), Some(who));
    let found = db.run(Category::repo().find(made.id)).await?;
    assert_eq!((found.name, found.description.as_deref()), (name.clone(), Some(who)));
    let (count, names) = db
        .transaction(async |tx| {
            let tenant = tx.tenant();
            let count: i64 =
                sqlx::query_scalar("select count(*) from app.categories where tenant_id = $1").bind(tenant).fetch_one(&mut *tx).await?;
            let sql = "select name from app.categories where tenant_id = $1 and name <= $2 order by name desc limit 2";
            let names: Vec<String> = sqlx::query_scalar(sql).bind(tenant).bind(&name).fetch_all(tx).await?;
            Ok((count, names))
        })
        .await?;
    assert_eq!(usize::try_from(count), Ok(number + 1));
    assert_eq!(names.first(), Some(&name));
    assert!(names.iter().all(|name| name.starts_with(who)), "{who} reads {names:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tenants_share_two_connections_of_the_server_and_each_sees_its_own() {
    let stage = stage().await;
    let pooler = pooler(&stage, &[TRANSACTION, TWO]);
    let platform = start_platform(&stage, &pooler).await;
    let tenancy = start(&stage, &pooler).await;
    let mut tenants = Vec::new();
    for number in 0..TENANTS {
        tenants.push(platform.create_tenant(&format!("t{number}"), "t", ACT).await.unwrap());
    }
    let work = tenants.iter().enumerate().map(|(number, tenant)| {
        let mut db = tenancy.tenant(*tenant, Actor::System);
        tokio::spawn(async move {
            for round_number in 0..ROUNDS {
                round(&mut db, &format!("tenant {number}"), round_number).await.unwrap_or_else(|error| panic!("tenant {number}: {error}"));
            }
        })
    });
    for done in join_all(work).await {
        done.unwrap();
    }
    let mut observer = PgConnection::connect_with(&stage.admin_url().options().unwrap()).await.unwrap();
    for (number, tenant) in tenants.iter().enumerate() {
        let expected: Vec<String> = (0..ROUNDS).map(|round| format!("tenant {number} {round:02}")).collect();
        let sql = "select name from app.categories where tenant_id = $1 order by name";
        let names: Vec<String> = sqlx::query_scalar(sql).bind(tenant.uuid()).fetch_all(&mut observer).await.unwrap();
        assert_eq!(names, expected);
    }
    drop(pooler);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_and_the_health_check_are_answered_what_they_asked() {
    let stage = stage().await;
    let pooler = pooler(&stage, &[TRANSACTION, TWO]);
    let platform = start_platform(&stage, &pooler).await;
    let tenancy = start(&stage, &pooler).await;
    let operators = (0..TENANTS).map(async |number| {
        let mut made: Vec<(String, TenantId)> = Vec::new();
        for round in 0..ROUNDS {
            let slug = format!("t{number}-{round}");
            made.push((slug.clone(), platform.create_tenant(&slug, &slug, ACT).await.unwrap()));
            let seen = platform.tenants().await.unwrap();
            for (slug, id) in &made {
                assert!(seen.iter().any(|tenant| tenant.slug == *slug && tenant.id == *id), "{slug} is there");
            }
            tenancy.ready().await.unwrap();
        }
    });
    join_all(operators).await;
    assert_eq!(platform.tenants().await.unwrap().len(), TENANTS * ROUNDS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_that_start_at_the_same_time_are_checked_each_for_itself() {
    let stage = stage().await;
    let pooler = pooler(&stage, &[TRANSACTION, ("default_pool_size", "1")]);
    let starts = (0..4).map(async |_| {
        tokio::join!(start(&stage, &pooler), start_platform(&stage, &pooler));
    });
    join_all(starts).await;
}

#[tokio::test]
async fn the_time_of_a_statement_is_set_by_each_transaction() {
    let stage = stage().await;
    let pooler = pooler(&stage, &[TRANSACTION, TWO]);
    let platform = start_platform(&stage, &pooler).await;
    let tenant = platform.create_tenant("t", "t", ACT).await.unwrap();
    let config = config(&stage, &pooler, "app").statement_timeout(Duration::from_millis(1_234));
    let tenancy = Tenancy::start(&config, MODELS, CONVENTIONS).await.unwrap();
    let mut db = tenancy.tenant(tenant, Actor::System);
    let timeout = db.transaction(async |tx| {
        let tenant = tx.tenant();
        let sql = "select current_setting('statement_timeout') where $1::uuid is not null";
        let timeout: String = sqlx::query_scalar(sql).bind(tenant).fetch_one(tx).await?;
        Ok(timeout)
    });
    let timeout = timeout.await.unwrap();
    assert_eq!(timeout, "1234ms");
}

#[tokio::test]
async fn a_pooler_that_nobody_has_named_keeps_the_service_from_starting() {
    let stage = stage().await;
    let refusals = async |settings: &[(&str, &str)]| {
        let pooler = pooler(&stage, settings);
        let config = |role| config(&stage, &pooler, role).pooler(Pooler::None);
        let service = Tenancy::start(&config("app"), MODELS, CONVENTIONS).await.unwrap_err().to_string();
        assert_eq!(Platform::start(&config("platform"), &CONVENTIONS).await.unwrap_err().to_string(), service);
        service
    };
    insta::assert_snapshot!("pooler_refuses", refusals(&[TRANSACTION]).await);
    insta::assert_snapshot!("pooler_swallows", refusals(&[TRANSACTION, QUIET]).await);
    assert_eq!(refusals(&[("pool_mode", "session"), QUIET]).await, refusals(&[TRANSACTION, QUIET]).await);
}

#[tokio::test]
async fn a_pooler_in_session_mode_is_named_and_served_through() {
    let stage = stage().await;
    let pooler = pooler(&stage, &[("pool_mode", "session"), ("default_pool_size", "4")]);
    let session = |role| config(&stage, &pooler, role).pooler(Pooler::Session).max_connections(1);
    let platform = Platform::start(&session("platform"), &CONVENTIONS).await.unwrap();
    let tenant = platform.create_tenant("t", "t", ACT).await.unwrap();
    let tenancy = Tenancy::start(&session("app"), MODELS, CONVENTIONS).await.unwrap();
    let mut db = tenancy.tenant(tenant, Actor::System);
    for number in 0..3 {
        round(&mut db, "tenant", number).await.unwrap();
    }
}

//! The service at level `managed`, whatever level the suite runs at.

use sqlx::Connection;
use sqlx::postgres::PgConnection;
use tenantry::migrate::provision::Level;
use tenantry::{Actor, Config, Tenancy};
use tenantry_app::inventory::Category;
use tenantry_testkit::{Stage, column, execute, lines};
use tenantry_tests::{Bed, category, root, server};

async fn managed() -> Bed {
    let database = server().create_database("managed").expect("a database");
    let password = Stage::test_password(server()).expect("a password");
    let migrations = root().join("migrations");
    let stage = Stage::managed(database, &tenantry_app::CONVENTIONS, &migrations, password, &mut |_| {}).await.expect("a stage");
    Bed::at(stage).await
}

#[tokio::test]
async fn the_service_says_at_which_level_it_runs_and_what_that_leaves_open() {
    let bed = managed().await;
    assert_eq!((bed.stage.level(), bed.tenancy.level()), (Level::Managed, Level::Managed));
    let lacks: Vec<&str> = bed.tenancy.openings().iter().map(|opening| opening.lacks).collect();
    assert!(lacks.contains(&"set_config stays callable") && lacks.contains(&"no event trigger"), "{lacks:?}");

    // The suite's own stage is at the level that was asked for, and says so, too.
    let other = Bed::new().await;
    assert_eq!(other.tenancy.level(), other.stage.level());
    assert_eq!(other.tenancy.openings().is_empty(), other.stage.level() == Level::Hardened);
}

#[tokio::test]
async fn row_level_security_holds_for_everybody_but_a_superuser() {
    let bed = managed().await;
    for (tenant, name) in [(bed.a, "ours"), (bed.b, "theirs")] {
        let db = bed.tenancy.tenant(tenant, Actor::System);
        db.run(Category::repo().create(&category(name))).await.expect("is made");
    }
    let mut app = PgConnection::connect_with(&bed.stage.url("app").options().expect("a URL")).await.expect("logs in");
    execute(&mut app, &format!("begin; set local app.tenant_id = '{}'", bed.a)).await.expect("begins");
    assert_eq!(lines(&mut app, "select name from app.categories").await.expect("reads"), ["ours"]);
    execute(&mut app, "update app.categories set name = 'spoilt'; delete from app.categories; commit").await.expect("reaches its own");
    assert_eq!((bed.count("categories", bed.a).await, bed.names("categories", bed.b).await), (0, vec!["theirs".to_owned()]));

    // The login that has provisioned and migrated everything, and the owner that it may become, see nothing without the tenant.
    let mut manager = PgConnection::connect_with(&bed.stage.provisioner_url().options().expect("a URL")).await.expect("logs in");
    execute(&mut manager, "set role tenantry_owner").await.expect("may become the owner");
    let all = column(&mut manager, "select name from app.categories where tenant_id = $1", bed.b.uuid()).await.expect("reads");
    assert!(all.is_empty(), "{all:?}");
}

#[tokio::test]
async fn a_copy_of_a_managed_stage_is_one() {
    let bed = managed().await;
    bed.tenancy.close().await;
    // Nobody may be connected to the original.
    let stage = {
        let copied = bed.stage.copy("copied").await;
        copied.expect("a copy")
    };
    assert_eq!(stage.level(), Level::Managed);
    let mut manager = PgConnection::connect_with(&stage.provisioner_url().options().expect("a URL")).await.expect("logs in");
    let owner = "select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()";
    assert_eq!(lines(&mut manager, owner).await.expect("reads"), ["tenantry_managed"]);
    let config = Config::new(stage.url("app").expose_with_password()).expect("a URL");
    let tenancy = Tenancy::start(&config, tenantry_app::MODELS, tenantry_app::CONVENTIONS).await.expect("starts");
    assert_eq!(tenancy.level(), Level::Managed);
}

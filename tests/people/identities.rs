//! The door of identities: who opens it, and who does not.

use sqlx::{Connection, PgConnection};
use tenantry::{Actor, Config, ErrorKind, Identities, StartError};
use tenantry_tests::patient;
use uuid::Uuid;

use crate::town::{PASSWORD, Town, hash};

#[tokio::test]
async fn another_login_than_that_of_identities_is_refused() {
    let town = Town::new().await;
    for suffix in ["app", "platform", "migrator"] {
        let config: Config = patient(town.bed.stage.url(suffix).expose_with_password());
        let refused = Identities::start(&config, &tenantry_app::CONVENTIONS).await;
        let Err(StartError::Database(faults)) = refused else { panic!("{suffix}: {refused:?}") };
        assert!(faults.len() == 1 && faults[0].remedy.contains("identity"), "{faults:?}");
    }
}

/// The invariant: what is injected into a statement of the application, whichever it is, finds no identity.
#[tokio::test]
async fn no_statement_of_the_application_or_the_operator_reads_or_writes_an_identity() {
    let town = Town::new().await;
    let ada = town.person(town.bed.a, "ada@example.com").await;
    for text in [
        "select count(*) from tenancy.identities where $1::uuid is not null",
        "select count(email) from tenancy.identities where id = $1",
        "insert into tenancy.identities (id, email) values ($1, 'eve@example.com')",
        "update tenancy.identities set password_hash = null where id = $1",
        "delete from tenancy.identities where id = $1",
    ] {
        let mut db = town.bed.tenancy.tenant(town.bed.a, Actor::User(ada.user));
        let injected = db
            .transaction(async |tx| {
                sqlx::query(text).bind(ada.identity).execute(tx.without_predicate_check()).await?;
                Ok(())
            })
            .await;
        let error = injected.expect_err(text);
        assert_eq!(error.sqlstate(), Some("42501"), "{text}: {error}");
        let refused = sqlx::query(text).bind(ada.identity).execute(&mut login(&town, "platform").await).await.expect_err(text);
        assert_eq!(code(&refused).as_deref(), Some("42501"), "{text}");
    }
}

/// The role of identities sees them and nothing of any tenant.
#[tokio::test]
async fn the_login_of_identities_reads_no_row_of_a_tenant() {
    let town = Town::new().await;
    town.person(town.bed.a, "ada@example.com").await;
    let mut connection = login(&town, "identity").await;
    let known: i64 = sqlx::query_scalar("select count(*) from tenancy.identities").fetch_one(&mut connection).await.unwrap();
    assert_eq!(known, 1);
    for text in [
        "select count(*) from tenancy.users",
        "select count(*) from tenancy.tenants",
        "select count(*) from app.customers",
        "delete from tenancy.identities",
    ] {
        let refused = sqlx::query(text).execute(&mut connection).await.expect_err(text);
        assert_eq!(code(&refused).as_deref(), Some("42501"), "{text}");
    }
}

#[tokio::test]
async fn an_address_is_one_persons() {
    let town = Town::new().await;
    let ada = town.stranger("ada@example.com").await;
    let again = town.identities.create(&"ADA@example.com".parse().unwrap(), None).await.expect_err("taken");
    assert!(matches!(again.kind(), ErrorKind::Unique { .. }), "{again}");
    let found = town.identities.by_email(&"Ada@Example.com".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.id, found.email.as_str()), (ada, "ada@example.com"));
    assert!(town.identities.by_id(Uuid::now_v7()).await.unwrap().is_none());
    let nobody = town.identities.set_password(Uuid::now_v7(), &hash(PASSWORD).await).await.expect_err("nobody");
    assert_eq!(*nobody.kind(), ErrorKind::NotFound);
    let printed = format!("{found:?}");
    assert!(!printed.contains("ada@") && !printed.contains("argon2"), "{printed}");
}

/// Logs in as one of the roles.
async fn login(town: &Town, suffix: &str) -> PgConnection {
    PgConnection::connect_with(&town.bed.stage.url(suffix).options().unwrap()).await.unwrap()
}

/// The code of the server's refusal.
fn code(refused: &sqlx::Error) -> Option<String> {
    refused.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()))
}

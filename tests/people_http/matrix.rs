//! Every route of people, and what it asks of whoever sends a request.

use axum::http::Request;
use serde_json::json;
use tenantry::http::{Problem, Routes, TenantSlot, UncheckedPermissions, answer_with_problems};
use tenantry::permissions::{Matrix, Misfit, Needs, Permission, Route};
use tenantry::{Actor, TenantDb};
use tenantry_tests::answer;
use uuid::Uuid;

use crate::service::{Town, api, of_people, text};

async fn routes() -> (Town, Vec<Route>) {
    let town = Town::open().await;
    let routes = of_people(&town.people).listed().to_vec();
    (town, routes)
}

#[tokio::test]
async fn roles_and_routes() {
    let (_town, routes) = routes().await;
    let roles = tenantry_app::roles().unwrap();
    insta::assert_snapshot!(Matrix::new(&routes, &roles));
}

/// What has no credential gets as far as the body where a route is public, and no further than the door elsewhere.
#[tokio::test]
async fn a_public_route_is_open_and_every_other_is_not() {
    let (town, routes) = routes().await;
    let (mut open, mut closed) = (0, 0);
    for Route { path, method, needs } in routes {
        let real = path.replace("{id}", &Uuid::now_v7().to_string()).replace("{role}", &Uuid::now_v7().to_string());
        let answer = town.ask("a", method, &real).json(json!({})).await;
        if needs == Needs::Nothing {
            assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"), "{method} {path}: {answer:?}");
            open += 1;
        } else {
            assert_eq!((answer.status, answer.code().as_str()), (401, "no-caller"), "{method} {path}: {answer:?}");
            assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="shop""#, "{method} {path}");
            closed += 1;
        }
    }
    assert_eq!((open, closed), (6, 13));
    let customers = town.ask("a", "GET", "/customers").empty().await;
    assert_eq!((customers.status, customers.header("www-authenticate")), (401, r#"Bearer realm="shop""#), "and the application's");
}

#[tokio::test]
async fn a_token_of_the_one_tenant_opens_nothing_of_the_other() {
    let (town, routes) = routes().await;
    town.person("b", "bob@example.com", &["*"]).await;
    let session = town.login("b", "bob@example.com").await;
    for Route { path, method, .. } in routes {
        let real = path.replace("{id}", &Uuid::now_v7().to_string()).replace("{role}", &Uuid::now_v7().to_string());
        let answer = town.ask("a", method, &real).of(&session).json(json!({})).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not-found"), "{method} {path}: {answer:?}");
    }
}

async fn takes(db: TenantDb) -> String {
    db.tenant().to_string()
}

async fn takes_nothing() -> &'static str {
    "open"
}

/// Of whoever sends it nothing is known, so that no handler there reads or writes a row by itself.
#[tokio::test]
async fn a_public_route_gets_no_tenant() {
    let town = Town::open().await;
    let routes = Routes::new(&api()).post("/taking", Needs::Nothing, takes).post("/open", Needs::Nothing, takes_nothing).post(
        "/reports",
        Permission::of("reports:read"),
        takes,
    );
    assert_eq!(routes.listed().iter().map(|route| route.needs.to_string()).collect::<Vec<_>>(), ["public", "public", "reports:read"]);
    let router = answer_with_problems(routes.into_router());
    let send = async |path: &str, unchecked: bool| {
        let mut request = Request::post(path).body(axum::body::Body::empty()).unwrap();
        request.extensions_mut().insert(TenantSlot::new(town.bed.tenancy.tenant(town.bed.a, Actor::System)));
        if unchecked {
            request.extensions_mut().insert(UncheckedPermissions);
        }
        answer(&router, request).await
    };
    for unchecked in [false, true] {
        assert_eq!(send("/open", unchecked).await.status, 200);
        let refused = send("/taking", unchecked).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"), "{refused:?}");
    }
    assert_eq!((send("/reports", false).await.status, send("/reports", true).await.status), (401, 200));
}

/// A gateway that has checked permissions has not compared tenants.
#[tokio::test]
async fn where_nobody_checks_a_person_is_still_of_its_tenant() {
    let town = Town::open().await;
    let ada = town.person("a", "ada@example.com", &["*"]).await;
    let who = tenantry::layers::authenticate::Authenticated::by_token(town.bed.a, ada, "*".parse().unwrap(), Uuid::now_v7());
    let router = answer_with_problems(of_people(&town.people).into_router());
    let send = async |tenant| {
        let request = Request::get("/api-keys").extension(UncheckedPermissions).extension(who.clone());
        let request = request.extension(TenantSlot::new(town.bed.tenancy.tenant(tenant, Actor::System)));
        answer(&router, request.body(axum::body::Body::empty()).unwrap()).await
    };
    assert_eq!(send(town.bed.a).await.status, 200);
    let elsewhere = send(town.bed.b).await;
    assert_eq!((elsewhere.status, elsewhere.code().as_str()), (401, "no-caller"));
}

#[tokio::test]
async fn what_everybody_has_is_given_by_no_role() {
    let (_town, routes) = routes().await;
    let role = tenantry::permissions::Role::new("odd", ["account:use", "users:read"]).unwrap();
    let misfits: Vec<String> = Matrix::new(&routes, &[role]).misfits(&[]).iter().map(Misfit::to_string).collect();
    assert_eq!(misfits, ["odd: no route needs what `account:use` covers"]);
}

/// What an application decides by itself is asked of what is a user's own, too.
#[tokio::test]
async fn an_authorizer_is_asked_of_what_is_ones_own() {
    use tenantry::http::{Access, Authorizer};
    use tenantry::permissions::Allowed;

    struct NoAccounts;
    impl Authorizer for NoAccounts {
        async fn authorize(&self, access: &Access<'_>) -> Result<Allowed, Problem> {
            if access.is_own() { Err(access.denied()) } else { access.by_roles() }
        }
    }
    let town = Town::with(tenantry::auth::AttemptLimits::DEFAULT, |people| {
        let api = api().authorizer(NoAccounts);
        tenantry::people::http::public(&api, people, None).merge(tenantry::people::http::routes(&api, people, None))
    })
    .await;
    town.person("a", "ada@example.com", &["*"]).await;
    let session = town.login("a", "ada@example.com").await;
    assert!(text(&session, "access_token").starts_with("ey"));
    let own = town.ask("a", "GET", "/api-keys").of(&session).empty().await;
    assert!(own.names(&Permission::of("account:use")), "{own:?}");
    assert_eq!(town.ask("a", "GET", "/users").of(&session).empty().await.status, 200);
}

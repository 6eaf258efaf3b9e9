//! Every refusal, with its status, its places and nothing more.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::routing::post;
use serde_json::json;
use tenantry::http::UncheckedPermissions;
use tenantry::{Error, TenantDb};

use crate::service::{Service, answer, nobody, path};

fn problem(status: u16, errors: &[&str]) -> (u16, Vec<String>) {
    (status, errors.iter().map(|error| (*error).to_owned()).collect())
}

#[tokio::test]
async fn bodies_that_are_not_json_are_told_from_bodies_that_are_not_rows() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let place = path("customers", &tenant.customer("A").await);
    for (body, expected) in [
        ("{", problem(400, &[])),
        ("{}}", problem(400, &[])),
        ("[]", problem(422, &[" type"])),
        ("null", problem(422, &[" type"])),
        (r#"{"code":null,"rank":1.5,"zzz":0,"id":1,"version":2,"balance":3}"#, {
            problem(422, &["/code null", "/rank type", "/zzz unknown", "/id id", "/version managed", "/balance readonly"])
        }),
    ] {
        assert_eq!(tenant.send("POST", "/customers", body).await.errors(), expected, "{body}");
        assert_eq!(tenant.send("PATCH", &place, body).await.errors(), expected, "{body}");
    }
    assert_eq!(tenant.send("POST", "/customers", "{}").await.errors(), problem(422, &["/code required"]));
}

#[tokio::test]
async fn other_media_types_are_refused_with_what_would_be_taken() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let place = path("customers", &tenant.customer("A").await);
    for (method, path, accepts) in [("POST", "/customers", "accept-post"), ("PATCH", place.as_str(), "accept-patch")] {
        for media in ["", "text/plain", "application/x-www-form-urlencoded", "application/json-patch+json"] {
            let mut request = tenant.request(method, path, "{}");
            request.headers_mut().insert("content-type", media.parse().unwrap());
            let answer = service.answer(request).await;
            assert_eq!(answer.errors(), problem(415, &[]), "{media}");
            assert!(answer.header(accepts).contains("application/json"), "{answer:?}");
        }
    }
    let mut request = tenant.request("PATCH", &place, r#"{"rank":7}"#);
    request.headers_mut().insert("content-type", "application/merge-patch+json".parse().unwrap());
    assert_eq!(service.answer(request).await.json()["rank"], 7);
}

#[tokio::test]
async fn bodies_are_bounded_whether_they_say_how_long_they_are_or_not() {
    let service = Service::with(|config| config, |api| api.body_limit(100)).await;
    let tenant = service.tenant().await;
    let fits = |length: usize| format!("{:length$}", r#"{"code":"A"}"#);
    assert_eq!(tenant.send("POST", "/customers", fits(100)).await.status, 201);
    assert_eq!(tenant.send("POST", "/customers", fits(101)).await.errors(), problem(413, &[]));
    let mut request = tenant.request("POST", "/customers", fits(20));
    request.headers_mut().insert("content-length", "101".parse().unwrap());
    assert_eq!(service.answer(request).await.errors(), problem(413, &[]));
}

#[tokio::test]
async fn a_taken_key_names_its_fields() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let (first, second) = (tenant.customer("A").await, tenant.customer("B").await);
    let expected = problem(409, &["/code unique"]);
    assert_eq!(tenant.send("POST", "/customers", r#"{"code":"A"}"#).await.errors(), expected);
    assert_eq!(tenant.send("PATCH", &path("customers", &second), r#"{"code":"A"}"#).await.errors(), expected);
    let order = json!({"customer": first["id"], "number": 1});
    tenant.created("/orders", order.clone()).await;
    let twice = tenant.send("POST", "/orders", order.to_string()).await;
    assert_eq!(twice.errors(), problem(409, &["/customer unique", "/number unique"]));
    assert!(!twice.body.contains("_key"), "{twice:?}");
}

#[tokio::test]
async fn a_row_that_is_referenced_stays() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let customer = tenant.customer("A").await;
    tenant.created("/orders", json!({"customer": customer["id"], "number": 1})).await;
    let answer = tenant.send("DELETE", &path("customers", &customer), "").await;
    assert_eq!(answer.errors(), problem(409, &[]));
    assert_eq!(answer.json()["detail"], "the row is still referenced by orders");
    assert_eq!(tenant.get(&path("customers", &customer)).await.json(), customer);
    let order = json!({"customer": nobody(), "number": 2}).to_string();
    assert_eq!(tenant.send("POST", "/orders", order).await.errors(), problem(422, &["/customer reference"]));
}

#[tokio::test]
async fn a_value_that_a_constraint_refuses_names_its_field() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let answer = tenant.send("POST", "/customers", r#"{"code":"A","rank":1000}"#).await;
    assert_eq!(answer.errors(), problem(422, &["/rank check"]));
    assert!(!answer.body.contains("customers_rank_check"), "{answer:?}");
}

#[tokio::test]
async fn a_text_that_its_index_cannot_hold_is_the_callers_error() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    // Random, so that the server cannot compress it.
    let long: String = (0..400).map(|_| uuid::Uuid::now_v7().simple().to_string()).collect();
    let answer = tenant.send("POST", "/customers", json!({"code": "A", "tag": long}).to_string()).await;
    assert_eq!(answer.errors(), problem(422, &[" check"]));
}

#[tokio::test]
async fn the_query_string_is_refused_with_its_parameters() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let answer = tenant.get("/customers?limit=0&zzz=1&sort=parent&rank[like]=1&after=").await;
    assert_eq!(answer.errors(), problem(400, &["limit range", "zzz unknown", "sort sort", "rank[like] operator", "after cursor"]));
    assert_eq!(tenant.get("/customers?after=AAAA").await.errors(), problem(400, &[]));
}

#[tokio::test]
async fn without_a_tenant_there_is_no_row() {
    let service = Service::start().await;
    for (method, path) in
        [("GET", "/customers"), ("POST", "/customers"), ("GET", "/customers/x"), ("PATCH", "/customers/x"), ("DELETE", "/customers/x")]
    {
        let request = Request::builder().method(method).uri(path).extension(UncheckedPermissions).body(Body::empty()).unwrap();
        assert_eq!(service.answer(request).await.errors(), problem(401, &[]), "{method} {path}");
    }
}

#[tokio::test]
async fn a_request_has_one_handle() {
    async fn twice(_: TenantDb, _: TenantDb) {}
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let router = service.router.clone().route("/twice", post(twice));
    assert_eq!(answer(&router, tenant.request("POST", "/twice", "")).await.errors(), problem(500, &[]));
}

#[tokio::test]
async fn a_rule_refuses_like_a_field() {
    async fn place(mut db: TenantDb) -> Result<(), Error> {
        db.transaction(async |_| Err(Error::rule("posted", "/status", "a posted entry does not change"))).await
    }
    let service = Service::start().await;
    let router = service.router.clone().route("/place", post(place));
    let answer = answer(&router, service.tenant().await.request("POST", "/place", "")).await;
    assert_eq!(answer.errors(), problem(422, &["/status posted"]));
}

/// It is a mistake of the service, and what it is about is nobody else's business.
#[tokio::test]
async fn a_statement_that_forgets_its_tenant_is_an_error_without_a_word() {
    async fn names(mut db: TenantDb) -> Result<(), Error> {
        let names = "select code from app.customers where id <> $1";
        db.transaction(async |tx| Ok(sqlx::query(names).bind(tx.tenant()).execute(tx).await.map(drop)?)).await
    }
    let service = Service::start().await;
    let router = service.router.clone().route("/names", post(names));
    let answer = answer(&router, service.tenant().await.request("POST", "/names", "")).await;
    assert_eq!(answer.body, r#"{"type":"urn:tenantry:problem:internal","title":"Internal error","status":500}"#);
    assert_eq!(service.tenancy.sql_counters().refused, 1);
}

#[tokio::test]
async fn an_answer_is_bounded() {
    let service = Service::with(|config| config, |api| api.answer_limit(590)).await;
    let tenant = service.tenant().await;
    tenant.customer("A").await;
    tenant.customer("B").await;
    assert_eq!(tenant.get("/customers?limit=1").await.status, 200);
    let answer = tenant.get("/customers").await;
    assert_eq!((answer.errors(), &answer.json()["type"]), (problem(400, &[]), &json!("urn:tenantry:problem:page-too-large")));
    // Where the row that does not fit ends in a long text, there would be room for the end of the page.
    tenant.created("/customers", json!({"code": "AA", "name": "n".repeat(200)})).await;
    let answer = tenant.get("/customers?code[prefix]=A&sort=code").await;
    assert_eq!((answer.errors(), &answer.json()["type"]), (problem(400, &[]), &json!("urn:tenantry:problem:page-too-large")));
    // A write whose answer does not fit has not happened.
    let before = tenant.digest().await;
    let long = json!({"code": "C", "name": "\u{1}".repeat(200)}).to_string();
    assert_eq!(tenant.send("POST", "/customers", long).await.errors(), problem(500, &[]));
    assert_eq!(tenant.digest().await, before);
}

#[tokio::test]
async fn a_request_takes_a_connection_when_it_has_been_read_and_waits_for_one_only_so_long() {
    let service = Service::with(|config| config.max_connections(1).acquire_timeout(Duration::from_secs(5)), |api| api).await;
    let tenant = service.tenant().await;
    let (service, caller) = (&service, &tenant);
    tenant
        .db()
        .transaction(async |_| {
            // The only connection is taken.
            assert_eq!(caller.send("POST", "/customers", "{}").await.errors(), problem(422, &["/code required"]));
            assert_eq!(caller.send("POST", "/customers", "{").await.status, 400);
            assert_eq!(caller.get("/customers?limit=0").await.status, 400);
            let answer = service.answer(caller.request("GET", "/customers", "")).await;
            assert_eq!((answer.errors(), answer.header("retry-after")), (problem(503, &[]), "1"));
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(tenant.get("/customers").await.status, 200);
}

//! Requests that are not well meant: nothing tells a foreign row from a missing one, and nothing is told of the database.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use serde_json::json;
use tenantry::http::{TenantSlot, UncheckedPermissions};
use tenantry::{Actor, TenantId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::service::{Answer, Service, nobody};

/// No answer says any of this.
const TOLD_TO_NOBODY: &[&str] =
    &["_key", "_check", "_fkey", "_pkey", "constraint", "SQLSTATE", "app.", "tenant_fence", "policy", "panicked"];

#[track_caller]
fn quiet(what: &str, answer: &Answer) {
    for word in TOLD_TO_NOBODY {
        assert!(!answer.body.contains(word), "{what}: {answer:?}");
    }
    assert_ne!(answer.status, 500, "{what}: {answer:?}");
    if answer.status != 405 {
        assert_eq!(answer.header("cache-control"), "no-store", "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn a_foreign_and_a_missing_row_answer_alike_to_every_method_and_body() {
    let service = Service::start().await;
    let (tenant, victim) = (service.tenant().await, service.tenant().await);
    let foreign = victim.customer("theirs").await;
    victim.created("/orders", json!({"customer": foreign["id"], "number": 1})).await;
    let before = victim.digest().await;
    let foreign = foreign["id"].as_str().unwrap();
    let parent = json!({ "parent": foreign }).to_string();
    let tenant_id = json!({ "tenant_id": victim.tenant.to_string() }).to_string();
    let bodies = ["", "{}", "{", "[]", "null", r#"{"name":"x"}"#, r#"{"rank":1e400}"#, r#"{"rank":1001}"#, &parent, &tenant_id];
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"] {
        for body in bodies {
            for suffix in ["", "/", "?limit=1", "?after=x", "%20", "%00"] {
                let mut answers = Vec::new();
                for id in [foreign, &nobody()] {
                    answers.push(tenant.send(method, &format!("/customers/{id}{suffix}"), body).await);
                }
                let what = format!("{method} {suffix} {body}");
                assert_eq!(answers[0], answers[1], "{what}");
                assert!(answers[0].status >= 400, "{what}: {:?}", answers[0]);
                quiet(&what, &answers[0]);
            }
        }
    }
    assert_eq!(victim.digest().await, before);
}

#[tokio::test]
async fn no_spelling_of_a_closed_field_is_taken() {
    let service = Service::start().await;
    let (tenant, victim) = (service.tenant().await, service.tenant().await);
    let own = tenant.customer("mine").await;
    let place = format!("/customers/{}", own["id"].as_str().unwrap());
    let (before, own_before) = (victim.digest().await, tenant.digest().await);
    let id = victim.tenant;
    for body in [
        format!(r#"{{"code":"x","tenant_id":"{id}"}}"#),
        format!(r#"{{"code":"x","\u0074enant_id":"{id}"}}"#),
        format!(r#"{{"code":"x","TENANT_ID":"{id}"}}"#),
        format!(r#"{{"code":"x","tenant_id ":"{id}"}}"#),
        format!(r#"{{"code":"x","tenant_id\u0000":"{id}"}}"#),
        format!(r#"{{"code":"x","tenant_id":null,"tenant_id":"{id}"}}"#),
        format!(r#"{{"code":"x","parent":{{"tenant_id":"{id}"}}}}"#),
        format!(r#"{{"code":"x","credit_limit":{{"amount":1,"currency":"EUR","tenant_id":"{id}"}}}}"#),
        format!(r#"[{{"code":"x","tenant_id":"{id}"}}]"#),
        r#"{"code":"x","id":"00000000-0000-7000-8000-000000000000"}"#.to_owned(),
        r#"{"code":"x","version":7}"#.to_owned(),
        r#"{"code":"x","stamps":{"version":7}}"#.to_owned(),
        r#"{"code":"x","created_at":"2026-11-24T00:00:00Z"}"#.to_owned(),
        r#"{"code":"x","balance":1}"#.to_owned(),
        r#"{"code":"x","code":"y"}"#.to_owned(),
        r#"{"code":"x","c\u006fde":"y"}"#.to_owned(),
        r#"{"code":"x","rank":-0}"#.to_owned(),
        r#"{"code":"x","rank":1.0}"#.to_owned(),
        r#"{"code":"x","bought":9007199254740993}"#.to_owned(),
        r#"{"code":"x","bought":1e400}"#.to_owned(),
        r#"{"code":"\u0000"}"#.to_owned(),
        r#"{"code":"\ud800"}"#.to_owned(),
        "\u{feff}{\"code\":\"x\"}".to_owned(),
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        format!(r#"{{"{}":1}}"#, "k".repeat(500_000)),
    ] {
        for (method, path) in [("POST", "/customers"), ("PATCH", place.as_str())] {
            let what = format!("{method} {}", body.chars().take(80).collect::<String>());
            let answer = tenant.send(method, path, body.clone()).await;
            assert!(matches!(answer.status, 400 | 422), "{what}: {answer:?}");
            assert!(answer.body.len() < 4_096, "{what}: {} bytes", answer.body.len());
            quiet(&what, &answer);
        }
    }
    assert_eq!((victim.digest().await, tenant.digest().await), (before, own_before));
}

#[tokio::test]
async fn shapes_without_end_are_answered() {
    let service = Service::start().await;
    let (tenant, victim) = (service.tenant().await, service.tenant().await);
    let own = tenant.customer("mine").await;
    victim.customer("mine").await;
    // More shapes than a connection keeps prepared; each holds for the own row.
    let filters = ["code=mine", "rank=5", "rank[gte]=5", "rank[lte]=5", "bought=0", "letters=true", "name[null]=true", "since[null]=true"];
    for shape in 0..1_u32 << filters.len() {
        let chosen: Vec<&str> = (0..).zip(filters).filter(|(bit, _)| shape >> bit & 1 == 1).map(|(_, filter)| filter).collect();
        let page = tenant.get(&format!("/customers?{}", chosen.join("&"))).await;
        assert_eq!(page.json()["items"], json!([own]), "{chosen:?}");
    }
}

/// The routes on a socket, where everybody is this tenant.
async fn listening(service: &Service, tenant: TenantId) -> SocketAddr {
    let tenancy = service.tenancy.clone();
    let scoped: Router = service.router.clone().layer(from_fn(move |mut request: Request, next: Next| {
        request.extensions_mut().insert(TenantSlot::new(tenancy.tenant(tenant, Actor::System)));
        request.extensions_mut().insert(UncheckedPermissions);
        next.run(request)
    }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, scoped).await });
    address
}

async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn bodies_that_never_end_hold_no_connection_of_the_database() {
    let service = Service::with(|config| config.max_connections(1), |api| api).await;
    let tenant = service.tenant().await;
    let address = listening(&service, tenant.tenant).await;
    let mut stalled = Vec::new();
    for framing in ["content-length: 1000", "transfer-encoding: chunked"].into_iter().cycle().take(50) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("POST /customers HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{framing}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stalled.push(stream);
    }
    let answer = exchange(address, "GET /customers HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(stalled.len(), 50);
}

#[tokio::test]
async fn a_request_hidden_in_a_body_is_not_served() {
    let service = Service::start().await;
    let tenant = service.tenant().await;
    let address = listening(&service, tenant.tenant).await;
    let hidden = "POST /customers HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{\"code\":\"EVIL\"}";
    for framing in [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
        "content-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        "content-length: +2\r\n\r\n{}",
        "content-length: 2, 2\r\n\r\n{}",
        "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n0x0\r\n\r\n",
        "content-length: 0\r\n folded: yes\r\n\r\n",
    ] {
        let head = "POST /customers HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
        let answer = exchange(address, &format!("{head}{framing}{hidden}")).await;
        assert!(!answer.contains("201 Created"), "{framing:?}: {answer}");
        assert_eq!(tenant.get("/customers?code=EVIL").await.json()["items"], json!([]), "{framing:?}");
    }
    // Behind a body that ends where it says, a second request is one.
    let second = hidden.replace("EVIL", "SEEN").replace("host: x", "host: x\r\nconnection: close");
    let head = "POST /customers HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    let answer = exchange(address, &format!("{head}{second}")).await;
    assert!(answer.contains("422 Unprocessable") && answer.contains("201 Created"), "{answer}");
}

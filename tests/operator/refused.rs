//! Who has no operator's token learns nothing; and who has one is told what is wrong.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use tenantry_tests::{Answer, answer};

use crate::desk::{ADA, Desk, TICKET, why};

/// Every route, and paths that are none.
fn requests(tenant: &str) -> Vec<(&'static str, String)> {
    let of = |rest: &str| format!("/tenants/{tenant}{rest}");
    let domain = |rest: &str| format!("/tenants/{tenant}/domains/shop.a.example{rest}");
    vec![
        ("GET", "/tenants".to_owned()),
        ("POST", "/tenants".to_owned()),
        ("POST", of("/suspend")),
        ("POST", of("/resume")),
        ("POST", of("/close")),
        ("POST", of("/members")),
        ("PUT", of("/plan")),
        ("GET", "/plans".to_owned()),
        ("POST", "/plans".to_owned()),
        ("PUT", "/plans/small".to_owned()),
        ("DELETE", "/plans/small".to_owned()),
        ("GET", of("/domains")),
        ("POST", of("/domains")),
        ("DELETE", domain("")),
        ("POST", domain("/verify")),
        ("POST", domain("/activate")),
        ("POST", domain("/deactivate")),
        ("POST", domain("/primary")),
        ("GET", "/acts".to_owned()),
        ("GET", "/".to_owned()),
        ("GET", "/nothing".to_owned()),
        ("DELETE", "/acts".to_owned()),
        ("POST", "/tenants/none/suspend".to_owned()),
    ]
}

#[tokio::test]
async fn without_a_token_that_is_somebodys_every_path_is_one_answer() {
    let desk = Desk::new().await;
    desk.platform.add_domain(desk.bed.a, "shop.a.example", TICKET).await.unwrap();
    let before = desk.everything().await;
    let bearer = |token: &str| format!("Bearer {token}");
    let (wrong, upper) = (bearer(&ADA.replace('4', "5")), bearer(&ADA.to_uppercase()));
    let (long, longer, short) = (bearer(&"a".repeat(8_000)), bearer(&format!("{ADA}0")), bearer(&ADA[..63]));
    let (own, basic, key) = (bearer(ADA), format!("Basic {ADA}"), bearer("tk_0123456789abcdef_0123"));
    let hash = bearer("ada");
    let refused: Vec<Vec<&str>> = vec![
        vec![],
        vec![""],
        vec!["Bearer"],
        vec!["Bearer "],
        vec![&wrong],
        vec![&upper],
        vec![&long],
        vec![&longer],
        vec![&short],
        vec![&basic],
        vec![&key],
        vec![&hash],
        vec![ADA],
        vec![&own, &own],
        vec![&own, &wrong],
        vec![&wrong, &own],
    ];
    let mut first: Option<Answer> = None;
    for (method, path) in requests(&desk.bed.a.to_string()) {
        for authorization in &refused {
            let answer = desk.send_as(authorization, method, &path, why()).await;
            assert_eq!(answer.status, 401, "{method} {path} {authorization:?}");
            let first = first.get_or_insert_with(|| answer.clone());
            assert_eq!(answer, *first, "{method} {path} {authorization:?}");
        }
    }
    let first = first.unwrap();
    assert_eq!(first.header("www-authenticate"), r#"Bearer realm="operator""#);
    assert_eq!((first.code().as_str(), first.header("cache-control")), ("unauthenticated", "no-store"));
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn a_body_without_a_reason_changes_nothing() {
    let desk = Desk::new().await;
    let a = desk.bed.a;
    desk.platform.add_domain(a, "shop.a.example", TICKET).await.unwrap();
    let before = desk.everything().await;
    let changing: Vec<_> =
        requests(&a.to_string()).into_iter().filter(|(method, path)| *method != "GET" && path.contains(&a.to_string())).collect();
    assert_eq!(changing.len(), 11);
    for (method, path) in &changing {
        let with = |reason: Value| match path.rsplit('/').next() {
            Some("domains") => json!({"host": "www.a.example", "reason": reason}),
            Some("plan") => json!({"plan": null, "reason": reason}),
            _ => json!({"reason": reason}),
        };
        for (reason, code) in [
            (json!(""), "reason"),
            (json!("why"), "reason"),
            (json!("\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}"), "reason"),
            (json!("two\nlines"), "reason"),
            (json!("r".repeat(501)), "reason"),
            (json!(4711), "form"),
            (json!(null), "form"),
            (json!(["ticket 4711"]), "form"),
        ] {
            let answer = desk.send(method, path, with(reason.clone())).await;
            assert_eq!(answer.errors(), (422, vec![format!("/reason {code}")]), "{method} {path} {reason}");
        }
        assert_eq!(desk.send(method, path, json!({})).await.status, 422, "{method} {path}");
        assert_eq!(desk.send(method, path, json!({"reason": "ticket 4711", "operator": "bob"})).await.status, 422, "{method} {path}");
        assert_eq!(desk.send(method, path, Value::Null).await.status, 400, "{method} {path}");
        assert_eq!(desk.send(method, path, json!({"reason": "r".repeat(1 << 20)})).await.status, 413, "{method} {path}");
        let plain = Request::builder().method(*method).uri(path).header(header::AUTHORIZATION, format!("Bearer {ADA}"));
        let plain = answer(&desk.router, plain.body(Body::from(why().to_string())).unwrap()).await;
        assert_eq!(plain.status, 415, "{method} {path}");
    }
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn a_tenant_that_is_none_and_one_that_does_not_exist_are_one_answer() {
    let desk = Desk::new().await;
    let nobody = tenantry::TenantId::generate().to_string();
    let missing = desk.send("POST", &format!("/tenants/{nobody}/suspend"), why()).await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "not-found"));
    let own = desk.bed.a.to_string();
    let odd = [
        own.to_uppercase(),
        own.replace('-', ""),
        format!("{{{own}}}"),
        format!("{own}%20"),
        "%00".to_owned(),
        "..".to_owned(),
        "a".repeat(4_000),
    ];
    for id in odd.iter().map(String::as_str).chain(["a", "1", "%ff", "%27;drop%20table", nobody.as_str()]) {
        for (method, path) in requests(id).into_iter().filter(|(method, path)| {
            *method != "GET" && path.starts_with("/tenants/") && !["/domains", "/plan"].iter().any(|end| path.ends_with(end))
        }) {
            assert_eq!(desk.send(method, &path, why()).await, missing, "{method} {path}");
        }
        let path = format!("/tenants/{id}/domains");
        assert_eq!(desk.send("POST", &path, json!({"host": "new.example", "reason": "ticket 4711"})).await, missing, "{path}");
        let path = format!("/tenants/{id}/plan");
        assert_eq!(desk.send("PUT", &path, json!({"plan": null, "reason": "ticket 4711"})).await, missing, "{path}");
    }
    for host in ["none.example", "%00", "a%2fb", "a%40b", "-", "127.0.0.1", "%5b::1%5d", "*.example", "b%C3%BCcher%20.example"] {
        let path = format!("/tenants/{own}/domains/{host}/activate");
        assert_eq!(desk.send("POST", &path, why()).await, missing, "{path}");
    }
    for path in ["/", "/nothing", "/tenants/", &format!("/tenants/{own}"), "/api/customers", "/acts/1"] {
        assert_eq!(desk.send("GET", path, Value::Null).await, missing, "{path}");
    }
    let wrong = desk.send("DELETE", "/acts", why()).await;
    assert_eq!((wrong.status, wrong.code().as_str(), wrong.header("allow")), (405, "method-not-allowed", "GET,HEAD"));
}

#[tokio::test]
async fn acts_are_asked_for_by_tenant_and_number() {
    let desk = Desk::new().await;
    for query in
        ["limit=0", "limit=1001", "limit=-1", "limit=a", "limit=1&limit=2", "tenant=a", "tenant=", "reason=ticket", "limit=99999999999"]
    {
        let answer = desk.send("GET", &format!("/acts?{query}"), Value::Null).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid-query"), "{query}");
    }
    assert_eq!(desk.send("GET", "/acts?limit=1000", Value::Null).await.json()["items"].as_array().map(Vec::len), Some(2));
}

/// The application's routes know nothing of the operator's, whoever asks.
#[tokio::test]
async fn a_tenants_routes_do_not_lead_there() {
    use tenantry::Registry;
    use tenantry::http::{Api, CursorKey, UncheckedPermissions, answer_with_problems};

    let registry = Registry::new(tenantry_app::MODELS, tenantry_app::CONVENTIONS).unwrap();
    let service = answer_with_problems(tenantry_app::router(&Api::new(&registry, CursorKey::random().unwrap())));
    for (method, path) in requests(&tenantry::TenantId::generate().to_string()) {
        let request = Request::builder().method(method).uri(&path).header(header::AUTHORIZATION, format!("Bearer {ADA}"));
        let answer = answer(&service, request.extension(UncheckedPermissions).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 404, "{method} {path}");
    }
}

//! The operator's day over HTTP.

use serde_json::{Value, json};
use tenantry::TenantId;

use crate::desk::{ADA, BOB, Desk, why};
use crate::members::user;

async fn acme(desk: &Desk) -> TenantId {
    let made = desk.send("POST", "/tenants", json!({"slug": "acme", "name": "Acme Ltd", "reason": "contract 4711"})).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["id"].as_str().unwrap().parse().unwrap()
}

async fn status(desk: &Desk, tenant: TenantId) -> String {
    let listed = desk.send("GET", "/tenants", Value::Null).await;
    assert_eq!((listed.status, listed.header("cache-control")), (200, "no-store"));
    let items = listed.json()["items"].as_array().unwrap().clone();
    items.into_iter().find(|item| item["id"] == tenant.to_string()).unwrap()["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_tenant_is_made_suspended_resumed_and_closed() {
    let desk = Desk::new().await;
    let tenant = acme(&desk).await;
    for (what, due) in [("suspend", "suspended"), ("suspend", "suspended"), ("resume", "active"), ("close", "closing")] {
        let done = desk.send("POST", &format!("/tenants/{tenant}/{what}"), why()).await;
        assert_eq!((done.status, done.body.as_str(), status(&desk, tenant).await.as_str()), (204, "", due), "{what}");
    }
    for what in ["suspend", "resume", "close"] {
        assert_eq!(desk.send("POST", &format!("/tenants/{tenant}/{what}"), why()).await.status, 404, "{what}");
    }
    let taken = desk.send("POST", "/tenants", json!({"slug": "acme", "name": "Acme", "reason": "contract 4711"})).await;
    assert_eq!(taken.errors(), (409, vec!["/slug unique".to_owned()]));
    let acts = desk.send("GET", &format!("/acts?tenant={tenant}&limit=2"), Value::Null).await.json();
    let told = |at: usize, member: &str| acts["items"][at][member].as_str().unwrap().to_owned();
    assert_eq!(
        (told(0, "act"), told(0, "operator"), told(0, "reason")),
        ("tenant.close".to_owned(), "ada".to_owned(), "ticket 4711".to_owned())
    );
    assert_eq!((told(1, "act"), told(1, "tenant")), ("tenant.resume".to_owned(), tenant.to_string()));
    assert_eq!(acts["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn whoever_has_the_token_is_named() {
    let desk = Desk::new().await;
    let path = format!("/tenants/{}/suspend", desk.bed.a);
    for (authorization, name) in [(format!("Bearer {BOB}"), "bob"), (format!("bearer {ADA}"), "ada")] {
        assert_eq!(desk.send_as(&[&authorization], "POST", &path, why()).await.status, 204);
        assert_eq!(desk.last().await.operator, name);
    }
}

#[tokio::test]
async fn a_tenant_is_made_with_its_first_admin() {
    let desk = Desk::new().await;
    let body = json!({
        "slug": "acme", "name": "Acme Ltd", "reason": "contract 4711", "host": "Shop.BÜCHER.example",
        "roles": [{"name": "admin", "grants": ["*"]}, {"name": "sales", "grants": ["customers:*"], "readonly": ["customers.credit_limit"]}],
        "admin": {"email": "ada@acme.example", "role": "admin"},
    });
    let with = |key: &str, value: Value| {
        let mut body = body.clone();
        body[key] = value;
        body
    };
    let before = desk.everything().await;
    for (odd, place) in [
        (with("admin", Value::Null), "/admin required"),
        (with("admin", json!({"email": "ada", "role": "admin"})), "/admin/email email"),
        (with("admin", json!({"email": "ada@acme.example", "role": "owner"})), "/admin/role role"),
        (with("host", json!("a b")), "/host host"),
        (with("host", json!("127.0.0.1")), "/host host"),
        (with("roles", json!([{"name": "admin", "grants": ["everything"]}])), "/roles/0 role"),
        (with("roles", json!([{"name": "admin", "grants": "*"}])), "/roles/0/grants form"),
        (with("slug", json!("Acme")), "/slug check"),
        (with("plan", json!("gold")), "/plan form"),
    ] {
        assert_eq!(desk.send("POST", "/tenants", odd).await.errors(), (422, vec![place.to_owned()]));
    }
    assert_eq!(desk.everything().await, before);
    let made = desk.send("POST", "/tenants", body).await;
    let (tenant, token) = (made.json()["id"].as_str().unwrap().to_owned(), made.json()["invitation"].as_str().unwrap().to_owned());
    assert_eq!(
        (made.status, made.header("location"), made.header("cache-control")),
        (201, format!("/tenants/{tenant}").as_str(), "no-store")
    );
    assert!(token.starts_with(&format!("iv_{}_", tenant.replace('-', ""))), "{token}");
    let domains = desk.send("GET", &format!("/tenants/{tenant}/domains"), Value::Null).await.json();
    assert_eq!(domains["items"][0]["host"], "shop.xn--bcher-kva.example");
}

#[tokio::test]
async fn a_domain_is_added_shown_activated_and_taken_away() {
    let desk = Desk::new().await;
    let tenant = acme(&desk).await;
    let domains = format!("/tenants/{tenant}/domains");
    let added = desk.send("POST", &domains, json!({"host": "SHOP.acme.example.", "reason": "contract 4711"})).await;
    assert_eq!((added.status, added.json()["host"].as_str()), (201, Some("shop.acme.example")));
    let record = added.json()["record"].clone();
    assert_eq!((record["name"].as_str(), record["type"].as_str()), (Some("_tenantry-challenge.shop.acme.example"), Some("TXT")));
    assert_eq!(desk.send("GET", &domains, Value::Null).await.json()["items"][0]["record"], record);
    let taken = desk.send("POST", &domains, json!({"host": "shop.acme.example", "reason": "contract 4711"})).await;
    assert_eq!(taken.errors(), (409, vec!["/host unique".to_owned()]));

    let act = async |what: &str, body: Value| desk.send("POST", &format!("{domains}/Shop.acme.example/{what}"), body).await;
    let unproven = act("verify", why()).await;
    assert_eq!((unproven.status, unproven.code().as_str()), (422, "unproven"));
    *desk.servers.silent.lock().unwrap() = true;
    let unanswered = act("verify", why()).await;
    assert_eq!((unanswered.status, unanswered.code().as_str()), (502, "name-servers"));
    *desk.servers.silent.lock().unwrap() = false;
    desk.servers.say(&[record["value"].as_str().unwrap()]);
    assert_eq!(act("verify", why()).await.status, 204);
    assert_eq!(desk.last().await.act, "domain.verify shop.acme.example");
    for what in ["activate", "primary"] {
        assert_eq!(act(what, why()).await.status, 204, "{what}");
    }
    let shown = desk.send("GET", &domains, Value::Null).await.json()["items"][0].clone();
    assert_eq!((&shown["is_active"], &shown["is_primary"], shown.get("record")), (&json!(true), &json!(true), None));
    assert!(shown["verified_at"].is_string());
    assert_eq!(act("deactivate", why()).await.status, 204);
    assert_eq!(desk.send("DELETE", &format!("{domains}/shop.acme.example"), why()).await.status, 204);
    assert_eq!(desk.send("GET", &domains, Value::Null).await.json(), json!({"items": []}));

    desk.send("POST", &domains, json!({"host": "www.acme.example", "reason": "contract 4711"})).await;
    let by_hand = desk.send("POST", &format!("{domains}/www.acme.example/verify"), json!({"reason": "by phone", "by_hand": true})).await;
    assert_eq!((by_hand.status, desk.last().await.act.as_str()), (204, "domain.verify_by_hand www.acme.example"));
}

#[tokio::test]
async fn a_look_at_a_tenants_users_is_an_act() {
    let desk = Desk::new().await;
    user(&desk, desk.bed.a, "ada@acme.example", &["admin"]).await;
    user(&desk, desk.bed.b, "eve@globex.example", &["clerk"]).await;
    let path = format!("/tenants/{}/members", desk.bed.a);
    let looked = desk.send("POST", &path, json!({"reason": "they cannot log in"})).await;
    let json = looked.json();
    assert_eq!((looked.status, json["items"].as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!((&json["items"][0]["email"], &json["items"][0]["roles"]), (&json!("ada@acme.example"), &json!(["admin"])));
    assert!(!looked.body.contains("identity") && !looked.body.contains("globex"), "{}", looked.body);
    let last = desk.last().await;
    assert_eq!((last.act.as_str(), last.reason.as_str(), last.operator.as_str()), ("tenant.members", "they cannot log in", "ada"));
    assert_eq!(desk.send("GET", &path, Value::Null).await.status, 405, "a reason belongs into no URL");
}

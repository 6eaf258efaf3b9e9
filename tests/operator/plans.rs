//! Plans, and which of them a tenant has.

use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tenantry::db::Limits;
use tenantry::{Act, ErrorKind, TenantId};
use tenantry_testkit::{execute, lines};

use crate::desk::{Desk, TICKET, kind, why};

fn users(most: u32) -> Limits {
    let mut limits = Limits::NONE;
    limits.users = Some(most);
    limits
}

async fn plan_of(desk: &Desk, tenant: TenantId) -> Option<String> {
    let tenants = desk.platform.tenants().await.unwrap();
    tenants.into_iter().find(|known| known.id == tenant).unwrap().plan
}

#[tokio::test]
async fn a_plan_is_made_changed_agreed_to_and_removed() {
    let desk = Desk::new().await;
    let (platform, a) = (&desk.platform, desk.bed.a);
    platform.create_plan("small", users(5), TICKET).await.unwrap();
    platform.create_plan("large", Limits::NONE, TICKET).await.unwrap();
    platform.change_plan("small", users(0), TICKET).await.unwrap();
    let plans = platform.plans().await.unwrap();
    let told: Vec<_> = plans.iter().map(|plan| (plan.name.as_str(), plan.limits.users, plan.limits.api_keys)).collect();
    assert_eq!(told, [("large", None, None), ("small", Some(0), None)]);
    platform.set_plan(a, Some("small"), TICKET).await.unwrap();
    assert_eq!((plan_of(&desk, a).await.as_deref(), plan_of(&desk, desk.bed.b).await), (Some("small"), None));
    assert_eq!(kind(platform.remove_plan("small", TICKET).await), ErrorKind::Referenced { by: Some("tenants") });
    platform.set_plan(a, None, TICKET).await.unwrap();
    assert_eq!(plan_of(&desk, a).await, None);
    platform.remove_plan("small", TICKET).await.unwrap();
    assert_eq!(desk.done_to(a).await, ["tenant.create", "tenant.plan small", "tenant.no_plan"]);
    let acts = platform.acts(None, 10).await.unwrap();
    let of_plans: Vec<&str> = acts.iter().rev().filter(|act| act.tenant.is_none()).map(|act| act.act.as_str()).collect();
    assert_eq!(of_plans, ["plan.create small", "plan.create large", "plan.change small", "plan.remove small"]);
}

#[tokio::test]
async fn what_is_refused_of_a_plan_changes_nothing() {
    let desk = Desk::new().await;
    let (platform, a, nobody) = (&desk.platform, desk.bed.a, TenantId::generate());
    platform.create_plan("small", users(5), TICKET).await.unwrap();
    let before = desk.everything().await;
    assert!(
        matches!(kind(platform.create_plan("small", Limits::NONE, TICKET).await), ErrorKind::Unique { columns } if columns == ["name"])
    );
    for name in ["", " small", "a\u{202e}b", &"p".repeat(65)] {
        assert!(matches!(kind(platform.create_plan(name, Limits::NONE, TICKET).await), ErrorKind::Rule(rule) if rule.pointer == "/name"));
    }
    assert!(matches!(kind(platform.create_plan("new", users(u32::MAX), TICKET).await), ErrorKind::Rule(rule) if rule.pointer == "/users"));
    assert_eq!(kind(platform.change_plan("none", users(1), TICKET).await), ErrorKind::NotFound);
    assert_eq!(kind(platform.remove_plan("none", TICKET).await), ErrorKind::NotFound);
    assert_eq!(kind(platform.set_plan(a, Some("none"), TICKET).await), ErrorKind::NotFound);
    for plan in [Some("small"), None] {
        assert_eq!(kind(platform.set_plan(nobody, plan, TICKET).await), ErrorKind::NotFound);
    }
    let unsaid = Act { reason: "", ..TICKET };
    for refused in [
        platform.create_plan("new", Limits::NONE, unsaid).await,
        platform.change_plan("small", users(1), unsaid).await,
        platform.remove_plan("small", unsaid).await,
        platform.set_plan(a, Some("small"), unsaid).await,
    ] {
        assert!(matches!(kind(refused), ErrorKind::Rule(rule) if rule.pointer == "/reason"));
    }
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn plans_are_kept_over_http() {
    let desk = Desk::new().await;
    let tenant = desk.bed.a;
    let of_tenant = format!("/tenants/{tenant}/plan");
    let made = desk.send("POST", "/plans", json!({"name": "Pro 2027", "users": 5, "reason": "price list"})).await;
    assert_eq!((made.status, made.header("location")), (201, "/plans/Pro%202027"));
    assert_eq!(made.json(), json!({"name": "Pro 2027", "users": 5, "api_keys": null}));
    let changed = desk.send("PUT", "/plans/Pro%202027", json!({"api_keys": 3, "reason": "price list"})).await;
    assert_eq!(changed.status, 204);
    let listed = desk.send("GET", "/plans", Value::Null).await.json();
    assert_eq!(listed, json!({"items": [{"name": "Pro 2027", "users": null, "api_keys": 3}]}));
    assert_eq!(desk.send("PUT", &of_tenant, json!({"plan": "Pro 2027", "reason": "contract 4711"})).await.status, 204);
    let tenants = desk.send("GET", "/tenants", Value::Null).await.json();
    assert_eq!((&tenants["items"][0]["plan"], &tenants["items"][1]["plan"]), (&json!("Pro 2027"), &Value::Null));
    assert_eq!(desk.send("DELETE", "/plans/Pro%202027", why()).await.status, 409);
    for (method, path, body, due) in [
        ("POST", "/plans", json!({"name": "Pro 2027", "reason": "price list"}), (409, "/name unique")),
        ("POST", "/plans", json!({"name": "new", "users": -1, "reason": "price list"}), (422, "/users form")),
        ("POST", "/plans", json!({"name": "new", "users": u32::MAX, "reason": "price list"}), (422, "/users limit")),
        ("POST", "/plans", json!({"name": " ", "reason": "price list"}), (422, "/name name")),
        ("POST", "/plans", json!({"name": "new", "seats": 1, "reason": "price list"}), (422, "/seats form")),
        ("PUT", &of_tenant, json!({"reason": "contract 4711"}), (422, " form")),
    ] {
        assert_eq!(desk.send(method, path, body).await.errors(), (due.0, vec![due.1.to_owned()]), "{method} {path}");
    }
    for (method, path, body) in [
        ("PUT", "/plans/none".to_owned(), json!({"reason": "price list"})),
        ("DELETE", "/plans/none".to_owned(), why()),
        ("DELETE", "/plans/%ff".to_owned(), why()),
        ("PUT", of_tenant.clone(), json!({"plan": "none", "reason": "contract 4711"})),
        ("PUT", format!("/tenants/{}/plan", TenantId::generate()), json!({"plan": "Pro 2027", "reason": "contract 4711"})),
    ] {
        assert_eq!(desk.send(method, &path, body).await.status, 404, "{method} {path}");
    }
    assert_eq!(desk.send("PUT", &of_tenant, json!({"plan": null, "reason": "contract 4711"})).await.status, 204);
    assert_eq!(desk.send("DELETE", "/plans/Pro%202027", why()).await.status, 204);
}

/// A tenant reads what there is to agree to, and agrees to nothing by itself.
#[tokio::test]
async fn the_application_reads_plans_and_writes_none() {
    let desk = Desk::new().await;
    let a = desk.bed.a;
    desk.platform.create_plan("small", users(5), TICKET).await.unwrap();
    desk.platform.create_plan("large", Limits::NONE, TICKET).await.unwrap();
    desk.platform.set_plan(a, Some("small"), TICKET).await.unwrap();
    let before = desk.everything().await;
    let mut app = PgConnection::connect_with(&desk.bed.stage.url("app").options().unwrap()).await.unwrap();
    let enter = format!("begin; set local app.tenant_id = '{a}'");
    for statement in [
        "update tenancy.plans set max_users = null",
        "insert into tenancy.plans (id, name) values (gen_random_uuid(), 'mine')",
        "delete from tenancy.plans",
        "truncate tenancy.plans",
        "update tenancy.tenants set plan_id = null",
        "update tenancy.tenants set plan_id = (select id from tenancy.plans where name = 'large')",
    ] {
        execute(&mut app, &enter).await.unwrap();
        let error = execute(&mut app, statement).await.unwrap_err();
        assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("42501"), "{statement}: {error}");
        execute(&mut app, "rollback").await.unwrap();
    }
    execute(&mut app, &enter).await.unwrap();
    assert_eq!(lines(&mut app, "select name from tenancy.plans order by 1").await.unwrap(), ["large", "small"]);
    execute(&mut app, "rollback").await.unwrap();
    assert_eq!(desk.everything().await, before);
}

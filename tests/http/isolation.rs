//! Two tenants: what one does never reaches the other, and nothing tells what the other has.

use serde_json::json;

use crate::service::{Answer, Service, nobody, path};

/// The answer without the date of nothing: all of it.
fn same(answers: &[Answer]) {
    for answer in answers {
        assert_eq!(answer, &answers[0]);
    }
}

#[tokio::test]
async fn a_foreign_row_a_missing_row_and_no_id_are_the_same_404() {
    let service = Service::start().await;
    let (tenant, victim) = (service.tenant().await, service.tenant().await);
    let own = tenant.customer("mine").await;
    let foreign = victim.customer("theirs").await;
    let before = victim.digest().await;
    for (method, body) in [("GET", ""), ("PATCH", r#"{"name":"x"}"#), ("PATCH", "{}"), ("DELETE", "")] {
        let mut answers = Vec::new();
        for id in [foreign["id"].as_str().unwrap(), &nobody(), "x", "%ff", "00000000000000000000000000000000", "..", "%27"] {
            answers.push(tenant.send(method, &format!("/customers/{id}"), body).await);
        }
        assert_eq!(answers[0].errors(), (404, vec![]), "{method}");
        same(&answers);
    }
    assert_eq!(victim.digest().await, before);
    assert_eq!(victim.get(&path("customers", &foreign)).await.json(), foreign);
    assert_eq!(tenant.get(&path("customers", &own)).await.json(), own);
}

#[tokio::test]
async fn a_list_holds_the_own_rows_and_no_others() {
    let service = Service::start().await;
    let (tenant, victim) = (service.tenant().await, service.tenant().await);
    let own = [tenant.customer("a").await, tenant.customer("b").await];
    victim.customer("c").await;
    for query in ["", "?sort=-code", "?code[prefix]=", "?rank[gte]=0&letters=true", "?limit=1"] {
        let page = tenant.get(&format!("/customers{query}")).await.json();
        let rows = page["items"].as_array().unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|row| own.contains(row)), "{query}");
    }
    assert_eq!(tenant.get("/customers?code=c").await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_reference_to_a_foreign_row_and_to_no_row_are_the_same_422() {
    let service = Service::start().await;
    let (tenant, victim) = (service.tenant().await, service.tenant().await);
    let own = tenant.customer("mine").await;
    let foreign = victim.customer("theirs").await;
    let before = victim.digest().await;
    let mut answers = Vec::new();
    for id in [foreign["id"].as_str().unwrap(), &nobody()] {
        answers.push(tenant.send("POST", "/customers", json!({"code": "x", "parent": id}).to_string()).await);
        answers.push(tenant.send("PATCH", &path("customers", &own), json!({ "parent": id }).to_string()).await);
    }
    assert_eq!(answers[0].errors(), (422, vec!["/parent reference".to_owned()]));
    same(&answers);
    assert_eq!(victim.digest().await, before);
}

#[tokio::test]
async fn a_code_that_another_tenant_has_is_free() {
    let service = Service::start().await;
    let (tenant, victim) = (service.tenant().await, service.tenant().await);
    victim.customer("same").await;
    tenant.customer("same").await;
}

#[tokio::test]
async fn nobody_names_a_tenant() {
    let service = Service::start().await;
    let (tenant, victim) = (service.tenant().await, service.tenant().await);
    let own = tenant.customer("mine").await;
    let before = victim.digest().await;
    let id = victim.tenant.to_string();
    for body in [json!({"code": "x", "tenant_id": id}), json!({"tenant_id": null})] {
        let created = tenant.send("POST", "/customers", body.to_string()).await;
        assert!(created.errors().1.contains(&"/tenant_id tenant".to_owned()), "{created:?}");
        let patched = tenant.send("PATCH", &path("customers", &own), body.to_string()).await;
        assert_eq!(patched.errors(), (422, vec!["/tenant_id tenant".to_owned()]));
    }
    assert_eq!(tenant.get(&format!("/customers?tenant_id={id}")).await.errors(), (400, vec!["tenant_id unknown".to_owned()]));
    assert_eq!(victim.digest().await, before);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_tenant_and_its_list_alone() {
    let service = Service::start().await;
    let (tenant, victim) = (service.tenant().await, service.tenant().await);
    for code in ["a", "b", "c"] {
        tenant.customer(code).await;
        victim.customer(code).await;
    }
    let page = victim.get("/customers?sort=code&limit=1&rank=5").await.json();
    let cursor = page["next"].as_str().unwrap();
    assert_eq!(victim.get(&format!("/customers?rank=5&sort=code&limit=2&after={cursor}")).await.status, 200);
    let mut answers = vec![
        tenant.get(&format!("/customers?sort=code&rank=5&after={cursor}")).await,
        victim.get(&format!("/customers?sort=-code&rank=5&after={cursor}")).await,
        victim.get(&format!("/customers?sort=code&rank=4&after={cursor}")).await,
        victim.get(&format!("/customers?sort=code&after={cursor}")).await,
        victim.get(&format!("/orders?after={cursor}")).await,
        victim.get(&format!("/customers?sort=code&rank=5&after={cursor}x")).await,
    ];
    for at in 0..cursor.len() {
        let flipped = if cursor[at..].starts_with('A') { "B" } else { "A" };
        let changed = format!("{}{flipped}{}", &cursor[..at], &cursor[at + 1..]);
        answers.push(victim.get(&format!("/customers?sort=code&rank=5&after={changed}")).await);
    }
    assert_eq!(answers[0].status, 400);
    same(&answers);
}

#[tokio::test]
async fn a_tenant_that_does_not_exist_has_nothing_and_can_make_nothing() {
    let service = Service::start().await;
    let stranger = service.stranger();
    assert_eq!(stranger.get("/customers").await.json()["items"], json!([]));
    assert_eq!(stranger.send("POST", "/customers", r#"{"code":"A"}"#).await.errors(), (401, vec![]));
}

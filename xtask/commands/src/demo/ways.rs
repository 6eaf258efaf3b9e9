//! The ways in: what a newcomer tries after the rows, each line with the answer that must come.

use anyhow::ensure;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::house::{EMAIL, House, PASSWORD, answer, text};
use super::{DemoTenant, Holds};

/// A line to try.
pub(super) struct Line {
    pub(super) what: &'static str,
    pub(super) curl: String,
}

/// Logs in, is refused with a token of another tenant, at a suspended one and with a revoked key, switches, and uses a key; and says how.
pub(super) async fn tried(house: &House, tenants: &[DemoTenant], table: &str) -> anyhow::Result<Vec<Line>> {
    let [first, second, .., suspended] = tenants else { anyhow::bail!("the demo needs three tenants") };
    debug_assert!(suspended.holds == Holds::Suspended);
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    let rows = format!("{table}?limit=1");
    let mut lines = Vec::new();

    let session = answer(house.post(first, "auth/login", &credentials).send().await?, StatusCode::OK, "logging in").await?;
    let token = text(session, "access_token")?;
    is(house, first, &rows, &token, StatusCode::OK, "reading with the token").await?;
    lines.push(Line { what: "log in", curl: posted(first, "auth/login", None, &credentials) });

    is(house, second, &rows, &token, StatusCode::NOT_FOUND, "a token of another tenant").await?;
    lines.push(Line { what: "a token of another tenant: 404, like a host of nobody", curl: got(second, &rows, &token) });

    let refused = house.post(suspended, "auth/login", &credentials).send().await?;
    ensure!(refused.status() == StatusCode::NOT_FOUND, "logging in at a suspended tenant answered {}", refused.status());
    lines.push(Line { what: "a suspended tenant: 404", curl: posted(suspended, "auth/login", None, &credentials) });

    let to = json!({ "tenant": second.slug });
    let switched = house.post(first, "auth/switch", &to).bearer_auth(&token).send().await?;
    let other = text(answer(switched, StatusCode::OK, "switching").await?, "access_token")?;
    is(house, second, &rows, &other, StatusCode::OK, "reading after the switch").await?;
    lines.push(Line { what: "switch to another tenant without a password", curl: posted(first, "auth/switch", Some(&token), &to) });

    let [(key, _), (revoked, id)] = [key(house, first, &token, table).await?, key(house, first, &token, table).await?];
    is(house, first, &rows, &key, StatusCode::OK, "reading with an API key").await?;
    lines.push(Line { what: "an API key, which reads and no more", curl: got(first, &rows, &key) });

    let gone = house.ask(Method::DELETE, first, &format!("api/api-keys/{id}")).bearer_auth(&token).send().await?;
    ensure!(gone.status() == StatusCode::NO_CONTENT, "revoking a key answered {}", gone.status());
    is(house, first, &rows, &revoked, StatusCode::UNAUTHORIZED, "a revoked key").await?;
    lines.push(Line { what: "a revoked key: 401", curl: got(first, &rows, &revoked) });
    Ok(lines)
}

/// A new key of the token's user, and its id.
async fn key(house: &House, tenant: &DemoTenant, token: &str, table: &str) -> anyhow::Result<(String, String)> {
    let body = json!({ "name": "reports", "scopes": [format!("{table}:read")] });
    let made = house.post(tenant, "api-keys", &body).bearer_auth(token).send().await?;
    let made: Value = answer(made, StatusCode::CREATED, "making an API key").await?;
    Ok((text(made.clone(), "key")?, text(made, "id")?))
}

async fn is(house: &House, tenant: &DemoTenant, path: &str, token: &str, status: StatusCode, what: &str) -> anyhow::Result<()> {
    let response = house.ask(Method::GET, tenant, &format!("api/{path}")).bearer_auth(token).send().await?;
    ensure!(response.status() == status, "{what} answered {} instead of {status}", response.status());
    Ok(())
}

fn got(tenant: &DemoTenant, path: &str, token: &str) -> String {
    format!("curl -s -H 'Authorization: Bearer {token}' 'http://{}/api/{path}'", tenant.host)
}

fn posted(tenant: &DemoTenant, path: &str, token: Option<&str>, body: &Value) -> String {
    let authorization = token.map(|token| format!("-H 'Authorization: Bearer {token}' ")).unwrap_or_default();
    format!("curl -s {authorization}-H 'Content-Type: application/json' -d '{body}' http://{}/api/{path}", tenant.host)
}

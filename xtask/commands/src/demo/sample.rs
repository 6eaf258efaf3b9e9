//! Sample requests: what a newcomer would try first, with the answers that must come.

use anyhow::{Context as _, ensure};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::DemoTenant;

/// The service is ready; a tenant makes a row and reads it; another one does not find it.
pub(super) async fn check(base: &str, tenants: &[DemoTenant]) -> anyhow::Result<()> {
    let client = Client::new();
    for path in ["live", "ready"] {
        let response = client.get(format!("{base}/health/{path}")).send().await?;
        ensure!(response.status() == StatusCode::OK, "/health/{path} answered {}", response.status());
    }
    let [_, owner, .., stranger] = tenants else {
        anyhow::bail!("the sample needs two tenants");
    };
    let customers = format!("{base}/api/customers");
    let sample = json!({ "code": "SAMPLE", "name": "A sample customer" });
    let created = client.post(&customers).header("x-tenant", owner.id.to_string()).json(&sample).send().await?;
    ensure!(created.status() == StatusCode::CREATED, "creating a customer answered {}", created.status());
    let created: Value = created.json().await.context("the customer that was created is no JSON")?;
    let row = format!("{customers}/{}", created["id"].as_str().context("the customer that was created has no id")?);

    let read = client.get(&row).header("x-tenant", owner.id.to_string()).send().await?;
    ensure!(read.status() == StatusCode::OK, "reading it back answered {}", read.status());
    ensure!(read.json::<Value>().await? == created, "reading it back gave another row");
    let foreign = client.get(&row).header("x-tenant", stranger.id.to_string()).send().await?;
    ensure!(foreign.status() == StatusCode::NOT_FOUND, "another tenant's read answered {} instead of 404", foreign.status());

    let deleted = client.delete(&row).header("x-tenant", owner.id.to_string()).send().await?;
    ensure!(deleted.status() == StatusCode::NO_CONTENT, "deleting it answered {}", deleted.status());
    Ok(())
}

//! The operator's side as a program of its own.

use std::sync::Arc;

use tenantry::db::{Challenge, FileTxt};
use tenantry::operator::{self, Listen, Operators};
use tenantry::{Config, Conventions, Platform};

/// Serves it until the process ends: `PLATFORM_DATABASE_URL`, `TENANTRY_SECRET` and `TENANTRY_OPERATORS` say with what.
pub async fn serve(conventions: &Conventions) -> Result<(), Box<dyn std::error::Error>> {
    let platform = Platform::start(&Config::new(&std::env::var("PLATFORM_DATABASE_URL")?)?, conventions).await?;
    // In production, a lookup that asks name servers.
    let challenge = Challenge::new(std::env::var("TENANTRY_SECRET")?.as_bytes())?;
    let platform = platform.proving(challenge, FileTxt::new("txt-records"));
    let router = operator::router(Arc::new(platform), Operators::from_env()?);
    axum::serve(Listen::from_env()?.bind().await?, router).await?;
    Ok(())
}

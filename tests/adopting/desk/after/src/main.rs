//! Serves the help desk: `DATABASE_URL` and `LISTEN` say what and where.

use std::error::Error;

use desk_model::{CONVENTIONS, MODELS};
use tenantry::http::{Api, CursorKey};
use tenantry::{Config, Tenancy};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let tenancy = Tenancy::start(&Config::from_env()?, MODELS, CONVENTIONS).await?;
    let routes = desk::router(&Api::new(tenancy.registry(), CursorKey::random()?));
    let listener = tokio::net::TcpListener::bind(std::env::var("LISTEN")?).await?;
    println!("serving {}", listener.local_addr()?);
    axum::serve(listener, desk::account::around(&tenancy, routes)).await?;
    Ok(())
}

//! Serves the clinics: `DATABASE_URL`, `LISTEN` and `TENANTRY_ENV` say what and where.

use std::error::Error;
use std::net::SocketAddr;

use tenantry::http::{Api, CursorKey};
use tenantry::{Config, Tenancy, layers};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address: SocketAddr = std::env::var("LISTEN")?.parse()?;
    let tenancy = Tenancy::start(&Config::from_env()?, clinic::MODELS, clinic::CONVENTIONS).await?;
    let routes = clinic::router(&Api::new(tenancy.registry(), CursorKey::random()?));
    let service = layers::development(&tenancy, routes, &std::env::var("TENANTRY_ENV")?, address)?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("serving {}", listener.local_addr()?);
    axum::serve(listener, service).await?;
    Ok(())
}

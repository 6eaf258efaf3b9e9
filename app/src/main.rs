//! Serves the reference application.
//!
//! | variable | what it holds |
//! |---|---|
//! | `DATABASE_URL` | the database, with the login of the application's role; anything stronger is refused |
//! | `TENANTRY_LISTEN` | the address to listen on; `127.0.0.1:8080` when it is not set |
//! | `TENANTRY_BASE_DOMAIN` | the domain below which each tenant has its own: `example.com` for `acme.example.com` |
//! | `IDENTITY_DATABASE_URL` | the same database, with the login of the role that verifies people |
//! | `TENANTRY_SIGNING_KEY` | a file with the private key of the access tokens; its name without the ending is the key's |
//! | `TENANTRY_MAIL_DIR` | a folder for mail: invitations, and tokens for another password; without it none is sent |
//! | `TENANTRY_ENV` | without a base domain, `demo` or `test`: the tenant comes from a header, for development only |
//! | `TENANTRY_SECRET` | at least 32 characters, the key of the cursors; made at random when it is not set |
//! | `RUST_LOG` | what is logged; `info` when it is not set |

mod production;

use std::error::Error;
use std::net::SocketAddr;
use std::process::ExitCode;

use production::Production;
use tenantry::http::{Api, CursorKey};
use tenantry::{Config, Tenancy, layers};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let address: SocketAddr = match std::env::var("TENANTRY_LISTEN") {
        Ok(text) => text.parse().map_err(|_| format!("TENANTRY_LISTEN must be an address such as 127.0.0.1:8080, not `{text}`"))?,
        Err(_) => SocketAddr::from(([127, 0, 0, 1], 8080)),
    };
    let environment = std::env::var("TENANTRY_ENV").unwrap_or_default();
    let cursors = match std::env::var("TENANTRY_SECRET") {
        Ok(secret) => CursorKey::from_secret(secret.as_bytes())?,
        Err(_) => CursorKey::random()?,
    };
    let tenancy = Tenancy::start(&Config::from_env()?, tenantry_app::MODELS, tenantry_app::CONVENTIONS).await?;
    let api = Api::new(tenancy.registry(), cursors);
    let service = match Production::from_env()? {
        Some(production) => production.service(&tenancy, &api).await?,
        None => layers::development(&tenancy, tenantry_app::router(&api), &environment, address)?,
    };
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    // The port may have been 0, for any that is free.
    let address = listener.local_addr()?;
    tracing::info!(%address, "serving");
    // Requests that run are finished; new ones are not taken.
    axum::serve(listener, service.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(stopped()).await?;
    tenancy.close().await;
    Ok(())
}

/// Ready when the service is told to stop: Ctrl-C, or SIGTERM from whoever supervises it.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

//! A service as one stands in production, for the demo and the benchmarks: tenants by subdomain, people who log in, and what each of them may do.

use axum::Router;
use tenantry::auth::Attempts;
use tenantry::auth::token::{KeyRing, SigningKey};
use tenantry::http::{Api, CursorKey};
use tenantry::layers::authenticate::SessionCookie;
use tenantry::layers::resolve::Host;
use tenantry::layers::{self, Authenticate, Callers, Resolve};
use tenantry::people::People;
use tenantry::people::http::{Cookies, public, routes};
use tenantry::{Config, Identities, StartError, Tenancy};

use crate::App;

/// What the tenants are subdomains of: curl and browsers take each name below it for this machine (RFC 6761, section 6.3).
pub(crate) const BASE: &str = "localhost";

/// The service with all its layers, for that port: the application's routes and those of people, whose identities are behind that URL.
pub(crate) async fn all(app: &App, tenancy: &Tenancy, identities: &str, port: u16, attempts: Attempts) -> anyhow::Result<Router> {
    let config = Config::new(identities)?.max_connections(2);
    let identities = Identities::start(&config, &app.conventions).await.map_err(refused)?;
    let key = SigningKey::generate("demo".parse()?)?;
    let ring = KeyRing::builder(format!("http://{BASE}:{port}"), "demo", key).build()?;
    let people = People::builder(tenancy, identities, ring.clone()).attempts(attempts).build()?;
    let session = SessionCookie::new("__Host-session")?;
    let cookies = Cookies::new(session.clone())?;
    let api = Api::new(tenancy.registry(), CursorKey::random()?);
    let of_people = public(&api, &people, Some(&cookies)).merge(routes(&api, &people, Some(&cookies)));
    let all = (app.router)(&api).merge(of_people.into_router());
    let authenticate = Authenticate::builder(ring).api_keys(people.clone()).cookie(session).anonymous().build();
    let resolve = Resolve::builder(tenancy.directory()).subdomains_of(Host::parse(BASE)?).claim().tenancy(tenancy).build()?;
    Ok(layers::service(tenancy, all, authenticate, resolve, Callers::new(people)))
}

/// The reasons of a refusal stand on lines of their own.
pub(crate) fn refused(error: StartError) -> anyhow::Error {
    anyhow::anyhow!("the service refuses to start: {error}")
}

//! An application with people: its own routes and theirs, behind all layers.

use std::error::Error;

use axum::Router;
use tenantry::Tenancy;
use tenantry::auth::token::KeyRing;
use tenantry::http::Api;
use tenantry::layers::authenticate::SessionCookie;
use tenantry::layers::{self, Authenticate, Callers, Resolve};
use tenantry::people::People;
use tenantry::people::http::{Cookies, public, routes};

/// Tenants are below example.com, and their browsers keep two cookies.
pub fn service(tenancy: &Tenancy, api: &Api, people: &People, ring: KeyRing) -> Result<Router, Box<dyn Error>> {
    let session = SessionCookie::new("__Host-session")?;
    let cookies = Cookies::new(session.clone())?;
    let all = tenantry_app::routes(api).merge(public(api, people, Some(&cookies))).merge(routes(api, people, Some(&cookies)));

    let authenticate = Authenticate::builder(ring).api_keys(people.clone()).cookie(session).anonymous().build();
    let resolve = Resolve::builder(tenancy.directory()).subdomains_of("example.com".parse()?).claim().tenancy(tenancy).build()?;
    Ok(layers::service(tenancy, all.into_router(), authenticate, resolve, Callers::new(people.clone())))
}

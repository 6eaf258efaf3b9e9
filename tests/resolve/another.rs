//! Previews: `acme--42.preview.example.com` shows change 42 to the tenant `acme`.

use axum::Router;
use tenantry::http::Problem;
use tenantry::layers::Resolve;
use tenantry::layers::resolve::{Asked, Host, Lookup, Name, Slug, Source};

/// Finds the tenant in front of the number of the preview.
pub struct Previews {
    base: Host,
}

impl Source for Previews {
    fn name(&self, asked: &Asked<'_>) -> Result<Option<Name>, Problem> {
        // The host is normalised, and is the proxy's word where a proxy is believed. A malformed one is 400 by itself.
        let Some(label) = asked.host()?.below(&self.base) else {
            return Ok(None);
        };
        let (slug, number) = label.rsplit_once("--").ok_or_else(Problem::not_found)?;
        if number.parse::<u32>().is_err() {
            return Err(Problem::not_found());
        }
        // What can be no tenant is answered like one that does not exist.
        let slug = Slug::parse(slug).map_err(|_| Problem::not_found())?;
        Ok(Some(Name::Slug(slug)))
    }
}

/// The routes for the previews. A token's claim, when there is one, must name the same tenant.
pub fn previews(directory: impl Lookup, routes: Router) -> Result<Router, Box<dyn std::error::Error>> {
    let base = "preview.example.com".parse()?;
    let resolve = Resolve::builder(directory).source(Previews { base }).claim().build()?;
    Ok(resolve.around(routes))
}

//! Where a request may name its tenant. Each is a source by itself; which are on is configuration.

use std::fmt;

use axum::extract::OriginalUri;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri};

use super::super::only::{Twice, only};
use super::asked::Asked;
use super::host::Host;
use super::lookup::Name;
use super::slug::Slug;
use crate::http::Problem;
use crate::mutants::mutant;
use crate::schema::TenantId;

/// A place of a request that may name its tenant. Implement it for a place of your own, and hand it to
/// [`ResolveBuilder::source`](super::ResolveBuilder::source).
///
/// A source only reads. It says what the tenant is called; whether there is such a tenant, and whether the other sources agree, comes
/// after.
pub trait Source: Send + Sync + 'static {
    /// What the request calls its tenant here; `None` when it does not name one here.
    ///
    /// # Errors
    /// [`Problem::not_found`] when what is named can be no tenant, as for one that does not exist; a problem of status 400, without a word
    /// of the request in it, when the place does not hold what it should.
    fn name(&self, asked: &Asked<'_>) -> Result<Option<Name>, Problem>;
}

/// The tenant for which a token was issued. A layer that has verified the token puts it into the request's extensions, and nobody else
/// does.
///
/// ```
/// use axum::http::Request;
/// use tenantry::layers::resolve::VerifiedClaim;
///
/// fn verified(mut request: Request<()>, tenant: tenantry::TenantId) -> Request<()> {
///     request.extensions_mut().insert(VerifiedClaim(tenant));
///     request
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct VerifiedClaim(pub TenantId);

/// What the trusted header holds. A slug may look like an id, so that it is one of the two by configuration and never by its looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Holds {
    /// The tenant's slug.
    Slug,
    /// The tenant's id: 36 characters with hyphens.
    Id,
}

/// The claim of a verified token.
pub(super) struct Claim;

impl Source for Claim {
    fn name(&self, asked: &Asked<'_>) -> Result<Option<Name>, Problem> {
        Ok(asked.extensions().get::<VerifiedClaim>().map(|claim| Name::Id(claim.0)))
    }
}

/// The host: a slug below a base domain, or a domain of the tenant's own.
pub(super) struct Hosts {
    pub(super) bases: Vec<Host>,
    pub(super) reserved: Vec<Slug>,
    pub(super) domains: bool,
}

impl Source for Hosts {
    fn name(&self, asked: &Asked<'_>) -> Result<Option<Name>, Problem> {
        self.called(asked.host()?)
    }
}

impl Hosts {
    fn called(&self, host: &Host) -> Result<Option<Name>, Problem> {
        if host.name().is_none() || self.bases.contains(host) {
            return Ok(None);
        }
        // One base may lie below another: the longest decides.
        let below = self.bases.iter().filter_map(|base| host.below(base)).min_by_key(|label| label.len());
        match below {
            // Without a look at the domains: nobody gets another one's subdomain by calling it their own.
            Some(label) if !mutant!("resolve_base_as_domain") => self.label(label),
            _ => Ok(self.domains.then(|| Name::Host(host.clone()))),
        }
    }

    /// What stands before the base domain is one label, and it is the slug.
    fn label(&self, label: &str) -> Result<Option<Name>, Problem> {
        let label = if mutant!("resolve_deeper_label") { label.rsplit('.').next().unwrap_or(label) } else { label };
        let slug = Slug::parse(label).map_err(|_| Problem::not_found())?;
        let reserved = self.reserved.contains(&slug) && !mutant!("resolve_reserved_served");
        Ok((!reserved).then_some(Name::Slug(slug)))
    }
}

/// A header that a proxy, or another service, sets.
pub(super) struct Header {
    pub(super) name: HeaderName,
    pub(super) holds: Holds,
    pub(super) reserved: Vec<Slug>,
}

impl Source for Header {
    fn name(&self, asked: &Asked<'_>) -> Result<Option<Name>, Problem> {
        if !asked.from_proxy() && !mutant!("resolve_header_of_anybody") {
            return Ok(None);
        }
        let value = only(asked.headers(), &self.name).map_err(|Twice| malformed())?;
        value.map(|value| self.called(value)).transpose()
    }
}

impl Header {
    fn called(&self, value: &HeaderValue) -> Result<Name, Problem> {
        let value = value.as_bytes();
        let value = match value.split(|byte| *byte == b',').next() {
            Some(first) if mutant!("resolve_first_of_list") => first,
            _ => value,
        };
        match self.holds {
            Holds::Slug => not_reserved(&self.reserved, Slug::parse(value).map_err(|_| malformed())?),
            Holds::Id => {
                // A uuid has more spellings than this one; there is one way to name a tenant.
                let text = std::str::from_utf8(value).ok().filter(|text| text.len() == 36);
                text.and_then(|text| text.parse().ok()).map(Name::Id).ok_or_else(malformed)
            }
        }
    }
}

fn malformed() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "tenant-name", "The header that names the tenant must stand there once and hold one name")
}

/// A slug that is reserved is nobody's, whoever may have got hold of it.
fn not_reserved(reserved: &[Slug], slug: Slug) -> Result<Name, Problem> {
    if reserved.contains(&slug) { Err(Problem::not_found()) } else { Ok(Name::Slug(slug)) }
}

/// The first segment of a path behind a prefix: `/t/acme/…` behind `/t`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PathPrefix(Box<str>);

/// The text is no prefix of paths.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a prefix of paths begins with a slash, ends without one, and has letters, digits, `-`, `_` and `/` in between, such as /t")]
pub struct PathPrefixError;

impl PathPrefix {
    /// A prefix such as `/t`.
    ///
    /// # Errors
    /// When it does not begin with a slash, ends with one, has an empty segment, or other characters than ASCII letters, digits, `-` and
    /// `_`.
    pub fn new(prefix: &str) -> Result<Self, PathPrefixError> {
        let is_segment =
            |segment: &str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        match prefix.strip_prefix('/') {
            Some(segments) if segments.split('/').all(is_segment) => Ok(Self(prefix.into())),
            _ => Err(PathPrefixError),
        }
    }

    /// The segment that names the tenant, and the rest of the path; `None` when the path does not begin with the prefix.
    fn split<'p>(&self, path: &'p str) -> Option<(&'p str, &'p str)> {
        let named = path.strip_prefix(&*self.0)?.strip_prefix('/')?;
        Some(named.split_at(named.find('/').unwrap_or(named.len())))
    }

    /// Takes prefix and slug off the URI, so that the routes behind do not know of them; [`OriginalUri`] keeps the whole.
    pub(super) fn strip(&self, parts: &mut Parts) -> Result<(), Problem> {
        let Some((_, rest)) = self.split(parts.uri.path()) else { return Ok(()) };
        let slash = if rest.starts_with('/') { "" } else { "/" };
        let (mark, query) = parts.uri.query().map_or(("", ""), |query| ("?", query));
        // What was a path and a query before is one still.
        let stripped: PathAndQuery = format!("{slash}{rest}{mark}{query}").parse().map_err(|_| Problem::not_found())?;
        let mut uri = parts.uri.clone().into_parts();
        uri.path_and_query = Some(stripped);
        let uri = Uri::from_parts(uri).map_err(|_| Problem::not_found())?;
        let original = std::mem::replace(&mut parts.uri, uri);
        if parts.extensions.get::<OriginalUri>().is_none() {
            parts.extensions.insert(OriginalUri(original));
        }
        Ok(())
    }
}

/// The path.
pub(super) struct Path {
    pub(super) prefix: PathPrefix,
    pub(super) reserved: Vec<Slug>,
}

impl Source for Path {
    fn name(&self, asked: &Asked<'_>) -> Result<Option<Name>, Problem> {
        let Some((segment, _)) = self.prefix.split(asked.uri().path()) else { return Ok(None) };
        let slug = Slug::parse(segment).map_err(|_| Problem::not_found())?;
        not_reserved(&self.reserved, slug).map(Some)
    }
}

impl fmt::Display for PathPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use proptest::prelude::*;

    use super::*;

    fn host(text: &str) -> Host {
        text.parse().unwrap()
    }

    fn slug(text: &str) -> Slug {
        text.parse().unwrap()
    }

    fn hosts(domains: bool) -> Hosts {
        Hosts { bases: vec![host("example.com"), host("eu.example.com")], reserved: vec![slug("www")], domains }
    }

    #[test]
    fn a_host_is_a_slug_below_a_base_or_a_domain_or_nothing() {
        let sources = hosts(true);
        let called = |text: &str| sources.called(&host(text)).map_err(|problem| problem.status().as_u16());
        assert_eq!(called("acme.example.com"), Ok(Some(Name::Slug(slug("acme")))));
        assert_eq!(called("ACME.Example.com.:80"), Ok(Some(Name::Slug(slug("acme")))));
        assert_eq!(called("acme.eu.example.com"), Ok(Some(Name::Slug(slug("acme")))));
        assert_eq!(called("shop.acme.org"), Ok(Some(Name::Host(host("shop.acme.org")))));
        for nothing in ["example.com", "eu.example.com", "www.example.com", "www.eu.example.com", "127.0.0.1", "[::1]"] {
            assert_eq!(called(nothing), Ok(None), "{nothing}");
        }
        for nobody in ["shop.acme.example.com", "a.b.eu.example.com", "www.acme.example.com"] {
            assert_eq!(called(nobody), Err(404), "{nobody}");
        }
        // It ends with the letters of a base and lies below none.
        assert_eq!(called("acmeexample.com"), Ok(Some(Name::Host(host("acmeexample.com")))));
        assert_eq!(hosts(false).called(&host("shop.acme.org")), Ok(None));
    }

    #[test]
    fn a_prefix_is_segments_behind_slashes() {
        assert!(["/t", "/tenants/by-slug", "/T_1"].iter().all(|prefix| PathPrefix::new(prefix).is_ok()));
        assert!(["", "/", "t", "/t/", "//t", "/a//b", "/t?", "/%74", "/{t}"].iter().all(|prefix| PathPrefix::new(prefix).is_err()));
    }

    fn stripped(uri: &str) -> (String, Option<String>) {
        let (mut parts, ()) = Request::builder().uri(uri).body(()).unwrap().into_parts();
        PathPrefix::new("/t").unwrap().strip(&mut parts).unwrap();
        (parts.uri.to_string(), parts.extensions.get::<OriginalUri>().map(|original| original.0.to_string()))
    }

    #[test]
    fn the_prefix_is_taken_off_and_the_original_kept() {
        for (uri, rest) in [
            ("/t/acme/customers?limit=2", "/customers?limit=2"),
            ("/t/acme/", "/"),
            ("/t/acme", "/"),
            ("/t/acme?x", "/?x"),
            ("/t/acme//customers", "//customers"),
            ("http://example.com/t/acme/customers", "http://example.com/customers"),
        ] {
            assert_eq!(stripped(uri), (rest.to_owned(), Some(uri.to_owned())), "{uri}");
        }
        for uri in ["/t", "/tt/acme/customers", "//t/acme", "/customers", "/x/t/acme"] {
            assert_eq!(stripped(uri), (uri.to_owned(), None), "{uri}");
        }
    }

    proptest! {
        #[test]
        fn any_path_is_stripped_or_left(path in "(/t)?(/[a-z%/.?-]{0,12}){0,3}") {
            let path = if path.starts_with('/') { path } else { format!("/{path}") };
            let (rest, original) = stripped(&path);
            prop_assert!(rest.starts_with('/'));
            prop_assert_eq!(original.unwrap_or(rest), path);
        }
    }
}

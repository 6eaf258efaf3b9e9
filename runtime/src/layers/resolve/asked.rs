//! A request, as the sources see it, and which of its hosts counts.

use std::cell::OnceCell;
use std::fmt;
use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, StatusCode, Uri, Version, header};

use super::super::only::{Twice, only};
use super::forwarded::{self, Forwarding};
use super::host::Host;
use super::proxies::Proxies;
use crate::http::Problem;
use crate::mutants::mutant;

/// A request whose tenant is asked for, without its body.
pub struct Asked<'r> {
    parts: &'r Parts,
    from_proxy: bool,
    forwarding: Option<Forwarding>,
    host: OnceCell<Result<Host, Problem>>,
}

impl<'r> Asked<'r> {
    pub(super) fn new(parts: &'r Parts, proxies: &Proxies, forwarding: Option<Forwarding>) -> Self {
        Self { parts, from_proxy: proxies.hold_peer(peer(parts)), forwarding, host: OnceCell::new() }
    }

    /// The URI, as far as no layer before has taken anything off it.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// All headers. Anybody may have written them, unless the request comes [from a proxy](Self::from_proxy) that replaces them.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// What layers before have put there.
    #[must_use]
    pub const fn extensions(&self) -> &Extensions {
        &self.parts.extensions
    }

    /// Whether the peer is one of the configured proxies.
    #[must_use]
    pub const fn from_proxy(&self) -> bool {
        self.from_proxy
    }

    /// The host that the client asked for: what a proxy says in the configured header, else the request's own.
    ///
    /// # Errors
    /// A problem of status 400 when the request names no host, more than one, or something else.
    pub fn host(&self) -> Result<&Host, Problem> {
        self.host.get_or_init(|| self.find_host()).as_ref().map_err(Problem::clone)
    }

    fn find_host(&self) -> Result<Host, Problem> {
        let own = own_host(self.parts)?;
        let believed = self.from_proxy || mutant!("resolve_forwarded_of_anybody");
        let Some(forwarding) = self.forwarding.filter(|_| believed) else { return Ok(own) };
        let forwarded = forwarded::host(forwarding, &self.parts.headers).map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, "forwarded-host", "The proxy must hand on one host").with_detail(error.to_string())
        })?;
        Ok(forwarded.unwrap_or(own))
    }
}

/// The address of the peer, which the service knows when it is made with `into_make_service_with_connect_info::<SocketAddr>()`.
pub(in crate::layers) fn peer(parts: &Parts) -> Option<SocketAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0)
}

/// The host of the request itself, as the origin server reads it.
///
/// HTTP/1.1 demands exactly one `Host` (RFC 9112, section 3.2). A target in absolute form has a host as well; the RFC lets it win and bids
/// the client send the same one twice. Whoever else reads the request may look at the other, so they must agree. In HTTP/2 and 3 the
/// target's host is `:authority`; `Host` may stand beside it or, from a gateway, in its place, and must not differ (RFC 9113, section
/// 8.3.1).
fn own_host(parts: &Parts) -> Result<Host, Problem> {
    let header = match only(&parts.headers, &header::HOST) {
        Ok(value) => value.map(Host::parse).transpose().map_err(|error| refused(&error))?,
        Err(Twice) => return Err(refused(&"the header Host stands there twice")),
    };
    let target = parts.uri.authority().filter(|_| !mutant!("resolve_target_unread"));
    let target = target.map(|authority| Host::parse(authority.as_str())).transpose().map_err(|error| refused(&error))?;
    match (header, target) {
        (Some(header), Some(target)) if header != target => Err(refused(&"the target and the header Host name different hosts")),
        (None, Some(_)) if parts.version == Version::HTTP_11 => Err(refused(&"there is no header Host")),
        (Some(host), _) | (None, Some(host)) => Ok(host),
        (None, None) => Err(refused(&"there is no header Host")),
    }
}

fn refused(reason: &dyn fmt::Display) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "host", "The request must name one host").with_detail(reason.to_string())
}

impl fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("from_proxy", &self.from_proxy).field("forwarding", &self.forwarding).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn own(version: Version, uri: &str, hosts: &[&str]) -> Result<String, String> {
        let mut request = Request::builder().version(version).uri(uri);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        own_host(&parts)
            .map(|host| host.to_string())
            .map_err(|problem| serde_json::to_value(problem).unwrap()["detail"].as_str().unwrap().to_owned())
    }

    #[test]
    fn one_host_of_target_and_header_counts() {
        let acme = || Ok("acme.example".to_owned());
        let differ = || Err("the target and the header Host name different hosts".to_owned());
        let none = || Err("there is no header Host".to_owned());
        for (version, uri, hosts, host) in [
            (Version::HTTP_11, "/a", &["acme.example"][..], acme()),
            (Version::HTTP_11, "/a", &[], none()),
            (Version::HTTP_11, "/a", &["acme.example", "acme.example"], Err("the header Host stands there twice".to_owned())),
            (Version::HTTP_11, "/a", &[""], Err("the host is empty".to_owned())),
            (Version::HTTP_11, "http://acme.example/a", &["ACME.example:80"], acme()),
            (Version::HTTP_11, "http://acme.example/a", &["evil.example"], differ()),
            (Version::HTTP_11, "http://acme.example/a", &[], none()),
            (
                Version::HTTP_11,
                "http://evil@acme.example/a",
                &["acme.example"],
                Err("the host holds an `@`: leave out the user's name".to_owned()),
            ),
            (Version::HTTP_10, "/a", &[], none()),
            (Version::HTTP_10, "http://acme.example/a", &[], acme()),
            (Version::HTTP_2, "https://acme.example/a", &[], acme()),
            (Version::HTTP_2, "https://acme.example/a", &["acme.example:443"], acme()),
            (Version::HTTP_2, "https://acme.example/a", &["evil.example"], differ()),
            (Version::HTTP_2, "/a", &["acme.example"], acme()),
            (Version::HTTP_2, "/a", &[], none()),
        ] {
            assert_eq!(own(version, uri, hosts), host, "{version:?} {uri} {hosts:?}");
        }
    }
}

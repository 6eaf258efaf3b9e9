//! Whether a browser was sent here by this very origin.

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};

use super::super::only::{Twice, only};
use crate::http::Problem;
use crate::mutants::mutant;

/// What the browser says of who has sent it.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// That the request is from a page of the same origin, by what the browser says of it, whatever its method. A route that sets a cookie
/// calls it, so that no foreign page logs a browser in.
///
/// # Errors
/// 403 when another origin has sent it, or nothing says that none has.
pub fn same_origin(parts: &Parts) -> Result<(), Problem> {
    let refused = || {
        let problem = Problem::new(StatusCode::FORBIDDEN, "cross-origin", "The request comes from another origin");
        problem.with_detail("a request with a cookie is sent by a page of this origin; a machine sends a bearer token instead")
    };
    let once = |name: &HeaderName| only(&parts.headers, name).map(|value| value.map(HeaderValue::as_bytes)).map_err(|Twice| refused());
    let is_ours = match once(&SEC_FETCH_SITE)? {
        Some(site) => match site {
            b"same-origin" | b"none" => true,
            b"same-site" => mutant!("authenticate_same_site_trusted"),
            _ => false,
        },
        None => {
            let origin = once(&header::ORIGIN)?;
            let host = once(&header::HOST)?;
            let host = host.or(parts.uri.authority().map(|authority| authority.as_str().as_bytes()));
            match (origin, host) {
                (Some(origin), Some(host)) => origin.strip_prefix(b"https://").is_some_and(|origin| origin.eq_ignore_ascii_case(host)),
                _ => mutant!("authenticate_origin_missing"),
            }
        }
    };
    if is_ours { Ok(()) } else { Err(refused()) }
}

/// Whether a request does nothing that a foreign page could want done. What opens a WebSocket is a GET, and the page may read what comes of
/// it.
pub(super) fn is_harmless(parts: &Parts) -> bool {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(&parts.method);
    let upgrades = parts.headers.contains_key(header::UPGRADE) || parts.headers.contains_key(header::SEC_WEBSOCKET_KEY);
    reads && (!upgrades || mutant!("authenticate_websocket_unguarded"))
}

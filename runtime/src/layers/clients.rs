//! From which address a request comes: that of the peer or, behind proxies, the one that they vouch for.
//!
//! Attempts to log in are counted by it. Behind a proxy every peer is the proxy, so that without [`Clients`] one guesser would make everybody
//! wait. It stands around the whole service:
//!
//! ```
//! use axum::Router;
//! use tenantry::layers::clients::{ClientHeader, Clients};
//!
//! fn behind_our_proxies(service: Router) -> Result<Router, tenantry::layers::resolve::ProxiesError> {
//!     Ok(Clients::behind("10.0.0.0/8".parse()?, ClientHeader::XForwardedFor).around(service))
//! }
//! ```
//!
//! # Who is believed
//!
//! Each proxy adds the address of its own peer at the end of the list, so the list is read from its end, and only as far as those who have
//! written it are [`Proxies`]: what stands before the first stranger's address that stranger may have made up. An element that is no address
//! ends the reading, too; then the last proxy is the client. Nobody else's header is read at all.
//!
//! | the peer | `X-Forwarded-For` | the client |
//! |---|---|---|
//! | 192.0.2.1, a stranger | `203.0.113.9` | 192.0.2.1 |
//! | 10.0.0.1, a proxy | `198.51.100.4, 203.0.113.9` | 203.0.113.9 |
//! | 10.0.0.1, a proxy | `203.0.113.9, 10.0.0.2` | 203.0.113.9 |
//! | 10.0.0.1, a proxy | none | 10.0.0.1 |

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use tracing::Span;

use super::gate::{self, Gate};
use super::resolve::{Proxies, forwarded_clients, peer};
use crate::http::Problem;
use crate::mutants::mutant;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// From where a request comes, as a layer that knows it leaves it in the extensions. A layer of your own may.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ClientAddress(pub IpAddr);

/// The header in which the proxies hand on the address. Only the configured one is read: a proxy that writes the one lets a client's other
/// through as it came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ClientHeader {
    /// `Forwarded: for=192.0.2.1` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For: 192.0.2.1`.
    XForwardedFor,
}

/// The layer that finds the address of a client. See the [module](self).
#[derive(Clone, Debug)]
pub struct Clients {
    proxies: Proxies,
    header: ClientHeader,
}

impl Clients {
    /// For a service behind these proxies, which write that header.
    #[must_use]
    pub const fn behind(proxies: Proxies, header: ClientHeader) -> Self {
        Self { proxies, header }
    }

    /// Puts the layer around the service.
    pub fn around(self, service: Router) -> Router {
        gate::around_each(self, service)
    }

    fn find(&self, parts: &Parts) -> Option<IpAddr> {
        let mut client = peer(parts)?.ip().to_canonical();
        for node in self.nodes(&parts.headers).iter().rev() {
            let believed = self.proxies.hold(client) || mutant!("login_client_of_anybody");
            let Some(address) = node.as_deref().filter(|_| believed).and_then(address) else { break };
            client = address;
        }
        Some(client)
    }

    /// Who was a client of whom, the last proxy's at the end; none where the header is not readable.
    fn nodes(&self, headers: &HeaderMap) -> Vec<Option<String>> {
        match self.header {
            ClientHeader::Forwarded => forwarded_clients(headers).unwrap_or_default(),
            ClientHeader::XForwardedFor => {
                let lines = headers.get_all(X_FORWARDED_FOR).iter();
                let lines = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
                lines.map(|node| std::str::from_utf8(node).ok().map(|node| node.trim().to_owned())).collect()
            }
        }
    }
}

/// An address, with or without a port.
fn address(node: &str) -> Option<IpAddr> {
    let bare = node.strip_prefix('[').and_then(|node| node.strip_suffix(']')).unwrap_or(node);
    let address = bare.parse().ok().or_else(|| node.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

impl Gate for Clients {
    async fn admit(&self, parts: &mut Parts) -> Result<Span, Problem> {
        parts.extensions.remove::<ClientAddress>();
        if let Some(client) = self.find(parts) {
            parts.extensions.insert(ClientAddress(client));
        }
        Ok(Span::none())
    }
}

/// The address whose attempts are counted: what a layer says, else the peer's. Where neither is known, all are counted as one, which makes
/// everybody wait for a guesser, and nobody guess for free.
pub(crate) fn counted(parts: &Parts) -> IpAddr {
    /// Whether the log says already that addresses are not known.
    static WARNED: AtomicBool = AtomicBool::new(false);
    let said = parts.extensions.get::<ClientAddress>().map(|said| said.0);
    said.or_else(|| peer(parts).map(|peer| peer.ip())).unwrap_or_else(|| {
        if !WARNED.swap(true, Ordering::Relaxed) {
            tracing::error!(
                "no request has the address of its peer, so all attempts to log in count as one client's: serve with \
                 into_make_service_with_connect_info::<SocketAddr>()"
            );
        }
        // No client ever has it (RFC 1122, section 3.2.1.3).
        IpAddr::V4(Ipv4Addr::UNSPECIFIED)
    })
}

#[cfg(test)]
mod tests {
    use axum::extract::ConnectInfo;
    use axum::http::Request;
    use proptest::prelude::*;

    use super::*;

    fn parts(peer: Option<&str>, header: &str, lines: &[&str]) -> Parts {
        let mut request = Request::builder().uri("/");
        for line in lines {
            request = request.header(header, *line);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        if let Some(peer) = peer {
            parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
        }
        parts
    }

    fn client(header: ClientHeader, peer: &str, lines: &[&str]) -> String {
        let name = if header == ClientHeader::Forwarded { "forwarded" } else { "x-forwarded-for" };
        let clients = Clients::behind("10.0.0.0/8, ::1".parse().unwrap(), header);
        clients.find(&parts(Some(peer), name, lines)).unwrap().to_string()
    }

    #[test]
    fn the_list_is_read_from_its_end_as_far_as_proxies_have_written_it() {
        let client = |peer, lines: &[&str]| client(ClientHeader::XForwardedFor, peer, lines);
        assert_eq!(client("192.0.2.1", &["203.0.113.9"]), "192.0.2.1", "a stranger says what it likes");
        assert_eq!(client("10.0.0.1", &["198.51.100.4, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["198.51.100.4", "203.0.113.9,10.0.0.2"]), "203.0.113.9");
        assert_eq!(client("::ffff:10.0.0.1", &["::ffff:203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("::1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(client("::1", &["[2001:db8::1]", "10.0.0.2:80"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["10.0.0.3"]), "10.0.0.3", "a proxy itself may ask");
        for unreadable in ["", "unknown", "203.0.113.9, ", "203.0.113.9, x", "203.0.113", "203.0.113.9 198.51.100.4", "[::1"] {
            assert_eq!(client("10.0.0.1", &[unreadable]), "10.0.0.1", "{unreadable}");
        }
    }

    #[test]
    fn forwarded_is_read_in_the_same_way() {
        let client = |peer, lines: &[&str]| client(ClientHeader::Forwarded, peer, lines);
        assert_eq!(client("192.0.2.1", &["for=203.0.113.9"]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &["for=198.51.100.4, for=203.0.113.9;proto=https"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["for=\"[2001:db8::1]:4711\";host=acme.example"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["for=203.0.113.9", "for=\"10.0.0.2:80\""]), "203.0.113.9");
        for unreadable in ["for=_hidden", "for=203.0.113.9, host=acme.example", "for=", "for=\"203.0.113.9"] {
            assert_eq!(client("10.0.0.1", &[unreadable]), "10.0.0.1", "{unreadable}");
        }
    }

    #[test]
    fn without_an_address_all_are_counted_as_one() {
        assert_eq!(counted(&parts(None, "x-forwarded-for", &["203.0.113.9"])).to_string(), "0.0.0.0");
        let mut known = parts(Some("192.0.2.1"), "x-forwarded-for", &["203.0.113.9"]);
        assert_eq!(counted(&known).to_string(), "192.0.2.1");
        known.extensions.insert(ClientAddress("203.0.113.9".parse().unwrap()));
        assert_eq!(counted(&known).to_string(), "203.0.113.9");
    }

    proptest! {
        /// Whatever a client has written, what the proxy appends decides.
        #[test]
        fn a_client_does_not_choose_its_address(before in "[ -~]{0,32}") {
            prop_assert_eq!(client(ClientHeader::XForwardedFor, "10.0.0.1", &[&format!("{before},203.0.113.9")]), "203.0.113.9");
        }
    }
}

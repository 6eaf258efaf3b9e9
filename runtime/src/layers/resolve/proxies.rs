//! Whose headers are believed.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;

/// The addresses of the proxies in front of the service, as networks. A header that says where a request came in, or whose it is, is
/// believed when it comes from one of them, and from nobody else.
///
/// ```
/// use tenantry::layers::resolve::Proxies;
///
/// let proxies: Proxies = "10.0.0.0/8, ::1".parse()?;
/// assert!(proxies.hold("10.1.2.3".parse()?));
/// assert!(!proxies.hold("192.0.2.1".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Proxies(Vec<IpNet>);

/// Why a text is no list of proxies.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxiesError {
    /// An item is no address and no network.
    #[error("`{0}` is no address and no network: write 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32")]
    Item(String),
    /// A network of all addresses.
    #[error("`{0}` holds every address, so that everybody would be believed: name the networks of the proxies")]
    Everybody(String),
    /// A network of IPv4 addresses that are written as IPv6 ones.
    #[error("`{0}` is a network of IPv4: write it as one")]
    Mapped(String),
}

impl Proxies {
    /// Nobody.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// This machine: 127.0.0.0/8 and `::1`.
    #[must_use]
    pub fn loopback() -> Self {
        Self(
            [("127.0.0.0", 8), ("::1", 128)]
                .into_iter()
                .filter_map(|(address, length)| IpNet::new(address.parse().ok()?, length).ok())
                .collect(),
        )
    }

    /// Whether nobody is in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the address is one of theirs. An IPv4 address that a socket of IPv6 shows as `::ffff:10.0.0.7` is the IPv4 address.
    #[must_use]
    pub fn hold(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    pub(super) fn hold_peer(&self, peer: Option<SocketAddr>) -> bool {
        peer.is_some_and(|peer| self.hold(peer.ip()))
    }
}

impl FromStr for Proxies {
    type Err = ProxiesError;

    /// Reads addresses and networks between commas. An empty text is nobody.
    fn from_str(text: &str) -> Result<Self, ProxiesError> {
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(item: &str) -> Result<IpNet, ProxiesError> {
    let network =
        item.parse::<IpNet>().or_else(|_| item.parse::<IpAddr>().map(IpNet::from)).map_err(|_| ProxiesError::Item(item.to_owned()))?;
    match network {
        network if network.prefix_len() == 0 => Err(ProxiesError::Everybody(item.to_owned())),
        IpNet::V6(network) if network.addr().to_ipv4_mapped().is_some() => Err(ProxiesError::Mapped(item.to_owned())),
        network => Ok(network),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(list: &str, address: &str) -> bool {
        list.parse::<Proxies>().unwrap().hold(address.parse().unwrap())
    }

    #[test]
    fn a_network_ends_where_its_prefix_says() {
        assert!(hold("10.0.0.0/8", "10.255.255.255"));
        assert!(!hold("10.0.0.0/8", "11.0.0.0"));
        assert!(hold("10.0.0.7", "10.0.0.7"));
        assert!(!hold("10.0.0.7", "10.0.0.8"));
        assert!(hold("192.0.2.1 , 2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!hold("192.0.2.1 , 2001:db8::/32", "2001:db9::1"));
        assert!(hold("10.0.0.0/8", "::ffff:10.0.0.1"));
        assert!(!hold("::1", "127.0.0.1"));
        assert!(!hold("", "127.0.0.1"));
    }

    #[test]
    fn loopback_is_both_of_its_networks() {
        let loopback = Proxies::loopback();
        assert!(["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"].iter().all(|address| loopback.hold(address.parse().unwrap())));
        assert!(["128.0.0.1", "::2", "10.0.0.1"].iter().all(|address| !loopback.hold(address.parse().unwrap())));
    }

    #[test]
    fn what_would_trust_everybody_is_refused() {
        for (list, error) in [
            ("0.0.0.0/0", ProxiesError::Everybody("0.0.0.0/0".to_owned())),
            ("10.0.0.1, ::/0", ProxiesError::Everybody("::/0".to_owned())),
            ("::ffff:10.0.0.0/104", ProxiesError::Mapped("::ffff:10.0.0.0/104".to_owned())),
            ("example.com", ProxiesError::Item("example.com".to_owned())),
            ("10.0.0.0/33", ProxiesError::Item("10.0.0.0/33".to_owned())),
            ("10.0.0.1:80", ProxiesError::Item("10.0.0.1:80".to_owned())),
        ] {
            assert_eq!(list.parse::<Proxies>(), Err(error), "{list}");
        }
    }
}

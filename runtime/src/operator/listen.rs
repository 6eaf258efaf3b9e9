//! Where the operator's router is served.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::mutants::mutant;

/// The variable that holds the address.
const ADDRESS: &str = "TENANTRY_OPERATOR_LISTEN";
/// The variable that allows others to reach it.
const EXPOSED: &str = "TENANTRY_OPERATOR_EXPOSED";
/// Where it listens when nothing else is said.
const DEFAULT: SocketAddr = SocketAddr::V4(std::net::SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 8081));

/// An address for the operator's router: of this machine alone, unless it is [exposed](Self::exposed) by name. Tokens travel as they are, so what is
/// exposed belongs into a private network, behind something that speaks TLS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Listen(SocketAddr);

/// Why there is no address.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// Others could reach it.
    #[error("the operator's side is for this machine: listen on 127.0.0.1 or [::1] instead of {0}, or allow it by name with {EXPOSED}=1")]
    Reachable(SocketAddr),
    /// The variable holds no address.
    #[error("{ADDRESS} must be an address such as 127.0.0.1:8081")]
    Form,
}

impl Listen {
    /// An address of this machine alone.
    ///
    /// # Errors
    /// When others could reach it.
    pub fn new(address: SocketAddr) -> Result<Self, ListenError> {
        if address.ip().is_loopback() || mutant!("operator_listens_anywhere") {
            Ok(Self(address))
        } else {
            Err(ListenError::Reachable(address))
        }
    }

    /// Any address, whoever can reach it.
    #[must_use]
    pub const fn exposed(address: SocketAddr) -> Self {
        Self(address)
    }

    /// From the environment: `TENANTRY_OPERATOR_LISTEN`, `127.0.0.1:8081` when it is not set; `TENANTRY_OPERATOR_EXPOSED=1` allows one that
    /// others can reach.
    ///
    /// # Errors
    /// When it is no address, or others could reach it and that is not allowed.
    pub fn from_env() -> Result<Self, ListenError> {
        let exposed = std::env::var(EXPOSED).is_ok_and(|value| value == "1");
        Self::read(std::env::var(ADDRESS).ok().as_deref(), exposed)
    }

    fn read(address: Option<&str>, exposed: bool) -> Result<Self, ListenError> {
        let address = address.map_or(Ok(DEFAULT), |text| text.parse().map_err(|_| ListenError::Form))?;
        if exposed { Ok(Self::exposed(address)) } else { Self::new(address) }
    }

    /// The address.
    #[must_use]
    pub const fn address(self) -> SocketAddr {
        self.0
    }

    /// Listens there.
    ///
    /// # Errors
    /// When the system does not let it.
    pub async fn bind(self) -> std::io::Result<TcpListener> {
        TcpListener::bind(self.0).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_reaches_it_unless_that_is_said() {
        let read = |address, exposed| Listen::read(address, exposed).map(|listen| listen.address().to_string());
        assert_eq!(read(None, false).as_deref(), Ok("127.0.0.1:8081"));
        assert_eq!(read(Some("[::1]:0"), false).as_deref(), Ok("[::1]:0"));
        for address in ["0.0.0.0:8081", "[::]:8081", "10.0.0.7:8081", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(read(Some(address), false), Err(ListenError::Reachable(address.parse().unwrap())));
            assert_eq!(read(Some(address), true).as_deref(), Ok(address));
        }
        for odd in ["", "8081", "localhost:8081", "127.0.0.1"] {
            assert_eq!((read(Some(odd), false), read(Some(odd), true)), (Err(ListenError::Form), Err(ListenError::Form)), "{odd}");
        }
    }
}

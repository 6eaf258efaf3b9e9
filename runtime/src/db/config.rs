//! How the service connects.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// The configuration of the service's connections. Debug output shows neither password nor URL.
///
/// ```
/// use tenantry::Config;
///
/// let config = Config::new("postgres://tenantry_app:secret@127.0.0.1/shop")?.max_connections(16);
/// assert!(!format!("{config:?}").contains("secret"));
/// # Ok::<(), tenantry::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Config {
    pub(crate) connect: PgConnectOptions,
    pub(crate) max_connections: u32,
    pub(crate) min_connections: u32,
    pub(crate) acquire_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) max_lifetime: Duration,
    allow_weak_tls: bool,
}

/// Why a configuration is not usable.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A variable that must be set is not.
    #[error("{0} is not set; set it to the URL of the database with the application's role")]
    Missing(&'static str),
    /// A variable holds something else than it should.
    #[error("{variable} must be {expected}")]
    Invalid {
        /// The variable.
        variable: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// The URL is none. It is not shown, since it holds a password.
    #[error("the database URL cannot be read; it has the form postgres://user:password@host:port/database?sslmode=verify-full")]
    Url,
    /// The connection would not prove whom it talks to.
    #[error(
        "the database at {host} is not on this machine, and the URL's sslmode is less than verify-full; add sslmode=verify-full, or allow \
         it by name with TENANTRY_ALLOW_WEAK_TLS=1"
    )]
    WeakTls {
        /// The host of the URL.
        host: String,
    },
}

impl Config {
    /// The defaults for that URL: 10 connections at most, none kept idle for more than 10 minutes, none older than 30 minutes, and 5 seconds
    /// to wait for one.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn new(url: &str) -> Result<Self, ConfigError> {
        let scheme = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let connect = PgConnectOptions::from_str(url).map_err(|_| ConfigError::Url)?;
        if !scheme {
            return Err(ConfigError::Url);
        }
        Ok(Self {
            connect,
            max_connections: 10,
            min_connections: 0,
            acquire_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(600),
            max_lifetime: Duration::from_secs(1_800),
            allow_weak_tls: false,
        })
    }

    /// From the environment: `DATABASE_URL`; optionally `TENANTRY_POOL_MAX`, `TENANTRY_POOL_MIN` (connections),
    /// `TENANTRY_ACQUIRE_TIMEOUT`, `TENANTRY_IDLE_TIMEOUT`, `TENANTRY_MAX_LIFETIME`, `TENANTRY_STATEMENT_TIMEOUT` (seconds) and `TENANTRY_ALLOW_WEAK_TLS`.
    ///
    /// # Errors
    /// When `DATABASE_URL` is not set, or a variable does not hold what it should.
    pub fn from_env() -> Result<Self, ConfigError> {
        let url = std::env::var("DATABASE_URL").map_err(|_| ConfigError::Missing("DATABASE_URL"))?;
        let mut config = Self::new(&url)?;
        config.max_connections = number("TENANTRY_POOL_MAX", 1)?.unwrap_or(config.max_connections);
        config.min_connections = number("TENANTRY_POOL_MIN", 0)?.unwrap_or(config.min_connections);
        config.acquire_timeout = seconds("TENANTRY_ACQUIRE_TIMEOUT")?.unwrap_or(config.acquire_timeout);
        config.idle_timeout = seconds("TENANTRY_IDLE_TIMEOUT")?.unwrap_or(config.idle_timeout);
        config.max_lifetime = seconds("TENANTRY_MAX_LIFETIME")?.unwrap_or(config.max_lifetime);
        if let Some(timeout) = seconds("TENANTRY_STATEMENT_TIMEOUT")? {
            config = config.statement_timeout(timeout);
        }
        if config.min_connections > config.max_connections {
            return Err(ConfigError::Invalid { variable: "TENANTRY_POOL_MIN", expected: "at most TENANTRY_POOL_MAX" });
        }
        config.allow_weak_tls = std::env::var("TENANTRY_ALLOW_WEAK_TLS").is_ok_and(|value| value == "1");
        Ok(config)
    }

    /// The most connections that are open at once; at least 1.
    #[must_use]
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// The connections that are kept open, also when nobody needs them.
    #[must_use]
    pub const fn min_connections(mut self, connections: u32) -> Self {
        self.min_connections = connections;
        self
    }

    /// How long a connection may be idle before it is closed.
    #[must_use]
    pub const fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How old a connection may become.
    #[must_use]
    pub const fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = lifetime;
        self
    }

    /// How long a statement may take, in place of the role's own 15 seconds; in milliseconds on the server.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        let milliseconds = timeout.as_millis().clamp(1, i32::MAX as u128).to_string();
        self.connect = self.connect.options([("statement_timeout", milliseconds)]);
        self
    }

    /// How long a request waits for a connection.
    #[must_use]
    pub const fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// Whether a database on another machine may be reached without `sslmode=verify-full`.
    #[must_use]
    pub const fn allow_weak_tls(mut self, allow: bool) -> Self {
        self.allow_weak_tls = allow;
        self
    }

    /// Refuses what would send data over a network to someone who has not proved to be the database: a URL of another machine with less
    /// than `sslmode=verify-full`, unless [`allow_weak_tls`](Self::allow_weak_tls) allows it by name.
    ///
    /// # Errors
    /// When that is so.
    pub fn check_tls(&self) -> Result<(), ConfigError> {
        let host = self.connect.get_host();
        let strong = matches!(self.connect.get_ssl_mode(), PgSslMode::VerifyFull);
        if strong || self.allow_weak_tls || self.connect.get_socket().is_some() || is_loopback(host) {
            return Ok(());
        }
        Err(ConfigError::WeakTls { host: host.to_owned() })
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.starts_with('/') || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn number(variable: &'static str, least: u32) -> Result<Option<u32>, ConfigError> {
    let Ok(text) = std::env::var(variable) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(number) if number >= least => Ok(Some(number)),
        _ => Err(ConfigError::Invalid { variable, expected: "a number of connections" }),
    }
}

fn seconds(variable: &'static str) -> Result<Option<Duration>, ConfigError> {
    let Ok(text) = std::env::var(variable) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(seconds) if seconds > 0 => Ok(Some(Duration::from_secs(seconds))),
        _ => Err(ConfigError::Invalid { variable, expected: "a number of seconds" }),
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("host", &self.connect.get_host())
            .field("port", &self.connect.get_port())
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_needs_verify_full() {
        let check = |url: &str| Config::new(url).unwrap().check_tls();
        assert_eq!(check("postgres://a:b@127.0.0.1/x"), Ok(()));
        assert_eq!(check("postgres://a:b@localhost/x"), Ok(()));
        assert_eq!(check("postgres://a:b@db.example/x?sslmode=verify-full"), Ok(()));
        assert_eq!(check("postgres://a:b@db.example/x?sslmode=require"), Err(ConfigError::WeakTls { host: "db.example".to_owned() }));
        assert_eq!(Config::new("postgres://a:b@db.example/x").unwrap().allow_weak_tls(true).check_tls(), Ok(()));
    }

    #[test]
    fn nothing_but_a_postgres_url_is_taken() {
        for url in ["", "mysql://a@b/c", "127.0.0.1", "postgres://a:b@host:notaport/x"] {
            assert_eq!(Config::new(url).unwrap_err(), ConfigError::Url, "{url}");
        }
    }
}

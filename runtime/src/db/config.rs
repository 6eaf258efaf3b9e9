//! How the service connects.

use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// What stands between the service and the server.
///
/// A pooler such as PgBouncer lends a server's connection for a session or for a transaction only. In the second case whatever outlives a
/// transaction belongs to somebody else by then, prepared statements among it: between two messages outside of a transaction, another client
/// may have put its own statement in place of ours, and its rows would be the answer. So the service has to know.
///
/// PgBouncer needs nothing in its `pgbouncer.ini` for this but `pool_mode`, since the service sends no start-up parameter that it would
/// refuse. Behind a pooler, what [`Config::statement_timeout`] says stands at the beginning of each transaction, and the URL has no `options`.
/// `max_connections` is then the number of the pooler's clients, and its `default_pool_size` that of the server's connections. The commands of
/// `cargo xtask` do not go through a pooler.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Pooler {
    /// Nothing. A service that finds a pooler all the same does not start.
    #[default]
    None,
    /// A pooler that gives a client a server's connection for as long as the client stays.
    Session,
    /// A pooler that may give each transaction another of the server's connections: every statement is in a transaction, and none is
    /// prepared for later, which costs each one more round trip. A pooler that gives each *statement* another connection does not do.
    Transaction,
}

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
    connect: PgConnectOptions,
    pub(crate) max_connections: u32,
    pub(crate) min_connections: u32,
    pub(crate) acquire_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) max_lifetime: Duration,
    pub(crate) pooler: Pooler,
    statement_timeout: Option<Duration>,
    allow_weak_tls: bool,
}

/// Why a configuration is not usable.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A variable that must be set is not.
    #[error("{0} is not set; set it to the URL of the database, with the role that the variable is for")]
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
    /// Settings that a pooler does not pass on.
    #[error(
        "a pooler does not pass on `options` (of DATABASE_URL or of PGOPTIONS), so they would be without effect; take them out, and set what \
         they set by `alter role … set …`, or the time of a statement with TENANTRY_STATEMENT_TIMEOUT"
    )]
    PoolerOptions,
    /// Nobody can listen behind a pooler that lends connections for a transaction.
    #[error(
        "behind a pooler in transaction mode no notification arrives; give the listener a URL that goes past the pooler, or leave it out: what \
         is remembered then expires by time alone"
    )]
    PoolerListens,
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
            pooler: Pooler::None,
            statement_timeout: None,
            allow_weak_tls: false,
        })
    }

    /// From the environment: `DATABASE_URL`; optionally `TENANTRY_POOL_MAX`, `TENANTRY_POOL_MIN` (connections),
    /// `TENANTRY_ACQUIRE_TIMEOUT`, `TENANTRY_IDLE_TIMEOUT`, `TENANTRY_MAX_LIFETIME`, `TENANTRY_STATEMENT_TIMEOUT` (seconds), `TENANTRY_POOLER`
    /// (`none`, `session` or `transaction`) and `TENANTRY_ALLOW_WEAK_TLS`.
    ///
    /// # Errors
    /// When `DATABASE_URL` is not set, or a variable does not hold what it should.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_variable("DATABASE_URL")
    }

    /// The same with the URL of another variable, such as `IDENTITY_DATABASE_URL`.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_variable(url: &'static str) -> Result<Self, ConfigError> {
        let url = std::env::var(url).map_err(|_| ConfigError::Missing(url))?;
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
        config.pooler = pooler("TENANTRY_POOLER", std::env::var_os("TENANTRY_POOLER"))?;
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
    pub const fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// What stands between the service and the server; nothing by default.
    ///
    /// ```
    /// use tenantry::{Config, Pooler};
    ///
    /// let config = Config::new("postgres://tenantry_app:secret@127.0.0.1:6432/shop")?.pooler(Pooler::Transaction);
    /// # let _ = config; Ok::<(), tenantry::ConfigError>(())
    /// ```
    #[must_use]
    pub const fn pooler(mut self, pooler: Pooler) -> Self {
        self.pooler = pooler;
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

    /// Everything that is wrong with it and shows without a connection.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        self.check_tls()?;
        if self.pooler != Pooler::None && self.connect.get_options().is_some() {
            return Err(ConfigError::PoolerOptions);
        }
        Ok(())
    }

    /// Whether notifications can arrive: one that listens needs a server's connection to itself.
    pub(super) const fn check_listens(&self) -> Result<(), ConfigError> {
        if matches!(self.pooler, Pooler::Transaction) { Err(ConfigError::PoolerListens) } else { Ok(()) }
    }

    /// How to connect. A pooler refuses start-up parameters that it does not know, so there are none of them for it.
    pub(crate) fn connect(&self) -> PgConnectOptions {
        let connect = self.connect.clone();
        match (self.pooler, self.statement_milliseconds()) {
            (Pooler::None, None) => connect.extra_float_digits(FLOAT_DIGITS),
            (Pooler::None, Some(timeout)) => connect.extra_float_digits(FLOAT_DIGITS).options([("statement_timeout", timeout.to_string())]),
            (Pooler::Session | Pooler::Transaction, _) => connect.extra_float_digits(None),
        }
    }

    /// What a transaction sets for itself, since a pooler would not let the connection set it.
    pub(crate) fn local_statement_milliseconds(&self) -> Option<u128> {
        if self.pooler == Pooler::None { None } else { self.statement_milliseconds() }
    }

    fn statement_milliseconds(&self) -> Option<u128> {
        self.statement_timeout.map(|timeout| timeout.as_millis().clamp(1, i32::MAX as u128))
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

/// A start-up parameter of no other use: nothing here reads a number as text. What has become of it tells of a pooler.
pub(super) const FLOAT_DIGITS: i8 = 2;

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

fn pooler(variable: &'static str, value: Option<OsString>) -> Result<Pooler, ConfigError> {
    match value.as_ref().map(|value| value.to_str()) {
        None | Some(Some("none")) => Ok(Pooler::None),
        Some(Some("session")) => Ok(Pooler::Session),
        Some(Some("transaction")) => Ok(Pooler::Transaction),
        Some(_) => Err(ConfigError::Invalid { variable, expected: "`none`, `session` or `transaction`" }),
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
            .field("pooler", &self.pooler)
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
    fn a_pooler_has_three_names_and_takes_no_options() {
        use std::os::unix::ffi::OsStringExt;

        let named = |text: &str| pooler("TENANTRY_POOLER", Some(text.into()));
        assert_eq!(pooler("TENANTRY_POOLER", None), Ok(Pooler::None));
        assert_eq!(
            (named("none"), named("session"), named("transaction")),
            (Ok(Pooler::None), Ok(Pooler::Session), Ok(Pooler::Transaction))
        );
        let wrong = ["", "Transaction", "transaction ", "statement"].map(named);
        for refused in wrong.into_iter().chain([pooler("TENANTRY_POOLER", Some(OsString::from_vec(vec![0xff])))]) {
            assert_eq!(refused.unwrap_err().to_string(), "TENANTRY_POOLER must be `none`, `session` or `transaction`");
        }
        let optioned = Config::new("postgres://a:b@127.0.0.1/x?options=-c%20work_mem%3D4MB").unwrap();
        assert_eq!(optioned.check(), Ok(()));
        assert_eq!(optioned.pooler(Pooler::Transaction).check(), Err(ConfigError::PoolerOptions));
        let timed = Config::new("postgres://a:b@127.0.0.1/x").unwrap().statement_timeout(Duration::from_secs(2));
        assert_eq!((timed.connect().get_options(), timed.local_statement_milliseconds()), (Some("-c statement_timeout=2000"), None));
        let timed = timed.pooler(Pooler::Session);
        assert_eq!((timed.connect().get_options(), timed.local_statement_milliseconds()), (None, Some(2_000)));
    }

    #[test]
    fn nothing_but_a_postgres_url_is_taken() {
        for url in ["", "mysql://a@b/c", "127.0.0.1", "postgres://a:b@host:notaport/x"] {
            assert_eq!(Config::new(url).unwrap_err(), ConfigError::Url, "{url}");
        }
    }
}

//! The door through which a service hears what the operator has changed.

use std::fmt;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use super::tenancy::connect;
use super::{Config, StartError, startup};
use crate::mutants::mutant;
use crate::schema::{Conventions, TenantId};

/// The longest that nothing is heard before the connection is tried. A peer that vanished without a word is found out by it.
const SILENCE: Duration = Duration::from_secs(15);
/// How long to wait before connecting again, at first and at most.
const WAIT: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// Hears what changes on the operator's side: tenants and their domains. It has a connection of its own, on which it does nothing but LISTEN
/// (PostgreSQL manual, "LISTEN" and "NOTIFY"), and what it can do stands here:
///
/// - [`next`](Self::next)
///
/// A notification that is sent while no connection stands is lost. So the first thing that is heard after each new connection is
/// [`Change::Anything`], and whoever remembers something forgets it then.
///
/// Whoever may connect to the database may send notifications. One that nobody had reason to send makes a service ask again, and no more.
///
/// ```no_run
/// use tenantry::{Change, Config, Conventions, Listener};
///
/// # async fn example(conventions: &Conventions) -> Result<(), Box<dyn std::error::Error>> {
/// let mut listener = Listener::start(&Config::from_env()?, conventions).await?;
/// match listener.next().await {
///     Change::Tenant(hash) => println!("forget what you know about the tenant for which `hash.is_of(tenant)`"),
///     _ => println!("forget what you know"),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Listener {
    connect: PgConnectOptions,
    timeout: Duration,
    channel: String,
    /// `None` between two connections.
    connection: Option<PgListener>,
}

/// What has changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Something about the tenant that is meant: it is new, or its slug, its status or one of its domains has changed.
    Tenant(TenantHash),
    /// Nobody knows what: notifications may have been missed.
    Anything,
}

/// Which tenant has changed, for those who know its id: the SHA-256 of the id's bytes. Whoever may log in may listen, and learns of no tenant by it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TenantHash([u8; 32]);

impl TenantHash {
    /// The hash of a tenant.
    #[must_use]
    pub fn of(tenant: TenantId) -> Self {
        Self(Sha256::digest(tenant.uuid().as_bytes()).into())
    }

    /// Whether that tenant is meant.
    #[must_use]
    pub fn is_of(&self, tenant: TenantId) -> bool {
        *self == Self::of(tenant)
    }

    /// What the database writes; `None` when it is something else.
    fn read(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        let mut digits = text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
        for byte in &mut hash {
            *byte = (digits.next()?? << 4) | digits.next()??;
        }
        digits.next().is_none().then_some(Self(hash))
    }
}

impl Listener {
    /// Connects with the service's own login, and listens. What changes from now on is heard.
    ///
    /// # Errors
    /// When the configuration is refused, names a [pooler](super::Pooler) in transaction mode, behind which nobody can listen, when the
    /// database cannot be reached, or the login is not the application's.
    ///
    /// # Panics
    /// A listener that is dropped outside of tokio's runtime panics: its connection is closed by a task.
    pub async fn start(config: &Config, conventions: &Conventions) -> Result<Self, StartError> {
        config.check()?;
        config.check_listens()?;
        let mut login = connect(config).await?;
        startup::check_listener(&mut login, config, conventions).await.map_err(StartError::Database)?;
        drop(login);
        let (connect, timeout) = (config.connect(), config.acquire_timeout);
        let mut this = Self { connect, timeout, channel: conventions.changes_channel(), connection: None };
        this.connection = Some(this.listen().await.map_err(StartError::Connect)?);
        Ok(this)
    }

    /// Waits for the next change, and connects again when it has to: until then nothing is heard. It never ends by itself, and may be
    /// dropped while it waits.
    pub async fn next(&mut self) -> Change {
        loop {
            let Some(listener) = &mut self.connection else {
                self.connection = Some(self.again().await);
                if mutant!("listener_gap_unsaid") {
                    continue;
                }
                return Change::Anything;
            };
            match tokio::time::timeout(SILENCE, listener.try_recv()).await {
                // What is no hash was written for another version of this library, or by somebody else.
                Ok(Ok(Some(told))) => return TenantHash::read(told.payload()).map_or(Change::Anything, Change::Tenant),
                Ok(Ok(None)) => self.lost("the server has closed it"),
                Ok(Err(error)) => self.lost(&error.to_string()),
                Err(_) => self.ask().await,
            }
        }
    }

    /// Whether somebody is still there.
    async fn ask(&mut self) {
        let Some(listener) = &mut self.connection else { return };
        let asked = sqlx::query("select 1").persistent(false).execute(&mut *listener);
        match tokio::time::timeout(SILENCE, asked).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => self.lost(&error.to_string()),
            Err(_) => self.lost("the server does not answer"),
        }
    }

    fn lost(&mut self, why: &str) {
        tracing::warn!(why, "the connection that listens for changes is lost; what is remembered expires by time until there is a new one");
        self.connection = None;
    }

    /// A new connection, however long that takes.
    async fn again(&self) -> PgListener {
        let mut wait = WAIT.0;
        loop {
            match self.listen().await {
                Ok(listener) => {
                    tracing::info!("listening for changes again");
                    return listener;
                }
                Err(error) => tracing::warn!(%error, "cannot listen for changes"),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(WAIT.1);
        }
    }

    /// A connection that listens. Each has a pool of its own: one that hangs would keep the only place of a common one.
    async fn listen(&self) -> Result<PgListener, sqlx::Error> {
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(self.timeout).idle_timeout(None).max_lifetime(None);
        let mut listener = PgListener::connect_with(&pool.connect_lazy_with(self.connect.clone())).await?;
        // Its own way to connect again knows of some errors only, and does not wait.
        listener.eager_reconnect(false);
        listener.ignore_pool_close_event(true);
        listener.listen(&self.channel).await?;
        Ok(listener)
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("channel", &self.channel).field("connected", &self.connection.is_some()).finish_non_exhaustive()
    }
}

//! The PostgreSQL finder: a server that is named, or else one that is started for the time being.
//!
//! In this order: the server that `ADMIN_DATABASE_URL` names; the server binaries of this machine, run as a private cluster; a container,
//! where Docker answers and this build has the feature `containers`; a server out of a package of pip or npm, run as a private cluster. A
//! proof prefers the container to the binaries. These variables choose:
//!
//! | variable | chooses |
//! |---|---|
//! | `TENANTRY_POSTGRES` | one source: `local`, `container` or `package` |
//! | `TENANTRY_POSTGRES_VERSION` | the major version, `15` to `18`, of whatever source; another one is refused |
//! | `TENANTRY_POSTGRES_IMAGE` | the image of the container, such as `postgres:18` or `postgres:15-local` |
//! | `TENANTRY_POSTGRES_PACKAGE` | the folder with the package: a `site-packages`, a `node_modules`, or a package of npm |

mod account;
mod binaries;
mod claim;
mod cluster;
#[cfg(feature = "containers")]
mod container;
mod database;
mod directory;
mod docker;
mod error;
mod find;
mod owner;
mod package;
mod pgbouncer;
mod source;
mod url;
mod version;

use std::fmt;
use std::sync::Arc;

pub use self::database::{Database, DatabaseError};
pub use self::error::FindError;
pub use self::pgbouncer::PgBouncer;
pub use self::source::Source;
pub use self::url::{DatabaseUrl, UrlError};
pub use self::version::Version;

use self::claim::Claims;
use self::cluster::Cluster;
use self::find::Purpose;

/// The variable that names a server and its administrator.
pub(crate) const ADMIN_VARIABLE: &str = "ADMIN_DATABASE_URL";
/// The variable that chooses a source.
pub(crate) const SOURCE_VARIABLE: &str = "TENANTRY_POSTGRES";
/// The variable that chooses a version.
pub(crate) const VERSION_VARIABLE: &str = "TENANTRY_POSTGRES_VERSION";
/// The variable that chooses an image.
pub(crate) const IMAGE_VARIABLE: &str = "TENANTRY_POSTGRES_IMAGE";
/// The variable that names the folder of a package.
pub(crate) const PACKAGE_VARIABLE: &str = "TENANTRY_POSTGRES_PACKAGE";

/// A PostgreSQL server with an administrator's login. One that was started here is stopped, and its directory or container removed, when the
/// last clone and the last [`Database`] are gone, and also when this process dies.
#[derive(Clone)]
pub struct Postgres {
    admin: DatabaseUrl,
    origin: Arc<str>,
    server: Server,
}

/// What keeps the server.
#[derive(Clone)]
enum Server {
    /// Somebody else.
    Named(Arc<Claims>),
    Cluster(Arc<Cluster>),
    #[cfg(feature = "containers")]
    Container(Arc<container::Container>),
}

impl Postgres {
    /// Finds a server, or starts one, which takes about a second. It blocks, also inside an async function; call it once per process and
    /// keep the value, since each call may start another server. What runs that were killed have left of private clusters and containers is removed on the way.
    ///
    /// # Errors
    /// When there is none, with what to install; when a variable is malformed, or asks for a version that is not there; when a server does not
    /// start, with the end of its log; [`FindError::WithoutContainers`] when a container is next and this build cannot start one.
    pub fn find() -> Result<Self, FindError> {
        find::find(Purpose::Any)
    }

    /// Starts a server for the caller alone, also when `ADMIN_DATABASE_URL` names one: for tests that change what belongs to a whole server,
    /// such as its roles.
    ///
    /// # Errors
    /// As for [`find`](Self::find), when no server can be started.
    pub fn private() -> Result<Self, FindError> {
        find::find(Purpose::Alone)
    }

    /// As [`find`](Self::find), and a container comes before the binaries of this machine, wherever Docker answers: isolation is shown on a
    /// server that nothing else has configured. Asking Docker takes no time where there is none.
    ///
    /// # Errors
    /// As for [`find`](Self::find); also when Docker answers and has no image of PostgreSQL.
    pub fn find_for_proof() -> Result<Self, FindError> {
        find::find(Purpose::Proof)
    }

    /// The server of that login, which stays: for tests of what another login can do than the one that [`find`](Self::find) gives. Nothing is
    /// asked of the server yet.
    #[must_use]
    pub fn at(admin: DatabaseUrl) -> Self {
        Self { admin, origin: "named by the caller".into(), server: Server::Named(Arc::default()) }
    }

    fn named(admin: DatabaseUrl) -> Self {
        Self { origin: format!("named by {ADMIN_VARIABLE}").into(), ..Self::at(admin) }
    }

    fn cluster(cluster: Cluster, origin: String) -> Self {
        Self { admin: cluster.admin_url().clone(), origin: origin.into(), server: Server::Cluster(Arc::new(cluster)) }
    }

    #[cfg(feature = "containers")]
    fn container(container: container::Container) -> Self {
        let origin = format!("a container of {} by testcontainers, {}", container.image(), container.short_id()).into();
        Self { admin: container.admin_url().clone(), origin, server: Server::Container(Arc::new(container)) }
    }

    /// The administrator's login: a superuser of a server that was started here, else whoever `ADMIN_DATABASE_URL` names.
    #[must_use]
    pub const fn admin_url(&self) -> &DatabaseUrl {
        &self.admin
    }

    /// Where the server comes from, in words for whoever reads a log: `a container of postgres:18 by testcontainers, 0123456789ab`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The same without the folder of its programs, which is nobody's business who reads a report.
    #[must_use]
    pub fn origin_without_path(&self) -> String {
        self.origin.split(" in /").next().unwrap_or_default().to_owned()
    }

    /// Whether the server was started here, and ends with this process.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        !matches!(self.server, Server::Named(_))
    }

    /// What the server has logged so far; nothing when it was not started here.
    #[must_use]
    pub fn log(&self) -> String {
        match &self.server {
            Server::Named(_) => String::new(),
            Server::Cluster(cluster) => cluster.log(),
            #[cfg(feature = "containers")]
            Server::Container(container) => container.log(),
        }
    }

    /// Makes a database with a name of its own that begins with the prefix. It is dropped with the returned value. On a server that stays, the
    /// name also says which run it belongs to, and the first database of a process sees to it that those of killed runs are dropped. Blocks
    /// for some tens of milliseconds.
    ///
    /// # Errors
    /// When the server cannot be reached, or the login may not create databases.
    pub fn create_database(&self, name_prefix: &str) -> Result<Database, DatabaseError> {
        Database::create(self, name_prefix)
    }

    /// A database to live in, for the demo: the one that `ADMIN_DATABASE_URL` names as long as it is empty and the login's own (it is not
    /// dropped), else a new one (which is).
    ///
    /// # Errors
    /// As [`create_database`](Self::create_database).
    pub fn own_database(&self) -> Result<Database, DatabaseError> {
        Database::own(self)
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("admin", &self.admin).field("origin", &self.origin).finish_non_exhaustive()
    }
}

//! A database that is ready to be served: provisioned and migrated.

use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use tenantry::Conventions;
use tenantry::migrate::provision::{Level, Options, Password, PasswordError, Passwords, ProvisionError, provision};
use tenantry::migrate::{MigrateError, Progress, migrate};

use crate::{Database, DatabaseError, DatabaseUrl, FindError, PgBouncer, Postgres, UrlError};

/// A provisioned and migrated database, and the URLs of those who work in it. It is dropped with this value, if [`Database`] says so.
pub struct Stage {
    database: Database,
    conventions: Conventions,
    password: Password,
}

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StageError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Its URL.
    #[error("the URL of the administrator {0}")]
    Url(#[from] UrlError),
    /// The roles.
    #[error("the database could not be provisioned")]
    Provision(#[from] ProvisionError),
    /// The tables.
    #[error("the migrations could not be applied")]
    Migrate(#[from] MigrateError),
    /// The passwords.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The server.
    #[error("the server did not answer")]
    Server(#[from] sqlx::Error),
}

impl Stage {
    /// Provisions the database and applies the migrations of the folder. All login roles get that password.
    ///
    /// # Errors
    /// What provision or a migration fails with.
    pub async fn set(
        database: Database,
        conventions: &Conventions,
        migrations: &Path,
        password: Password,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<Self, StageError> {
        let options = Options { level: Level::Hardened, quiet_stats: false, passwords: Passwords::same(&password) };
        let admin = database.url().options()?;
        provision(&admin, conventions, &options).await?;
        let mut connection = PgConnection::connect_with(&admin).await?;
        migrate(&mut connection, conventions, migrations, progress).await?;
        connection.close().await?;
        Ok(Self { database, conventions: *conventions, password })
    }

    /// The password of the test logins on that server. The roles belong to the server, and several test processes may use it at once, so it
    /// is the same for all of them; who does not know the administrator's login cannot guess it.
    ///
    /// # Errors
    /// Never in practice: what is computed is a password.
    pub fn test_password(server: &Postgres) -> Result<Password, PasswordError> {
        let digest = Sha256::digest(format!("tenantry test logins\n{}", server.admin_url().expose_with_password()));
        let text: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        text.parse()
    }

    /// A copy of the database, in some tens of milliseconds. Nobody may be connected to this one.
    ///
    /// # Errors
    /// When someone is connected, or the server does not answer.
    pub async fn copy(&self, prefix: &str) -> Result<Self, StageError> {
        let database = self.database.copy(prefix)?;
        let mut connection = PgConnection::connect_with(&database.url().options()?).await?;
        // The privileges on the database itself are not copied. The name is a plain identifier, and so are the roles.
        let role = |suffix| self.conventions.role(suffix);
        let statements = [
            format!("revoke all on database {} from public", database.name()),
            format!(
                "grant connect on database {} to {}, {}, {}, {}",
                database.name(),
                role("app"),
                role("platform"),
                role("migrator"),
                role("backup")
            ),
        ];
        for statement in statements {
            #[expect(
                clippy::disallowed_methods,
                reason = "made of plain identifiers: the database's own name and the checked conventions"
            )]
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await?;
        }
        connection.close().await?;
        Ok(Self { database, conventions: self.conventions, password: self.password.clone() })
    }

    /// The database.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The administrator's login: it sees every row of every tenant, so tests observe with it.
    #[must_use]
    pub const fn admin_url(&self) -> &DatabaseUrl {
        self.database.url()
    }

    /// PgBouncer in front of the server, for the logins of the application and the platform, with these settings of `pgbouncer.ini`.
    ///
    /// # Errors
    /// When it is not installed, or does not start.
    pub fn pgbouncer(&self, settings: &[(&str, &str)]) -> Result<PgBouncer, FindError> {
        let roles = [self.conventions.role("app"), self.conventions.role("platform")];
        let logins: Vec<(&str, &str)> = roles.iter().map(|role| (role.as_str(), self.password.expose())).collect();
        PgBouncer::start(self.database.url(), &logins, settings)
    }

    /// The login of a role, such as `app` or `platform`.
    #[must_use]
    pub fn url(&self, suffix: &str) -> DatabaseUrl {
        self.database.url().with_login(&self.conventions.role(suffix), self.password.expose())
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("database", &self.database).finish_non_exhaustive()
    }
}

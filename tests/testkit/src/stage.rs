//! A database that is ready to be served: provisioned and migrated.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use tenantry::Conventions;
use tenantry::migrate::provision::{Level, Options, Password, PasswordError, Passwords, ProvisionError, UnknownLevel, provision};
use tenantry::migrate::{MigrateError, Progress, migrate};

use crate::{Database, DatabaseError, DatabaseUrl, FindError, PgBouncer, Postgres, UrlError, execute};

/// The variable that names the level of stages.
const LEVEL_VARIABLE: &str = "TENANTRY_TEST_LEVEL";

/// A provisioned and migrated database, and the URLs of those who work in it. It is dropped with this value, if [`Database`] says so.
pub struct Stage {
    database: Database,
    conventions: Conventions,
    password: Password,
    level: Level,
    /// The login that has provisioned the database: at level `managed` another one than a superuser.
    provisioner: DatabaseUrl,
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
    /// The level that the environment names.
    #[error("{LEVEL_VARIABLE}: {0}")]
    Level(#[from] UnknownLevel),
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
    /// The level is the one that `TENANTRY_TEST_LEVEL` names, else the one that the administrator's login is good for. `managed` on a superuser's
    /// server is what [`managed`](Self::managed) does.
    ///
    /// # Errors
    /// What provision or a migration fails with; also when the variable names no level, or one that the login cannot have.
    pub async fn set(
        database: Database,
        conventions: &Conventions,
        migrations: &Path,
        password: Password,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<Self, StageError> {
        match level(env::var_os(LEVEL_VARIABLE))? {
            Some(Level::Managed) => Self::managed(database, conventions, migrations, password, progress).await,
            level => {
                let provisioner = database.url().clone();
                Self::build(database, provisioner, level, conventions, migrations, password, progress).await
            }
        }
    }

    /// The same at level `managed`, also on a superuser's server: a login that has CREATEROLE and CREATEDB and is called like the roles, with
    /// `_managed` at its end, gets the database and the password, and provisions and migrates. It stays, as the roles do, which belong to
    /// the server; who provisions others of its databases at level `hardened` meanwhile uses the same roles, which are the same at each level.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub async fn managed(
        database: Database,
        conventions: &Conventions,
        migrations: &Path,
        password: Password,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<Self, StageError> {
        let mut connection = PgConnection::connect_with(&database.url().options()?).await?;
        let superuser: bool =
            sqlx::query_scalar("select rolsuper from pg_roles where rolname = current_user").fetch_one(&mut connection).await?;
        let provisioner = if superuser {
            let login = conventions.role("managed");
            execute(&mut connection, &manager(conventions, &login, &password, database.name())).await?;
            database.url().with_login(&login, password.expose())
        } else {
            database.url().clone()
        };
        connection.close().await?;
        Self::build(database, provisioner, Some(Level::Managed), conventions, migrations, password, progress).await
    }

    async fn build(
        database: Database,
        provisioner: DatabaseUrl,
        level: Option<Level>,
        conventions: &Conventions,
        migrations: &Path,
        password: Password,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<Self, StageError> {
        let options = Options { level, passwords: Passwords::same(&password), ..Options::default() };
        let login = provisioner.options()?;
        let level = provision(&login, conventions, &options).await?.level;
        let mut connection = PgConnection::connect_with(&login).await?;
        migrate(&mut connection, conventions, migrations, progress).await?;
        connection.close().await?;
        Ok(Self { database, conventions: *conventions, password, level, provisioner })
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
        let owner = self.provisioner.options()?.get_username().to_owned();
        let statements = [
            // The copy belongs to who made it, and at level `managed` to the login that the original belongs to.
            format!("alter database {} owner to {}", database.name(), if self.level == Level::Managed { &owner } else { "current_user" }),
            format!("revoke all on database {} from public", database.name()),
            format!(
                "grant connect on database {} to {}, {}, {}, {}, {}",
                database.name(),
                role("app"),
                role("platform"),
                role("identity"),
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
        let provisioner = self.provisioner.with_database(database.name());
        Ok(Self { database, conventions: self.conventions, password: self.password.clone(), level: self.level, provisioner })
    }

    /// The database.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The level of the provision.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// The login that has provisioned the database: the administrator's, or that of a [managed](Self::managed) stage.
    #[must_use]
    pub const fn provisioner_url(&self) -> &DatabaseUrl {
        &self.provisioner
    }

    /// The administrator's login. A superuser's sees every row of every tenant at any level, so tests observe with it.
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

/// The level that the variable names; an empty value counts as none.
fn level(value: Option<OsString>) -> Result<Option<Level>, UnknownLevel> {
    value.filter(|value| !value.is_empty()).map(|value| value.to_string_lossy().parse()).transpose()
}

/// Makes the login of a managed stage, if it is not there yet, and gives it the database. From 16 on it is let administer the roles, which
/// another stage may have made before.
fn manager(conventions: &Conventions, login: &str, password: &Password, database: &str) -> String {
    let roles = ["owner", "migrator", "app", "platform", "identity", "backup", "lookup"]
        .map(|suffix| format!("'{}'", conventions.role(suffix)))
        .join(", ");
    // The names are plain identifiers; a password may hold a quote.
    let password = password.expose().replace('\'', "''");
    format!(
        "begin;
         lock table pg_authid in share row exclusive mode;
         do $$
         declare
           r name;
         begin
           if to_regrole('{login}') is null then
             create role {login};
           end if;
           if current_setting('server_version_num')::int >= 160000 then
             for r in select rolname from pg_roles where rolname in ({roles}) loop
               execute format('grant %I to {login} with admin option', r);
             end loop;
           end if;
         end $$;
         alter role {login} login createrole createdb;
         set local log_statement = 'none';
         set local log_min_duration_statement = -1;
         alter role {login} password '{password}';
         alter database {database} owner to {login};
         commit"
    )
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("database", &self.database).field("level", &self.level).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_names_a_level_or_none() {
        assert_eq!(level(None), Ok(None));
        assert_eq!(level(Some("".into())), Ok(None));
        assert_eq!(level(Some("managed".into())), Ok(Some(Level::Managed)));
        let error = StageError::from(level(Some("Managed".into())).expect_err("is none")).to_string();
        assert_eq!(error, "TENANTRY_TEST_LEVEL: `Managed` is no level; this version knows `hardened` and `managed`");
    }
}

//! A provisioned database for one test: a database of its own and roles of its own, in a server that the whole test binary shares.

use std::thread;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tenantry::Conventions;
use tenantry::migrate::provision::{Level, Options, Password, Passwords, deprovision, provision};
use tenantry_testkit::{Database, DatabaseUrl, execute};

use crate::server;

/// The default conventions with that prefix for the roles, which belong to the whole server, so that one test may spoil its own.
#[must_use]
pub fn conventions(roles: String) -> Conventions {
    Conventions { roles: Box::leak(roles.into_boxed_str()), ..Conventions::DEFAULT }
}

/// A provisioned database with roles of its own; both go with the value.
#[derive(Debug)]
pub struct Site {
    database: Database,
    conventions: Conventions,
    password: Password,
    provisioner: DatabaseUrl,
}

impl Site {
    /// Makes a database and provisions it at level `hardened`.
    pub async fn new(name: &str) -> Self {
        Self::at(Level::Hardened, name).await
    }

    /// The same at level `managed`: a login of the site's own has CREATEROLE and CREATEDB, owns the database, makes the roles and provisions.
    pub async fn managed(name: &str) -> Self {
        Self::at(Level::Managed, name).await
    }

    /// Makes a database and provisions it at that level.
    pub async fn at(level: Level, name: &str) -> Self {
        let site = Self::bare(level, name).await;
        let provisioned = provision(&site.provisioner_options(), &site.conventions, &site.options()).await;
        assert_eq!(provisioned.unwrap_or_else(|error| panic!("{error}")).level, level);
        site
    }

    /// Makes a database, and the login that is to provision it, and does not provision it.
    pub async fn bare(level: Level, name: &str) -> Self {
        let database = server().create_database(name).expect("a database");
        let conventions = conventions(database.name().to_owned());
        let password = Password::generate().expect("randomness");
        let mut site = Self { provisioner: database.url().clone(), database, conventions, password };
        if level == Level::Managed {
            let (login, database) = (site.role("dba"), site.database.name());
            let statements = format!(
                "create role {login} login createrole createdb password '{}'; alter database {database} owner to {login}",
                site.password.expose()
            );
            execute(&mut site.admin().await, &statements).await.expect("a superuser makes the login");
            site.provisioner = site.database.url().with_login(&login, site.password.expose());
        }
        site
    }

    /// What the database is provisioned with.
    #[must_use]
    pub fn options(&self) -> Options {
        Options { passwords: Passwords::same(&self.password), ..Options::default() }
    }

    /// The conventions.
    #[must_use]
    pub const fn conventions(&self) -> &Conventions {
        &self.conventions
    }

    /// The name of a role: `role("app")`.
    #[must_use]
    pub fn role(&self, suffix: &str) -> String {
        self.conventions.role(suffix)
    }

    /// The URL of a login role: `url("app")`.
    #[must_use]
    pub fn url(&self, suffix: &str) -> DatabaseUrl {
        self.database.url().with_login(&self.role(suffix), self.password.expose())
    }

    /// The login that has provisioned the database and applies migrations: at level `managed` it sees nobody's rows.
    #[must_use]
    pub fn provisioner_options(&self) -> PgConnectOptions {
        self.provisioner.options().expect("is a URL")
    }

    /// Connects as the login that has provisioned the database.
    pub async fn provisioner(&self) -> PgConnection {
        self.provisioner_options().connect().await.expect("connects as the provisioner")
    }

    /// The administrator's URL of this database: a superuser's at any level, who sees every row.
    #[must_use]
    pub const fn admin_url(&self) -> &DatabaseUrl {
        self.database.url()
    }

    /// The administrator in this database.
    #[must_use]
    pub fn admin_options(&self) -> PgConnectOptions {
        self.database.url().options().expect("is a URL")
    }

    /// Connects as the administrator.
    pub async fn admin(&self) -> PgConnection {
        self.admin_options().connect().await.expect("connects as the administrator")
    }

    /// Connects as a login role: `connect("app")`.
    pub async fn connect(&self, suffix: &str) -> PgConnection {
        self.url(suffix).options().expect("is a URL").connect().await.expect("connects as the role")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Only a server that stays keeps the roles. A test that spoilt the provision has lost them already, or leaves them.
        if server().is_private() {
            return;
        }
        let (admin, conventions, database) = (self.admin_options(), self.conventions, self.database.name().to_owned());
        let removing = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let _ = deprovision(&admin, &conventions, true).await;
                let login = conventions.role("dba");
                let gone = format!("alter database {database} owner to current_user; drop owned by {login}; drop role {login}");
                if let Ok(mut admin) = admin.connect().await {
                    // At level `hardened` there is no such login.
                    let _ = execute(&mut admin, &gone).await;
                }
            });
            std::io::Result::Ok(())
        });
        let _ = removing.join();
    }
}

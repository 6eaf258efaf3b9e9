//! A provisioned database for one test: a database of its own and roles of its own, in a server that the whole test binary shares.

use std::thread;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tenantry::Conventions;
use tenantry::migrate::provision::{Options, Password, Passwords, deprovision, provision};
use tenantry_testkit::{Database, DatabaseUrl};

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
}

impl Site {
    /// Makes and provisions a database at level `hardened`.
    pub async fn new(name: &str) -> Self {
        let database = server().create_database(name).expect("a database");
        let conventions = conventions(database.name().to_owned());
        let password = Password::generate().expect("randomness");
        let site = Self { database, conventions, password };
        provision(&site.admin_options(), &site.conventions, &site.options()).await.unwrap_or_else(|error| panic!("{error}"));
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

    /// The administrator's URL of this database.
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
        let (admin, conventions) = (self.admin_options(), self.conventions);
        let removing = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let _ = runtime.block_on(deprovision(&admin, &conventions, true));
            std::io::Result::Ok(())
        });
        let _ = removing.join();
    }
}

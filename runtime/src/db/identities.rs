//! The door of identities: who there is in the whole database, whichever tenants they belong to.

use std::fmt;
use std::sync::Arc;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, Encode, Postgres, Row as _, Type};
use uuid::Uuid;

use super::pool::Pool;
use super::tenancy::connect;
use super::{Config, Error, StartError, startup};
use crate::auth::{Email, PasswordHash, SecretHash};
use crate::mutants::mutant;
use crate::schema::ir::Name;
use crate::schema::{Conventions, Timestamp};

/// How many of its statements a connection keeps prepared: all there are.
const STATEMENTS: usize = 16;

/// The door of identities. It has a role and connections of its own, cannot be had from a [`Tenancy`](super::Tenancy), and no statement that the
/// application sends runs by it; so nothing that is injected there reads an e-mail or a hash, or sets a password. Clones share the connections.
///
/// Each question is for exactly one identity. What it can do stands here:
///
/// - [`by_email`](Self::by_email), [`by_id`](Self::by_id)
/// - [`create`](Self::create)
/// - [`set_password`](Self::set_password), [`rehash`](Self::rehash)
/// - [`begin_reset`](Self::begin_reset), [`finish_reset`](Self::finish_reset)
#[derive(Clone)]
pub struct Identities {
    core: Arc<Core>,
}

struct Core {
    pool: Pool,
    table: String,
}

/// A person, in whichever tenants it has users. `Debug` shows neither e-mail nor hash.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Identity {
    /// Its key.
    pub id: Uuid,
    /// The name that it logs in with, in the whole database.
    pub email: Email,
    /// Of its password, when it has chosen one.
    pub password: Option<PasswordHash>,
    /// When the password was set last; a hash that was made anew at another cost is the same password.
    pub changed: Timestamp,
}

impl Identities {
    /// Connects as the role of identities, and refuses any other.
    ///
    /// # Errors
    /// When the configuration is refused, the database cannot be reached or the login is another one.
    pub async fn start(config: &Config, conventions: &Conventions) -> Result<Self, StartError> {
        config.check()?;
        let pool = Pool::new(config, STATEMENTS);
        let mut connection = connect(config).await?;
        let checked = startup::check_identities(&mut connection, config, conventions).await;
        if !mutant!("people_identities_by_any_login") {
            checked.map_err(StartError::Database)?;
        }
        drop(connection);
        let table = Name::new(conventions.platform_schema, "identities").to_string();
        Ok(Self { core: Arc::new(Core { pool, table }) })
    }

    /// The identity of that e-mail.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_email(&self, email: &Email) -> Result<Option<Identity>, Error> {
        self.find("email", email.as_str()).await
    }

    /// The identity with that key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Identity>, Error> {
        self.find("id", id).await
    }

    async fn find<'q, K: Encode<'q, Postgres> + Type<Postgres>>(&self, column: &str, key: K) -> Result<Option<Identity>, Error> {
        let text = format!("select id, email, password_hash, changed_at from {} where {column} = $1", self.core.table);
        let mut arguments = PgArguments::default();
        arguments.add(key).map_err(Error::encode)?;
        let rows = self.core.pool.rows(text, arguments).await?;
        rows.first().map(identity).transpose()
    }

    /// Makes an identity. Without a password nobody logs in as it until one is set.
    ///
    /// # Errors
    /// [`Unique`](super::ErrorKind::Unique) when there is one of that e-mail.
    pub async fn create(&self, email: &Email, password: Option<&PasswordHash>) -> Result<Uuid, Error> {
        let id = Uuid::now_v7();
        let statement = format!("insert into {} (id, email, password_hash) values ($1, $2, $3) returning id", self.core.table);
        self.changed(statement, id, &[Some(email.as_str()), password.map(PasswordHash::expose)], None).await?;
        Ok(id)
    }

    /// Sets the password, and forgets a reset that was begun.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) when there is no such identity.
    pub async fn set_password(&self, id: Uuid, password: &PasswordHash) -> Result<(), Error> {
        let set = "password_hash = $2, reset_hash = null, reset_expires_at = null, changed_at = now()";
        let statement = format!("update {} set {set} where id = $1 returning id", self.core.table);
        found(self.changed(statement, id, &[Some(password.expose())], None).await?)
    }

    /// Stores the same password's hash at another cost. Where it was changed meanwhile, it stays as it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rehash(&self, id: Uuid, from: &PasswordHash, to: &PasswordHash) -> Result<(), Error> {
        let still = if mutant!("people_rehash_blind") { "$2::text is not null" } else { "password_hash = $2" };
        let statement = format!("update {} set password_hash = $3 where id = $1 and {still} returning id", self.core.table);
        self.changed(statement, id, &[Some(from.expose()), Some(to.expose())], None).await.map(drop)
    }

    /// Lets whoever has that secret set the password until then. Another reset that was begun is forgotten.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) when there is no such identity.
    pub async fn begin_reset(&self, id: Uuid, secret: &SecretHash, expires: Timestamp) -> Result<(), Error> {
        let statement = format!("update {} set reset_hash = $2, reset_expires_at = $3 where id = $1 returning id", self.core.table);
        found(self.changed(statement, id, &[Some(secret.hex().as_str())], Some(expires)).await?)
    }

    /// Sets the password for whoever has the secret of a reset that was begun and has not expired; whether that is so. A secret is good once:
    /// of two that come at once, one is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finish_reset(&self, id: Uuid, secret: &SecretHash, password: &PasswordHash) -> Result<bool, Error> {
        let forgotten = if mutant!("people_reset_twice") { "" } else { "reset_hash = null, reset_expires_at = null, " };
        let in_time = if mutant!("people_reset_never_expires") { "true" } else { "reset_expires_at > now()" };
        let statement = format!(
            "update {} set {forgotten}password_hash = $3, changed_at = now() where id = $1 and reset_hash = $2 and {in_time} returning id",
            self.core.table
        );
        self.changed(statement, id, &[Some(secret.hex().as_str()), Some(password.expose())], None).await
    }

    /// Runs a statement over one identity, with texts and a time as the arguments behind its key; whether there was a row.
    async fn changed(&self, statement: String, id: Uuid, texts: &[Option<&str>], time: Option<Timestamp>) -> Result<bool, Error> {
        let mut arguments = PgArguments::default();
        arguments.add(id).map_err(Error::encode)?;
        for text in texts {
            arguments.add(*text).map_err(Error::encode)?;
        }
        if let Some(time) = time {
            arguments.add(time).map_err(Error::encode)?;
        }
        Ok(!self.core.pool.rows(statement, arguments).await?.is_empty())
    }

    /// Closes the connections, after those in use have come back.
    pub async fn close(&self) {
        self.core.pool.close().await;
    }
}

fn found(found: bool) -> Result<(), Error> {
    if found { Ok(()) } else { Err(Error::not_found()) }
}

fn identity(row: &PgRow) -> Result<Identity, Error> {
    let id: Uuid = row.try_get(0)?;
    let email: String = row.try_get(1)?;
    let password: Option<String> = row.try_get(2)?;
    let unread = || {
        tracing::error!(identity = %id, "an identity is stored that nobody can log in as: its e-mail or its hash cannot be read");
        Error::from(super::ErrorKind::Internal)
    };
    let email = email.parse().map_err(|_| unread())?;
    let password = password.map(PasswordHash::stored).transpose().map_err(|_| unread())?;
    Ok(Identity { id, email, password, changed: row.try_get(3)? })
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identities").field("pool", &self.core.pool).finish_non_exhaustive()
    }
}

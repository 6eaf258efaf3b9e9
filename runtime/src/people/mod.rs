//! Who has an account where: logins, invitations, API keys and roles, over the platform's tables.
//!
//! A person is an [`Identity`](crate::Identity): an e-mail and the hash of a password, once in the whole database. In each tenant where it has an
//! account there is a [`User`], which is what has roles and API keys, and what tokens name. A login is for one tenant: somebody who is no
//! user there gets the answer of a wrong password.
//!
//! What decides is in [`auth`](crate::auth), which knows no table; what is stored, and in which order, is here. [`People`] is also what
//! [`Callers`](crate::layers::Callers) and [`Authenticate`](crate::layers::Authenticate) ask:
//!
//! ```
//! use std::net::IpAddr;
//!
//! use tenantry::auth::Password;
//! use tenantry::auth::token::{KeyRing, SigningKey};
//! use tenantry::layers::{Authenticate, Callers};
//! use tenantry::people::{Mail, MailError, Mailer, People, PeopleError, Session};
//! use tenantry::{Config, Conventions, Identities, Tenancy, TenantId};
//!
//! /// Hands mails to whatever sends them.
//! struct Outbox;
//!
//! impl Mailer for Outbox {
//!     async fn send(&self, mail: Mail) -> Result<(), MailError> {
//!         println!("a mail to {}", mail.to);
//!         Ok(())
//!     }
//! }
//!
//! async fn open(tenancy: &Tenancy, url: &str, key: SigningKey) -> Result<(Authenticate, Callers, People), Box<dyn std::error::Error>> {
//!     // The login of another role than the application's: no SQL that the application sends reads an e-mail or a hash.
//!     let identities = Identities::start(&Config::new(url)?.max_connections(4), &Conventions::DEFAULT).await?;
//!     let ring = KeyRing::builder("https://api.example.com", "orders", key).build()?;
//!     let people = People::builder(tenancy, identities, ring.clone()).mailer(Outbox).build()?;
//!     let authenticate = Authenticate::builder(ring).api_keys(people.clone()).build();
//!     Ok((authenticate, Callers::new(people.clone()), people))
//! }
//!
//! async fn log_in(people: &People, tenant: TenantId, from: IpAddr, typed: String) -> Result<Session, PeopleError> {
//!     people.login(tenant, "ada@example.com", Password::typed(typed)?, from).await
//! }
//! ```
//!
//! # What ends when
//!
//! | what happens | what ends |
//! |---|---|
//! | a refresh token comes a second time | its login |
//! | the password is changed, or set by a reset | all logins of that user in this tenant |
//! | a user is deactivated | its logins; its API keys and its access tokens are as good as none |
//! | an API key is revoked or expires | the key, with the next request |
//!
//! An access token that was issued is good until it expires; the roles behind it are looked up for each request.
//!
//! # Nobody gives what they have not
//!
//! Who invites, gives or takes a role, makes a role or an API key needs all of what it covers; who deactivates somebody needs all of what that one
//! has. [`Caller::may_give`](crate::permissions::Caller::may_give) decides.

mod behind;
mod builder;
mod error;
pub mod http;
mod invitations;
mod keys;
mod logins;
mod mail;
mod members;
mod password;
mod plan;
mod roles;
mod rows;
mod statements;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use futures_core::future::BoxFuture;

pub use crate::auth::{Email, EmailError};
pub use builder::{PeopleBuildError, PeopleBuilder};
pub use error::PeopleError;
pub use mail::{FileMailer, Mail, MailError, MailKind, Mailer, NoMailer};
pub use rows::{KeyEntry, RoleEntry, User};

use crate::auth::refresh::{RefreshLimits, RefreshToken};
use crate::auth::token::{AccessToken, KeyRing};
use crate::auth::{Attempt, Attempts, Hashing};
use crate::db::{Error, ErrorKind, Identities, Tenancy, TenantDb};
use crate::layers::authenticate::{Authenticated, By};
use crate::schema::{Actor, TenantId, Timestamp};
use behind::Behind;
use statements::Statements;

/// The most users, roles or keys that are listed.
const MOST_LISTED: i64 = 1_000;
/// The longest name of a user or a key, in characters.
const LONGEST_NAME: usize = 200;

/// What somebody gets who has logged in. `Debug` shows no token.
#[derive(Debug)]
pub struct Session {
    /// The tenant.
    pub tenant: TenantId,
    /// Who it is there.
    pub user: User,
    /// For each request.
    pub access: AccessToken,
    /// How long that is good from now.
    pub expires_in: Duration,
    /// For the next session, once.
    pub refresh: RefreshToken,
}

/// Accounts of people. A clone has the same connections, counts the same attempts and shares the same bounds. See the [module](self).
#[derive(Clone)]
pub struct People {
    core: Arc<Core>,
}

struct Core {
    tenancy: Tenancy,
    identities: Identities,
    ring: KeyRing,
    hashing: Hashing,
    attempts: Attempts,
    refresh: RefreshLimits,
    mailer: Box<dyn AnyMailer>,
    behind: Behind,
    statements: Statements,
}

/// A [`Mailer`] of any type.
trait AnyMailer: Send + Sync {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>>;
}

impl<M: Mailer> AnyMailer for M {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(Mailer::send(self, mail))
    }
}

impl People {
    /// With the tenants' database, the identities and the keys that sign access tokens.
    pub fn builder(tenancy: &Tenancy, identities: Identities, ring: KeyRing) -> PeopleBuilder {
        PeopleBuilder::new(tenancy, identities, ring)
    }

    /// Waits until what goes on behind answers is done, which is mails; none are begun meanwhile. For the end of a service.
    pub async fn settled(&self) {
        self.core.behind.settled().await;
    }

    /// How long a login lives without a rotation.
    fn idle(&self) -> Duration {
        self.core.refresh.idle
    }

    /// The tenant's database for what nobody does who is known: a login.
    fn system(&self, tenant: TenantId) -> TenantDb {
        self.core.tenancy.tenant(tenant, Actor::System)
    }

    /// The tenant's database for what somebody does there.
    fn of(&self, tenant: TenantId, actor: Actor) -> TenantDb {
        self.core.tenancy.tenant(tenant, actor)
    }

    fn attempt(&self, name: &str, address: IpAddr) -> Result<Attempt, PeopleError> {
        Ok(self.core.attempts.begin(name, address, Instant::now())?)
    }

    /// Sends a mail, where nobody waits for it.
    async fn mail(&self, mail: Mail) -> Result<(), PeopleError> {
        self.core.mailer.send(mail).await.map_err(|error| PeopleError::internal(&error))
    }
}

/// Whether somebody is there in person: with a token of a login, which may do all that its user may, and not with a key that was lent out.
fn in_person(who: &Authenticated) -> bool {
    matches!(who.by, By::Token(_) | By::Cookie(_)) && who.scopes.allow("*")
}

/// A name that people read: some characters, not all of them blank, none of them a control character.
fn named<'n>(pointer: &'static str, name: &'n str) -> Result<&'n str, PeopleError> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().nth(LONGEST_NAME).is_none() && !name.contains(char::is_control);
    if fits {
        Ok(name)
    } else {
        Err(PeopleError::Invalid { pointer, detail: "a name has 1 to 200 characters, none of them a control character" })
    }
}

/// A time of this service's clock as the database has it.
fn stamp(at: SystemTime) -> Result<Timestamp, Error> {
    rows::stamp(at).ok_or_else(|| ErrorKind::Internal.into())
}

impl fmt::Debug for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Core { tenancy, identities, behind, .. } = &*self.core;
        f.debug_struct("People").field("tenancy", tenancy).field("identities", identities).field("behind", behind).finish_non_exhaustive()
    }
}

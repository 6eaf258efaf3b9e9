//! The people of a proof: their routes, behind the layers that a service has. The application's own stand behind the proof's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::Router;
use tenantry::auth::token::{KeyRing, SigningKey};
use tenantry::auth::{AttemptLimits, Attempts, Cost, Hashing};
use tenantry::http::{Api, CursorKey};
use tenantry::layers::{self, Authenticate, Callers, Resolve};
use tenantry::people::{Mail, MailError, MailKind, Mailer, People, http};
use tenantry::permissions::Route;
use tenantry::{Config, Conventions, Identities, Tenancy};

use super::Failure;
use super::setup::PATIENCE;
use crate::Stage;

/// Whose subdomains the tenants have.
const DOMAIN: &str = "people.example";

/// More attempts than a proof makes: how they are counted is not what it is about.
const ATTEMPTS: u32 = 1_000_000;

/// What was mailed, to whom.
#[derive(Clone, Debug, Default)]
pub(super) struct Mailbox(Arc<Mutex<Vec<(String, String)>>>);

impl Mailer for Mailbox {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let (MailKind::Invitation { token, .. } | MailKind::Reset { token, .. }) = mail.kind else { return Err(MailError::Refused) };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((mail.to.to_string(), token.to_string()));
        Ok(())
    }
}

/// The routes of people, of every tenant at a host of its own.
#[derive(Debug)]
pub(super) struct Accounts {
    pub(super) people: People,
    pub(super) router: Router,
    /// Every route there is.
    pub(super) routes: Vec<Route>,
    mailbox: Mailbox,
}

impl Accounts {
    /// Opens them over a service that has been started.
    pub(super) async fn open(tenancy: &Tenancy, conventions: &Conventions, stage: &Stage) -> Result<Self, Failure> {
        let config = Config::new(stage.url("identity").expose_with_password()).map_err(Failure::setup)?;
        let config = config.max_connections(2).acquire_timeout(PATIENCE);
        let identities = Identities::start(&config, conventions).await.map_err(Failure::setup)?;
        let key = SigningKey::generate("proof".parse().map_err(Failure::setup)?).map_err(Failure::setup)?;
        let ring = KeyRing::builder("https://people.example", "proof", key).build().map_err(Failure::setup)?;
        let mut limits = AttemptLimits::DEFAULT;
        (limits.of_an_identity, limits.of_an_address) = (ATTEMPTS, ATTEMPTS);
        let mailbox = Mailbox::default();
        let people = People::builder(tenancy, identities, ring.clone())
            .hashing(Hashing::new(Cost::new(8, 1, 1).map_err(Failure::setup)?, 1).map_err(Failure::setup)?)
            .attempts(Attempts::new(limits).map_err(Failure::setup)?)
            .mailer(mailbox.clone())
            .build()
            .map_err(Failure::setup)?;
        let api = Api::new(tenancy.registry(), CursorKey::random().map_err(Failure::setup)?);
        let routes = http::public(&api, &people, None).merge(http::routes(&api, &people, None));
        let domain = DOMAIN.parse().map_err(Failure::setup)?;
        let resolve =
            Resolve::builder(tenancy.directory()).subdomains_of(domain).claim().tenancy(tenancy).build().map_err(Failure::setup)?;
        // When a key was used last is written once, then.
        let opened = SystemTime::now();
        let authenticate = Authenticate::builder(ring).api_keys(people.clone()).clock(move || opened).anonymous().build();
        let listed = routes.listed().to_vec();
        let router = layers::service(tenancy, routes.into_router(), authenticate, resolve, Callers::new(people.clone()));
        Ok(Self { people, router, routes: listed, mailbox })
    }

    /// Where a tenant is asked.
    pub(super) fn host(slug: &str) -> String {
        format!("{slug}.{DOMAIN}")
    }

    /// The tokens that were mailed to the address, in their order, once whatever is being sent has been.
    pub(super) async fn mailed(&self, address: &str) -> Vec<String> {
        self.people.settled().await;
        let mails = self.mailbox.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.iter().filter(|(to, _)| to == address).map(|(_, token)| token.clone()).collect()
    }
}

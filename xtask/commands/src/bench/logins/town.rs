//! Three tenants, and accounts of every kind at the first.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail};
use tenantry::auth::token::{KeyRing, SigningKey};
use tenantry::auth::{AttemptLimits, Attempts, Password};
use tenantry::db::{FirstAdmin, Onboarding};
use tenantry::migrate::Progress;
use tenantry::migrate::provision::Password as LoginPassword;
use tenantry::operator::onboard;
use tenantry::people::{Mail, MailError, MailKind, Mailer, People, PeopleError};
use tenantry::permissions::{Caller, Role};
use tenantry::{Act, Actor, Config, Identities, Platform, Tenancy, TenantId};
use tenantry_testkit::Stage;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::demo::drafted;
use crate::service::refused;
use crate::{App, output, server};

/// Whose password is guessed: these tenants' people.
pub(super) const ATTACKED: &str = "attacked";
/// Whose requests must go on.
pub(super) const OTHERS: [&str; 2] = ["first", "second"];
/// Who reads the rows of the others.
pub(super) const EMAIL: &str = "ada@example.com";
/// The password of everybody who has one.
pub(super) const PASSWORD: &str = "correct horse battery staple";
const MADE: Act<'_> = Act { operator: "bench", reason: "a tenant of a benchmark" };
/// How many accounts are made at once.
const AT_ONCE: usize = 4;
/// How often one waits for its turn among the hashes.
const TURNS: usize = 24;

/// What somebody who guesses would like to tell apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Active,
    Deactivated,
    /// A user of another tenant alone.
    Elsewhere,
    WithoutPassword,
    Unknown,
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [Self::Active, Self::Deactivated, Self::Elsewhere, Self::WithoutPassword, Self::Unknown];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Elsewhere => "of another tenant",
            Self::WithoutPassword => "without a password",
            Self::Unknown => "unknown",
        }
    }
}

/// The `number`th account; kinds alternate.
pub(super) fn kind(number: usize) -> Kind {
    Kind::ALL[number % Kind::ALL.len()]
}

/// Its e-mail, of the same length for all.
pub(super) fn email(number: usize) -> String {
    format!("person{number:04}@example.com")
}

/// The tokens of invitations.
#[derive(Clone, Default)]
struct Outbox(Arc<Mutex<Vec<String>>>);

impl Mailer for Outbox {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        if let MailKind::Invitation { token, .. } = mail.kind {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(token.to_string());
        }
        Ok(())
    }
}

/// The database with its tenants.
pub(super) async fn build(app: &App, accounts: usize) -> anyhow::Result<Stage> {
    let database = server::find("the benchmark needs a PostgreSQL server")?.own_database()?;
    let mut report = |_: Progress<'_>| {};
    let stage = Stage::set(database, &app.conventions, &app.path("migrations"), LoginPassword::generate()?, &mut report).await?;
    let maker = Maker::start(app, &stage).await?;
    let attacked = maker.tenant(&stage, app, ATTACKED).await?;
    let mut others = Vec::new();
    for slug in OTHERS {
        let tenant = maker.tenant(&stage, app, slug).await?;
        drafted::load(&maker.tenancy, tenant, false, &|_, _| {}).await?;
        others.push(tenant);
    }
    let elsewhere = *others.first().context("there is no other tenant")?;
    output::progress(format_args!("making {accounts} accounts: {}", Kind::ALL.map(Kind::name).join(", ")));
    let roles = (maker.role(attacked).await?, maker.role(elsewhere).await?);
    let mut making = JoinSet::new();
    for number in 0..accounts {
        let invited = match kind(number) {
            Kind::Active | Kind::Deactivated => Some(maker.invited(attacked, &email(number), roles.0).await?),
            Kind::Elsewhere => Some(maker.invited(elsewhere, &email(number), roles.1).await?),
            Kind::WithoutPassword => {
                maker.identities.create(&email(number).parse()?, None).await?;
                None
            }
            Kind::Unknown => None,
        };
        let Some(token) = invited else { continue };
        if making.len() >= AT_ONCE {
            making.join_next().await.context("nothing is made")???;
        }
        let maker = maker.clone();
        let tenant = if kind(number) == Kind::Elsewhere { elsewhere } else { attacked };
        making.spawn(async move {
            let user = maker.accept(tenant, &token).await?;
            if kind(number) == Kind::Deactivated {
                maker.people.set_active(tenant, &admin()?, user, false).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(made) = making.join_next().await {
        made??;
    }
    maker.tenancy.close().await;
    maker.identities.close().await;
    Ok(stage)
}

/// Makes tenants and people.
#[derive(Clone)]
struct Maker {
    tenancy: Tenancy,
    identities: Identities,
    people: People,
    outbox: Outbox,
}

impl Maker {
    async fn start(app: &App, stage: &Stage) -> anyhow::Result<Self> {
        let config = |role| Config::new(stage.url(role).expose_with_password());
        let tenancy = Tenancy::start(&config("app")?, app.models, app.conventions).await.map_err(refused)?;
        let identities = Identities::start(&config("identity")?.max_connections(2), &app.conventions).await.map_err(refused)?;
        let ring = KeyRing::builder("http://localhost", "bench", SigningKey::generate("bench".parse()?)?).build()?;
        let (outbox, mut limits) = (Outbox::default(), AttemptLimits::DEFAULT);
        (limits.of_an_identity, limits.of_an_address) = (u32::MAX, u32::MAX);
        let people = People::builder(&tenancy, identities.clone(), ring).attempts(Attempts::new(limits)?).mailer(outbox.clone()).build()?;
        Ok(Self { tenancy, identities, people, outbox })
    }

    /// A tenant, with somebody who may do everything there.
    async fn tenant(&self, stage: &Stage, app: &App, slug: &str) -> anyhow::Result<TenantId> {
        let config = Config::new(stage.url("platform").expose_with_password())?;
        let platform = Platform::start(&config, &app.conventions).await.map_err(refused)?;
        let roles = [Role::new("admin", ["*"])?];
        let admin = FirstAdmin { email: EMAIL, role: "admin" };
        let made = onboard(&platform, &Onboarding { slug, name: slug, host: None, roles: &roles, admin }, MADE).await?;
        platform.close().await;
        self.accept(made.tenant, made.invitation.as_ref()).await?;
        Ok(made.tenant)
    }

    async fn role(&self, tenant: TenantId) -> anyhow::Result<Uuid> {
        Ok(self.people.create_role(tenant, &admin()?, Role::new("reader", ["*:read"])?).await?)
    }

    /// Invites somebody; returns the token.
    async fn invited(&self, tenant: TenantId, email: &str, role: Uuid) -> anyhow::Result<String> {
        self.people.invite(tenant, &admin()?, email, role).await?;
        self.people.settled().await;
        let mut mails = self.outbox.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.pop().context("an invitation was not mailed")
    }

    /// Accepts an invitation, when it takes its turn among the hashes: on a machine that does much else, not at once.
    async fn accept(&self, tenant: TenantId, token: &str) -> anyhow::Result<Uuid> {
        let (password, from) = (Password::typed(PASSWORD.to_owned())?, IpAddr::V4(Ipv4Addr::LOCALHOST));
        // Each waits for five seconds before it is turned away.
        for _ in 0..TURNS {
            match self.people.accept(tenant, token.as_bytes(), "Somebody", password.clone(), from).await {
                Err(PeopleError::Busy) => {}
                accepted => return Ok(accepted?.user.id),
            }
        }
        bail!("no account can be made: the machine has no time for a hash")
    }
}

/// Whoever may do everything.
fn admin() -> anyhow::Result<Caller> {
    Ok(Caller::new(Actor::System, [Role::new("admin", ["*"])?]))
}

//! `tenant domain`: at which domains of its own a tenant is answered.

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use tenantry::db::{Challenge, TxtRecord};
use tenantry::layers::resolve::Host;
use tenantry::{Error, ErrorKind, Platform, Tenant, TenantId};

use super::{Signed, Whose, find};
use crate::output;

#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Lists them: host, whether it is primary, active and verified.
    List(Whose),
    /// Adds one. Nothing is answered there before it is verified and active.
    Add(Changed),
    /// Prints the TXT record that the tenant publishes to show that it is its own.
    Record(Recorded),
    /// Says on your word that it is the tenant's, and records that it was by that. The operator's side of a service asks the name servers.
    Verify(Changed),
    /// Answers there, once it is verified.
    Activate(Changed),
    /// Answers there no more. It stays the tenant's.
    Deactivate(Changed),
    /// Makes it the one that links lead to.
    Primary(Changed),
    /// Takes it from the tenant, so that another one may have it.
    Remove(Changed),
}

/// A domain of a tenant.
#[derive(Debug, clap::Args)]
pub(super) struct Named {
    #[command(flatten)]
    whose: Whose,
    /// Its host, such as `shop.example.com`.
    host: String,
}

/// A domain that something is done to.
#[derive(Debug, clap::Args)]
pub(super) struct Changed {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    signed: Signed,
}

/// A domain whose record is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct Recorded {
    #[command(flatten)]
    named: Named,
    /// The service's secret, of which the record is made.
    #[arg(long, env = "TENANTRY_SECRET", value_name = "TEXT", hide_env_values = true)]
    secret: Option<String>,
}

impl What {
    /// Who does it, where it changes something.
    pub(super) const fn signed(&self) -> Option<&Signed> {
        match self {
            Self::List(_) | Self::Record(_) => None,
            Self::Add(changed)
            | Self::Verify(changed)
            | Self::Activate(changed)
            | Self::Deactivate(changed)
            | Self::Primary(changed)
            | Self::Remove(changed) => Some(&changed.signed),
        }
    }
}

pub(super) async fn run(platform: &Platform, what: &What) -> anyhow::Result<()> {
    let (changed, done) = match what {
        What::List(whose) => return list(platform, find(platform, whose).await?.id).await,
        What::Record(recorded) => return record(platform, recorded).await,
        What::Add(changed) => (changed, "is added: `tenant domain verify` and `tenant domain activate` come next"),
        What::Verify(changed) => (changed, "is verified"),
        What::Activate(changed) => (changed, "is active"),
        What::Deactivate(changed) => (changed, "is answered no more"),
        What::Primary(changed) => (changed, "is the primary one"),
        What::Remove(changed) => (changed, "is nobody's"),
    };
    let (tenant, host) = named(platform, &changed.named).await?;
    let (host, act) = (host.as_str(), changed.signed.act()?);
    let acted = match what {
        What::List(_) | What::Record(_) => Ok(()),
        What::Add(_) => platform.add_domain(tenant.id, host, act).await,
        What::Verify(_) => platform.verify_domain_by_hand(tenant.id, host, act).await,
        What::Activate(_) => platform.activate_domain(tenant.id, host, act).await,
        What::Deactivate(_) => platform.deactivate_domain(tenant.id, host, act).await,
        What::Primary(_) => platform.make_domain_primary(tenant.id, host, act).await,
        What::Remove(_) => platform.remove_domain(tenant.id, host, act).await,
    };
    acted.map_err(|error| not_theirs(error, &tenant, host))?;
    output::line(format_args!("{host} {done}"));
    Ok(())
}

/// The tenant, and the host in its one spelling.
async fn named(platform: &Platform, Named { whose, host }: &Named) -> anyhow::Result<(Tenant, String)> {
    Ok((find(platform, whose).await?, read(host)?))
}

/// A host in its one spelling.
pub(super) fn read(host: &str) -> anyhow::Result<String> {
    let host: Host = host.parse().with_context(|| format!("`{}` is no host", output::printable(host)))?;
    host.name().map(str::to_owned).with_context(|| format!("{host} is an address: a domain of a tenant's own is a name"))
}

async fn record(platform: &Platform, Recorded { named: domain, secret }: &Recorded) -> anyhow::Result<()> {
    let secret = secret.as_deref().context("the record is made of the service's secret: set TENANTRY_SECRET to it")?;
    let challenge = Challenge::new(secret.as_bytes())?;
    let (tenant, host) = named(platform, domain).await?;
    let TxtRecord { name, value } = challenge.record(tenant.id, &host);
    output::line(format_args!("{name}. TXT \"{value}\""));
    Ok(())
}

async fn list(platform: &Platform, tenant: TenantId) -> anyhow::Result<()> {
    for domain in platform.domains(tenant).await? {
        let primary = if domain.is_primary { ", primary" } else { "" };
        let active = if domain.is_active { "active" } else { "not active" };
        let verified = if domain.verified_at.is_some() { "verified" } else { "not verified" };
        output::line(format_args!("{}: {verified}, {active}{primary}", domain.host));
    }
    Ok(())
}

fn not_theirs(error: Error, tenant: &Tenant, host: &str) -> anyhow::Error {
    match error.kind() {
        ErrorKind::NotFound => {
            anyhow!("{host} is no domain of {}: `cargo xtask tenant domain list {}` names them", tenant.slug, tenant.slug)
        }
        ErrorKind::Unique { .. } => anyhow!("{host} is a domain of a tenant already"),
        ErrorKind::Check { .. } => {
            anyhow!("{host} cannot be a domain of a tenant's own: it is a name of at most 253 bytes, and no address")
        }
        ErrorKind::Rule(rule) => anyhow!("{}", rule.detail),
        _ => error.into(),
    }
}

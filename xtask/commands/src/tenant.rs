//! `tenant`: the operator's side from a shell.

use std::fmt::Write as _;

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use tenantry::layers::resolve::Host;
use tenantry::{Config, Error, ErrorKind, Platform, Tenant, TenantId};

use crate::migrate::{block_on, checked, weak_tls_allowed};
use crate::{App, output};

/// Makes, lists, suspends and resumes tenants, and tells at which domains they are answered. A service that listens for changes acts on them
/// within a second, any other one within the age at which it forgets.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The login of the platform's role.
    #[arg(long, env = "PLATFORM_DATABASE_URL", value_name = "URL", hide_env_values = true, global = true)]
    platform_url: Option<String>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Makes a tenant, which is served from then on, and prints its id.
    Create {
        /// Its short name, as it stands in a subdomain: lower-case letters, digits and hyphens.
        slug: String,
        /// Its name [default: the slug].
        #[arg(long)]
        name: Option<String>,
    },
    /// Lists the tenants: slug, status, id and name.
    List,
    /// Serves a tenant no more, until it is resumed. Its rows stay.
    Suspend(Whose),
    /// Serves a suspended tenant again.
    Resume(Whose),
    /// The domains of a tenant's own.
    Domain {
        #[command(subcommand)]
        what: Domains,
    },
}

/// A tenant that there is.
#[derive(Debug, clap::Args)]
struct Whose {
    /// Its slug, or its id.
    tenant: String,
}

#[derive(Debug, Subcommand)]
enum Domains {
    /// Lists them: host, whether it is primary, active and verified.
    List(Whose),
    /// Adds one. Nothing is answered there before it is verified and active.
    Add(Named),
    /// Says that it was shown to be the tenant's.
    Verify(Named),
    /// Answers there, once it is verified.
    Activate(Named),
    /// Answers there no more. It stays the tenant's.
    Deactivate(Named),
    /// Makes it the one that links lead to.
    Primary(Named),
    /// Takes it from the tenant, so that another one may have it.
    Remove(Named),
}

/// A domain of a tenant.
#[derive(Debug, clap::Args)]
struct Named {
    #[command(flatten)]
    whose: Whose,
    /// Its host, such as `shop.example.com`.
    host: String,
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    let url = args.platform_url.as_deref().context("name the platform's login with --platform-url or PLATFORM_DATABASE_URL")?;
    let weak = weak_tls_allowed();
    checked("--platform-url or PLATFORM_DATABASE_URL", url, weak)?;
    // A command waits for one connection and needs no second one.
    let config = Config::new(url)?.allow_weak_tls(weak).max_connections(1);
    block_on(async {
        let platform = Platform::start(&config, &app.conventions).await.context("cannot act as the platform")?;
        let done = act(&platform, &args.what).await;
        platform.close().await;
        done
    })
}

async fn act(platform: &Platform, what: &What) -> anyhow::Result<()> {
    match what {
        What::Create { slug, name } => {
            let name = name.as_deref().unwrap_or(slug);
            let id = platform.create_tenant(slug, name).await.map_err(|error| not_made(error, slug))?;
            output::line(id);
        }
        What::List => output::line(listed(&platform.tenants().await?).trim_end()),
        What::Suspend(whose) => {
            let tenant = find(platform, whose).await?;
            platform.suspend(tenant.id).await.map_err(|error| wrong_status(error, &tenant))?;
            output::line(format_args!("{} is suspended", tenant.slug));
        }
        What::Resume(whose) => {
            let tenant = find(platform, whose).await?;
            platform.resume(tenant.id).await.map_err(|error| wrong_status(error, &tenant))?;
            output::line(format_args!("{} is active", tenant.slug));
        }
        What::Domain { what } => domain(platform, what).await?,
    }
    Ok(())
}

async fn domain(platform: &Platform, what: &Domains) -> anyhow::Result<()> {
    let (named, done) = match what {
        Domains::List(whose) => return domains(platform, find(platform, whose).await?.id).await,
        Domains::Add(named) => (named, "is added: `tenant domain verify` and `tenant domain activate` come next"),
        Domains::Verify(named) => (named, "is verified"),
        Domains::Activate(named) => (named, "is active"),
        Domains::Deactivate(named) => (named, "is answered no more"),
        Domains::Primary(named) => (named, "is the primary one"),
        Domains::Remove(named) => (named, "is nobody's"),
    };
    let tenant = find(platform, &named.whose).await?;
    let host: Host = named.host.parse().with_context(|| format!("`{}` is no host", output::printable(&named.host)))?;
    let host = host.name().with_context(|| format!("{host} is an address: a domain of a tenant's own is a name"))?;
    let acted = match what {
        Domains::List(_) => Ok(()),
        Domains::Add(_) => platform.add_domain(tenant.id, host).await,
        Domains::Verify(_) => platform.verify_domain(tenant.id, host).await,
        Domains::Activate(_) => platform.activate_domain(tenant.id, host).await,
        Domains::Deactivate(_) => platform.deactivate_domain(tenant.id, host).await,
        Domains::Primary(_) => platform.make_domain_primary(tenant.id, host).await,
        Domains::Remove(_) => platform.remove_domain(tenant.id, host).await,
    };
    acted.map_err(|error| not_theirs(error, &tenant, host))?;
    output::line(format_args!("{host} {done}"));
    Ok(())
}

/// The tenant of that slug or id.
async fn find(platform: &Platform, Whose { tenant }: &Whose) -> anyhow::Result<Tenant> {
    let all = platform.tenants().await?;
    let id: Option<TenantId> = tenant.parse().ok();
    // An id first: a slug may read like one.
    let found = all.iter().find(|known| Some(known.id) == id).or_else(|| all.iter().find(|known| known.slug == *tenant)).cloned();
    found.with_context(|| format!("there is no tenant `{}`: `cargo xtask tenant list` names them", output::printable(tenant)))
}

async fn domains(platform: &Platform, tenant: TenantId) -> anyhow::Result<()> {
    for domain in platform.domains(tenant).await? {
        let primary = if domain.is_primary { ", primary" } else { "" };
        let active = if domain.is_active { "active" } else { "not active" };
        let verified = if domain.verified_at.is_some() { "verified" } else { "not verified" };
        output::line(format_args!("{}: {verified}, {active}{primary}", domain.host));
    }
    Ok(())
}

/// One line each, in columns as wide as they have to be.
fn listed(tenants: &[Tenant]) -> String {
    if tenants.is_empty() {
        return "no tenants: `cargo xtask tenant create SLUG` makes one".to_owned();
    }
    let wide = |column: fn(&Tenant) -> &str| tenants.iter().map(|tenant| column(tenant).len()).max().unwrap_or_default();
    let (slugs, statuses) = (wide(|tenant| &tenant.slug), wide(|tenant| &tenant.status));
    tenants.iter().fold(String::new(), |mut text, Tenant { id, slug, name, status, .. }| {
        // Writing into a text does not fail.
        let _ = writeln!(text, "{slug:slugs$}  {status:statuses$}  {id}  {}", output::printable(name));
        text
    })
}

fn not_made(error: Error, slug: &str) -> anyhow::Error {
    let slug = output::printable(slug);
    match error.kind() {
        ErrorKind::Unique { .. } => anyhow!("there is a tenant `{slug}` already"),
        ErrorKind::Check { .. } => anyhow!(
            "a slug is 1 to 63 lower-case letters, digits and hyphens, neither first nor last a hyphen, and a name at most 200 characters; \
             `{slug}` or its name is not"
        ),
        _ => anyhow!(error).context(format!("cannot make the tenant `{slug}`")),
    }
}

fn wrong_status(error: Error, tenant: &Tenant) -> anyhow::Error {
    match error.kind() {
        ErrorKind::NotFound => {
            anyhow!("{} is {}: only an active tenant is suspended, and only a suspended one resumed", tenant.slug, tenant.status)
        }
        _ => error.into(),
    }
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
        _ => error.into(),
    }
}

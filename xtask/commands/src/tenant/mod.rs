//! `tenant`: the operator's side from a shell.

mod acts;
mod domain;
mod onboard;
mod plan;

use std::fmt::Write as _;

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use tenantry::{Act, Config, Error, ErrorKind, Platform, Tenant, TenantId};

use crate::migrate::{block_on, checked, weak_tls_allowed};
use crate::{App, output};

/// Makes, lists, suspends, resumes and closes tenants, and tells at which domains they are answered. A service that listens for changes acts on
/// them within a second, any other one within the age at which it forgets.
///
/// Whatever changes something is recorded, with your name and a reason, in the same transaction: `--reason` says why, and `acts` lists what was
/// done.
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
A day of an operator:

    cargo xtask tenant onboard acme --admin ada@acme.example --reason \"contract 4711\"
    cargo xtask tenant domain add acme shop.acme.example --reason \"contract 4711\"
    cargo xtask tenant suspend acme --reason \"two invoices are open, finance asked\"
    cargo xtask tenant plan create small --users 5 --reason \"price list of 2027\"
    cargo xtask tenant plan set acme small --reason \"contract 4711\"
    cargo xtask tenant acts --tenant acme"
)]
pub(crate) struct Args {
    /// The login of the platform's role.
    #[arg(long, env = "PLATFORM_DATABASE_URL", value_name = "URL", hide_env_values = true, global = true)]
    platform_url: Option<String>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Makes a tenant, which is served from then on and has nobody in it, and prints its id.
    Create {
        /// Its short name, as it stands in a subdomain: lower-case letters, digits and hyphens.
        slug: String,
        /// Its name [default: the slug].
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        signed: Signed,
    },
    /// Makes a tenant with roles and an invitation of its first admin, all or nothing, and prints its id and the invitation's token.
    Onboard(onboard::Args),
    /// Lists the tenants: slug, status, plan, id and name.
    List,
    /// Serves a tenant no more, until it is resumed. Its rows stay.
    Suspend(Changed),
    /// Serves a suspended tenant again.
    Resume(Changed),
    /// Serves a tenant no more, for good: a closed tenant is not resumed. Its rows stay until they are erased.
    Close(Changed),
    /// What tenants may agree to, and which of it each has.
    Plan {
        #[command(subcommand)]
        what: plan::What,
    },
    /// The domains of a tenant's own.
    Domain {
        #[command(subcommand)]
        what: domain::What,
    },
    /// Lists what operators have done, the newest first: when, who, what, to whom and why.
    Acts(acts::Args),
}

/// A tenant that there is.
#[derive(Debug, clap::Args)]
struct Whose {
    /// Its slug, or its id.
    tenant: String,
}

/// A tenant that something is done to.
#[derive(Debug, clap::Args)]
struct Changed {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    signed: Signed,
}

/// Who does it, and why. Both are recorded.
#[derive(Debug, clap::Args)]
struct Signed {
    /// Why, in 5 to 500 characters: a ticket's number, or who asked for it. It is recorded with your name.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who does it [default: your login's name, from USER].
    #[arg(long, env = "USER", value_name = "NAME", hide_env = true)]
    operator: Option<String>,
}

impl Signed {
    fn act(&self) -> anyhow::Result<Act<'_>> {
        let reason = self.reason.as_deref().context(
            "say why with --reason, such as --reason \"ticket 4711\": it is recorded with your name, and `cargo xtask tenant acts` shows it",
        )?;
        let operator = self.operator.as_deref().filter(|name| !name.is_empty());
        let operator = operator.context("say who you are with --operator: USER is not set, and what is done is recorded with a name")?;
        Ok(Act { operator, reason })
    }
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    // What needs no database is said before one is looked for.
    args.what.check()?;
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

impl What {
    fn check(&self) -> anyhow::Result<()> {
        let signed = match self {
            Self::List | Self::Acts(_) => return Ok(()),
            Self::Create { signed, .. } => signed,
            Self::Onboard(args) => args.signed(),
            Self::Suspend(changed) | Self::Resume(changed) | Self::Close(changed) => &changed.signed,
            Self::Plan { what } => return what.signed().map_or(Ok(()), |signed| signed.act().map(drop)),
            Self::Domain { what } => return what.signed().map_or(Ok(()), |signed| signed.act().map(drop)),
        };
        signed.act().map(drop)
    }
}

async fn act(platform: &Platform, what: &What) -> anyhow::Result<()> {
    match what {
        What::Create { slug, name, signed } => {
            let name = name.as_deref().unwrap_or(slug);
            let id = platform.create_tenant(slug, name, signed.act()?).await.map_err(|error| not_made(error, slug))?;
            output::line(id);
        }
        What::Onboard(args) => onboard::run(platform, args).await?,
        What::List => output::line(listed(&platform.tenants().await?).trim_end()),
        What::Suspend(Changed { whose, signed }) => {
            let tenant = find(platform, whose).await?;
            platform.suspend(tenant.id, signed.act()?).await.map_err(|error| wrong_status(error, &tenant))?;
            output::line(format_args!("{} is suspended", tenant.slug));
        }
        What::Resume(Changed { whose, signed }) => {
            let tenant = find(platform, whose).await?;
            platform.resume(tenant.id, signed.act()?).await.map_err(|error| wrong_status(error, &tenant))?;
            output::line(format_args!("{} is active", tenant.slug));
        }
        What::Close(Changed { whose, signed }) => {
            let tenant = find(platform, whose).await?;
            platform.close_tenant(tenant.id, signed.act()?).await.map_err(|error| wrong_status(error, &tenant))?;
            output::line(format_args!("{} is closed", tenant.slug));
        }
        What::Plan { what } => plan::run(platform, what).await?,
        What::Domain { what } => domain::run(platform, what).await?,
        What::Acts(args) => acts::run(platform, args).await?,
    }
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

fn plan_of(tenant: &Tenant) -> &str {
    tenant.plan.as_deref().unwrap_or("-")
}

/// One line each, in columns as wide as they have to be.
fn listed(tenants: &[Tenant]) -> String {
    if tenants.is_empty() {
        return "no tenants: `cargo xtask tenant onboard SLUG` makes one".to_owned();
    }
    let wide = |column: fn(&Tenant) -> &str| tenants.iter().map(|tenant| column(tenant).len()).max().unwrap_or_default();
    let (slugs, statuses, plans) = (wide(|tenant| &tenant.slug), wide(|tenant| &tenant.status), wide(plan_of));
    tenants.iter().fold(String::new(), |mut text, tenant| {
        let (Tenant { id, slug, name, status, .. }, plan) = (tenant, plan_of(tenant));
        // Writing into a text does not fail.
        let _ = writeln!(text, "{slug:slugs$}  {status:statuses$}  {plan:plans$}  {id}  {}", output::printable(name));
        text
    })
}

fn not_made(error: Error, slug: &str) -> anyhow::Error {
    let slug = output::printable(slug);
    match error.kind() {
        ErrorKind::Unique { columns } if columns == &["host"] => anyhow!("the domain is a tenant's already"),
        ErrorKind::Unique { columns } if columns == &["roles"] => anyhow!("a role is named twice"),
        ErrorKind::Unique { .. } => anyhow!("there is a tenant `{slug}` already"),
        ErrorKind::Check { column: Some("slug" | "name") | None } => anyhow!(
            "a slug is 1 to 63 lower-case letters, digits and hyphens, neither first nor last a hyphen, and a name at most 200 characters; \
             `{slug}` or its name is not"
        ),
        ErrorKind::Rule(rule) => anyhow!("{}", rule.detail),
        _ => anyhow!(error).context(format!("cannot make the tenant `{slug}`")),
    }
}

fn wrong_status(error: Error, tenant: &Tenant) -> anyhow::Error {
    match error.kind() {
        ErrorKind::NotFound => anyhow!(
            "{} is {}: only an active tenant is suspended, only a suspended one resumed, and only one of the two closed",
            tenant.slug,
            tenant.status
        ),
        ErrorKind::Rule(rule) => anyhow!("{}", rule.detail),
        _ => error.into(),
    }
}

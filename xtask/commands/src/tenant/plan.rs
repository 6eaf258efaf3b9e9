//! `tenant plan`: what tenants may agree to, and which of it each has.

use anyhow::anyhow;
use clap::Subcommand;
use tenantry::db::{Limits, Plan};
use tenantry::{Error, ErrorKind, Platform};

use super::{Signed, Whose, find};
use crate::output;

#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Lists the plans: name and limits.
    List,
    /// Makes a plan. A limit that is left out is none.
    Create(Limited),
    /// Sets the limits of a plan; one that is left out is none from then on. Who has more than they allow keeps it.
    Change(Limited),
    /// Removes a plan that no tenant has.
    Remove {
        /// Its name.
        name: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// Puts a tenant on a plan.
    Set {
        #[command(flatten)]
        whose: Whose,
        /// The name of the plan.
        plan: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// Takes a tenant off its plan: it has no limits from then on.
    Unset {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        signed: Signed,
    },
}

/// A plan with its limits.
#[derive(Debug, clap::Args)]
pub(super) struct Limited {
    /// Its name: 1 to 64 visible characters.
    name: String,
    /// How many users a tenant may have that are let in.
    #[arg(long, value_name = "N")]
    users: Option<u32>,
    /// How many API keys it may have that are good.
    #[arg(long, value_name = "N")]
    api_keys: Option<u32>,
    #[command(flatten)]
    signed: Signed,
}

impl Limited {
    fn limits(&self) -> Limits {
        let mut limits = Limits::NONE;
        (limits.users, limits.api_keys) = (self.users, self.api_keys);
        limits
    }
}

impl What {
    /// Who does it, where it changes something.
    pub(super) const fn signed(&self) -> Option<&Signed> {
        match self {
            Self::List => None,
            Self::Create(limited) | Self::Change(limited) => Some(&limited.signed),
            Self::Remove { signed, .. } | Self::Set { signed, .. } | Self::Unset { signed, .. } => Some(signed),
        }
    }
}

pub(super) async fn run(platform: &Platform, what: &What) -> anyhow::Result<()> {
    match what {
        What::List => list(&platform.plans().await?),
        What::Create(limited) => {
            let made = platform.create_plan(&limited.name, limited.limits(), limited.signed.act()?).await;
            made.map_err(|error| refused(error, &limited.name))?;
            output::line(format_args!("{} is made: `tenant plan set` puts a tenant on it", limited.name));
        }
        What::Change(limited) => {
            let changed = platform.change_plan(&limited.name, limited.limits(), limited.signed.act()?).await;
            changed.map_err(|error| refused(error, &limited.name))?;
            output::line(format_args!("{} is changed", limited.name));
        }
        What::Remove { name, signed } => {
            platform.remove_plan(name, signed.act()?).await.map_err(|error| refused(error, name))?;
            output::line(format_args!("{name} is gone"));
        }
        What::Set { whose, plan, signed } => {
            let tenant = find(platform, whose).await?;
            platform.set_plan(tenant.id, Some(plan), signed.act()?).await.map_err(|error| refused(error, plan))?;
            output::line(format_args!("{} has the plan {plan}", tenant.slug));
        }
        What::Unset { whose, signed } => {
            let tenant = find(platform, whose).await?;
            platform.set_plan(tenant.id, None, signed.act()?).await.map_err(|error| refused(error, ""))?;
            output::line(format_args!("{} has no plan, and so no limits", tenant.slug));
        }
    }
    Ok(())
}

fn list(plans: &[Plan]) {
    if plans.is_empty() {
        output::line("no plans: `cargo xtask tenant plan create NAME` makes one, and a tenant without one has no limits");
    }
    let limit = |limit: Option<u32>, of: &str| limit.map_or_else(|| format!("any number of {of}"), |limit| format!("{limit} {of}"));
    for Plan { name, limits, .. } in plans {
        let (users, keys) = (limit(limits.users, "users"), limit(limits.api_keys, "API keys"));
        output::line(format_args!("{}: {users}, {keys}", output::printable(name)));
    }
}

fn refused(error: Error, plan: &str) -> anyhow::Error {
    let plan = output::printable(plan);
    match error.kind() {
        ErrorKind::NotFound => anyhow!("there is no plan `{plan}`: `cargo xtask tenant plan list` names them"),
        ErrorKind::Unique { .. } => anyhow!("there is a plan `{plan}` already: `cargo xtask tenant plan change` sets its limits"),
        ErrorKind::Referenced { .. } => anyhow!("a tenant has the plan `{plan}`: `cargo xtask tenant list` shows whose it is"),
        ErrorKind::Rule(rule) => anyhow!("{}", rule.detail),
        _ => error.into(),
    }
}

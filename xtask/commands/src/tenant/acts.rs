//! `tenant acts`: what operators have done.

use anyhow::Context as _;
use tenantry::Platform;

use super::{Whose, find};
use crate::output;

/// Which acts.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only those about this tenant, by its slug or its id. That of a tenant that is gone is an id.
    #[arg(long)]
    tenant: Option<String>,
    /// How many, at most 1,000.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

pub(super) async fn run(platform: &Platform, args: &Args) -> anyhow::Result<()> {
    let tenant = match &args.tenant {
        None => None,
        Some(name) => match find(platform, &Whose { tenant: name.clone() }).await {
            Ok(tenant) => Some(tenant.id),
            Err(error) => Some(name.parse().ok().context(error)?),
        },
    };
    let acts = platform.acts(tenant, args.limit).await?;
    if acts.is_empty() {
        output::line("nothing was done yet");
    }
    let tenants = platform.tenants().await?;
    for act in acts {
        let of =
            act.tenant.map(|id| tenants.iter().find(|tenant| tenant.id == id).map_or_else(|| id.to_string(), |tenant| tenant.slug.clone()));
        let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
        output::line(format_args!("{}  {}: {}{of}: {}", act.at, visible(&act.operator), visible(&act.act), visible(&act.reason)));
    }
    Ok(())
}

/// Whole, and without what moves the cursor: rows may be older than the rules that hold now.
fn visible(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { char.escape_default().to_string() } else { char.to_string() }).collect()
}

//! `deprovision`: what `provision` did, taken back.

use anyhow::Context as _;
use tenantry::migrate::provision;

use crate::{App, migrate, output};

/// Takes back what `provision` did in a database: the schemas with all their tables, the privileges, and the roles when no other
/// database knows them. Tables that hold rows are named and nothing is done, unless it is forced.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The login that has provisioned the database, or a superuser's.
    #[arg(long, env = "ADMIN_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    admin_url: String,
    /// Drops tables that hold rows, too. There is no way back but a backup.
    #[arg(long, visible_alias = "yes")]
    force: bool,
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    let admin = migrate::admin(&args.admin_url)?;
    migrate::block_on(async {
        let removed = provision::deprovision(&admin.options()?, &app.conventions, args.force).await;
        output::line(format_args!("{}", removed.with_context(|| format!("{admin} is left as it is"))?));
        Ok(())
    })
}

//! `provision`: the roles, schemas and privileges of a database.

use std::path::PathBuf;

use anyhow::Context as _;
use tenantry::migrate::provision::{self, Level, Options, Passwords, Script};

use crate::{App, migrate, output};

/// Makes the roles, the schemas and the privileges of a database, and looks whether the outcome is as it should be. Running it again
/// changes nothing: do so after every restore.
///
/// Each role that logs in gets the password in TENANTRY_APP_PASSWORD, TENANTRY_MIGRATOR_PASSWORD, TENANTRY_PLATFORM_PASSWORD and
/// TENANTRY_BACKUP_PASSWORD (the prefix is that of the roles), else the one in the password file, else it keeps the one it has, else one
/// is generated into the password file.
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  cargo xtask provision --admin-url postgres://postgres:…@localhost/shop --passwords ../shop.passwords
  cargo xtask provision --print > provision.sql     # for a DBA to read and to run with psql
  cargo xtask provision --level managed --print     # the same for a server where nobody is superuser"
)]
pub(crate) struct Args {
    /// An administrator's login in the database that is to be provisioned: a superuser's, or one that has CREATEROLE and owns the database.
    #[arg(long, env = "ADMIN_DATABASE_URL", value_name = "URL", hide_env_values = true, required_unless_present = "print")]
    admin_url: Option<String>,
    /// Prints the SQL and does nothing. Passwords are not part of it.
    #[arg(long)]
    print: bool,
    /// How far the fences go: `hardened`, which needs a superuser, or `managed`, which lists at its end what it leaves open [default: what
    /// the login is good for; with --print hardened].
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    /// Takes the statistics views and the size functions from everybody but monitoring and the operators, too.
    #[arg(long)]
    quiet_stats: bool,
    /// The file that holds, or is to hold, the passwords that the environment does not give. It is made with mode 0600.
    #[arg(long, value_name = "FILE")]
    passwords: Option<PathBuf>,
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    if args.print {
        let script = Script::new(&app.conventions, args.level.unwrap_or(Level::Hardened), args.quiet_stats)?;
        output::line(format_args!("{}", script.to_string().trim_end()));
        return Ok(());
    }
    let admin = migrate::admin(args.admin_url.as_deref().context("--admin-url or ADMIN_DATABASE_URL is needed")?)?;
    let mut passwords = Passwords::from_environment(&app.conventions, |name| std::env::var_os(name))?;
    if let Some(file) = &args.passwords {
        passwords = passwords.with_file(file);
    }
    let options = Options { level: args.level, quiet_stats: args.quiet_stats, passwords };
    migrate::block_on(async {
        let provisioned = provision::provision(&admin.options()?, &app.conventions, &options).await;
        output::line(format_args!("{}", provisioned.with_context(|| format!("{admin} is not provisioned"))?));
        Ok(())
    })
}

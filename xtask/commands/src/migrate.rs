//! `migrate`: what a database does not have yet.

use std::path::PathBuf;

use anyhow::Context as _;
use sqlx::{Connection as _, PgConnection};
use tenantry::Config;
use tenantry::migrate::{self, Progress};
use tenantry::schema::ir::Schema;
use tenantry_testkit::{DatabaseUrl, UrlError};

use crate::{App, output};

/// Where the migrations are, and where they go.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The login that may become the owner of the tables: a superuser's, or the migrator's.
    #[arg(long, env = "ADMIN_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    admin_url: String,
    /// The folder of the migrations.
    #[arg(long, value_name = "DIR")]
    migrations: Option<PathBuf>,
}

impl Args {
    /// The folder of the migrations.
    pub(crate) fn folder(&self, app: &App) -> PathBuf {
        self.migrations.clone().unwrap_or_else(|| app.path("migrations"))
    }

    /// Logs in.
    pub(crate) async fn connect(&self) -> anyhow::Result<PgConnection> {
        let admin = admin(&self.admin_url)?;
        PgConnection::connect_with(&admin.options()?).await.context("cannot log in with --admin-url or ADMIN_DATABASE_URL")
    }
}

/// The administrator's URL, for every command that connects as one. It is parsed here and not by clap, which would repeat a malformed one
/// with its password. The service's rule for TLS holds: passwords and rows go to another machine only when it proves who it is.
pub(crate) fn admin(url: &str) -> anyhow::Result<DatabaseUrl> {
    checked("--admin-url or ADMIN_DATABASE_URL", url, weak_tls_allowed())
}

/// Whether the environment allows connections on which the server does not prove who it is.
pub(crate) fn weak_tls_allowed() -> bool {
    std::env::var("TENANTRY_ALLOW_WEAK_TLS").is_ok_and(|value| value == "1")
}

/// The URL that the flag or the variable of that name gave.
pub(crate) fn checked(name: &str, url: &str, allow_weak_tls: bool) -> anyhow::Result<DatabaseUrl> {
    let parsed: DatabaseUrl = url.parse().map_err(|problem: UrlError| anyhow::anyhow!("{name} {problem}"))?;
    Config::new(url)?.allow_weak_tls(allow_weak_tls).check_tls().with_context(|| format!("{name} is refused"))?;
    Ok(parsed)
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    block_on(async {
        let mut connection = args.connect().await?;
        let count =
            migrate::migrate(&mut connection, &app.conventions, &args.folder(app), &mut |progress| report("applied", &progress)).await?;
        let checked = what_was_checked(migrate::read_snapshot(&args.folder(app))?.as_ref());
        output::line(format_args!("{count} applied; {checked}"));
        connection.close().await.map_err(Into::into)
    })
}

/// `migrate` compares the fences with the snapshot; where there is none, it has compared nothing.
fn what_was_checked(snapshot: Option<&Schema>) -> String {
    match snapshot {
        Some(schema) => format!("the fences of {} tables are those of the snapshot", schema.tables.len()),
        None => format!("no fence was looked at, since there is no {}", migrate::SNAPSHOT_FILE),
    }
}

/// Prints what is being done.
pub(crate) fn report(verb: &str, progress: &Progress<'_>) {
    if let Progress::Finished(file, elapsed) = progress {
        output::progress(format_args!("{verb} {:04} {} ({} ms)", file.version(), file.description(), elapsed.as_millis()));
    }
}

/// Runs the future to its end.
pub(crate) fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future)
}

#[cfg(test)]
mod tests {
    use tenantry::schema::ir::Schema;

    use super::{Args, block_on, checked, what_was_checked};

    #[test]
    fn a_malformed_url_is_not_repeated() {
        let error =
            checked("--admin-url or ADMIN_DATABASE_URL", "mysql://u:geheim@h/d", false).expect_err("is another database").to_string();
        assert_eq!(error, "--admin-url or ADMIN_DATABASE_URL must start with postgres:// or postgresql://");
    }

    #[test]
    fn without_a_snapshot_nothing_is_claimed() {
        assert_eq!(what_was_checked(None), "no fence was looked at, since there is no schema.json");
        assert_eq!(what_was_checked(Some(&Schema::default())), "the fences of 0 tables are those of the snapshot");
    }

    #[test]
    fn another_machine_needs_verify_full() {
        let url = "postgres://u:geheim@db.invalid/d";
        for weak in [url.to_owned(), format!("{url}?sslmode=require"), format!("{url}?sslmode=verify-ca")] {
            let error = format!("{:#}", checked("--admin-url", &weak, false).expect_err("is refused"));
            assert!(error.contains("db.invalid is not on this machine") && !error.contains("geheim"), "{error}");
            checked("--admin-url", &weak, true).expect("is allowed by name");
        }
        checked("--admin-url", &format!("{url}?sslmode=verify-full"), false).expect("proves who it is");
        checked("--admin-url", "postgres://u:p@127.0.0.1/d", false).expect("is this machine");
    }

    /// What `migrate`, `rollback` and `status` connect with refuses before it looks the host up.
    #[test]
    fn the_commands_do_not_connect_to_it() {
        let args = Args { admin_url: "postgres://u:p@db.invalid/d?sslmode=require".to_owned(), migrations: None };
        let error = block_on(async { args.connect().await.map(drop) }).expect_err("is refused");
        assert!(format!("{error:#}").contains("sslmode=verify-full"), "{error:#}");
    }
}

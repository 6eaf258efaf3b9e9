//! `migrate`: what a database does not have yet.

use std::path::PathBuf;

use sqlx::{Connection as _, PgConnection};
use tenantry::migrate::{self, Progress};

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

    /// Logs in. An error does not repeat the URL, which may hold a password.
    pub(crate) async fn connect(&self) -> anyhow::Result<PgConnection> {
        PgConnection::connect(&self.admin_url)
            .await
            .map_err(|error| anyhow::Error::new(error).context("cannot log in with --admin-url or ADMIN_DATABASE_URL"))
    }
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    block_on(async {
        let mut connection = args.connect().await?;
        let count =
            migrate::migrate(&mut connection, &app.conventions, &args.folder(app), &mut |progress| report("applied", &progress)).await?;
        output::line(format_args!("{count} applied; every table is fenced"));
        connection.close().await.map_err(Into::into)
    })
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

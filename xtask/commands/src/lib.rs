//! The commands of `cargo xtask`, for any application: it hands over its registry, and the commands do the rest.
//!
//! Each command is a module with an `Args` (what the command line says) and a `run` (what is done): it parses, calls the library and
//! prints. An application's own `xtask/src/main.rs` is a call of [`main`]:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! # mod shop {
//! #     pub const MODELS: &[tenantry::Entry] = &[];
//! #     pub const CONVENTIONS: tenantry::Conventions = tenantry::Conventions::DEFAULT;
//! #     pub fn router(api: &tenantry::http::Api) -> axum::Router { tenantry::http::routes(api) }
//! # }
//! fn main() -> ExitCode {
//!     let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
//!     tenantry_xtask::main(tenantry_xtask::App::new(shop::MODELS, shop::CONVENTIONS, root, shop::router))
//! }
//! ```
//!
//! What the commands look for: `models.toml` and `migrations/` in that root, and the root's own cargo workspace or package. `prove` runs a
//! test named `isolation` in it; the rules of `tidy` about Tenantry's own tree hold in no other.

mod bench;
mod cargo;
mod check_sql;
mod demo;
mod deprovision;
mod gen_migrations;
mod lint_db;
mod migrate;
mod output;
mod prove;
mod provision;
mod rollback;
mod scan;
mod server;
mod service;
mod show;
mod status;
mod tenant;
mod test;
mod tidy;

use std::path::PathBuf;
use std::pin::Pin;
use std::process::ExitCode;

use axum::Router;
use clap::{Parser, Subcommand};
use tenantry::http::Api;
use tenantry::permissions::{Role, RoleError};
use tenantry::{Conventions, Entry, Registry};

/// What the commands know of the application.
#[derive(Clone, Copy, Debug)]
pub struct App {
    models: &'static [Entry],
    conventions: Conventions,
    root: &'static str,
    router: fn(&Api) -> Router,
    demo: Option<Demo>,
}

/// The data of a demo, and how it is told of.
#[derive(Clone, Copy, Debug)]
pub struct Demo {
    /// Its folder, relative to the root.
    pub data: &'static str,
    /// Slug and name of the three tenants: the first gets all of the data, the second half of it, the third nothing.
    pub tenants: [(&'static str, &'static str); 3],
    /// The table that the sample requests are about. A row of it needs no row of another one.
    pub table: &'static str,
    /// The roles that each tenant has; the first one is the admin's.
    pub roles: fn() -> Result<Vec<Role>, RoleError>,
    /// Loads the data into a tenant through the API, and tells in a line what it has loaded.
    pub load: fn(Load) -> Loading,
}

/// A load that runs.
pub type Loading = Pin<Box<dyn Future<Output = Result<String, Box<dyn std::error::Error + Send + Sync>>> + Send>>;

/// What is to be loaded, and into which tenant.
pub struct Load {
    /// Where the API is: `http://127.0.0.1:8080/api`.
    pub base: String,
    /// What each request says of its tenant and of its admin: headers by name, `host` and `authorization`.
    pub headers: Vec<(&'static str, String)>,
    /// The folder of the data.
    pub data: PathBuf,
    /// Only half of it.
    pub half: bool,
    /// Is told how many rows are loaded, and of how many.
    pub progress: Box<dyn Fn(u64, u64) + Send + Sync>,
}

impl std::fmt::Debug for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Load").field("base", &self.base).field("half", &self.half).finish_non_exhaustive()
    }
}

impl App {
    /// An application: its models and conventions, as `manifest!` wrote them, the folder that holds `models.toml` and `migrations`, and the
    /// routes, which need a tenant.
    #[must_use]
    pub const fn new(models: &'static [Entry], conventions: Conventions, root: &'static str, router: fn(&Api) -> Router) -> Self {
        Self { models, conventions, root, router, demo: None }
    }

    /// The demo loads this data. Without it, the tenants of the demo get rows that are drafted from the models.
    #[must_use]
    pub const fn demo(self, demo: Demo) -> Self {
        Self { demo: Some(demo), ..self }
    }

    /// A path under the application's root, as short as it can be told from the folder that the command was called in.
    #[must_use]
    pub fn path(&self, relative: &str) -> PathBuf {
        let root = PathBuf::from(self.root);
        let root = root.canonicalize().unwrap_or(root);
        let here = std::env::current_dir().ok().and_then(|here| here.canonicalize().ok());
        let short = here.and_then(|here| root.strip_prefix(here).ok().map(PathBuf::from));
        short.unwrap_or(root).join(relative)
    }

    /// The models, checked together; the error names every law that does not hold.
    fn registry(&self) -> anyhow::Result<Registry> {
        Registry::new(self.models, self.conventions).map_err(|violations| {
            let lines: Vec<String> = violations.iter().map(|violation| format!("\n  {violation}")).collect();
            anyhow::anyhow!("the models do not hold together:{}", lines.concat())
        })
    }
}

/// Builds, migrates, proves and shows a Tenantry application.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the application on this machine with believable data, and says what to try.
    Demo(demo::Args),
    /// Makes the roles, schemas and privileges of a database.
    Provision(provision::Args),
    /// Takes back what `provision` did.
    Deprovision(deprovision::Args),
    /// Writes the next pair of migrations and the snapshot, from the models.
    GenMigrations(gen_migrations::Args),
    /// Applies the migrations that a database does not have yet.
    Migrate(migrate::Args),
    /// Takes back the migration that was applied last.
    Rollback(rollback::Args),
    /// Tells what differs between the models, the files and a database.
    Status(status::Args),
    /// Makes, lists, suspends, resumes and closes tenants, says at which domains they are answered, and lists what was done.
    Tenant(tenant::Args),
    /// Audits a live database: fences, keys, roles, and what runs with others' rights.
    LintDb(lint_db::Args),
    /// Checks hand-written SQL: whether every relation of a statement is bound to the tenant.
    CheckSql(check_sql::Args),
    /// Prints what is generated for a model.
    Show(show::Args),
    /// Runs the isolation proof, and proves that it would notice.
    Prove(prove::Args),
    /// Measures side by side what is promised.
    Bench(bench::Args),
    /// Runs everything that must pass, with a PostgreSQL server of its own.
    Test(test::Args),
    /// Checks the house rules: directions, models, documents, leftovers.
    Tidy(tidy::Args),
}

/// Runs the command that the command line names. Prints errors with what to do next; the exit code is 0, 1 when the command failed or
/// found something, or 2 when the command line is wrong (or, for `lint-db` and `check-sql`, there was nothing to look at).
#[must_use]
pub fn main(app: App) -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::LintDb(args) => return lint_db::main(&app, &args),
        Command::CheckSql(args) => return check_sql::main(&app, &args),
        command => run(&app, command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(app: &App, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(args) => demo::run(app, &args),
        Command::Provision(args) => provision::run(app, &args),
        Command::Deprovision(args) => deprovision::run(app, &args),
        Command::GenMigrations(args) => gen_migrations::run(app, &args),
        Command::Migrate(args) => migrate::run(app, &args),
        Command::Rollback(args) => rollback::run(app, &args),
        Command::Status(args) => status::run(app, &args),
        Command::Tenant(args) => tenant::run(app, &args),
        Command::LintDb(_) | Command::CheckSql(_) => Ok(()),
        Command::Show(args) => show::run(app, &args),
        Command::Prove(args) => prove::run(app, &args),
        Command::Bench(args) => bench::run(app, &args),
        Command::Test(args) => test::run(app, &args),
        Command::Tidy(args) => tidy::run(app, &args),
    }
}

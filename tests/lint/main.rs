//! The linter of a live database: each rule on its own examples, the reference database, a database that somebody else made, the command.

mod examples;
mod foreign;

use sqlx::PgConnection;
use tenantry::lint::{Finding, Level, LintError, Options, Target, run};
use tenantry_testkit::Stage;

/// What the reference application's database is held to.
fn target() -> Target {
    Target::of(&tenantry_app::CONVENTIONS)
}

fn hardened() -> Options {
    Options { level: Some(Level::Hardened), ..Options::default() }
}

/// The findings with the conventions of the reference application.
async fn findings(connection: &mut PgConnection) -> Vec<Finding> {
    run(connection, &target(), &hardened()).await.unwrap_or_else(|error| panic!("{}", told(&error)))
}

/// The error and its causes.
fn told(error: &LintError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

async fn admin(stage: &Stage) -> PgConnection {
    let options = stage.admin_url().options().expect("a URL");
    sqlx::ConnectOptions::connect(&options).await.expect("the administrator logs in")
}

async fn login(stage: &Stage, suffix: &str) -> PgConnection {
    let options = stage.url(suffix).options().expect("a URL");
    sqlx::ConnectOptions::connect(&options).await.expect("the role logs in")
}

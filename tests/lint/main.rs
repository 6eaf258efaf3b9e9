//! The linter of a live database: each rule on its own examples, the reference database, a database that somebody else made, the command.

mod examples;
mod foreign;

use sqlx::PgConnection;
use tenantry::lint::{Finding, Level, LintError, Options, Severity, Target, run};
use tenantry_testkit::Stage;

/// What the reference application's database is held to.
fn target() -> Target {
    Target::of(&tenantry_app::CONVENTIONS)
}

/// What only a superuser's provision closes: of other databases it is told as open, and is no fault.
const ONLY_HARDENED: [&str; 2] = ["event-trigger", "reaching-functions"];

fn held_to(level: Level) -> Options {
    Options { level: Some(level), ..Options::default() }
}

/// The faults with the conventions of the reference application, at the level of the stage. What that level leaves open is there whatever
/// a test does.
async fn findings(connection: &mut PgConnection, stage: &Stage) -> Vec<Finding> {
    let found = run(connection, &target(), &held_to(stage.level())).await;
    closed(found.unwrap_or_else(|error| panic!("{}", told(&error))), stage)
}

/// What is found, without what the level of the stage leaves open; that must be of a rule that only `hardened` can keep.
fn closed(mut found: Vec<Finding>, stage: &Stage) -> Vec<Finding> {
    for open in found.extract_if(.., |finding| finding.severity == Severity::Open) {
        assert!(stage.level() != Level::Hardened && ONLY_HARDENED.contains(&open.rule), "{open:#?}");
    }
    found
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

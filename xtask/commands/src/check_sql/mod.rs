//! `check-sql`: whether hand-written statements keep to the tenant, over the texts that a team has today.

mod read;
mod report;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use crate::{App, output};
use read::Statement;
use report::Report;

/// The command line of `check-sql`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It is the check that `sql!` makes at compile time and that a tenant transaction makes before it sends anything: each text is one
statement that may run, and each relation in it, at any depth, is bound to the tenant, which is `$1`. It needs no database.

What is read:
  FILE         one statement a line, without a semicolon, as sqlx sends it. A line that begins with a blank goes on with the statement
               above it; empty lines and lines that begin with `--` are passed over
  FILE.json    what `cargo sqlx prepare` writes for one use of `query!` and its kin
  DIR          the files query-*.json of that folder, or of the folder .sqlx in it
  -            standard input, like a file
  nothing      every folder .sqlx of the workspace but those of suites and examples, whose statements may be wrong on purpose

Exit codes: 0 every statement is accepted, 1 at least one is refused, 2 there was nothing to check or it could not be read.
A statement that stands in several places is judged once.

Examples:
  cargo xtask check-sql
  cargo xtask check-sql queries.sql app/.sqlx
  cargo xtask check-sql - <<< 'select name from app.customers where tenant_id = $1'
  cargo xtask check-sql --format json | jq '.summary.relations'

What a server has run, where pg_stat_statements is installed:
  psql -Atc \"select replace(query, E'\\n', ' ') from pg_stat_statements\" | cargo xtask check-sql -")]
pub(crate) struct Args {
    /// Where the statements are; see below.
    #[arg(value_name = "FILE|DIR|-")]
    sources: Vec<PathBuf>,
    /// How verdicts are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Lists the accepted statements, too; JSON always does.
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs: {"version", "statements": [{"text", "places", "verdict", "refusals": [{"rule", "relation", "message", …}]}], "summary"}.
    Json,
}

/// As with `lint-db`, "found something" (1) is told from "could not look" (2).
pub(crate) fn main(app: &App, args: &Args) -> ExitCode {
    match run(app, args) {
        Ok(refused) => ExitCode::from(u8::from(refused > 0)),
        Err(error) => {
            output::error(&error);
            ExitCode::from(2)
        }
    }
}

/// The number of refused statements.
fn run(app: &App, args: &Args) -> anyhow::Result<usize> {
    let statements = if args.sources.is_empty() { read::workspace(&app.path(""))? } else { read::all(&args.sources)? };
    let report = judged(app, statements);
    match args.format {
        Format::Json => output::line(report.json()?),
        Format::Text => output::line(report.text(args.all, output::on_terminal())),
    }
    Ok(report.refused())
}

/// Judges each text once. indicatif draws on a terminal only.
fn judged(app: &App, statements: Vec<Statement>) -> Report {
    let bar = ProgressBar::new(statements.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} statements") {
        bar.set_style(style);
    }
    let (mut report, conventions) = (Report::default(), conventions(app));
    for statement in statements {
        report.add(statement, |text| tenantry_sqlcheck::check(text, &conventions));
        bar.inc(1);
    }
    bar.finish_and_clear();
    report
}

/// What `models.toml` says, as far as the check goes by it. Which functions a server has and the manifest does not list is known to a service
/// only, when it starts.
const fn conventions(app: &App) -> tenantry_sqlcheck::Conventions<'static> {
    let tenantry::Conventions { tenant_column, shared, functions, .. } = app.conventions;
    tenantry_sqlcheck::Conventions { tenant_column, shared, functions, ..tenantry_sqlcheck::Conventions::DEFAULT }
}

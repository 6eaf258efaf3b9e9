//! `cargo xtask bench`: what is promised of a service under load, measured side by side.

mod logins;

use crate::App;

/// Measures what is promised of a service under load, each figure beside what it is compared with. Exit code 1 when a bound does not hold.
///
/// A benchmark brings its own database, and serves in a process of its own. Figures are worth something on a machine that does nothing else, and
/// of a build with optimisation.
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Benchmarks:
  logins   10,000 logins with wrong passwords for 1,000 identities from 32 addresses: what is left of other tenants' throughput,
           what memory it takes, and whether status, headers, body or time tell one kind of account from another (some minutes)

Examples:
  cargo xtask bench logins --quick                                  # a few seconds; figures of little worth
  cargo run --release --package xtask -- bench logins               # the figures of docs/people.md"
)]
pub(crate) struct Args {
    /// The benchmark; without a name all of them.
    #[arg(value_enum, value_name = "NAME")]
    name: Option<Name>,
    /// Everything once and briefly: shows that it runs.
    #[arg(long)]
    quick: bool,
    /// Serves for a benchmark that has started this process: what is on its standard input says what.
    #[arg(long, hide = true)]
    serve: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Name {
    Logins,
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    match args.name.unwrap_or(Name::Logins) {
        Name::Logins if args.serve => logins::serve(app),
        Name::Logins => logins::run(app, args.quick),
    }
}

//! `gen-migrations`: the next pair of files, from the models.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tenantry::migrate::{self, Next, SNAPSHOT_FILE};
use tenantry::schema::ir::Schema;

use crate::{App, output, scan};

/// The one engine so far.
const ENGINE: &str = "postgres";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What the files are called after their number: `customer_nickname`.
    #[arg(long)]
    name: Option<String>,
    /// Writes nothing; exits 1 with the difference when the folder does not lead to the models.
    #[arg(long)]
    check: bool,
    /// The folder of the migrations.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The database that they are for.
    #[arg(long, default_value = ENGINE)]
    engine: String,
}

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    if args.engine != ENGINE {
        bail!("there is no engine `{}` yet; the engine is `{ENGINE}`", args.engine);
    }
    refuse_unlisted(app)?;
    let schema = Schema::of(&app.registry()?);
    let folder = args.out.clone().unwrap_or_else(|| app.path("migrations"));
    let next = migrate::next(&folder, &schema, args.name.as_deref())?;
    if args.check { check(&folder, &schema, &next) } else { write(&folder, &schema, &next) }
}

/// A model that is not listed would have no table, or lose the one it has.
fn refuse_unlisted(app: &App) -> anyhow::Result<()> {
    let listed: Vec<&str> = app.models.iter().map(|entry| entry.def().name).collect();
    let unlisted = scan::unlisted(scan::annotated_models(Path::new(app.root))?, &listed);
    if unlisted.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = unlisted.iter().map(|model| format!("\n  {}  {}:{}", model.name, model.file.display(), model.line)).collect();
    bail!("models.toml does not list these models; list them, or remove `#[tenant_model]`:{}", lines.concat())
}

fn check(folder: &Path, schema: &Schema, next: &Next) -> anyhow::Result<()> {
    if !next.stale && next.generated.is_none() {
        output::progress(format_args!("{} leads to the models", folder.display()));
        return Ok(());
    }
    let (old, new) = (migrate::render_snapshot(&next.previous)?, migrate::render_snapshot(schema)?);
    output::diff(SNAPSHOT_FILE, &old, &new);
    for change in next.generated.iter().flat_map(|generated| &generated.changes) {
        output::line(change);
    }
    bail!("{} does not lead to the models; run `cargo xtask gen-migrations` and commit what it writes", folder.display())
}

fn write(folder: &Path, schema: &Schema, next: &Next) -> anyhow::Result<()> {
    if !next.stale && next.generated.is_none() {
        output::progress(format_args!("nothing to do: {} leads to the models", folder.display()));
        return Ok(());
    }
    let written = migrate::write(folder, next.generated.as_ref(), schema).context("nothing was written")?;
    for change in next.generated.iter().flat_map(|generated| &generated.changes) {
        output::progress(change);
    }
    for path in written {
        output::line(path.display());
    }
    Ok(())
}

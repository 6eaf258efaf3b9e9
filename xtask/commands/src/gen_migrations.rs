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
    bail!("{}", stale(folder, next))
}

/// What is missing, and what to do.
fn stale(folder: &Path, next: &Next) -> String {
    let changes = next.generated.iter().flat_map(|generated| &generated.changes);
    let mut lines: Vec<String> = changes.map(|change| format!("\n  {change}")).collect();
    if lines.is_empty() {
        lines.push(format!("\n  the order of models or fields, which {SNAPSHOT_FILE} keeps"));
    }
    let folder = folder.display();
    format!("{folder} does not lead to the models; run `cargo xtask gen-migrations` and commit what it writes:{}", lines.concat())
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

#[cfg(test)]
mod tests {
    use axum::Router;
    use tenantry::{Conventions, Entry};

    use super::*;

    mod before {
        use tenantry::{Entry, Id, tenant_model};

        /// A customer of the tenant.
        #[tenant_model(table = "customers")]
        pub(super) struct Customer {
            pub(super) id: Id<Customer>,
        }

        pub(super) const MODELS: &[Entry] = &[Entry::of::<Customer>()];
    }

    mod after {
        use tenantry::{Entry, Id, tenant_model};

        /// A customer of the tenant.
        #[tenant_model(table = "customers")]
        pub(super) struct Customer {
            pub(super) id: Id<Customer>,
            pub(super) nickname: Option<String>,
        }

        pub(super) const MODELS: &[Entry] = &[Entry::of::<Customer>()];
    }

    fn app(models: &'static [Entry], root: &Path) -> App {
        let root = Box::leak(root.to_str().expect("is text").to_owned().into_boxed_str());
        App::new(models, Conventions::DEFAULT, root, |_| Router::new())
    }

    fn args(check: bool) -> Args {
        Args { name: None, check, out: None, engine: ENGINE.to_owned() }
    }

    fn files(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let entries = std::fs::read_dir(root.join("migrations")).expect("the folder is there");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("is read").path()).collect();
        files.sort();
        files.into_iter().map(|path| (path.clone(), std::fs::read(path).expect("is read"))).collect()
    }

    #[test]
    fn a_stale_folder_is_named_by_its_field_and_left_alone() {
        let root = tempfile::tempdir().expect("a folder");
        let app = |models| app(models, root.path());
        assert!(run(&app(before::MODELS), &args(true)).is_err(), "there is no migration yet");
        run(&app(before::MODELS), &args(false)).expect("the first pair is written");
        run(&app(before::MODELS), &args(true)).expect("the folder leads to the models");
        let written = files(root.path());
        assert_eq!(written.len(), 3);

        let error = run(&app(after::MODELS), &args(true)).expect_err("the folder is stale").to_string();
        assert!(error.contains("Customer.nickname  new: text, takes null"), "{error}");
        assert_eq!(files(root.path()), written, "--check writes nothing");

        run(&app(after::MODELS), &args(false)).expect("the second pair is written");
        run(&app(after::MODELS), &args(false)).expect("nothing is left to do");
        run(&app(after::MODELS), &args(true)).expect("the folder leads to the models");
        assert!(files(root.path()).iter().any(|(path, _)| path.ends_with("0002_customer_nickname.up.sql")));
    }

    #[test]
    fn another_engine_is_refused_by_name() {
        let app = app(before::MODELS, Path::new("/nowhere"));
        let error = run(&app, &Args { engine: "citus".to_owned(), ..args(true) }).expect_err("is refused");
        assert!(error.to_string().contains("no engine `citus`"), "{error}");
    }

    #[test]
    fn a_model_that_is_not_listed_is_named() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::write(root.path().join("a.rs"), "#[tenant_model(table = \"notes\")]\npub struct Note;\n").expect("is written");
        let error = run(&app(before::MODELS, root.path()), &args(false)).expect_err("is refused").to_string();
        assert!(error.contains("Note  a.rs:1"), "{error}");
        assert!(!root.path().join("migrations").exists(), "nothing is written");
    }
}

//! `status`: what differs between models, files and database.

use anyhow::bail;
use sqlx::Connection as _;
use tenantry::migrate::{self, FileState};
use tenantry::schema::ir::Schema;

pub(crate) use crate::migrate::Args;
use crate::migrate::block_on;
use crate::{App, output};

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    let folder = args.folder(app);
    let next = migrate::next(&folder, &Schema::of(&app.registry()?), None)?;
    let status = block_on(async {
        let mut connection = args.connect().await?;
        let status = migrate::status(&mut connection, &app.conventions, &folder).await?;
        connection.close().await?;
        Ok(status)
    })?;
    for file in &status.files {
        let state = match file.state {
            FileState::Applied => "applied",
            FileState::Pending => "pending: run `cargo xtask migrate`",
            FileState::Changed => "changed after it was applied: restore the file",
            FileState::Missing => "applied, but there is no file: the database is ahead of this version of the code",
        };
        output::line(format_args!("{:04} {:40} {state}", file.version, file.description));
    }
    for fault in &status.faults {
        output::line(fault);
    }
    let changes: Vec<_> = next.generated.iter().flat_map(|generated| &generated.changes).collect();
    for change in &changes {
        output::line(format_args!("{change} (in the models, in no migration: run `cargo xtask gen-migrations`)"));
    }
    if status.is_clean() && changes.is_empty() {
        output::line("models, files and database agree");
        return Ok(());
    }
    bail!("models, files and database differ")
}

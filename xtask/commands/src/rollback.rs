//! `rollback`: one step back.

use sqlx::Connection as _;
use tenantry::migrate;

pub(crate) use crate::migrate::Args;
use crate::migrate::{block_on, report};
use crate::{App, output};

pub(crate) fn run(app: &App, args: &Args) -> anyhow::Result<()> {
    block_on(async {
        let mut connection = args.connect().await?;
        let folder = args.folder(app);
        let version = migrate::rollback(&mut connection, &app.conventions, &folder, &mut |progress| report("took back", &progress)).await?;
        output::line(format_args!("migration {version} is taken back"));
        connection.close().await.map_err(Into::into)
    })
}

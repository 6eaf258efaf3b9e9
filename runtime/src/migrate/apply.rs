//! Migrations on their way into a database and back.
//!
//! The ledger, its checksums and its lock are sqlx's, in the platform's schema. Each file is one transaction together with its line in the
//! ledger, so a migration that fails leaves nothing behind.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrate as _;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::error::{Kind, MigrateError};
use super::files::{File, Files, read_files};
use super::ledger::{self, Applied};
use super::snapshot;
use crate::schema::{Conventions, quoted};

/// What a migration reports while it works.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// A file is about to be applied or taken back.
    Started(&'a File),
    /// It is done.
    Finished(&'a File, Duration),
}

/// Applies every file that is not applied yet, in order, as the owner of the schema, and asserts afterwards that every table of the
/// snapshot is fenced. Returns how many were applied.
///
/// Two at once wait for each other. A lock that the tables' users hold is waited for for five seconds, since everybody waits behind a
/// migration that waits.
///
/// # Errors
/// When the folder is not as [`read_files`] wants it, the login may not become the owner, the ledger and the files disagree, a migration
/// fails, or a fence is open.
pub async fn migrate(
    connection: &mut PgConnection,
    conventions: &Conventions,
    folder: &Path,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<usize, MigrateError> {
    let files = read_files(folder)?;
    let snapshot = snapshot::read_snapshot(folder)?;
    enter(connection, conventions).await?;
    let mut result = apply_pending(connection, conventions, &files, progress).await;
    if let (Ok(_), Some(schema)) = (&result, &snapshot)
        && let Err(error) = ledger::assert_fences(connection, schema, conventions).await
    {
        result = Err(error);
    }
    leave(connection).await;
    result
}

/// Takes back the migration that was applied last. Returns its number.
///
/// # Errors
/// When nothing is applied, its file is missing, changed or has no way back, or the way back fails.
pub async fn rollback(
    connection: &mut PgConnection,
    conventions: &Conventions,
    folder: &Path,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<i64, MigrateError> {
    let files = read_files(folder)?;
    enter(connection, conventions).await?;
    let result = take_back_last(connection, conventions, &files, progress).await;
    leave(connection).await;
    result
}

async fn apply_pending(
    connection: &mut PgConnection,
    conventions: &Conventions,
    files: &Files,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<usize, MigrateError> {
    let table = ledger(connection, conventions).await?;
    let applied = ledger::read(connection, conventions).await?;
    check_history(&applied, files)?;
    let mut count = 0;
    for file in files.iter().filter(|file| !applied.iter().any(|applied| applied.version == file.version())) {
        prepare(connection, conventions).await?;
        progress(Progress::Started(file));
        let elapsed = connection.apply(&table, &file.up).await.map_err(|error| failed_in(file, error))?;
        progress(Progress::Finished(file, elapsed));
        count += 1;
    }
    Ok(count)
}

async fn take_back_last(
    connection: &mut PgConnection,
    conventions: &Conventions,
    files: &Files,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<i64, MigrateError> {
    let table = ledger(connection, conventions).await?;
    let applied = ledger::read(connection, conventions).await?;
    check_history(&applied, files)?;
    let last = applied.last().ok_or(Kind::NothingApplied)?;
    let file = files.0.get(&last.version).ok_or(Kind::NothingApplied)?;
    let down = file.down.as_ref().ok_or(Kind::NoDown { version: last.version })?;
    prepare(connection, conventions).await?;
    progress(Progress::Started(file));
    let elapsed = connection.revert(&table, down).await.map_err(|error| failed_in(file, error))?;
    progress(Progress::Finished(file, elapsed));
    Ok(last.version)
}

/// Makes the ledger where there is none, and shows its lines to its owner alone. The event trigger of level `hardened` does the latter by
/// itself, and no other level has one. Its name.
async fn ledger(connection: &mut PgConnection, conventions: &Conventions) -> Result<String, MigrateError> {
    let table = ledger::table(conventions);
    connection.ensure_migrations_table(&table).await.map_err(failed)?;
    if !ledger::is_fenced(connection, &table).await? {
        #[expect(clippy::disallowed_methods, reason = "made of the conventions, whose names the manifest has checked, and quoted")]
        let statement = sqlx::AssertSqlSafe(format!("alter table {table} enable row level security"));
        connection.execute(statement).await.map_err(Kind::Database)?;
    }
    Ok(table)
}

/// What is applied is what the folder holds: nothing missing, nothing edited, nothing squeezed in.
fn check_history(applied: &[Applied], files: &Files) -> Result<(), MigrateError> {
    for entry in applied {
        let Some(file) = files.0.get(&entry.version) else {
            return Err(Kind::Missing { version: entry.version, description: entry.description.clone() }.into());
        };
        if file.up.checksum != entry.checksum {
            return Err(Kind::Changed { version: entry.version }.into());
        }
    }
    let latest = applied.last().map_or(0, |entry| entry.version);
    let pending = files.iter().find(|file| file.version() < latest && !applied.iter().any(|entry| entry.version == file.version()));
    match pending {
        Some(file) => Err(Kind::OutOfOrder { version: file.version(), latest }.into()),
        None => Ok(()),
    }
}

/// Becomes the owner and takes the lock, for which it waits a minute at most.
async fn enter(connection: &mut PgConnection, conventions: &Conventions) -> Result<(), MigrateError> {
    become_owner(connection, conventions).await?;
    connection.execute("set lock_timeout = '60s'").await.map_err(Kind::Database)?;
    match connection.lock().await {
        Ok(()) => Ok(()),
        Err(error) => {
            leave(connection).await;
            Err(locked(error))
        }
    }
}

pub(super) async fn become_owner(connection: &mut PgConnection, conventions: &Conventions) -> Result<(), MigrateError> {
    let role = conventions.role("owner");
    #[expect(clippy::disallowed_methods, reason = "made of the conventions, whose names the manifest has checked, and quoted")]
    let statement = sqlx::AssertSqlSafe(format!("set role {}", quoted(&role)));
    match connection.execute(statement).await {
        Ok(_) => Ok(()),
        Err(source) => Err(Kind::Role { role, source }.into()),
    }
}

/// Becomes the login again.
pub(super) async fn reset_role(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection.execute("reset role").await.map(|_| ())
}

/// The state in which each file starts, whatever the one before it left.
async fn prepare(connection: &mut PgConnection, conventions: &Conventions) -> Result<(), MigrateError> {
    connection.execute("reset all").await.map_err(Kind::Database)?;
    become_owner(connection, conventions).await?;
    connection.execute("set lock_timeout = '5s'").await.map_err(Kind::Database)?;
    Ok(())
}

/// Gives the lock back and becomes the login again. The connection may be broken by now; then the server does both by itself.
async fn leave(connection: &mut PgConnection) {
    if connection.ping().await.is_ok() {
        let _ = connection.unlock().await;
        let _ = connection.execute("reset all").await;
        let _ = connection.execute("reset role").await;
    }
}

fn locked(error: sqlx::migrate::MigrateError) -> MigrateError {
    match error {
        sqlx::migrate::MigrateError::Execute(source) if ledger::is_lock_timeout(&source) => Kind::Locked { source }.into(),
        other => failed(other),
    }
}

fn failed(error: sqlx::migrate::MigrateError) -> MigrateError {
    match error {
        sqlx::migrate::MigrateError::Execute(source) | sqlx::migrate::MigrateError::ExecuteMigration(source, _) => {
            Kind::Database(source).into()
        }
        other => Kind::Database(sqlx::Error::Migrate(Box::new(other))).into(),
    }
}

fn failed_in(file: &File, error: sqlx::migrate::MigrateError) -> MigrateError {
    match error {
        sqlx::migrate::MigrateError::Execute(source) | sqlx::migrate::MigrateError::ExecuteMigration(source, _) => {
            Kind::Failed { version: file.version(), description: file.description().to_owned(), source }.into()
        }
        other => failed(other),
    }
}

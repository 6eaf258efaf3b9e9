//! What differs between files and database.

use std::path::Path;

use sqlx::PgConnection;

use super::apply::become_owner;
use super::error::{Kind, MigrateError};
use super::files::read_files;
use super::{apply, ledger, snapshot};
use crate::schema::Conventions;

/// How a migration stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FileState {
    /// Applied, and the file is as it was.
    Applied,
    /// Not applied yet.
    Pending,
    /// Applied, but the file is another one now.
    Changed,
    /// Applied, but there is no file.
    Missing,
}

/// A migration and how it stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileStatus {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub description: String,
    /// How it stands.
    pub state: FileState,
}

/// What files and database say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Status {
    /// Every migration that either knows, by number.
    pub files: Vec<FileStatus>,
    /// Where the database's tables are not as the snapshot says; looked at when every file is applied.
    pub faults: Vec<String>,
}

impl Status {
    /// Whether files and database agree.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty() && self.files.iter().all(|file| file.state == FileState::Applied)
    }
}

/// Compares the folder with the database; changes nothing.
///
/// # Errors
/// When the folder cannot be read, or the login may not become the owner.
pub async fn status(connection: &mut PgConnection, conventions: &Conventions, folder: &Path) -> Result<Status, MigrateError> {
    let files = read_files(folder)?;
    let snapshot = snapshot::read_snapshot(folder)?;
    become_owner(connection, conventions).await?;
    let applied = ledger::read(connection, conventions).await?;
    let mut all: Vec<FileStatus> = files
        .iter()
        .map(|file| {
            let state = match applied.iter().find(|entry| entry.version == file.version()) {
                None => FileState::Pending,
                Some(entry) if file.up.checksum == entry.checksum => FileState::Applied,
                Some(_) => FileState::Changed,
            };
            FileStatus { version: file.version(), description: file.description().to_owned(), state }
        })
        .collect();
    let missing = applied.iter().filter(|entry| !files.0.contains_key(&entry.version));
    all.extend(missing.map(|entry| FileStatus {
        version: entry.version,
        description: entry.description.clone(),
        state: FileState::Missing,
    }));
    all.sort_by_key(|file| file.version);
    let pending = all.iter().any(|file| file.state == FileState::Pending);
    let faults = match snapshot {
        Some(schema) if !pending => {
            let mut faults = ledger::open_fences(connection, &schema, conventions).await?;
            faults.extend(ledger::other_columns(connection, &schema).await?);
            faults.extend(ledger::other_objects(connection, &schema).await?);
            faults
        }
        _ => Vec::new(),
    };
    apply::reset_role(connection).await.map_err(Kind::Database)?;
    Ok(Status { files: all, faults })
}

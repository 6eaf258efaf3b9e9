//! The files of migrations: `0001_first.up.sql` and `0001_first.down.sql`, in one folder.
//!
//! The names and checksums are those of sqlx's migrator, so that its own command reads the folder, too. Hand-written files may stand
//! between generated ones; a hand-written `0007_backfill.sql` without direction cannot be taken back.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType};

use super::error::{Kind, MigrateError};

/// One migration of the folder.
#[derive(Clone, Debug)]
pub struct File {
    pub(super) up: Migration,
    pub(super) down: Option<Migration>,
}

impl File {
    /// Its number.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.up.version
    }

    /// The rest of its name, with spaces.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.up.description
    }

    /// Whether it can be taken back.
    #[must_use]
    pub fn is_reversible(&self) -> bool {
        self.down.is_some()
    }
}

/// The migrations of a folder by number.
#[derive(Clone, Debug, Default)]
pub struct Files(pub(super) BTreeMap<i64, File>);

impl Files {
    /// The migrations in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &File> {
        self.0.values()
    }

    /// The number for a new one.
    #[must_use]
    pub fn next_version(&self) -> i64 {
        self.0.last_key_value().map_or(1, |(version, _)| version.saturating_add(1))
    }
}

/// Reads a folder. Files that do not end in `.sql` are left alone.
///
/// # Errors
/// When there is no such folder, a file cannot be read or is not UTF-8, a name has no number, two migrations share a number, or a
/// `.down.sql` has no `.up.sql`.
pub fn read_files(folder: &Path) -> Result<Files, MigrateError> {
    if !folder.is_dir() {
        return Err(Kind::NoFolder(folder.to_owned()).into());
    }
    let (mut ups, mut downs) = (BTreeMap::new(), BTreeMap::new());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| MigrateError::read(folder, error))? {
        paths.push(entry.map_err(|error| MigrateError::read(folder, error))?.path());
    }
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "sql")) {
        let migration = read(path)?;
        let version = migration.version;
        let side = if migration.migration_type.is_down_migration() { &mut downs } else { &mut ups };
        if side.insert(version, migration).is_some() {
            return Err(MigrateError::file(path, format!("another file has the number {version}, too; renumber one of them")));
        }
    }
    let mut files = BTreeMap::new();
    for (version, up) in ups {
        files.insert(version, File { up, down: downs.remove(&version) });
    }
    match downs.into_iter().next() {
        Some((version, _)) => Err(MigrateError::file(folder, format!("migration {version} has a .down.sql file and no .up.sql file"))),
        None => Ok(Files(files)),
    }
}

fn read(path: &Path) -> Result<Migration, MigrateError> {
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| Kind::NotText(path.to_owned()))?;
    let (number, rest) = name.split_once('_').unwrap_or((name, ""));
    let version = number.parse::<i64>().ok().filter(|version| *version > 0);
    let (Some(version), false) = (version, rest.is_empty()) else {
        return Err(MigrateError::file(path, "a migration is called like 0001_first.up.sql: a number, an underscore, a name"));
    };
    let direction = MigrationType::from_filename(rest);
    let description = rest.trim_end_matches(direction.suffix()).replace('_', " ");
    let bytes = fs::read(path).map_err(|error| MigrateError::read(path, error))?;
    let text = String::from_utf8(bytes).map_err(|_| Kind::NotText(path.to_owned()))?;
    if text.contains('\0') {
        return Err(MigrateError::file(path, "it holds the character U+0000, which PostgreSQL cannot read"));
    }
    // sqlx's own sign for what cannot run in a transaction, such as `create index concurrently`.
    let without_transaction = text.starts_with("-- no-transaction");
    #[expect(clippy::disallowed_methods, reason = "a migration is SQL of the application's own, and is run as it is")]
    let sql = sqlx::AssertSqlSafe(text).into_sql_str();
    Ok(Migration::new(version, description.into(), direction, sql, without_transaction))
}

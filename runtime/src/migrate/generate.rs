//! The next pair of files, as a function of the schema before and the schema of today.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::{Kind, MigrateError};
use super::files::{Files, read_files};
use super::snapshot;
use crate::diff::{Change, Direction, Refusal, diff};
use crate::schema::ir::Schema;
use crate::sql::ddl;

/// What the generator writes: texts with their names. The same schemas, number and name give the same bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Generated {
    /// `0002_customer_nickname.up.sql` and its text.
    pub up: (String, String),
    /// `0002_customer_nickname.down.sql` and its text.
    pub down: (String, String),
    /// What changed, for people.
    pub changes: Vec<Change>,
}

/// The migration from one schema to the other; none when nothing has to happen.
///
/// # Errors
/// The differences for which no migration is generated.
pub fn generate(previous: &Schema, next: &Schema, version: i64, name: Option<&str>) -> Result<Option<Generated>, Vec<Refusal>> {
    let forth = diff(previous, next, Direction::Up)?;
    if forth.is_empty() {
        return Ok(None);
    }
    let back = diff(next, previous, Direction::Down)?;
    let name = name.map_or_else(|| default_name(previous, &forth.changes), str::to_owned);
    let (up, down) = (format!("{version:04}_{name}.up.sql"), format!("{version:04}_{name}.down.sql"));
    let up_text = ddl::script(&up, &forth, Direction::Up, &next.names);
    let down_text = ddl::script(&down, &back, Direction::Down, &next.names);
    Ok(Some(Generated { up: (up, up_text), down: (down, down_text), changes: forth.changes }))
}

/// What the generator has to do in a folder.
#[derive(Clone, Debug)]
pub struct Next {
    /// The snapshot that is there; empty before the first migration.
    pub previous: Schema,
    /// The pair that is missing; none when the migrations lead to the models of today.
    pub generated: Option<Generated>,
    /// Whether the snapshot has to be written. It may be so without a migration: the order of the fields is part of it.
    pub stale: bool,
}

/// Compares the models of today with the folder; writes nothing.
///
/// # Errors
/// When the folder cannot be read, its snapshot is missing although it holds generated files, the name is no name, or a difference is
/// refused.
pub fn next(folder: &Path, schema: &Schema, name: Option<&str>) -> Result<Next, MigrateError> {
    if let Some(name) = name {
        check_name(name)?;
    }
    let files = if folder.exists() { read_files(folder)? } else { Files::default() };
    let snapshot = snapshot::read_snapshot(folder)?;
    if snapshot.is_none() && files.iter().any(|file| file.up.sql.as_str().lines().next().is_some_and(|line| line.contains(ddl::MARK))) {
        let problem = "the snapshot is missing, though generated migrations are there; restore the committed file";
        return Err(MigrateError::file(&folder.join(snapshot::FILE), problem));
    }
    let stale = snapshot.as_ref() != Some(schema);
    let previous = snapshot.unwrap_or_default();
    let generated = generate(&previous, schema, files.next_version(), name)?;
    Ok(Next { previous, generated, stale })
}

/// `first`, `customer_nickname` when one thing changes, or `changes`.
fn default_name(previous: &Schema, changes: &[Change]) -> String {
    let subjects: Vec<&str> = changes.iter().map(|change| change.subject.as_str()).collect();
    let name = match subjects.as_slice() {
        _ if previous.tables.is_empty() => "first".to_owned(),
        [only] => snake_case(only),
        _ => "changes".to_owned(),
    };
    if check_name(&name).is_ok() { name } else { "changes".to_owned() }
}

fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() && !text.ends_with('_') {
            text.push('_');
        }
        text.push(if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '_' });
    }
    text.trim_matches('_').replace("__", "_")
}

/// A name for a migration: it becomes part of a file's name, and sqlx's, too.
///
/// # Errors
/// When it holds anything but `a` to `z`, digits and underscores, or is empty or longer than 60.
pub fn check_name(name: &str) -> Result<(), MigrateError> {
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if plain && !name.is_empty() && name.len() <= 60 { Ok(()) } else { Err(Kind::Name(name.to_owned()).into()) }
}

/// Writes the pair, if there is one, and the snapshot: all of them, or none. A file that is there is not overwritten.
///
/// # Errors
/// When a file is there or cannot be written.
pub fn write(folder: &Path, generated: Option<&Generated>, schema: &Schema) -> Result<Vec<PathBuf>, MigrateError> {
    fs::create_dir_all(folder).map_err(|error| MigrateError::write(folder, error))?;
    let mut written = Vec::new();
    let result = write_into(folder, generated, schema, &mut written);
    if result.is_err() {
        for path in &written {
            // The first error is the one to report; a file that cannot be removed is named by it or stands beside it.
            let _ = fs::remove_file(path);
        }
    }
    result.map(|()| written)
}

fn write_into(folder: &Path, generated: Option<&Generated>, schema: &Schema, written: &mut Vec<PathBuf>) -> Result<(), MigrateError> {
    let pair = generated.map(|generated| [&generated.up, &generated.down]);
    for (name, text) in pair.into_iter().flatten() {
        let path = folder.join(name);
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| MigrateError::write(&path, error))?;
        written.push(path.clone());
        std::io::Write::write_all(&mut &file, text.as_bytes()).map_err(|error| MigrateError::write(&path, error))?;
    }
    // By way of a second file, so that the snapshot is the old one or the new one, whole.
    let (path, draft) = (folder.join(snapshot::FILE), folder.join(format!("{}.new", snapshot::FILE)));
    fs::write(&draft, snapshot::render_snapshot(schema)?).map_err(|error| MigrateError::write(&draft, error))?;
    fs::rename(&draft, &path).map_err(|error| MigrateError::write(&path, error))?;
    written.push(path);
    Ok(())
}

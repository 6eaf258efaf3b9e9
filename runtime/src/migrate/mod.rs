//! Migrations: files, the snapshot, and their way into a database.

mod apply;
mod error;
mod files;
mod generate;
mod ledger;
pub mod provision;
mod snapshot;
mod status;
#[cfg(test)]
mod tests;

pub use apply::{Progress, migrate, rollback};
pub use error::MigrateError;
pub use files::{File, Files, read_files};
pub use generate::{Generated, Next, check_name, generate, next, write};
pub use snapshot::{FILE as SNAPSHOT_FILE, FORMAT, read_snapshot, render_snapshot};
pub use status::{FileState, FileStatus, Status, status};

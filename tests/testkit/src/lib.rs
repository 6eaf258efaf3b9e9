//! What tests and the demo stand on: a PostgreSQL server without any setting up, and fresh databases in it.
//!
//! ```no_run
//! use tenantry_testkit::Postgres;
//!
//! let postgres = Postgres::find()?;
//! let database = postgres.create_database("example")?;
//! println!("{}", database.url()); // without the password
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod postgres;
#[cfg(feature = "proof")]
pub mod proof;
mod sql;
mod stage;
mod wire;

pub use postgres::{Database, DatabaseError, DatabaseUrl, FindError, PgBouncer, Postgres, Source, UrlError};
#[cfg(feature = "proof")]
pub use proof::Proof;
pub use sql::{column, execute, lines, made};
pub use stage::{Stage, StageError};
pub use wire::{Cut, Way, Wire};

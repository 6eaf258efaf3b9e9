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

pub mod draft;
#[cfg_attr(not(feature = "proof"), expect(unreachable_pub, reason = "it is the proof that hands it out"))]
mod draw;
mod effect;
mod postgres;
#[cfg(feature = "proof")]
pub mod proof;
mod sql;
mod stage;
mod suite;
mod wire;

pub use draft::{draft, draft_with, drafts};
pub use effect::Effect;
pub use postgres::{Database, DatabaseError, DatabaseUrl, FindError, PgBouncer, Postgres, Source, UrlError, Version};
#[cfg(feature = "proof")]
pub use proof::Proof;
pub use sql::{column, execute, lines, made, said, told};
pub use stage::{Stage, StageError};
pub use suite::{ACT, Fixture, Suite, SuiteError};
pub use wire::{Cut, Way, Wire};

/// Makes an asynchronous function a test that gets tenants of a database of its own; what it may take is a [`Fixture`], and where the
/// database comes from is a [`Suite`].
///
/// ```
/// # mod shop {
/// #     pub const MODELS: &[tenantry::Entry] = &[];
/// #     pub const CONVENTIONS: tenantry::Conventions = tenantry::Conventions::DEFAULT;
/// # }
/// use tenantry::TenantDb;
/// use tenantry_testkit::Suite;
///
/// /// Once for all tests of the file.
/// static SUITE: Suite = Suite::new(shop::MODELS, shop::CONVENTIONS, "migrations");
///
/// #[tenantry_testkit::test(SUITE)]
/// async fn two_tenants_are_two([a, b]: [TenantDb; 2]) {
///     assert_ne!(a.tenant(), b.tenant());
/// }
/// ```
///
/// The test runs on a runtime of several threads. Its database is a copy of one that is provisioned and migrated once per process, and goes
/// when the test ends, also by a panic. The attribute stands first; `#[should_panic]` and a returned `Result` work as in any test.
pub use tenantry_macros::tenant_test as test;

/// What the code that `#[test]` writes may name, without any promise of stability.
#[doc(hidden)]
pub mod __private {
    pub use crate::suite::run;
}

//! The statement check against the server: what it accepts is run without row level security, where its predicates alone keep the tenant.
//!
//! | variable | meaning |
//! |---|---|
//! | `TENANTRY_SQLCHECK_STATEMENTS` | how many random statements; the long form asks for 100000 and more |
//! | `TENANTRY_SQLCHECK_SEED` | the seed of the first one; a new one by default |

mod blindfolds;
mod differential;
mod generator;
mod lexical;
mod oracle;
mod settings;
mod shrink;

use std::sync::LazyLock;

use tenantry_sqlcheck::{Conventions, check};
use tenantry_testkit::Postgres;

/// The server of this suite. Statics are not dropped; a private one ends with the process all the same.
static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::find().expect("the suite needs a PostgreSQL server"));

/// What the check is told of the shop.
const CONVENTIONS: Conventions<'static> = Conventions { shared: &["ref.countries"], ..Conventions::DEFAULT };

/// Whether the check accepts the statement.
fn accepts(text: &str) -> bool {
    check(text, &CONVENTIONS).is_ok()
}

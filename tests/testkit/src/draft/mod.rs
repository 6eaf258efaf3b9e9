//! Drafts: valid rows of any model without a database, for tests that care about two fields of twelve.
//!
//! ```
//! use tenantry::{Id, tenant_model};
//! use tenantry_testkit::{draft, draft_with, drafts};
//!
//! #[tenant_model(table = "keepers")]
//! pub struct Keeper {
//!     pub id: Id<Keeper>,
//!     #[model(unique, max_len = 12)]
//!     pub code: String,
//!     #[model(max_len = 80)]
//!     pub name: String,
//! }
//!
//! let keeper = NewKeeper { name: "Ada".to_owned(), ..draft::<Keeper>() };
//! assert!(!keeper.code.is_empty() && keeper.code.len() <= 12);
//!
//! // The same seed gives the same row.
//! assert_eq!(draft_with::<Keeper>(7).code, draft_with::<Keeper>(7).code);
//!
//! // Several rows that one tenant can hold together.
//! let [first, second] = drafts::<Keeper>(2).try_into().unwrap();
//! assert_ne!(first.code, second.code);
//! ```
//!
//! Lengths, enums, and the bounds of numbers and amounts are respected. A reference that may be null is null, so that the draft can be
//! stored as it is; one that must lead somewhere leads to a random id, for the test to put a real one in its place. What business rules
//! demand beyond that, a draft does not know.

mod cells;
mod value;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

use tenantry::Record;
use tenantry::schema::{Arg, Cells, ModelDef, NewRow as _};

use self::cells::Row;
pub use self::value::values;

/// The seed of the next draft that names none: no two of a process are the same, so that their unique keys differ.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// How many seeds are tried for each row of [`drafts`].
const TRIES: usize = 16;

/// A valid row, to be created. Each call gives another one; see the [module](self).
#[must_use]
pub fn draft<M: Record>() -> M::New {
    draft_with::<M>(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The row of that seed.
///
/// # Panics
/// When a column type of the application reads back something else than it declares.
#[must_use]
pub fn draft_with<M: Record>(seed: u64) -> M::New {
    typed::<M>(values(M::DEF, seed))
}

/// So many rows, which differ in every unique key: one tenant can hold all of them.
///
/// # Panics
/// When a unique key has too few values for so many rows, such as one of an enum alone.
#[must_use]
pub fn drafts<M: Record>(count: usize) -> Vec<M::New> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut rows = Vec::with_capacity(count);
    for _ in 0..count.saturating_mul(TRIES) {
        if rows.len() == count {
            break;
        }
        let row = values(M::DEF, NEXT.fetch_add(1, Ordering::Relaxed));
        let keys = keys(M::DEF, &row);
        if keys.iter().all(|key| !taken.contains(key)) {
            taken.extend(keys);
            rows.push(typed::<M>(row));
        }
    }
    assert!(rows.len() == count, "a unique key of {} has too few values for {count} rows: write its fields yourself", M::NAME);
    rows
}

fn typed<M: Record>(values: Vec<Vec<Arg>>) -> M::New {
    let row = Row::of(values.into_iter().flatten());
    let new = M::New::read(&mut Cells::new(&row));
    new.unwrap_or_else(|error| panic!("a draft of {} cannot be read back: {error}; a column type is not what its `KIND` says", M::NAME))
}

/// What each unique key of the row holds; a key with a null in it is never taken.
fn keys(def: &ModelDef, row: &[Vec<Arg>]) -> Vec<String> {
    let value = |name: &str| def.insertable().zip(row).find(|(column, _)| column.name == name).map(|(_, args)| args);
    let single = def.columns.iter().filter(|column| column.unique).map(|column| vec![column.name]);
    let all = single.chain(def.uniques.iter().map(|unique| unique.columns.to_vec()));
    let held = all.filter_map(|columns| {
        let args: Vec<&Vec<Arg>> = columns.iter().filter_map(|name| value(name)).collect();
        let null = args.iter().any(|args| args.iter().any(Arg::is_null));
        (!null).then(|| format!("{columns:?} {args:?}"))
    });
    held.collect()
}

#[cfg(test)]
mod tests;

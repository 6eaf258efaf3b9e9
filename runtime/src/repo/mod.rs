//! The repository of a model: typed calls that return [`Unit`](crate::db::Unit)s.

mod erased;
mod list;
mod query;
mod repository;
mod shared;
mod values;

pub(crate) use erased::{create, delete, find, list, update};
pub use list::{After, List, Page};
pub use query::{Condition, Filter, ListQuery, MAX_LIMIT, Order, Ordered, Sort};
use repository::One;
pub use repository::Repo;
pub use shared::{Shared, SharedValues};
pub use values::{Erased, Values, ValuesPage};

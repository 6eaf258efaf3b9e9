//! The repository of a model: typed calls that return [`Unit`](crate::db::Unit)s.

mod erased;
mod list;
mod query;
mod repository;
mod values;

pub(crate) use erased::{create, delete, find, list, update};
pub use list::{After, List, Page};
pub use query::{Condition, Filter, ListQuery, MAX_LIMIT, Order, Ordered, Sort};
pub use repository::Repo;
pub use values::{Erased, Values, ValuesPage};

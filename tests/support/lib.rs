//! What the suites share.

mod site;

pub use site::{Site, conventions, postgres};

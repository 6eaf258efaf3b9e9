//! From whom the business buys.

mod supplier;

pub use supplier::{NewSupplier, Supplier, SupplierPatch};

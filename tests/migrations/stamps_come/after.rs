//! The models after.

use tenantry::{Entry, Id, Stamps, tenant_model};

/// A customer, who buys.
#[tenant_model(table = "customers")]
pub(crate) struct Customer {
    pub(crate) id: Id<Customer>,
    #[model(max_len = 100)]
    pub(crate) name: Option<String>,
    #[model(flatten)]
    pub(crate) stamps: Stamps,
}

pub(crate) const MODELS: &[Entry] = &[Entry::of::<Customer>()];

//! The models after.

use tenantry::{Entry, Id, tenant_model};

/// A customer of the tenant.
#[tenant_model(table = "customers")]
pub(crate) struct Customer {
    pub(crate) id: Id<Customer>,
    #[model(max_len = 200)]
    pub(crate) name: String,
    #[model(default = "standard", max_len = 20, filter)]
    pub(crate) segment: String,
}

pub(crate) const MODELS: &[Entry] = &[Entry::of::<Customer>()];

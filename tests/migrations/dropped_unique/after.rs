//! The models after.

use tenantry::{Entry, Id, tenant_model};

/// A customer of the tenant.
#[tenant_model(table = "customers")]
pub(crate) struct Customer {
    pub(crate) id: Id<Customer>,
    #[model(max_len = 200)]
    pub(crate) name: String,
}

pub(crate) const MODELS: &[Entry] = &[Entry::of::<Customer>()];

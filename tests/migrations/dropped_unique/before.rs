//! The models before.

use tenantry::{Entry, Id, tenant_model};

/// A customer of the tenant.
#[tenant_model(table = "customers")]
pub(crate) struct Customer {
    pub(crate) id: Id<Customer>,
    #[model(max_len = 200)]
    pub(crate) name: String,
    #[model(unique, max_len = 32)]
    pub(crate) code: String,
    #[model(unique, default = "none", max_len = 40)]
    pub(crate) tag: String,
}

pub(crate) const MODELS: &[Entry] = &[Entry::of::<Customer>()];

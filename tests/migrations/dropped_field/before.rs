//! The models before.

use tenantry::{Date, Entry, Id, Money, tenant_model};

/// A customer of the tenant.
#[tenant_model(table = "customers")]
pub(crate) struct Customer {
    pub(crate) id: Id<Customer>,
    #[model(max_len = 200)]
    pub(crate) name: String,
    #[model(unique, max_len = 32)]
    pub(crate) code: Option<String>,
    pub(crate) limit: Money,
    pub(crate) since: Date,
    #[model(references(on_delete = "set null"))]
    pub(crate) parent: Option<Id<Customer>>,
}

pub(crate) const MODELS: &[Entry] = &[Entry::of::<Customer>()];

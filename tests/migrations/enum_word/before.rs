//! The models before.

use tenantry::{Entry, Id, ModelEnum, tenant_model};

/// How a customer stands.
#[derive(Clone, Copy, Debug, Eq, ModelEnum, PartialEq)]
pub(crate) enum Status {
    Active,
    Closed,
}

/// A customer of the tenant.
#[tenant_model(table = "customers")]
pub(crate) struct Customer {
    pub(crate) id: Id<Customer>,
    pub(crate) status: Status,
}

pub(crate) const MODELS: &[Entry] = &[Entry::of::<Customer>()];

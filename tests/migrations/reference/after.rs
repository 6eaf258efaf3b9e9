//! The models after.

use tenantry::{Entry, Id, tenant_model};

/// A person who works for the tenant.
#[tenant_model(table = "users")]
pub(crate) struct User {
    pub(crate) id: Id<User>,
}

/// An order.
#[tenant_model(table = "orders")]
pub(crate) struct Order {
    pub(crate) id: Id<Order>,
    #[model(references(on_delete = "set null"))]
    pub(crate) placed_by: Option<Id<User>>,
    pub(crate) replaces: Option<Id<Order>>,
}

pub(crate) const MODELS: &[Entry] = &[Entry::of::<User>(), Entry::of::<Order>()];

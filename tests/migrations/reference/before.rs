//! The models before.

use tenantry::{Entry, Id, tenant_model};
use uuid::Uuid;

/// A person who works for the tenant.
#[tenant_model(table = "users")]
pub(crate) struct User {
    pub(crate) id: Id<User>,
}

/// An order.
#[tenant_model(table = "orders")]
pub(crate) struct Order {
    pub(crate) id: Id<Order>,
    pub(crate) placed_by: Option<Uuid>,
}

pub(crate) const MODELS: &[Entry] = &[Entry::of::<User>(), Entry::of::<Order>()];

//! The names of two fields that are one column.

use tenantry::{Id, tenant_model};

#[tenant_model(table = "orders")]
pub struct Order {
    pub id: Id<Order>,
    pub number: String,
    pub r#number: i64,
}

fn main() {}

use tenantry::{Id, tenant_model};

pub struct Supplier;

#[tenant_model(table = "products")]
pub struct Product {
    pub id: Id<Product>,
    pub supplier: Id<Supplier>,
    pub second: Option<Id<Supplier>>,
}

fn main() {}

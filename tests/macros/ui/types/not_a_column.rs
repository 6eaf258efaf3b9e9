use tenantry::{Id, tenant_model};

#[tenant_model(table = "customers")]
pub struct Customer {
    pub id: Id<Customer>,
    pub name: String,
    pub photo: Vec<u8>,
    pub position: Option<f64>,
    pub address: Address,
}

pub struct Address {
    pub street: String,
}

fn main() {}

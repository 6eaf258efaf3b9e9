use tenantry::{Id, tenant_model};

#[derive(Debug, serde::Serialize)]
pub struct Address {
    pub street: String,
}

#[tenant_model(table = "customers")]
pub struct Customer {
    pub id: Id<Customer>,
    #[model(flatten)]
    pub address: Address,
}

fn main() {}

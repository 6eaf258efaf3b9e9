use tenantry::{Id, tenant_model};

#[tenant_model(table = "customers")]
#[derive(Clone, Debug, serde::Serialize)]
pub struct Customer {
    pub id: Id<Customer>,
}

fn main() {}

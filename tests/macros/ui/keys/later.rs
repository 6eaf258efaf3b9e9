use tenantry::{Id, tenant_model};

#[tenant_model(table = "customers", audit, search, soft_delete, series, hooks, base)]
pub struct Customer {
    pub id: Id<Customer>,
    #[model(search, wide, encrypted)]
    pub code: String,
}

fn main() {}

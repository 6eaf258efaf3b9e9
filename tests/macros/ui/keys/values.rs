use tenantry::{Id, tenant_model};

#[tenant_model(table = Customers, table = "customers", unique, index(), routes = true)]
pub struct Customer {
    pub id: Id<Customer>,
    #[model(unique = true, max_len = "32")]
    pub code: String,
    #[model(max_len = 0, default = name())]
    pub name: String,
    #[model(max_len, default, readonly())]
    pub note: String,
    #[model(references, default = 1.5)]
    pub parent: Option<Id<Customer>>,
    #[model(references(on_delete = "set nil"))]
    pub other: Option<Id<Customer>>,
    #[model(default = 9223372036854775808)]
    pub huge: i64,
}

fn main() {}

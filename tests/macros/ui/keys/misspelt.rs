use tenantry::{Id, Stamps, tenant_model};

#[tenant_model(tabel = "customers", uniqe(code), routes(lsit, got, list, list))]
pub struct Customer {
    pub id: Id<Customer>,
    #[model(uniqeu, maxlen = 32)]
    pub code: String,
    #[model(fliter, colour = "red", sort, sort)]
    pub name: String,
    #[model(references(on_delte = "cascade"))]
    pub parent: Option<Id<Customer>>,
    #[model(flaten)]
    pub stamps: Stamps,
}

fn main() {}

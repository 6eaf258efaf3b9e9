use tenantry::{Id, ModelEnum, Money, Stamps, tenant_model};

#[tenant_model(table = "customers")]
pub struct Customer {
    pub id: Id<Customer>,
    #[model(unique, max_len = 32)]
    pub code: String,
    #[model(max_len = 200, filter, sort)]
    pub name: String,
    pub status: CustomerStatus,
    pub credit_limit: Option<Money>,
    #[model(references(on_delete = "set null"))]
    pub parent: Option<Id<Customer>>,
    #[model(flatten)]
    pub stamps: Stamps,
}

#[derive(Clone, Copy, Debug, Eq, ModelEnum, PartialEq)]
pub enum CustomerStatus {
    Active,
    OnHold,
    Closed,
}

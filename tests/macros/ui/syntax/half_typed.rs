//! Code that uses the model goes on compiling while an attribute is typed.

use tenantry::{Id, Model, Repo, tenant_model};

#[tenant_model(table = )]
pub struct Customer {
    pub id: Id<Customer>,
    #[model(uniq)]
    pub code: String,
    #[model(max_len = , filter)]
    pub name: String,
    #[model]
    pub note: Option<String>,
    #[model(, sort)]
    pub city: String,
    #[model("unique")]
    pub region: String,
    #[model(unique filter)]
    pub country: String,
}

#[tenant_model]
pub struct Order {
    pub id: Id<Order>,
    #[model(references(on_delete = ))]
    pub customer: Id<Customer>,
}

fn uses(customer: &Customer) -> (&'static str, uuid::Uuid, Repo<Order>) {
    let _ = NewOrder { customer: customer.id };
    let _ = CustomerPatch { name: "x".to_owned().into(), ..CustomerPatch::default() };
    println!("{customer:?} {:?}", Customer::NAME);
    (<Customer as Model>::NAME, customer.tenant_id.get().uuid(), Order::repo())
}

fn main() {
    let _ = uses;
}

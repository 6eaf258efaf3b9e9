use tenantry::{Id, tenant_model};

#[tenant_model(table = "tuples")]
pub struct Tuple(Id<Tuple>, #[model(unique)] String);

#[tenant_model(table = "units")]
pub struct Unit;

#[tenant_model(table = "generics")]
pub struct Generic<T> {
    pub id: Id<Generic<T>>,
    #[model(unique)]
    pub value: T,
}

#[tenant_model(table = "empties")]
pub struct Empty {}

#[tenant_model(table = "enums")]
pub enum Enum {
    #[model(unique)]
    A,
}

#[tenant_model(table = "functions")]
fn function() {}

fn main() {}

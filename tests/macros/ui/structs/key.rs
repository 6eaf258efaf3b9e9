use tenantry::{Id, tenant_model};

#[tenant_model(table = "a")]
pub struct NotFirst {
    pub name: String,
    pub id: Id<NotFirst>,
}

#[tenant_model(table = "b")]
pub struct Number {
    pub id: i64,
}

#[tenant_model(table = "c")]
pub struct OfAnother {
    pub id: Id<Number>,
}

#[tenant_model(table = "d")]
pub struct Options {
    #[model(unique, filter, default = "x")]
    pub id: Id<Options>,
}

#[tenant_model(table = "Order Lines")]
pub struct Table {
    pub id: Id<Self>,
}

fn main() {}

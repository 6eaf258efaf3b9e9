use tenantry::{Id, tenant_model};

#[tenant_model(table = "customers", permissions)]
pub struct Customer {
    pub id: Id<Customer>,
}

#[tenant_model(table = "orders", permissions())]
pub struct Order {
    pub id: Id<Order>,
}

#[tenant_model(table = "lines", permissions = "orders:read")]
pub struct Line {
    pub id: Id<Line>,
}

#[tenant_model(
    table = "products",
    permissions(read = "catalogue", create = catalogue, update = "Catalogue:Update", delete, patch = "a:b", raed = "a:b", read = "a:b")
)]
pub struct Product {
    pub id: Id<Product>,
}

#[tenant_model(
    table = "notes",
    routes(list, create),
    permissions(read = "notes:*", create = "a:b:c", update = "notes:write", delete = "")
)]
pub struct Note {
    pub id: Id<Note>,
}

#[tenant_model(table = "marks", routes = false, permissions(read = "marks:read"))]
pub struct Mark {
    pub id: Id<Mark>,
}

fn main() {}

use tenantry::{Id, RowTenant, tenant_model};

#[tenant_model(table = "countries", shared, routes(list, create, delete), permissions(update = "countries:update"))]
pub struct Country {
    pub id: Id<Country>,
    pub tenant_id: RowTenant,
    #[model(secret)]
    pub name: String,
    #[model(readonly)]
    pub code: String,
}

#[tenant_model(table = "regions", shared = true, permissions(create = "regions:create"))]
pub struct Region {
    pub id: Id<Region>,
}

fn main() {}

//! The tenant of a row can be read and not made, in no way that the language offers.

use tenantry::{Id, RowTenant, TenantId, tenant_model};

#[tenant_model(table = "customers")]
pub struct Customer {
    pub id: Id<Customer>,
    pub name: String,
}

fn set(row: &mut Customer, tenant: TenantId, uuid: uuid::Uuid) {
    row.tenant_id = uuid;
    row.tenant_id = tenant;
    row.tenant_id = RowTenant(tenant);
    row.tenant_id = RowTenant::from(tenant);
    row.tenant_id = RowTenant::default();
}

fn make(tenant: TenantId) -> NewCustomer {
    let _ = CustomerPatch { tenant_id: tenant.into(), ..CustomerPatch::default() };
    NewCustomer { name: String::new(), tenant_id: tenant }
}

fn main() {
    let _ = (set, make);
}

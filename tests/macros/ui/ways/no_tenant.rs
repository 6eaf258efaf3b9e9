//! A handle is for one tenant, who is named: not for none, not for perhaps one.

use tenantry::{Actor, Tenancy, TenantDb, TenantId};

fn handles(tenancy: &Tenancy, perhaps: Option<TenantId>) {
    let _ = tenancy.tenant(perhaps, Actor::System);
    let _ = tenancy.tenant(TenantId::default(), Actor::System);
    let _ = tenancy.tenant(None, Actor::System);
    let _ = TenantDb::default();
}

fn main() {
    let _ = handles;
}

//! Handle and transaction stay with their tenant.

use tenantry::{TenantDb, TenantId, TenantTx};

fn turned(db: &mut TenantDb, tx: &mut TenantTx<'_>, tenant: TenantId) {
    db.context.tenant = tenant;
    db.set_tenant(tenant);
    tx.context.tenant = tenant;
    tx.set_tenant(tenant);
}

fn main() {
    let _ = turned;
}

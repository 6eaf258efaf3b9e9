//! Handles, transactions and units come from the service alone: they have no public constructor.

use tenantry::db::Unchecked;
use tenantry::{Actor, RequestId, Tenancy, TenantDb, TenantId, TenantTx, Unit};

fn made(tenancy: &Tenancy, tenant: TenantId) {
    let _ = TenantDb::new(tenancy.core, tenant, Actor::System, RequestId::generate());
    let _ = TenantDb { context: tenant };
    let _ = TenantTx::begin(tenancy, tenant);
    let _ = TenantTx { context: tenant };
    let _ = TenantTx::from(tenant);
    let _: Unit<()> = Unit::new("delete from app.categories", Vec::new());
    let _ = Unchecked::new(tenant);
}

fn main() {
    let _ = made;
}

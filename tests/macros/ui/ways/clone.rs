//! A handle is held once. Two of them could each hold a connection and wait for the other's.

use tenantry::{Error, TenantDb, TenantTx, Unit};

fn clones(db: &TenantDb, tx: &TenantTx<'_>, unit: &Unit<()>) {
    let _: TenantDb = db.clone();
    let _: TenantTx<'_> = tx.clone();
    let _: Unit<()> = unit.clone();
}

async fn moved_and_used(db: TenantDb) -> Result<(), Error> {
    let task = async move { db.tenant() };
    let _ = db.tenant();
    task.await;
    Ok(())
}

fn main() {
    let _ = (clones, moved_and_used);
}

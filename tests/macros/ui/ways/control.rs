//! Begin, commit and rollback are not the caller's: the scope decides, by how it is left.

use tenantry::{TenantDb, TenantTx};

async fn left_early(db: &mut TenantDb, tx: TenantTx<'_>) {
    let _ = db.begin().await;
    let _ = tx.commit().await;
    let _ = tx.rollback().await;
}

fn main() {
    let _ = left_early;
}

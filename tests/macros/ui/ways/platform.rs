//! The operator's door cannot be had from what serves tenants, and has no rows of theirs.

use tenantry::{Error, Id, Platform, Tenancy, TenantDb, TenantTx};
use tenantry_app::inventory::Category;

async fn reached(tenancy: &Tenancy, db: &TenantDb, tx: &mut TenantTx<'_>) {
    let _: Platform = tenancy.platform();
    let _: Platform = tenancy.clone().into();
    let _ = db.platform();
    let _ = tx.platform();
    let _ = Platform { pool: tenancy.pool, tenants: String::new() };
}

async fn reads_rows(platform: &Platform, id: Id<Category>) -> Result<Category, Error> {
    let _ = sqlx::query("select * from app.categories where tenant_id = $1").execute(platform).await;
    platform.run(Category::repo().find(id)).await
}

fn main() {
    let _ = (reached, reads_rows);
}

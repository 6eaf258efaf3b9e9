//! While a stream is read, nothing else runs on its transaction.

use sqlx::Executor;
use tenantry::{Error, Id, TenantTx};
use tenantry_app::inventory::Category;

async fn interleaved(tx: &mut TenantTx<'_>, id: Id<Category>) -> Result<Category, Error> {
    let rows = sqlx::query("select name from app.categories where tenant_id = $1").bind(tx.tenant());
    let rows = tx.fetch(rows);
    let category = tx.run(Category::repo().find(id)).await;
    drop(rows);
    category
}

fn main() {
    let _ = interleaved;
}

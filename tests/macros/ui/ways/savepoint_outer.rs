//! Inside a savepoint the transaction is reached through the savepoint only.

use tenantry::{Error, Id, TenantTx};
use tenantry_app::inventory::Category;

async fn around(tx: &mut TenantTx<'_>, id: Id<Category>) -> Result<Category, Error> {
    tx.savepoint(async |_| tx.run(Category::repo().find(id)).await).await
}

fn main() {
    let _ = around;
}

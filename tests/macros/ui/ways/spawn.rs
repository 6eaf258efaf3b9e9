//! A transaction does not move into a task, which would go on after the commit.

use tenantry::{Error, Id, TenantDb, TenantTx};
use tenantry_app::inventory::Category;

async fn with_the_transaction(tx: &mut TenantTx<'_>, id: Id<Category>) {
    tokio::spawn(async move { tx.run(Category::repo().find(id)).await.is_ok() });
}

async fn from_the_closure(db: &mut TenantDb, id: Id<Category>) -> Result<(), Error> {
    db.transaction(async |tx| {
        tokio::spawn(async move { tx.run(Category::repo().find(id)).await.is_ok() });
        Ok(())
    })
    .await
}

fn main() {
    let _ = (with_the_transaction, from_the_closure);
}

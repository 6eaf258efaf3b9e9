//! A unit that runs beside the open transaction of the same handle would wait for a second connection, and not see what the first wrote.

use tenantry::{Error, Id, TenantDb};
use tenantry_app::inventory::Category;

async fn beside(db: &mut TenantDb, id: Id<Category>) -> Result<Category, Error> {
    db.transaction(async |_| db.run(Category::repo().find(id)).await).await
}

fn main() {
    let _ = beside;
}

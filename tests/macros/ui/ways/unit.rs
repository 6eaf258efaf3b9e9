//! A unit is no future: without a tenant's handle or transaction there is nothing that it could run on.

use tenantry::Id;
use tenantry_app::inventory::Category;

async fn without_a_tenant(id: Id<Category>) {
    let _ = Category::repo().find(id).await;
    let _ = Category::repo().list().unit().await;
    let _: Category = Category::repo().find(id);
}

fn main() {
    let _ = without_a_tenant;
}

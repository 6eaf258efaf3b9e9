//! The service itself runs no unit: it does not know for whom.

use tenantry::{Error, Id, Tenancy};
use tenantry_app::inventory::Category;

async fn for_nobody(tenancy: &Tenancy, id: Id<Category>) -> Result<Category, Error> {
    tenancy.run(Category::repo().find(id)).await
}

fn main() {
    let _ = for_nobody;
}

//! Two transactions cannot be exchanged for each other, though both are borrowed mutably: their lifetimes differ.

use tenantry::{Error, TenantDb};

async fn swapped(a: &mut TenantDb, b: &mut TenantDb) -> Result<(), Error> {
    a.transaction(async |a| {
        b.transaction(async |b| {
            std::mem::swap(a, b);
            Ok(())
        })
        .await
    })
    .await
}

fn main() {
    let _ = swapped;
}

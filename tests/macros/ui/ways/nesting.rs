//! A transaction inside a transaction would wait for a second connection while it holds the first.

use tenantry::{Error, TenantDb};

async fn nested(db: &mut TenantDb) -> Result<(), Error> {
    db.transaction(async |_| db.transaction(async |_| Ok(())).await).await
}

fn main() {
    let _ = nested;
}

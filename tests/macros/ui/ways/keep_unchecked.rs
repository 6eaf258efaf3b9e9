//! The executor without the predicate check does not outlive the transaction that it runs on.

use tenantry::{Error, TenantDb};

async fn kept(db: &mut TenantDb) -> Result<(), Error> {
    let mut kept = None;
    db.transaction(async |tx| {
        kept = Some(tx.without_predicate_check());
        Ok(())
    })
    .await
}

fn main() {
    let _ = kept;
}

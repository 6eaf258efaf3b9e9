//! A transaction does not outlive its scope, in which it is committed or rolled back.

use tenantry::{Error, TenantDb, TenantTx};

async fn in_a_variable(db: &mut TenantDb) -> Result<(), Error> {
    let mut kept = None;
    db.transaction(async |tx| {
        kept = Some(tx);
        Ok(())
    })
    .await
}

async fn as_the_result(db: &mut TenantDb) -> Result<&mut TenantTx<'_>, Error> {
    db.transaction(async |tx| Ok(tx)).await
}

fn main() {
    let _ = (in_a_variable, as_the_result);
}

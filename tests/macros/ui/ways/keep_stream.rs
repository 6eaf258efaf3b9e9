//! A stream of rows does not outlive the transaction that it reads from.

use sqlx::Executor;
use tenantry::{Error, TenantDb};

async fn kept(db: &mut TenantDb) -> Result<(), Error> {
    let mut kept = None;
    db.transaction(async |tx| {
        let rows = sqlx::query("select name from app.categories where tenant_id = $1").bind(tx.tenant());
        kept = Some(tx.fetch(rows));
        Ok(())
    })
    .await
}

fn main() {
    let _ = kept;
}

//! A transaction does not give its connection away, on which statements would run unchecked.

use sqlx::{Acquire, PgConnection};
use tenantry::TenantTx;

async fn connections(tx: &mut TenantTx<'_>) {
    let _ = tx.connection();
    let _ = &mut tx.transaction;
    let _: &mut PgConnection = &mut **tx;
    let _: &mut PgConnection = tx.as_mut();
    let _ = tx.acquire().await;
    let _ = tx.without_predicate_check().tx;
}

fn main() {
    let _ = connections;
}

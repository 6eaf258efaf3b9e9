//! SQL runs on a transaction alone: neither the service nor the handle of a tenant is an executor.

use tenantry::{Tenancy, TenantDb};

const COUNT: &str = "select count(*) from app.categories where tenant_id = $1";

async fn on_the_service(tenancy: &Tenancy) {
    let _ = sqlx::query(COUNT).execute(tenancy).await;
}

async fn on_the_handle(db: &TenantDb) {
    let _ = sqlx::query(COUNT).execute(db).await;
}

async fn on_the_handle_alone(db: &mut TenantDb) {
    let _ = sqlx::query(COUNT).execute(db).await;
}

fn main() {
    let _ = (on_the_service, on_the_handle, on_the_handle_alone);
}

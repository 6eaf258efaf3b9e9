//! The pool of a service is nobody's: no method, field, path or conversion gives it away.

use sqlx::PgPool;
use tenantry::{Platform, Tenancy, TenantDb};

fn pools(tenancy: &Tenancy, platform: &Platform, db: &TenantDb) {
    let _ = tenancy.pool();
    let _ = tenancy.core;
    let _ = platform.pool;
    let _ = db.core;
    let _: &PgPool = tenancy.as_ref();
    let _: &PgPool = &*tenancy;
    let _: tenantry::db::pool::Pool;
}

fn main() {
    let _ = pools;
}

//! A statement in which a relation is not bound to the tenant. All of a statement's relations are told at once.

use tenantry::{Id, TenantTx, tenant_model};

tenantry::manifest!("ui-sql.toml");

#[tenant_model(table = "notes")]
pub struct Note {
    pub id: Id<Note>,
}

async fn forgotten(tx: &mut TenantTx<'_>) -> Result<(), tenantry::Error> {
    sqlx::query(sql!("select id from app.notes")).bind(tx.tenant()).execute(&mut *tx).await?;
    sqlx::query(sql!("delete from app.notes where id = $2")).bind(tx.tenant()).execute(&mut *tx).await?;
    Ok(())
}

async fn half_forgotten(tx: &mut TenantTx<'_>) -> Result<i64, tenantry::Error> {
    let sql = sql!(
        r"
        select count(*)
          from app.notes n
          join app.customers c on c.id = n.customer
         where n.tenant_id = $1
           and exists (select from app.sales_orders o where o.customer = c.id)
        "
    );
    Ok(sqlx::query_scalar(sql).bind(tx.tenant()).fetch_one(tx).await?)
}

fn main() {
    let _ = (forgotten, half_forgotten);
}

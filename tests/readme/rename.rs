use axum::http::StatusCode;
use tenantry::http::{Json, Problem};
use tenantry::{Error, Id, TenantDb};

use crate::customer::{Customer, CustomerPatch};

#[derive(serde::Deserialize)]
pub struct Rename {
    id: Id<Customer>,
    name: String,
}

pub async fn rename(mut db: TenantDb, Json(body): Json<Rename>) -> Result<StatusCode, Problem> {
    db.transaction(async |tx| {
        let customer = tx.run(Customer::repo().find(body.id)).await?;
        if customer.parent.is_none() {
            return Err(Error::rule("no_parent", "/id", "only a subsidiary is renamed here"));
        }
        let patch = CustomerPatch { name: body.name.into(), ..Default::default() };
        tx.run(Customer::repo().update(customer.id, &patch)).await?;
        // SQL of your own stays plain sqlx; its first argument is the tenant.
        let tenant = tx.tenant();
        sqlx::query("update app.customers set status = 'on_hold' where tenant_id = $1 and parent = $2")
            .bind(tenant)
            .bind(customer.id)
            .execute(tx)
            .await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
    .map_err(Problem::from)
}

//! What an animal's visits cost together: SQL of our own beside the generated routes.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use tenantry::http::{Problem, Routes};
use tenantry::permissions::Permission;
use tenantry::{Id, TenantDb};

use crate::model::Animal;

/// The visits of an animal, summed up.
#[derive(Debug, Serialize)]
pub struct Fees {
    visits: i64,
    amount: i64,
}

/// Whoever sees visits may sum them up.
const VISITS: Permission = Permission::of("visits:read");

/// `GET /animals/{id}/fees`.
pub fn routes(routes: Routes) -> Routes {
    routes.get("/animals/{id}/fees", VISITS, fees)
}

async fn fees(mut db: TenantDb, Path(id): Path<Id<Animal>>) -> Result<Json<Fees>, Problem> {
    let sums = db.transaction(async |tx| {
        tx.run(Animal::repo().find(id)).await?;
        let clinic = tx.tenant();
        let sql = "select count(*), coalesce(sum(fee), 0)::bigint from vet.visits where clinic_id = $1 and animal = $2";
        Ok(sqlx::query_as::<_, (i64, i64)>(sql).bind(clinic).bind(id).fetch_one(tx).await?)
    });
    let (visits, amount) = sums.await?;
    Ok(Json(Fees { visits, amount }))
}

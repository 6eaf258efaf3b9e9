//! What an animal's visits cost together: SQL of our own beside the generated routes.

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use tenantry::http::Problem;
use tenantry::{Id, TenantDb};

use crate::model::Animal;

/// The visits of an animal, summed up.
#[derive(Debug, Serialize)]
pub struct Fees {
    visits: i64,
    amount: i64,
}

/// `GET /animals/{id}/fees`.
pub fn routes() -> Router {
    Router::new().route("/animals/{id}/fees", get(fees))
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

//! What the books need: sums, and every minute as a line.

use axum::routing::get;
use axum::{Json, Router};
use futures_util::TryStreamExt;
use serde::Serialize;
use tenantry::TenantDb;

use crate::failure::Failure;
use crate::sql;

/// The routes of reports.
pub fn routes() -> Router {
    Router::new().route("/report", get(report)).route("/export", get(export))
}

#[derive(Serialize, sqlx::FromRow)]
struct Sum {
    status: String,
    tickets: i64,
    minutes: i64,
}

async fn report(mut db: TenantDb) -> Result<Json<Vec<Sum>>, Failure> {
    let sums = db.transaction(async |tx| {
        let account = tx.tenant();
        let sums = sqlx::query_as(sql!(
            "select t.status, count(distinct t.id) as tickets, coalesce(sum(c.minutes), 0) as minutes
               from desk.tickets t
               left join desk.comments c on c.account_id = t.account_id and c.ticket_id = t.id
              where t.account_id = $1
              group by t.status
              order by t.status"
        ))
        .bind(account)
        .fetch_all(tx)
        .await?;
        Ok(sums)
    });
    Ok(Json(sums.await?))
}

async fn export(mut db: TenantDb) -> Result<String, Failure> {
    let text = db.transaction(async |tx| {
        let account = tx.tenant();
        let mut lines = sqlx::query_as::<_, (String, String, i32)>(sql!(
            "select t.subject, c.author, c.minutes
               from desk.comments c
               join desk.tickets t on t.account_id = c.account_id and t.id = c.ticket_id
              where t.account_id = $1
              order by c.created_at, c.id"
        ))
        .bind(account)
        .fetch(tx);
        let mut text = String::from("subject;author;minutes\n");
        while let Some((subject, author, minutes)) = lines.try_next().await? {
            text += &format!("{subject};{author};{minutes}\n");
        }
        Ok(text)
    });
    Ok(text.await?)
}

//! What the books need: sums, and every minute as a line.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use futures_util::TryStreamExt;
use serde::Serialize;
use sqlx::PgPool;

use crate::account::Account;
use crate::failure::Failure;

/// The routes of reports.
pub fn routes() -> Router<PgPool> {
    Router::new().route("/report", get(report)).route("/export", get(export))
}

#[derive(Serialize, sqlx::FromRow)]
struct Sum {
    status: String,
    tickets: i64,
    minutes: i64,
}

async fn report(Account(account): Account, State(pool): State<PgPool>) -> Result<Json<Vec<Sum>>, Failure> {
    let sums = sqlx::query_as(
        "select t.status, count(distinct t.id) as tickets, coalesce(sum(c.minutes), 0) as minutes
           from tickets t
           left join comments c on c.ticket_id = t.id
          where t.account_id = $1
          group by t.status
          order by t.status",
    )
    .bind(account)
    .fetch_all(&pool)
    .await?;
    Ok(Json(sums))
}

async fn export(Account(account): Account, State(pool): State<PgPool>) -> Result<String, Failure> {
    let mut lines = sqlx::query_as::<_, (String, String, i32)>(
        "select t.subject, c.author, c.minutes
           from comments c
           join tickets t on t.id = c.ticket_id
          where t.account_id = $1
          order by c.created_at, c.id",
    )
    .bind(account)
    .fetch(&pool);
    let mut text = String::from("subject;author;minutes\n");
    while let Some((subject, author, minutes)) = lines.try_next().await? {
        text += &format!("{subject};{author};{minutes}\n");
    }
    Ok(text)
}

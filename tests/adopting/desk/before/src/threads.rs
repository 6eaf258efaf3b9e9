//! What hangs on a ticket: comments and tags.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use sqlx::PgPool;
use uuid::Uuid;

use crate::account::Account;
use crate::failure::Failure;

/// The routes of comments and tags.
pub fn routes() -> Router<PgPool> {
    Router::new()
        .route("/tickets/{id}/comments", post(comment))
        .route("/tickets/{id}/merge", post(merge))
        .route("/tickets/{id}/tags/{label}", put(tag))
        .route("/tags/{label}", delete(untag))
}

#[derive(Deserialize)]
struct NewComment {
    author: String,
    body: String,
    minutes: i32,
}

async fn comment(
    Account(account): Account,
    State(pool): State<PgPool>,
    Path(id): Path<Uuid>,
    Json(new): Json<NewComment>,
) -> Result<StatusCode, Failure> {
    let done = sqlx::query(
        "insert into comments (ticket_id, author, body, minutes)
         select t.id, $3, $4, $5 from tickets t where t.account_id = $1 and t.id = $2",
    )
    .bind(account)
    .bind(id)
    .bind(new.author)
    .bind(new.body)
    .bind(new.minutes)
    .execute(&pool)
    .await?;
    if done.rows_affected() == 0 { Err(Failure::NotFound) } else { Ok(StatusCode::CREATED) }
}

#[derive(Deserialize)]
struct Merge {
    into: Uuid,
}

/// Hangs the comments of one ticket on another, and closes the one.
async fn merge(
    Account(account): Account,
    State(pool): State<PgPool>,
    Path(id): Path<Uuid>,
    Json(Merge { into }): Json<Merge>,
) -> Result<StatusCode, Failure> {
    let mut tx = pool.begin().await?;
    sqlx::query(
        "update comments c set ticket_id = $3 from tickets t
          where t.id = c.ticket_id and t.account_id = $1 and t.id = $2",
    )
    .bind(account)
    .bind(id)
    .bind(into)
    .execute(&mut *tx)
    .await?;
    let closed = sqlx::query("update tickets set status = 'closed' where account_id = $1 and id = $2")
        .bind(account)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    if closed.rows_affected() == 0 {
        return Err(Failure::NotFound);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn tag(_: Account, State(pool): State<PgPool>, Path((id, label)): Path<(Uuid, String)>) -> Result<StatusCode, Failure> {
    sqlx::query!("insert into tags (ticket_id, label) values ($1, $2) on conflict (ticket_id, label) do nothing", id, label)
        .execute(&pool)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a label off all tickets.
async fn untag(Account(account): Account, State(pool): State<PgPool>, Path(label): Path<String>) -> Result<StatusCode, Failure> {
    sqlx::query("delete from tags g using tickets t where t.id = g.ticket_id and t.account_id = $1 and g.label = $2")
        .bind(account)
        .bind(label)
        .execute(&pool)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

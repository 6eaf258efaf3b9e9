//! Tickets: the list, one of them, a new one, its status.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::account::Account;
use crate::failure::Failure;
use crate::status::Status;

/// The routes of tickets.
pub fn routes() -> Router<PgPool> {
    Router::new().route("/tickets", get(list).post(open)).route("/tickets/{id}", get(show)).route("/tickets/{id}/status", put(set_status))
}

#[derive(Serialize)]
struct Line {
    id: Uuid,
    subject: String,
    requester: String,
    comments: i64,
}

#[derive(Deserialize)]
struct Wanted {
    status: Status,
}

async fn list(Account(account): Account, State(pool): State<PgPool>, Query(wanted): Query<Wanted>) -> Result<Json<Vec<Line>>, Failure> {
    let lines = sqlx::query_as!(
        Line,
        r#"select t.id, t.subject, r.name as requester, count(c.id) as "comments!"
             from tickets t
             join requesters r on r.id = t.requester_id
             left join comments c on c.ticket_id = t.id
            where t.account_id = $1 and t.status = $2
            group by t.id, r.name
            order by t.created_at, t.id"#,
        account,
        wanted.status as Status,
    )
    .fetch_all(&pool)
    .await?;
    Ok(Json(lines))
}

#[derive(Serialize)]
struct Ticket {
    subject: String,
    status: Status,
    requester: String,
    email: String,
}

#[derive(Serialize, sqlx::FromRow)]
struct Comment {
    author: String,
    body: String,
    minutes: i32,
    day: String,
}

async fn show(_: Account, State(pool): State<PgPool>, Path(id): Path<Uuid>) -> Result<Json<Value>, Failure> {
    let ticket = sqlx::query_as!(
        Ticket,
        r#"select t.subject, t.status as "status: Status", r.name as requester, r.email
             from tickets t
             join requesters r on r.id = t.requester_id
            where t.id = $1"#,
        id,
    )
    .fetch_one(&pool)
    .await?;
    let comments: Vec<Comment> = sqlx::query_as(
        "select author, body, minutes, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day
           from comments where ticket_id = $1 order by created_at, id",
    )
    .bind(id)
    .fetch_all(&pool)
    .await?;
    let tags: Vec<String> =
        sqlx::query_scalar("select label from tags where ticket_id = $1 order by label").bind(id).fetch_all(&pool).await?;
    Ok(Json(json!({ "ticket": ticket, "comments": comments, "tags": tags })))
}

#[derive(Deserialize)]
struct NewTicket {
    email: String,
    name: String,
    subject: String,
}

async fn open(
    Account(account): Account,
    State(pool): State<PgPool>,
    Json(new): Json<NewTicket>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let mut tx = pool.begin().await?;
    let requester = sqlx::query_scalar!(
        "insert into requesters (account_id, email, name) values ($1, $2, $3)
         on conflict (account_id, email) do update set name = excluded.name
         returning id",
        account,
        new.email,
        new.name,
    )
    .fetch_one(&mut *tx)
    .await?;
    let id: Uuid = sqlx::query_scalar("insert into tickets (account_id, requester_id, subject) values ($1, $2, $3) returning id")
        .bind(account)
        .bind(requester)
        .bind(new.subject)
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

async fn set_status(
    _: Account,
    State(pool): State<PgPool>,
    Path(id): Path<Uuid>,
    Json(status): Json<Status>,
) -> Result<StatusCode, Failure> {
    let done = sqlx::query("update tickets set status = $2 where id = $1").bind(id).bind(status).execute(&pool).await?;
    if done.rows_affected() == 0 { Err(Failure::NotFound) } else { Ok(StatusCode::NO_CONTENT) }
}

//! Tickets: the list, one of them, a new one, its status. The first step: the statements are those from before, and row level security alone
//! keeps them within the account.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use desk_model::{Requester, Status, Ticket};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry::{Error, Id, TenantDb};
use uuid::Uuid;

use crate::failure::Failure;

/// The routes of tickets.
pub fn routes() -> Router {
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

async fn list(mut db: TenantDb, Query(wanted): Query<Wanted>) -> Result<Json<Vec<Line>>, Failure> {
    let lines = db.transaction(async |tx| {
        let lines = sqlx::query_as!(
            Line,
            r#"select t.id, t.subject, r.name as requester, count(c.id) as "comments!"
                 from tickets t
                 join requesters r on r.id = t.requester_id
                 left join comments c on c.ticket_id = t.id
                where t.account_id = $1 and t.status = $2
                group by t.account_id, t.id, r.name
                order by t.created_at, t.id"#,
            tx.tenant(),
            wanted.status as Status,
        )
        .fetch_all(tx.without_predicate_check())
        .await?;
        Ok(lines)
    });
    Ok(Json(lines.await?))
}

#[derive(Serialize)]
struct Head {
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

async fn show(mut db: TenantDb, Path(id): Path<Uuid>) -> Result<Json<Value>, Failure> {
    let shown = db.transaction(async |tx| {
        let ticket = sqlx::query_as!(
            Head,
            r#"select t.subject, t.status as "status: Status", r.name as requester, r.email
                 from tickets t
                 join requesters r on r.id = t.requester_id
                where t.id = $1"#,
            id,
        )
        .fetch_one(tx.without_predicate_check())
        .await?;
        let comments: Vec<Comment> = sqlx::query_as(
            "select author, body, minutes, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day
               from comments where ticket_id = $1 order by created_at, id",
        )
        .bind(id)
        .fetch_all(tx.without_predicate_check())
        .await?;
        let tags: Vec<String> = sqlx::query_scalar("select label from tags where ticket_id = $1 order by label")
            .bind(id)
            .fetch_all(tx.without_predicate_check())
            .await?;
        Ok(json!({ "ticket": ticket, "comments": comments, "tags": tags }))
    });
    Ok(Json(shown.await?))
}

#[derive(Deserialize)]
struct NewTicket {
    email: String,
    name: String,
    subject: String,
}

async fn open(mut db: TenantDb, Json(new): Json<NewTicket>) -> Result<(StatusCode, Json<Value>), Failure> {
    let id = Id::<Ticket>::generate();
    let opened = db.transaction(async |tx| {
        let account = tx.tenant();
        let requester = sqlx::query_scalar!(
            "insert into requesters (account_id, id, email, name) values ($1, $2, $3, $4)
             on conflict (account_id, email) do update set name = excluded.name
             returning id",
            account,
            Id::<Requester>::generate().uuid(),
            new.email,
            new.name,
        )
        .fetch_one(tx.without_predicate_check())
        .await?;
        sqlx::query("insert into tickets (account_id, id, requester_id, subject) values ($1, $2, $3, $4)")
            .bind(account)
            .bind(id)
            .bind(requester)
            .bind(new.subject)
            .execute(tx.without_predicate_check())
            .await?;
        Ok(())
    });
    opened.await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

async fn set_status(mut db: TenantDb, Path(id): Path<Uuid>, Json(status): Json<Status>) -> Result<StatusCode, Failure> {
    let set = db.transaction(async |tx| {
        let done =
            sqlx::query("update tickets set status = $2 where id = $1").bind(id).bind(status).execute(tx.without_predicate_check()).await?;
        if done.rows_affected() == 0 { Err(Error::not_found()) } else { Ok(()) }
    });
    set.await?;
    Ok(StatusCode::NO_CONTENT)
}

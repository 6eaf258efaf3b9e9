//! Tickets: the list, one of them, a new one, its status.

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
use crate::sql;

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
                 from desk.tickets t
                 join desk.requesters r on r.account_id = t.account_id and r.id = t.requester_id
                 left join desk.comments c on c.account_id = t.account_id and c.ticket_id = t.id
                where t.account_id = $1 and t.status = $2
                group by t.account_id, t.id, r.name
                order by t.created_at, t.id"#,
            tx.tenant(),
            wanted.status as Status,
        )
        .fetch_all(tx)
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
        let account = tx.tenant();
        let ticket = sqlx::query_as!(
            Head,
            r#"select t.subject, t.status as "status: Status", r.name as requester, r.email
                 from desk.tickets t
                 join desk.requesters r on r.account_id = t.account_id and r.id = t.requester_id
                where t.account_id = $1 and t.id = $2"#,
            account,
            id,
        )
        .fetch_one(&mut *tx)
        .await?;
        let comments: Vec<Comment> = sqlx::query_as(sql!(
            "select author, body, minutes, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day
               from desk.comments where account_id = $1 and ticket_id = $2 order by created_at, id"
        ))
        .bind(account)
        .bind(id)
        .fetch_all(&mut *tx)
        .await?;
        let tags: Vec<String> =
            sqlx::query_scalar(sql!("select label from desk.tags where account_id = $1 and ticket_id = $2 order by label"))
                .bind(account)
                .bind(id)
                .fetch_all(tx)
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
            "insert into desk.requesters (account_id, id, email, name) values ($1, $2, $3, $4)
             on conflict (account_id, email) do update set name = excluded.name
             returning id",
            account,
            Id::<Requester>::generate().uuid(),
            new.email,
            new.name,
        )
        .fetch_one(&mut *tx)
        .await?;
        sqlx::query(sql!("insert into desk.tickets (account_id, id, requester_id, subject) values ($1, $2, $3, $4)"))
            .bind(account)
            .bind(id)
            .bind(requester)
            .bind(new.subject)
            .execute(tx)
            .await?;
        Ok(())
    });
    opened.await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

async fn set_status(mut db: TenantDb, Path(id): Path<Uuid>, Json(status): Json<Status>) -> Result<StatusCode, Failure> {
    let set = db.transaction(async |tx| {
        let account = tx.tenant();
        let done = sqlx::query(sql!("update desk.tickets set status = $3 where account_id = $1 and id = $2"))
            .bind(account)
            .bind(id)
            .bind(status)
            .execute(tx)
            .await?;
        if done.rows_affected() == 0 { Err(Error::not_found()) } else { Ok(()) }
    });
    set.await?;
    Ok(StatusCode::NO_CONTENT)
}

//! What hangs on a ticket: comments and tags.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{delete, post, put};
use axum::{Json, Router};
use desk_model::{Comment, Tag};
use serde::Deserialize;
use tenantry::{Error, Id, TenantDb};
use uuid::Uuid;

use crate::failure::Failure;
use crate::sql;

/// The routes of comments and tags.
pub fn routes() -> Router {
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

async fn comment(mut db: TenantDb, Path(id): Path<Uuid>, Json(new): Json<NewComment>) -> Result<StatusCode, Failure> {
    let made = db.transaction(async |tx| {
        let account = tx.tenant();
        let done = sqlx::query(sql!(
            "insert into desk.comments (account_id, id, ticket_id, author, body, minutes)
             select $1, $2, t.id, $4, $5, $6 from desk.tickets t where t.account_id = $1 and t.id = $3"
        ))
        .bind(account)
        .bind(Id::<Comment>::generate())
        .bind(id)
        .bind(new.author)
        .bind(new.body)
        .bind(new.minutes)
        .execute(tx)
        .await?;
        if done.rows_affected() == 0 { Err(Error::not_found()) } else { Ok(()) }
    });
    made.await?;
    Ok(StatusCode::CREATED)
}

#[derive(Deserialize)]
struct Merge {
    into: Uuid,
}

/// Hangs the comments of one ticket on another, and closes the one.
async fn merge(mut db: TenantDb, Path(id): Path<Uuid>, Json(Merge { into }): Json<Merge>) -> Result<StatusCode, Failure> {
    let merged = db.transaction(async |tx| {
        let account = tx.tenant();
        sqlx::query(sql!(
            "update desk.comments c set ticket_id = $3 from desk.tickets t
              where t.account_id = c.account_id and t.id = c.ticket_id and t.account_id = $1 and t.id = $2"
        ))
        .bind(account)
        .bind(id)
        .bind(into)
        .execute(&mut *tx)
        .await?;
        let closed = sqlx::query(sql!("update desk.tickets set status = 'closed' where account_id = $1 and id = $2"))
            .bind(account)
            .bind(id)
            .execute(tx)
            .await?;
        if closed.rows_affected() == 0 { Err(Error::not_found()) } else { Ok(()) }
    });
    merged.await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn tag(mut db: TenantDb, Path((id, label)): Path<(Uuid, String)>) -> Result<StatusCode, Failure> {
    let tagged = db.transaction(async |tx| {
        sqlx::query!(
            "insert into desk.tags (account_id, id, ticket_id, label) values ($1, $2, $3, $4)
             on conflict (account_id, ticket_id, label) do nothing",
            tx.tenant(),
            Id::<Tag>::generate().uuid(),
            id,
            label,
        )
        .execute(tx)
        .await?;
        Ok(())
    });
    tagged.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a label off all tickets.
async fn untag(mut db: TenantDb, Path(label): Path<String>) -> Result<StatusCode, Failure> {
    let taken = db.transaction(async |tx| {
        let account = tx.tenant();
        sqlx::query(sql!(
            "delete from desk.tags g using desk.tickets t
              where t.account_id = g.account_id and t.id = g.ticket_id and t.account_id = $1 and g.label = $2"
        ))
        .bind(account)
        .bind(label)
        .execute(tx)
        .await?;
        Ok(())
    });
    taken.await?;
    Ok(StatusCode::NO_CONTENT)
}

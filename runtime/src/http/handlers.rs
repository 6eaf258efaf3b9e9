//! The generated routes' handlers: one set for all models, over the definition.
//!
//! Each reads what it needs of the request first, down to the last byte of the body, and takes a connection then. The answer is complete
//! before its first header is sent, and a write has been committed by then.

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::body::{self, Purpose};
use super::fold::{One, Page, Rows};
use super::routes::Route;
use super::{Buffer, Problem, query, reader, scalar};
use crate::db::TenantDb;
use crate::mutants::mutant;
use crate::permissions::Allowed;
use crate::repo;
use crate::schema::ModelDef;

/// The id in a path. What is none is a row that does not exist.
type PathId = Result<Path<String>, PathRejection>;

pub(super) async fn list(State(route): State<Route>, db: TenantDb, RawQuery(raw): RawQuery) -> Result<Response, Problem> {
    let parsed = query::parse(route.def, raw.as_deref())?;
    let (def, tenant, mut query) = (route.def, db.tenant(), parsed.query);
    if let Some(cursor) = parsed.after.filter(|_| !mutant!("http_cursor_ignored")) {
        query.after = Some(route.api.cursors.open(tenant, def, &query, &cursor)?);
    }
    let cursors = std::sync::Arc::clone(&route.api.cursors);
    let limit = route.api.answer_limit;
    let unit = repo::list(def, query, |query| Box::new(Rows::new(Page { def, tenant, cursors, query, limit })));
    Ok(json(StatusCode::OK, db.run(unit).await??))
}

pub(super) async fn get(State(route): State<Route>, db: TenantDb, id: PathId) -> Result<Response, Problem> {
    let id = row_id(id)?;
    let row = db.run(repo::find(route.def, id, route.one())).await?;
    Ok(json(StatusCode::OK, row.body))
}

pub(super) async fn create(
    State(route): State<Route>,
    db: TenantDb,
    allowed: Allowed,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = body::read(&headers, body, Purpose::Create, route.api.body_limit).await?;
    let values = reader::read_new(route.def, &route.api.conventions, &readonly(route.def, &allowed), &body)?;
    if mutant!("log_row") {
        tracing::info!(?values, "a row is made");
    }
    let row = db.run(repo::create(route.def, values, route.one())).await?;
    let mut response = json(StatusCode::CREATED, row.body);
    // A path of the request is visible ASCII, and so is an id.
    if let Ok(location) = HeaderValue::try_from(format!("{}/{}", if mutant!("http_location_bare") { "" } else { uri.path() }, row.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

pub(super) async fn patch(
    State(route): State<Route>,
    db: TenantDb,
    allowed: Allowed,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let id = row_id(id)?;
    let body = body::read(&headers, body, Purpose::Patch, route.api.body_limit).await?;
    let changes = reader::read_patch(route.def, &route.api.conventions, &readonly(route.def, &allowed), &body)?;
    let row = db.run(repo::update(route.def, id, changes, route.one())).await?;
    Ok(json(StatusCode::OK, row.body))
}

pub(super) async fn delete(State(route): State<Route>, db: TenantDb, id: PathId) -> Result<Response, Problem> {
    db.run(repo::delete(route.def, row_id(id)?)).await?;
    Ok((StatusCode::NO_CONTENT, [no_store()]).into_response())
}

/// The fields of the model that the caller may not set; mostly none.
fn readonly<'a>(def: &'a ModelDef, allowed: &'a Allowed) -> Vec<&'a str> {
    allowed.readonly_in(def.table).collect()
}

impl Route {
    const fn one(&self) -> One {
        One::new(self.def, self.api.answer_limit)
    }
}

fn row_id(id: PathId) -> Result<Uuid, Problem> {
    let Path(text) = id.map_err(|_| Problem::not_found())?;
    let told = mutant!("http_id_told");
    scalar::uuid(&text).map_err(|_| if told { Problem::internal() } else { Problem::not_found() })
}

/// What belongs to a tenant stays in no cache: a shared one would answer the next tenant with it.
fn no_store() -> (HeaderName, &'static str) {
    (header::CACHE_CONTROL, if mutant!("http_cached") { "public" } else { "no-store" })
}

fn json(status: StatusCode, body: Buffer) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json"), no_store()], body.into_bytes()).into_response()
}

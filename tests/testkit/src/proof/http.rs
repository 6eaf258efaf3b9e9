//! Over HTTP: requests to the router, with the layers around it that find out the tenant.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tenantry::TenantId;
use tenantry::schema::Verb;
use tenantry::sql::Op;
use tower::ServiceExt as _;
use url::form_urlencoded::Serializer;

use super::executor::{Lane, Seen};
use super::model::{Outcome, Row};
use super::operation::{Act, Deed, Query};
use super::script::word;

/// More pages than any case has rows.
const MAX_PAGES: usize = 1_000;

/// What came back over HTTP.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: String,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Everything but the date.
    pub(super) fn trace(&self) -> String {
        format!("{} {} {}", self.status, self.headers, String::from_utf8_lossy(&self.body))
    }

    fn row(&self) -> Seen {
        match self.json() {
            Value::Object(map) if self.status.is_success() => Seen::done(vec![map.into_iter().collect()]),
            _ => self.refused(),
        }
    }

    fn refused(&self) -> Seen {
        let problem = self.json();
        let kind = problem["type"].as_str().unwrap_or_default();
        let code = problem["errors"][0]["code"].as_str().unwrap_or_default();
        let outcome = match (self.status.as_u16(), kind, code) {
            (404, "urn:tenantry:problem:not-found", _) => Outcome::NotFound,
            (409, "urn:tenantry:problem:unique", _) => Outcome::Unique,
            (409, "urn:tenantry:problem:referenced", _) => Outcome::Referenced,
            (422, _, "reference") => Outcome::Reference,
            (422, ..) => Outcome::Invalid,
            _ => Outcome::Fault(format!("unexpected answer {}", self.trace())),
        };
        Seen::refused(outcome, self.trace())
    }
}

pub(super) async fn perform(lane: &Lane<'_>, act: &Act) -> Seen {
    let table = lane.world.models[act.model].table;
    let result = match &act.deed {
        Deed::Create(row) => send(lane, Method::POST, &format!("/{table}"), Some(&body_of(row))).await.map(|answer| answer.row()),
        Deed::Get(id) => send(lane, Method::GET, &format!("/{table}/{id}"), None).await.map(|answer| answer.row()),
        Deed::Patch(id, row) => send(lane, Method::PATCH, &format!("/{table}/{id}"), Some(&body_of(row))).await.map(|answer| answer.row()),
        Deed::Delete(id) => send(lane, Method::DELETE, &format!("/{table}/{id}"), None).await.map(|answer| match answer.status {
            StatusCode::NO_CONTENT => Seen::done(Vec::new()),
            _ => answer.refused(),
        }),
        Deed::List(query) => list(lane, table, query).await.map(Seen::done),
        Deed::Attack(..) => Err("attacks go over SQL".to_owned()),
    };
    result.unwrap_or_else(Seen::fault)
}

pub(super) async fn view(lane: &Lane<'_>) -> Result<Vec<Option<Vec<Row>>>, String> {
    let mut tables = Vec::new();
    for def in &lane.world.models {
        let shown = def.routes.has(Verb::List);
        tables.push(if shown { Some(list(lane, def.table, &Query { limit: 200, ..Query::default() }).await?) } else { None });
    }
    Ok(tables)
}

fn body_of(row: &Row) -> Value {
    Value::from_iter(row.clone())
}

/// Every page, one after the other.
pub(super) async fn list(lane: &Lane<'_>, table: &str, query: &Query) -> Result<Vec<Row>, String> {
    let (mut rows, mut after): (Vec<Row>, Option<String>) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let answer = send(lane, Method::GET, &format!("/{table}?{}", asked(query, after.as_deref())), None).await?;
        let page = answer.json();
        let (StatusCode::OK, Some(items)) = (answer.status, page["items"].as_array()) else {
            return Err(format!("a list is answered by {}", answer.trace()));
        };
        if items.len() > query.limit as usize {
            return Err(format!("a page of {} rows where {} were asked for", items.len(), query.limit));
        }
        rows.extend(items.iter().filter_map(Value::as_object).map(|map| map.clone().into_iter().collect()));
        match page["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => return Ok(rows),
        }
    }
    Err(format!("{table} has more than {MAX_PAGES} pages"))
}

pub(super) fn asked(query: &Query, after: Option<&str>) -> String {
    let mut text = Serializer::new(String::new());
    for (column, op, value) in &query.filters {
        let value = match value {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => (*op == Op::IsNull).to_string(),
        };
        let name = match op {
            Op::Eq => column.name.to_owned(),
            Op::IsNull | Op::IsNotNull => format!("{}[null]", column.name),
            _ => format!("{}[{}]", column.name, word(*op)),
        };
        text.append_pair(&name, &value);
    }
    let sorts: Vec<String> = query.sorts.iter().map(|(column, down)| format!("{}{}", if *down { "-" } else { "" }, column.name)).collect();
    if !sorts.is_empty() {
        text.append_pair("sort", &sorts.join(","));
    }
    text.append_pair("limit", &query.limit.to_string());
    if let Some(cursor) = after {
        text.append_pair("after", cursor);
    }
    text.finish()
}

/// Sends a request on behalf of the lane's tenant; what comes back must be free of what is others'.
pub(super) async fn send(lane: &Lane<'_>, method: Method, uri: &str, body: Option<&Value>) -> Result<Answer, String> {
    let answer = send_as(lane, lane.tenant, method, uri, body).await?;
    lane.canary.clean("the answer", &answer.headers)?;
    let text = String::from_utf8_lossy(&answer.body);
    lane.canary.clean("the answer", &text)?;
    // A cursor holds values of its page's last row.
    if let Some(cursor) = answer.json()["next"].as_str() {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|error| format!("a cursor is not base64: {error}"))?;
        lane.canary.clean("the cursor", &String::from_utf8_lossy(&bytes))?;
    }
    Ok(answer)
}

/// Sends a request as that tenant's caller.
pub(super) async fn send_as(lane: &Lane<'_>, tenant: TenantId, method: Method, uri: &str, body: Option<&Value>) -> Result<Answer, String> {
    let mut request = Request::builder().method(method).uri(uri);
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map(serde_json::to_vec).transpose().map_err(|error| error.to_string())?.map_or_else(Body::empty, Body::from);
    let request = request.body(body).map_err(|error| error.to_string())?;
    let (mut parts, body) = request.into_parts();
    (lane.world.principals.caller)(tenant, &mut parts);
    let response = match lane.router.clone().oneshot(Request::from_parts(parts, body)).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let (parts, body) = response.into_parts();
    let mut headers: Vec<String> =
        parts.headers.iter().filter(|(name, _)| *name != header::DATE).map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.sort();
    let body = to_bytes(body, usize::MAX).await.map_err(|error| error.to_string())?.to_vec();
    Ok(Answer { status: parts.status, headers: headers.join("; "), body })
}

//! The proof, on the models and the routes of the help desk.

use axum::http::{HeaderValue, Method};
use desk_model::{CONVENTIONS, MODELS};
use serde_json::{Value, json};
use tenantry_testkit::Proof;
use tenantry_testkit::proof::{Answer, Draw, Effect, Operation, Principals, Request, Row, Rows};
use uuid::Uuid;

#[test]
fn no_account_reaches_another() {
    let callers = Principals::new(desk::account::around, |account, request| {
        request.headers.insert("x-account", HeaderValue::from_str(&account.to_string()).expect("a uuid"));
    });
    Proof::new(MODELS, desk::router)
        .conventions(CONVENTIONS)
        .migrations("migrations")
        .principals(callers)
        .operation(Operation::route("GET /tickets", list).effect(listed))
        .operation(Operation::route("GET /tickets/{id}", show).effect(shown))
        .operation(Operation::route("POST /tickets", open))
        .operation(Operation::route("PUT /tickets/{id}/status", set_status).effect(status_is_set))
        .operation(Operation::route("POST /tickets/{id}/comments", comment))
        .operation(Operation::route("POST /tickets/{id}/merge", merge).effect(merged))
        .operation(Operation::route("PUT /tickets/{id}/tags/{label}", tag))
        .operation(Operation::route("DELETE /tags/{label}", untag).effect(untagged))
        .operation(Operation::route("GET /report", |_, _, _| get("/report")).effect(reported))
        .operation(Operation::route("GET /export", |_, _, _| get("/export")).effect(|_, _, _| Ok(Effect::none())))
        .cases(24)
        .run();
}

const WORDS: [&str; 3] = ["open", "waiting", "closed"];

fn get(path: impl Into<String>) -> Option<Request> {
    Some(Request::new(Method::GET, path, Value::Null))
}

/// Mostly a ticket of one's own, now and then another account's or nobody's.
fn ticket(draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]) -> Option<Uuid> {
    match draw.below(12) {
        0 => Some(draw.uuid()),
        1 | 2 => draw.pick(others).map(|other| other.ids("tickets")).and_then(|ids| draw.pick(&ids).copied()),
        _ => draw.pick(&own.ids("tickets")).copied(),
    }
}

/// The ticket that a path names, when it is there.
fn named<'a>(own: Rows<'a>, request: &Request) -> Option<(Uuid, &'a Row)> {
    let id = request.path().split('/').nth(2)?.parse().ok()?;
    Some((id, own.get("tickets", id)?))
}

/// What it wrote when it was due, nothing when it was not.
fn due(is_due: bool, answer: &Answer, effect: impl FnOnce() -> Effect) -> Result<Effect, String> {
    match (is_due, answer.status()) {
        (true, Some(200..300)) => Ok(effect()),
        (false, Some(404)) => Ok(Effect::none()),
        _ => Err(format!("a row that is there is worked on, any other is not found; it is there: {is_due}")),
    }
}

fn columns(columns: Value) -> Row {
    columns.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn list(draw: &mut Draw, _: Rows<'_>, _: &[Rows<'_>]) -> Option<Request> {
    get(format!("/tickets?status={}", draw.pick(&WORDS)?))
}

fn listed(own: Rows<'_>, request: &Request, answer: &Answer) -> Result<Effect, String> {
    let status = request.path().split('=').nth(1);
    let expected = own.of("tickets").filter(|(_, row)| row["status"].as_str() == status).count();
    let found = answer.body().as_array().map(Vec::len);
    if found == Some(expected) { Ok(Effect::none()) } else { Err(format!("it should list {expected} tickets")) }
}

fn show(draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]) -> Option<Request> {
    get(format!("/tickets/{}", ticket(draw, own, others)?))
}

fn shown(own: Rows<'_>, request: &Request, answer: &Answer) -> Result<Effect, String> {
    let row = named(own, request);
    if let Some((_, row)) = row
        && answer.body()["ticket"]["subject"] != row["subject"]
    {
        return Err("it should show the ticket".to_owned());
    }
    due(row.is_some(), answer, Effect::none)
}

/// Without a stated effect: the proof reads what became of the account's rows, and holds the others' to be unchanged.
fn open(draw: &mut Draw, _: Rows<'_>, _: &[Rows<'_>]) -> Option<Request> {
    let body = json!({ "email": format!("u{}", draw.below(30)), "name": "Ada", "subject": format!("Question {}", draw.below(1_000)) });
    Some(Request::new(Method::POST, "/tickets", body))
}

fn set_status(draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]) -> Option<Request> {
    let path = format!("/tickets/{}/status", ticket(draw, own, others)?);
    Some(Request::new(Method::PUT, path, json!(draw.pick(&WORDS)?)))
}

fn status_is_set(own: Rows<'_>, request: &Request, answer: &Answer) -> Result<Effect, String> {
    let row = named(own, request);
    let id = row.map(|(id, _)| id).unwrap_or_default();
    due(row.is_some(), answer, || Effect::none().patch("tickets", id, columns(json!({ "status": request.body() }))))
}

fn comment(draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]) -> Option<Request> {
    let path = format!("/tickets/{}/comments", ticket(draw, own, others)?);
    Some(Request::new(Method::POST, path, json!({ "author": "Zoe", "body": "Done.", "minutes": draw.below(60) })))
}

fn merge(draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]) -> Option<Request> {
    let path = format!("/tickets/{}/merge", ticket(draw, own, others)?);
    Some(Request::new(Method::POST, path, json!({ "into": ticket(draw, own, others)? })))
}

fn merged(own: Rows<'_>, request: &Request, answer: &Answer) -> Result<Effect, String> {
    let row = named(own, request);
    let id = row.map(|(id, _)| id).unwrap_or_default();
    let into = &request.body()["into"];
    let comments: Vec<Uuid> = own.of("comments").filter(|(_, row)| row["ticket_id"] == json!(id)).map(|(id, _)| id).collect();
    let is_own = into.as_str().and_then(|id| id.parse().ok()).is_some_and(|id| own.get("tickets", id).is_some());
    // Where there is nothing to hang elsewhere, nobody looks where to.
    due(row.is_some() && (is_own || comments.is_empty()), answer, || {
        let closed = Effect::none().patch("tickets", id, columns(json!({ "status": "closed" })));
        comments.iter().fold(closed, |effect, comment| effect.patch("comments", *comment, columns(json!({ "ticket_id": into }))))
    })
}

fn tag(draw: &mut Draw, own: Rows<'_>, others: &[Rows<'_>]) -> Option<Request> {
    let path = format!("/tickets/{}/tags/u{}", ticket(draw, own, others)?, draw.below(5));
    Some(Request::new(Method::PUT, path, Value::Null))
}

/// The labels of all accounts are made of the same words.
fn untag(draw: &mut Draw, _: Rows<'_>, _: &[Rows<'_>]) -> Option<Request> {
    Some(Request::new(Method::DELETE, format!("/tags/u{}", draw.below(5)), Value::Null))
}

fn untagged(own: Rows<'_>, request: &Request, answer: &Answer) -> Result<Effect, String> {
    let label = request.path().split('/').nth(2);
    let tags = own.of("tags").filter(|(_, row)| row["label"].as_str() == label);
    due(true, answer, || tags.fold(Effect::none(), |effect, (id, _)| effect.delete("tags", id)))
}

fn reported(own: Rows<'_>, _: &Request, answer: &Answer) -> Result<Effect, String> {
    let expected: i64 = own.of("comments").filter_map(|(_, row)| row["minutes"].as_i64()).sum();
    let found: i64 = answer.body().as_array().into_iter().flatten().filter_map(|line| line["minutes"].as_i64()).sum();
    if found == expected { Ok(Effect::none()) } else { Err(format!("the minutes should add up to {expected}")) }
}

//! An id in a path: another tenant's, one that nobody has, and an own one where nothing is the caller's.

use std::collections::BTreeSet;

use tenantry::schema::Verb;
use uuid::Uuid;

use crate::rows;
use crate::service::{Elsewhere, Service};
use crate::wire::{Body, NONE, NOT_FOUND, Request, as_answer_to, json, status};

/// Those that routes have, and some that none has. What deletes comes last.
const METHODS: [&str; 9] = ["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "POST", "PUT", "PATCH", "DELETE"];

/// What is no id, and what is one in a spelling that is none here.
const NO_IDS: [&str; 6] = ["x", "%ff", "%2e%2e", "%27", "00000000-0000-0000-0000", "null"];

/// What is wrong with a body, whichever row is meant.
const WRONG: [Body<'_>; 4] = [json("{"), json(r#"{"nothing":1}"#), json("[]"), Body("text/plain", "{}")];

/// A route with an id in its path, and a request that is good for it.
struct Asked<'a> {
    path: &'a str,
    /// What the route needs in its query.
    query: &'static str,
    methods: &'a BTreeSet<&'static str>,
    /// The fields of an own row, to write them anew.
    fields: String,
}

impl Asked<'_> {
    fn target(&self, prefix: &str, id: &str) -> String {
        format!("/api{prefix}{}{}", self.path.replace("{id}", id), self.query)
    }

    /// Bodies that the route takes by that method.
    fn right(&self, method: &str) -> Vec<Body<'_>> {
        match method {
            "PATCH" => vec![json(&self.fields), json("{}")],
            _ => vec![NONE],
        }
    }
}

/// What a route needs besides the id.
fn query(path: &str) -> &'static str {
    match path {
        "/customers/{id}/statement" => "?from=2026-01-01&to=2026-12-31",
        _ => "",
    }
}

#[tokio::test]
async fn a_foreign_row_a_missing_row_and_a_host_of_nobody_are_one_answer() {
    let service = Service::start().await;
    let before = service.digest().await;
    let mut sent = 0;
    for (number, (path, methods)) in (2..).zip(service.row_paths()) {
        let def = service.model_of(path);
        let own = rows::one(&service.db(&service.a), def, &service.a.rows, number).await;
        let fields = serde_json::Value::Object(service.fields(def, own).await).to_string();
        let asked = Asked { path, query: query(path), methods: &methods, fields };
        for method in METHODS {
            sent += if methods.contains(method) { served(&service, &asked, method).await } else { refused(&service, &asked, method).await };
        }
        for method in METHODS.into_iter().filter(|method| methods.contains(method)) {
            let own = service.ask(method, &asked.target("", &own.to_string()), asked.right(method)[0]).await;
            assert!((200..300).contains(&status(&own)), "{method} {path}: say above what else it needs: {own}");
        }
    }
    assert!(sent > 1_000, "{sent} requests");
    assert_eq!(service.digest().await, before);
}

/// By a method that the route has: a body that it takes gives the one answer everywhere; else the body decides, and no row.
async fn served(service: &Service, asked: &Asked<'_>, method: &str) -> usize {
    let (path, mut sent) = (asked.path, 0);
    let ids = ids(service, path);
    for body in asked.right(method) {
        for id in ids.iter().map(String::as_str).chain(NO_IDS) {
            let answer = service.ask(method, &asked.target("", id), body).await;
            assert_eq!(answer, as_answer_to(method, NOT_FOUND), "{method} {path} of {id} with {body:?}");
            sent += 1;
        }
        sent += elsewhere(service, asked, method, body).await;
    }
    let takes_a_body = asked.right(method) != [NONE];
    for body in WRONG.into_iter().filter(|_| takes_a_body) {
        let answers = alike(service, asked, method, (&service.a.admin, &ids), body).await;
        assert!([400, 415, 422].contains(&status(&answers)), "{method} {path} with {body:?}: {answers}");
        sent += ids.len() + elsewhere(service, asked, method, body).await;
    }
    // Whoever may not do it hears so, whatever the row is.
    let answer = alike(service, asked, method, (&service.useless, &ids), asked.right(method)[0]).await;
    assert_eq!(status(&answer), 403, "{method} {path}: {answer}");
    sent + ids.len()
}

/// By a method that the route does not have: at home that is said, with what it has, and elsewhere there is no route to say it of.
async fn refused(service: &Service, asked: &Asked<'_>, method: &str) -> usize {
    let ids = ids(service, asked.path);
    let answer = alike(service, asked, method, (&service.a.admin, &ids), NONE).await;
    let allow = answer.lines().find_map(|line| line.strip_prefix("allow: ")).unwrap_or_default();
    assert_eq!(status(&answer), 405, "{method} {}: {answer}", asked.path);
    assert_eq!(&allow.split(',').collect::<BTreeSet<_>>(), asked.methods, "{method} {}", asked.path);
    ids.len() + elsewhere(service, asked, method, NONE).await
}

/// Ids of other tenants' rows, of which one is not served, and one of nobody.
fn ids(service: &Service, path: &str) -> Vec<String> {
    let table = service.model_of(path).table;
    [service.b.rows[table], service.c.rows[table], Uuid::now_v7(), Uuid::nil()].iter().map(Uuid::to_string).collect()
}

/// The one answer to all of these ids, which does not repeat what was asked.
async fn alike(service: &Service, asked: &Asked<'_>, method: &str, (token, ids): (&str, &[String]), body: Body<'_>) -> String {
    let mut first = None;
    for id in ids {
        let target = asked.target("", id);
        let request = Request { host: "a.example.com", token: Some(token), method, target: &target, body };
        let answer = service.send(&request).await;
        assert!(!answer.contains("/api"), "{method} {target} is repeated: {answer}");
        let first = first.get_or_insert_with(|| answer.clone());
        assert_eq!(&answer, first, "{method} {target} with {body:?}");
    }
    first.unwrap_or_default()
}

/// Asks where nothing is the caller's: whatever is asked, it is not there.
async fn elsewhere(service: &Service, asked: &Asked<'_>, method: &str, body: Body<'_>) -> usize {
    let table = service.model_of(asked.path).table;
    let all = service.elsewhere();
    for place in &all {
        let Elsewhere { host, prefix, token, rows } = *place;
        let target = asked.target(prefix, &rows[table].to_string());
        let answer = service.send(&Request { host, token: Some(token), method, target: &target, body }).await;
        assert_eq!(answer, as_answer_to(method, NOT_FOUND), "{method} {target} with {body:?} at {host}");
    }
    all.len()
}

/// Nothing above is about a model that has rows to ask for and is forgotten.
#[tokio::test]
async fn every_model_with_a_route_to_its_rows_is_asked_for() {
    let service = Service::start().await;
    let paths = service.row_paths();
    let asked: BTreeSet<&str> = paths.keys().map(|path| service.model_of(path).table).collect();
    let with_rows = |verbs: tenantry::schema::Verbs| [Verb::Get, Verb::Patch, Verb::Delete].into_iter().any(|verb| verbs.has(verb));
    let all: BTreeSet<&str> = service.models().iter().filter(|def| with_rows(def.routes)).map(|def| def.table).collect();
    assert_eq!(asked, all);
    assert!(paths.len() > all.len(), "some of the routes are hand-written");
}
